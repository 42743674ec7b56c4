"""What moves value by hand or at the till: adjustments, transfers, payments, and balances of an older programme."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from marshmallow import ValidationError, validates

from loyalty.schemas.fields import MAX_AMOUNT, Base, Whole, Words, YesNo, read
from loyalty.schemas.moments import Instant, not_ahead
from loyalty.schemas.people import Card, Phone, Ref
from loyalty.schemas.said import Said, told

_NOTHING: Final = Said("This may not be zero.", "این نمی‌تواند صفر باشد.")
_ENDS: Final = told(
    "The last instant at which it can be spent; null is never. Left out, the wallet's terms decide.",
    "آخرین لحظه‌ای که می‌توان آن را خرج کرد؛ null یعنی هرگز منقضی نمی‌شود. اگر نباشد، قاعدهٔ کیف تعیین می‌کند.",
)


def wallet() -> Words:
    """The code of a wallet."""
    return Words(60, required=True, metadata=told("The wallet's code.", "کد کیف.", example="points"))


def amount(**kwargs: Any) -> Whole:
    """An amount above zero; money in minor units."""
    return Whole(1, MAX_AMOUNT, required=True, **kwargs)


class AdjustmentSchema(Base):
    """A change by hand."""

    wallet = wallet()
    amount = Whole(
        -MAX_AMOUNT,
        MAX_AMOUNT,
        required=True,
        metadata=told(
            "Above zero is given, below zero is taken; money in minor units.",
            "بزرگ‌تر از صفر داده و کوچک‌تر از صفر گرفته می‌شود؛ پول به کوچک‌ترین واحد.",
            example=200,
            **{"not": {"const": 0}},
        ),
    )
    reason = Words(500, required=True, metadata={"example": "The till was offline"})
    earned_at = Instant(
        metadata=told("Of what is given: now, if left out.", "برای مقداری که داده می‌شود؛ اگر نباشد، همین حالا.")
    )
    expires_at = Instant(allow_none=True, metadata=_ENDS)
    counts = YesNo(
        metadata=told(
            "Whether it counts as earned; a correction of the balance alone does not.",
            "آیا جزو امتیاز به‌دست‌آمده شمرده شود؛ اصلاحِ صرفِ موجودی شمرده نمی‌شود.",
        )
    )

    @validates("amount")
    def not_nothing(self, value: int, **_: Any) -> None:
        """Refuse to change nothing."""
        if value == 0:
            raise ValidationError([_NOTHING])


class TierGrantSchema(Base):
    """A tier given by hand."""

    tier = Words(60, required=True, metadata=told("A step of the ladder.", "یکی از پله‌های نردبان.", example="gold"))
    until = Instant(
        required=True,
        metadata=told(
            "The last instant for which the member stands no lower.",
            "آخرین لحظه‌ای که عضو پایین‌تر از این نمی‌رود.",
            example="2027-03-20T23:59:59+03:30",
        ),
    )
    reason = Words(500, required=True, metadata={"example": "Moved here from another chain"})


class TransferSchema(Base):
    """A gift from one member to another."""

    to = Ref(required=True)
    wallet = wallet()
    amount = amount(metadata={"example": 100})
    reason = Words(500, allow_none=True)


class PaymentSchema(Base):
    """A payment at the till."""

    member = Ref(required=True)
    amount = amount(metadata=told("In minor units.", "به کوچک‌ترین واحد پول.", example=250_000))
    receipt = Words(
        100,
        required=True,
        metadata=told(
            "The receipt of the sale that it pays.", "شمارهٔ رسید خریدی که با آن پرداخت می‌شود.", example="A-1001"
        ),
    )
    store = Words(
        64,
        metadata=told(
            "The store of that receipt; a till's own, if left out.",
            "فروشگاه همان رسید؛ اگر نباشد، فروشگاه خودِ صندوق.",
            example="tajrish",
        ),
    )
    hold = YesNo(
        metadata=told(
            "Only hold the amount, for 15 minutes, until it is captured or voided.",
            "مبلغ تنها ۱۵ دقیقه نگه داشته شود تا نهایی (capture) یا لغو (void) شود.",
        )
    )
    occurred_at = Instant(metadata=told("Now, if left out.", "اگر نباشد، همین حالا."))


class BalanceSchema(Base):
    """An opening balance, as a file tells it; of one member several rows make as many lots."""

    external_id = Words(100)
    phone = Phone()
    card = Card()
    wallet = wallet()
    amount = amount()
    earned_at = Instant()
    expires_at = Instant(allow_none=True)
    reason = Words(500)


def load_balance(data: Any, *, now: datetime, region: str = "IR") -> dict[str, Any]:
    """An opening balance from its fields, checked and normalised; `region` as for purchases.

    Raises:
        Invalid: with every fault and its place.
    """
    balance: dict[str, Any] = read(BalanceSchema, data, region)
    if "earned_at" in balance:
        not_ahead(balance["earned_at"], now, "/earned_at")
    return balance
