"""Money of wallets paid out to members' bank accounts."""

from __future__ import annotations

from typing import Any, Final

from flask import Response
from marshmallow import Schema

from loyalty.actions.ask_payout import ask_payout
from loyalty.actions.end_payout import payout_failed, payout_paid
from loyalty.actions.file_payouts import file_payouts
from loyalty.acts import By
from loyalty.config import now, settings
from loyalty.holding import HoldNow
from loyalty.models.payout import STATUSES
from loyalty.payouts import PayoutNow
from loyalty.queries import payouts
from loyalty.rest.access import caller
from loyalty.rest.answers import at, many, next_page, text, whole
from loyalty.rest.answers_purchase import held_wallets
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.fields import PageQuery
from loyalty.rest.members import MEMBER
from loyalty.rest.once import Done
from loyalty.rest.reply import reply
from loyalty.schemas.fields import MAX_AMOUNT, MAX_ID, Base, Figure, OneOf, Whole, Words
from loyalty.schemas.said import told
from loyalty.values import Text

blp = Blueprint(
    Text("Payouts", "برداشت‌ها"),
    __name__,
    Text(
        "Money of a wallet goes to the member's bank account: asked for, filed for the bank, paid or failed.",
        "پول یک کیف به حساب بانکی عضو می‌رود: درخواست، آمدن در فایل بانک، و سپس پرداخت یا ناکامی.",
    ),
)

_ONE: Final = f"/payouts/<int(min=1, max={MAX_ID}):payout>"
_FILE: Final = f"/payouts/files/<int(min=1, max={MAX_ID}):file>"
_CSV: Final = "text/csv"


class PayoutBody(Base):
    """How much of which wallet, and where to."""

    wallet = Words(60, required=True, metadata={"example": "cashback"})
    amount = Whole(1, MAX_AMOUNT, required=True, metadata=told("In minor units.", "به کوچک‌ترین واحد پول."))
    iban = Words(
        60,
        required=True,
        metadata=told(
            "Checked by its check digits, kept encrypted, and told to nobody but the bank.",
            "با رقم‌های کنترلش سنجیده، رمزشده نگه داشته و جز به بانک به کسی گفته نمی‌شود.",
            example="IR06 2960 0000 0010 0324 2000 01",
        ),
    )


class FailedBody(Base):
    """Why."""

    reason = Words(500, required=True, metadata={"example": "The account is closed"})


class PayoutsQuery(PageQuery):
    """Which payouts."""

    status = OneOf(*STATUSES)
    member = Figure(1, MAX_ID)


class PayoutSchema(Schema):
    """A payout."""

    id = whole()
    member = whole()
    status = text(metadata={"enum": list(STATUSES)})
    wallet = text()
    amount = whole()
    account = text(metadata=told("The last characters of the IBAN.", "آخرین نویسه‌های شبا."))
    reason = text(allow_none=True)
    asked_at = at()
    ended_at = at(allow_none=True)
    file = whole(allow_none=True)


class PayoutNowSchema(PayoutSchema):
    """A payout, and what the member has after it."""

    wallets = held_wallets()


class PayoutsSchema(Schema):
    """A page of payouts."""

    items = many(PayoutSchema)
    next = next_page()


class PayoutFileSchema(Schema):
    """A file for the bank."""

    id = whole()
    payouts = whole()
    amount = whole()
    made_at = at()
    made_by = text()


class PayoutFilesSchema(Schema):
    """A page of files."""

    items = many(PayoutFileSchema)
    next = next_page()


@blp.operation(
    "POST",
    f"{MEMBER}/payouts",
    Text("Ask for a payout", "درخواست برداشت"),
    Text(
        "Sets an amount of a wallet in money apart, without lapse, until the bank has paid it or failed to. A wrong"
        " IBAN is 422, too little in the wallet 409 (insufficient_balance).",
        "مبلغی از یک کیف پول، بی‌مهلت، کنار گذاشته می‌شود تا بانک آن را بپردازد یا نتواند. شبای نادرست ۴۲۲ و موجودی"
        " ناکافی ۴۰۹ (insufficient_balance) است.",
    ),
    {201: PayoutNowSchema},
    body=PayoutBody,
    repeatable=True,
)
def ask(body: dict[str, Any], member_id: int) -> Done:
    """Set an amount apart to be paid out."""
    held = ask_payout(caller().club_id, member_id, body["wallet"], body["amount"], body["iban"], now())
    return _done(held, 201)


