"""Payments from a wallet at the till: at once, or held first."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import Schema

from loyalty.actions.capture_hold import capture_hold
from loyalty.actions.pay_from_wallet import Payment, pay_from_wallet
from loyalty.actions.release_hold import release_hold
from loyalty.actions.reverse_hold import reverse_hold
from loyalty.config import now
from loyalty.holding import Hold, HoldNow
from loyalty.rest.access import caller, same_store
from loyalty.rest.answers import at, text, whole
from loyalty.rest.answers_purchase import held_wallets
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.once import Done
from loyalty.schemas.fields import MAX_ID
from loyalty.schemas.moments import not_ahead
from loyalty.schemas.said import told
from loyalty.schemas.value import PaymentSchema
from loyalty.values import Text

blp = Blueprint(
    Text("Payments", "پرداخت‌ها"),
    __name__,
    Text("Paying at the till from a wallet.", "پرداخت پای صندوق از کیف."),
)

STATUS: Final = {"held": "held", "spent": "paid", "released": "voided", "reversed": "reversed"}
"""What a payment is called by the status of its hold."""
_ONE: Final = f"/payments/<int(min=1, max={MAX_ID}):payment>"


class PaymentAnswerSchema(Schema):
    """Where a payment stands, and what the member has after it."""

    id = whole()
    status = text(metadata={"enum": list(STATUS.values()), "example": "paid"})
    wallet = text(metadata={"example": "cashback"})
    amount = whole(
        metadata=told(
            "What the wallet gives: money in minor units, or points.",
            "آنچه از کیف کم می‌شود: پول به کوچک‌ترین واحد، یا امتیاز.",
            example=250_000,
        )
    )
    until = at(
        allow_none=True, metadata=told("When what is held lapses by itself.", "زمانی که نگهداشت خودبه‌خود آزاد می‌شود.")
    )
    wallets = held_wallets()


@blp.operation(
    "POST",
    "/wallets/<wallet>/pay",
    Text("Pay from a wallet", "پرداخت از کیف"),
    Text(
        "Spends of a member's wallet for a sale, in the wallet's order of spending: money, or as many points as the"
        " bylaws say (`pays`, rounded up); or, with `hold`, sets it apart for 15 minutes. A return of that sale brings"
        " it back in proportion. Too little is a 409 (insufficient_balance). A till pays for its own store.",
        "برای یک خرید از کیف عضو و به ترتیب خرج آن برمی‌دارد: پول، یا به همان اندازه امتیاز که آیین‌نامه می‌گوید (pays،"
        " گرد شده به بالا)؛ یا با hold آن را ۱۵ دقیقه نگه می‌دارد. با مرجوع شدن"
        " آن خرید به همان نسبت برمی‌گردد. موجودی ناکافی ۴۰۹ (insufficient_balance) است. صندوق برای فروشگاه خودش پرداخت"
        " می‌کند.",
    ),
    {201: PaymentAnswerSchema},
    body=PaymentSchema,
    repeatable=True,
)
def pay(body: dict[str, Any], wallet: str) -> Done:
    """Spend of a member's wallet for a sale, or hold the amount."""
    instant, who = now(), caller()
    if "occurred_at" in body:
        not_ahead(body["occurred_at"], instant, "/occurred_at")
    if "store" in body:
        same_store(body["store"])
    payment = Payment(**{"store": who.store_code} | body)
    return _answer(pay_from_wallet(who.club_id, wallet, payment, instant), 201)


@blp.operation(
    "POST",
    f"{_ONE}/capture",
    Text("Capture a held payment", "نهایی کردن پرداخت"),
    Text(
        "Pays what is held, all of it. What has lapsed or is no longer held is a 409.",
        "همهٔ مبلغ نگه‌داشته را پرداخت می‌کند. اگر زمانش گذشته یا دیگر نگه داشته نباشد ۴۰۹ است.",
    ),
    {200: PaymentAnswerSchema},
    repeatable=True,
)
def capture(payment: int) -> Done:
    """Pay what is held."""
    return _answer(capture_hold(caller().club_id, payment, now(), _seen))


@blp.operation(
    "POST",
    f"{_ONE}/void",
    Text("Void a held payment", "لغو پرداخت"),
    Text("Sets free what is held, with its ends.", "مبلغ نگه‌داشته را با همان زمان‌های انقضا آزاد می‌کند."),
    {200: PaymentAnswerSchema},
    repeatable=True,
)
def void(payment: int) -> Done:
    """Set free what is held."""
    return _answer(release_hold(caller().club_id, payment, now(), _seen))


@blp.operation(
    "POST",
    f"{_ONE}/reverse",
    Text("Reverse a payment", "برگرداندن پرداخت"),
    Text(
        "Brings what was paid back to the wallet with its ends; what ended meanwhile expires at once.",
        "مبلغ پرداخت‌شده را با همان زمان‌های انقضا به کیف برمی‌گرداند؛ آنچه در این میان منقضی شده، همان دم از بین می‌رود.",
    ),
    {200: PaymentAnswerSchema},
    repeatable=True,
)
def reverse(payment: int) -> Done:
    """Bring what was paid back to the wallet."""
    return _answer(reverse_hold(caller().club_id, payment, now(), _seen))


def _seen(hold: Hold) -> bool:
    """A payment is a hold for a sale; a till sees those of its store."""
    own = caller().store_code
    return hold.receipt is not None and own in (None, hold.store)


def _answer(made: HoldNow, status: int = 200) -> Done:
    content = {
        "id": made.id,
        "status": STATUS[made.status],
        "wallet": made.wallet,
        "amount": made.amount,
        "until": made.until,
        "wallets": made.wallets,
    }
    return Done(content, status, made.member_id)
