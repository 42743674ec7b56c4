"""Codes and their series, as they are sent."""

from __future__ import annotations

from typing import Final

from marshmallow import ValidationError, validates_schema

from loyalty.rewards.codes import LONGEST
from loyalty.schemas.fields import Base, Inner, Whole, Words
from loyalty.schemas.moments import Instant
from loyalty.schemas.people import Ref
from loyalty.schemas.purchase import QuoteSchema
from loyalty.schemas.said import Said, told
from loyalty.schemas.segment import CODE, TitleBody

MOST: Final = 1000
"""Codes that are made and answered at once; more are made on the command line."""


def code_text() -> Words:
    """A code as a member shows it."""
    return Words(LONGEST, required=True, metadata={"example": "NOWRUZ"})


class SeriesBody(Base):
    """A new series of codes."""

    code = Words(60, CODE, required=True, metadata={"example": "nowruz"})
    title = Inner(TitleBody, required=True)
    reward = Words(
        60,
        CODE,
        allow_none=True,
        metadata=told(
            "The discount or goods that its codes promise; left out, they lie in packs and are claimed.",
            "تخفیف یا کالایی که کدهایش وعده می‌دهند؛ اگر نباشد، کدها داخل بسته‌اند و ثبت می‌شوند.",
            example="tenth_off",
        ),
    )
    uses = Whole(
        1,
        10**9,
        allow_none=True,
        load_default=1,
        metadata=told("How often each can be used; null: without limit.", "هر کد چند بار؛ null یعنی نامحدود."),
    )
    per_member = Whole(
        1,
        10**6,
        allow_none=True,
        metadata=told("How often one member can use codes of it.", "هر عضو چند بار می‌تواند از این سری استفاده کند."),
    )
    from_at = Instant(data_key="from", allow_none=True)
    until_at = Instant(data_key="until", allow_none=True)


class MakeBody(Base):
    """Codes to be made."""

    count = Whole(1, MOST, metadata=told("So many at random.", "این تعداد، تصادفی.", example=10))
    text = Words(
        LONGEST,
        metadata=told("One that everybody may know.", "یک کد که همه می‌توانند بدانند.", example="NOWRUZ"),
    )
    prefix = Words(10, "[A-Za-z0-9]{1,8}-?", load_default="", metadata={"example": "NR-"})

    @validates_schema
    def one(self, data: dict[str, object], **_: object) -> None:
        """Either so many, or one with a text."""
        if ("count" in data) == ("text" in data):
            raise ValidationError(Said("Either “count” or “text”.", "یا «count» یا «text»."))


class CheckBody(Base):
    """A code and the basket that it is shown on."""

    code = code_text()
    purchase = Inner(QuoteSchema, required=True)


class UseBody(CheckBody):
    """The same with the receipt of the sale."""

    receipt = Words(100, required=True, metadata={"example": "A-1001"})


class ReleaseBody(Base):
    """A use that is given back."""

    code = code_text()
    store = Words(64, required=True, metadata={"example": "tajrish"})
    receipt = Words(100, required=True, metadata={"example": "A-1001"})


class ClaimBody(Base):
    """A code that a member found."""

    member = Ref(required=True)
    code = code_text()
