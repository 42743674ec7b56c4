"""Purchases given back, claimed, undone, or handed to the right member."""

from __future__ import annotations

from typing import Any, Final

from flask import Response
from marshmallow import Schema, fields

from loyalty.actions.claim_purchase import claim_purchase
from loyalty.actions.reassign_purchase import reassign_purchase
from loyalty.actions.return_purchases import return_purchases
from loyalty.actions.void_purchase import void_purchase
from loyalty.config import now
from loyalty.errors import Forbidden
from loyalty.rest.access import caller
from loyalty.rest.answers import many, text, whole
from loyalty.rest.answers_purchase import AnswerSchema, HeldSchema, MoveSchema, RunNameSchema, StepSchema
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.once import Done
from loyalty.rest.purchases import ONE, found
from loyalty.rest.reply import reply
from loyalty.rest.sales import answered
from loyalty.returning import Answer
from loyalty.returns import Return
from loyalty.schemas.moments import not_ahead
from loyalty.schemas.returned import ClaimSchema, ReassignSchema, ReturnSchema, VoidSchema
from loyalty.schemas.said import told
from loyalty.take_back import Taken
from loyalty.values import Text

blp = Blueprint(
    Text("Returns", "مرجوعی و اصلاح"),
    __name__,
    Text(
        "A purchase that comes back is judged again by the version that judged it, for what is kept.",
        "خریدی که برمی‌گردد، برای آنچه نگه داشته شده، با همان نسخه‌ای دوباره سنجیده می‌شود که نخست آن را سنجید.",
    ),
)


def _amounts(en: str, fa: str) -> fields.Dict:
    return fields.Dict(
        keys=fields.String(), values=fields.Integer(), required=True, metadata=told(en, fa, example={"points": 12})
    )


class CardBackSchema(Schema):
    """What came back to a gift card."""

    card = text(metadata=told("Its last characters.", "نویسه‌های آخرش.", example="9WPA"))
    amount = whole(metadata={"example": 50_000})


class ReturnedSchema(Schema):
    """What a return came to, by wallet."""

    id = whole(
        allow_none=True, metadata=told("null where there was nothing to take back.", "اگر چیزی برای پس‌گرفتن نبود null.")
    )
    purchase = whole()
    status = text(metadata={"enum": ["recorded", "repeated"]})
    gross = whole(metadata=told("What it took off the purchase.", "آنچه از خرید کم شد."))
    net = whole()
    reversed = _amounts("Taken back.", "پس گرفته شد.")
    restored = _amounts("Paid from a wallet, and given back to it.", "از کیف پرداخت شده بود و به آن برگشت.")
    cards = many(
        CardBackSchema,
        metadata=told("Paid with a gift card, and given back to it.", "با کارت هدیه پرداخت شده بود و به آن برگشت."),
    )
    given = _amounts("Given, because what is kept now earns it.", "داده شد، چون آنچه مانده حالا سزاوار آن است.")
    owed = _amounts("Spent already, and owed from now on.", "پیش‌تر خرج شده بود و اکنون بدهی است.")
    forgiven = _amounts("Spent already, and let go.", "پیش‌تر خرج شده بود و بخشیده شد.")
    tier = fields.Nested(MoveSchema, required=True)
    badges = many(StepSchema, metadata=told("Levels that were lost with it.", "مرتبه‌هایی که با آن از دست رفت."))
    challenges = many(
        RunNameSchema, metadata=told("Runs that it leaves incomplete.", "دورهایی که با آن ناتمام ماندند.")
    )
    wallets = fields.Dict(keys=fields.String(), values=fields.Nested(HeldSchema), required=True)


@blp.operation(
    "POST",
    f"{ONE}/returns",
    Text("Return a purchase", "مرجوعی"),
    Text(
        "Takes back lines, an amount or all of a purchase, named by id or as `store:receipt`. However a return is"
        " split, it ends alike. The same return and content again is answered 200 with the first answer.",
        "سطرها، مبلغ یا همهٔ یک خرید را پس می‌گیرد؛ خرید با شناسه یا به شکل store:receipt نام برده می‌شود. مرجوعی هر"
        " گونه تکه شود، پایانش یکی است. همان مرجوعی با همان محتوا پاسخ نخست را با ۲۰۰ می‌گیرد.",
    ),
    {
        201: ReturnedSchema,
        200: (ReturnedSchema, Text("The same return again: the first answer", "همان مرجوعی دوباره: پاسخ نخست")),
    },
    body=ReturnSchema,
)
def take(asked: Return, purchase: str) -> Response:
    """Take back lines, an amount or all of a purchase; however a return is split, it ends alike."""
    at = now()
    not_ahead(asked.occurred_at, at, "/occurred_at")
    [answer] = return_purchases(caller().club_id, [(found(purchase).id, asked)], at)
    return reply(_shown(answer), 200 if answer.status == "repeated" else 201)