@blp.operation(
    "GET",
    "/payouts",
    Text("List payouts", "فهرست برداشت‌ها"),
    Text("Newest first.", "از تازه‌ترین."),
    {200: PayoutsSchema},
    query=PayoutsQuery,
)
def listed(query: dict[str, Any]) -> Response:
    """Payouts, of a member or a status."""
    page = payouts.page(
        caller().club_id,
        query["limit"],
        query.get("cursor"),
        member_id=query.get("member"),
        status=query.get("status"),
    )
    return reply({"items": [_shown(its) for its in page.items], "next": page.next})


@blp.operation(
    "POST",
    "/payouts/files",
    Text("Make a file for the bank", "ساختن فایل بانک"),
    Text(
        "Collects all that waits; each payout is in one file alone. 409 where nothing waits.",
        "همهٔ آنچه در انتظار است گرد می‌آید؛ هر برداشت تنها در یک فایل است. اگر چیزی در انتظار نباشد ۴۰۹ است.",
    ),
    {201: PayoutFileSchema},
    repeatable=True,
)
def make_file() -> Done:
    """Collect what waits."""
    club_id = caller().club_id
    return Done(payouts.file(club_id, file_payouts(club_id, By(key=caller().key_id), now()))._asdict())


@blp.operation(
    "GET",
    "/payouts/files",
    Text("List files for the bank", "فهرست فایل‌های بانک"),
    Text("Newest first.", "از تازه‌ترین."),
    {200: PayoutFilesSchema},
    query=PageQuery,
)
def files(query: dict[str, Any]) -> Response:
    """The files that were made."""
    page = payouts.files(caller().club_id, query["limit"], query.get("cursor"))
    return reply({"items": page.items, "next": page.next})


@blp.operation(
    "GET",
    _FILE,
    Text("A file for the bank", "یک فایل بانک"),
    Text(
        "CSV in UTF-8 with a head: amount in minor units, iban, name, reference; the same whenever it is asked for, but"
        " for members who were erased since.",
        "CSV با سرستون: amount به کوچک‌ترین واحد پول، iban، name، reference؛ هر بار همان است، جز اعضایی که از آن پس پاک"
        " شده‌اند.",
    ),
    {200: {"type": "string"}},
    media_type=_CSV,
)
def file(file: int) -> Response:
    """The file, to be handed to the bank."""
    response = Response(payouts.written(caller().club_id, file, settings().secret_key), mimetype=_CSV)
    response.headers["Content-Disposition"] = f'attachment; filename="payouts-{file}.csv"'
    return response


@blp.operation(
    "POST",
    f"{_ONE}/paid",
    Text("The bank has paid", "بانک پرداخت کرد"),
    Text("Spends what was set apart.", "آنچه کنار گذاشته شده بود خرج می‌شود."),
    {200: PayoutNowSchema},
    repeatable=True,
)
def paid(payout: int) -> Done:
    """Note that it was paid."""
    return _done(payout_paid(caller().club_id, payout, now()))


@blp.operation(
    "POST",
    f"{_ONE}/failed",
    Text("The bank has not paid", "بانک پرداخت نکرد"),
    Text(
        "Brings the amount back to its lots with their ends: refused, sent back after it was paid, or called off.",
        "مبلغ با همان زمان‌های انقضا به جای خود برمی‌گردد: رد شده، پس از پرداخت برگشت خورده، یا پیش از آن لغو شده است.",
    ),
    {200: PayoutNowSchema},
    body=FailedBody,
    repeatable=True,
)
def failed(body: dict[str, Any], payout: int) -> Done:
    """Give the amount back."""
    return _done(payout_failed(caller().club_id, payout, body["reason"], now()))


def _shown(its: PayoutNow) -> dict[str, Any]:
    form = its._asdict()
    return {"member": form.pop("member_id"), **form}


def _done(held: HoldNow, status: int = 200) -> Done:
    shown = _shown(payouts.one(caller().club_id, held.id))
    return Done(shown | {"wallets": held.wallets}, status, held.member_id)
