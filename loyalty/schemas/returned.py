"""Returns, claims and corrections of a purchase as a till or server tells them."""

from __future__ import annotations

from typing import Any, Final

from marshmallow import ValidationError, post_load

from loyalty.returns import Return, ReturnedLine
from loyalty.schemas.fields import MAX_AMOUNT, Base, Inner, Many, OneOf, Quantity, Whole, Words, YesNo
from loyalty.schemas.moments import Instant
from loyalty.schemas.people import Ref
from loyalty.schemas.purchase import MAX_LINES
from loyalty.schemas.said import Said, told

_ONE_WAY: Final = Said(
    "Say in one way what comes back: lines, amount, or all: true.",
    "به یکی از این سه راه بگویید چه برمی‌گردد: سطرها (lines)، مبلغ (amount) یا همه (all: true).",
)
_WHY: Final = Said("A debt is recorded with a reason.", "بدهی با دلیل (reason) ثبت می‌شود.")


class ReturnedLineSchema(Base):
    """How much of one line comes back."""

    line = Words(64, required=True, metadata=told("The line's name in the purchase.", "نام سطر در خرید.", example="1"))
    quantity = Quantity(required=True, metadata={"example": 1})

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> ReturnedLine:
        """The line as a value."""
        return ReturnedLine(**data)


class ReturnSchema(Base):
    """What comes back of a purchase: lines of it, an amount of one without lines, or all that is left."""

    key = Words(
        100,
        data_key="return",
        required=True,
        metadata=told(
            "The till's number of the return, unique in its store.",
            "شمارهٔ مرجوعی نزد صندوق، یکتا در فروشگاه.",
            example="R-1001",
        ),
    )
    occurred_at = Instant(required=True, metadata={"example": "2026-11-14T11:00:00+03:30"})
    lines = Many(Inner(ReturnedLineSchema), MAX_LINES, allow_none=True)
    amount = Whole(
        1,
        MAX_AMOUNT,
        allow_none=True,
        metadata=told(
            "Of a purchase without lines: how much of its net amount.", "برای خرید بدون سطر: چه مقدار از net."
        ),
    )
    whole = YesNo(
        data_key="all", load_default=False, metadata=told("All that is left of it.", "هر چه از آن مانده است.")
    )
    debt = OneOf(
        "allow",
        allow_none=True,
        metadata=told(
            "Record a debt even where the wallet refuses it; with a reason.",
            "بدهی ثبت شود، حتی اگر کیف آن را نپذیرد؛ همراه با دلیل.",
        ),
    )
    reason = Words(500, allow_none=True)

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Return:
        """The return as a value; its store is the purchase's."""
        lines, amount, whole = data.pop("lines", None), data.pop("amount", None), data.pop("whole")
        if sum((bool(lines), amount is not None, whole)) != 1:
            raise ValidationError(_ONE_WAY)
        if data.get("debt") and not data.get("reason"):
            raise ValidationError({"reason": [_WHY]})
        return Return(
            data["key"],
            "",
            data["occurred_at"],
            tuple(lines or ()),
            amount,
            whole,
            data.get("reason"),
            data.get("debt"),
        )


class ClaimSchema(Base):
    """Whose a purchase is; left out where it came too late and names its member."""

    member = Ref(allow_none=True, metadata={"example": {"phone": "09121234567"}})


class VoidSchema(Base):
    """Why a purchase is undone."""

    reason = Words(
        500, required=True, metadata=told("Why, for the record.", "برای ثبت در سوابق.", example="typed twice")
    )


class ReassignSchema(VoidSchema):
    """To whom a purchase belongs, and why that was wrong."""

    member = Ref(required=True, metadata={"example": {"card": "7F42-9KD3-XH55"}})