@blp.operation(
    "POST",
    f"{ONE}/claim",
    Text("Claim a purchase", "صاحب دادن به خرید"),
    Text(
        "Judges a purchase that waits by its own time: one without a member for the member named here, one that came"
        " too late (server keys only) for its own. What came back of it meanwhile comes back with it.",
        "خریدی را که در انتظار است با زمان خودش می‌سنجد: خرید بی‌صاحب برای عضوی که اینجا نام برده می‌شود، و خریدی که دیر"
        " رسیده (تنها با کلید سرور) برای عضو خودش. آنچه در این میان برگشته، هم‌زمان برمی‌گردد.",
    ),
    {201: AnswerSchema},
    body=ClaimSchema,
    repeatable=True,
)
def claim(body: dict[str, Any], purchase: str) -> Done:
    """Judge a purchase that waits by its own time."""
    view = found(purchase)
    if view.status == "set_aside" and caller().kind == "till":
        raise Forbidden(_LATE)
    outcome = claim_purchase(caller().club_id, view.id, body.get("member"), now())
    status = 200 if outcome.status == "repeated" else 201
    return Done(answered(caller().club_id, outcome), status, outcome.member_id)


@blp.operation(
    "POST",
    f"{ONE}/void",
    Text("Undo a purchase", "باطل کردن خرید"),
    Text(
        "Undoes a mistake: as if returned in full, and as if it had never been made. Its receipt can be used again.",
        "اشتباه را برمی‌گرداند: گویی همهٔ آن برگشته و هرگز ثبت نشده است. شمارهٔ رسیدش دوباره به کار می‌آید.",
    ),
    {201: ReturnedSchema},
    body=VoidSchema,
    repeatable=True,
)
def void(body: dict[str, Any], purchase: str) -> Done:
    """Undo a mistake: as if returned in full, and as if it had never been made."""
    answer = void_purchase(caller().club_id, found(purchase).id, body["reason"], now())
    return Done(_shown(answer), 200 if answer.status == "repeated" else 201, answer.member_id)


@blp.operation(
    "POST",
    f"{ONE}/reassign",
    Text("Give a purchase to the right member", "دادن خرید به صاحب درست"),
    Text(
        "Undoes a purchase and records it anew for another member, judged by its own time; what came back of it stays"
        " so. The answer is the new recording's, with an id of its own.",
        "خرید را باطل و برای عضو دیگری از نو ثبت می‌کند، با زمان خودش؛ آنچه از آن برگشته، برگشته می‌ماند. پاسخ از آنِ ثبت"
        " تازه است، با شناسهٔ خودش.",
    ),
    {201: AnswerSchema},
    body=ReassignSchema,
    repeatable=True,
)
def reassign(body: dict[str, Any], purchase: str) -> Done:
    """Undo a purchase and record it anew for another member, judged by its own time."""
    club_id = caller().club_id
    outcome = reassign_purchase(club_id, found(purchase).id, body["member"], body["reason"], now())
    return Done(answered(club_id, outcome), 201, outcome.member_id)


_LATE: Final = Text(
    "This purchase came too late for a till; a person decides about it.",
    "این خرید برای صندوق دیر رسیده است و یک نفر درباره‌اش تصمیم می‌گیرد.",
)


def _shown(answer: Answer) -> dict[str, Any]:
    if answer.problem:
        raise answer.problem
    taken = answer.taken or Taken()
    amounts = ("reversed", "restored", "given", "owed", "forgiven")
    return {
        "id": answer.id,
        "purchase": answer.purchase_id,
        "status": answer.status,
        "gross": taken.gross,
        "net": taken.net,
        **{name: getattr(taken, name) for name in amounts},
        "cards": [{"card": hint, "amount": amount} for hint, amount in taken.cards],
        "tier": {"from": taken.tier[0], "to": taken.tier[1]},
        "badges": [{"code": code, "level": level} for code, level in taken.badges],
        "challenges": [{"challenge": code, "run": key} for code, key in taken.challenges],
        "wallets": {wallet: shown._asdict() for wallet, shown in taken.wallets.items()},
    }
