"""What is moved by hand: adjustments, tiers, and gifts from member to member."""

from __future__ import annotations

from typing import Any

from marshmallow import Schema, fields

from loyalty.actions.adjust_points import Adjustment, adjust_points
from loyalty.actions.give_tier import give_tier
from loyalty.actions.transfer_points import transfer_points
from loyalty.acts import By
from loyalty.config import now
from loyalty.rest.access import caller
from loyalty.rest.answers import at, text, whole
from loyalty.rest.answers_purchase import MoveSchema, held_wallets
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.members import MEMBER
from loyalty.rest.once import Done
from loyalty.schemas.moments import not_ahead
from loyalty.schemas.said import told
from loyalty.schemas.value import AdjustmentSchema, TierGrantSchema, TransferSchema
from loyalty.values import Text

blp = Blueprint(
    Text("Adjustments", "اصلاح‌ها"),
    __name__,
    Text("What members get and give otherwise than by shopping.", "آنچه اعضا جز با خرید می‌گیرند و می‌دهند."),
)


class AdjustedSchema(Schema):
    """What was done, and what the member has after it."""

    id = whole()
    wallet = text(metadata={"example": "points"})
    amount = whole(metadata={"example": 200})
    wallets = held_wallets()


class TierGivenSchema(Schema):
    """What was given, and how the tier moved with it."""

    id = whole()
    floor = text(metadata={"example": "gold"})
    until = at()
    tier = fields.Nested(MoveSchema, required=True)


class TransferredSchema(AdjustedSchema):
    """What was given, and what the giver has after it."""

    to = whole(metadata=told("The receiver's id.", "شناسهٔ گیرنده."))


@blp.operation(
    "POST",
    f"{MEMBER}/adjustments",
    Text("Adjust a balance", "اصلاح موجودی"),
    Text(
        "Gives a member an amount, in a lot with its own end, or takes one in the order of spending; the reason is"
        " kept. What a member owes is paid first. Taking more than is there is a 409 (insufficient_balance).",
        "به عضو مقداری با پایانِ خودش می‌دهد یا به ترتیب خرج از او می‌گیرد و دلیل را نگه می‌دارد. نخست بدهی عضو تسویه"
        " می‌شود. گرفتنِ بیش از موجودی ۴۰۹ (insufficient_balance) است.",
    ),
    {201: AdjustedSchema},
    body=AdjustmentSchema,
    repeatable=True,
)
def adjust(body: dict[str, Any], member_id: int) -> Done:
    """Give or take an amount by hand, with the reason."""
    instant = now()
    if "earned_at" in body:
        not_ahead(body["earned_at"], instant, "/earned_at")
    return Done(adjust_points(caller().club_id, member_id, Adjustment(**body), instant), 201, member_id)


@blp.operation(
    "POST",
    f"{MEMBER}/tier",
    Text("Give a tier by hand", "دادن سطح با دست"),
    Text(
        "Until its end the member stands no lower than this tier, whatever is earned; the reason is kept. What is"
        " earned goes on moving meanwhile and is what the member stands on afterwards. It replaces what was given"
        " before.",
        "تا پایان این مدت عضو پایین‌تر از این سطح نمی‌رود، هر چه به دست آورده باشد؛ دلیل نگه داشته می‌شود. سطحی که عضو"
        " خودش به آن می‌رسد در این میان هم بالا و پایین می‌رود و پس از آن همان می‌ماند. جای آنچه پیش‌تر داده شده را"
        " می‌گیرد.",
    ),
    {201: TierGivenSchema},
    body=TierGrantSchema,
    repeatable=True,
)
def give(body: dict[str, Any], member_id: int) -> Done:
    """Let a member stand no lower than a tier until an instant."""
    given = give_tier(caller().club_id, member_id, **body, now=now(), by=By(key=caller().key_id))
    moved = {"from": given.before, "to": given.after}
    return Done({"id": given.id, "floor": given.floor, "until": given.until, "tier": moved}, 201, member_id)


@blp.operation(
    "POST",
    f"{MEMBER}/transfers",
    Text("Give to another member", "انتقال به عضو دیگر"),
    Text(
        "Moves an amount from this member to another, where the bylaws allow it for the wallet; what is moved keeps"
        " its ends.",
        "اگر اساسنامه برای آن کیف اجازه دهد، مقداری را از این عضو به عضو دیگری می‌برد؛ زمان انقضای آن تغییر نمی‌کند.",
    ),
    {201: TransferredSchema},
    body=TransferSchema,
    repeatable=True,
)
def transfer(body: dict[str, Any], member_id: int) -> Done:
    """Move an amount from this member to another."""
    given = transfer_points(
        caller().club_id, member_id, body["to"], body["wallet"], body["amount"], body.get("reason"), now()
    )
    return Done(given, 201, member_id)
