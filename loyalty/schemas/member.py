"""A person who joins, and what may be changed later."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from marshmallow import post_load

from loyalty.enrolment import Enrolment
from loyalty.errors import Invalid
from loyalty.schemas.fields import Base, OneOf, Words, YesNo, read
from loyalty.schemas.moments import Day, Instant, not_ahead
from loyalty.schemas.people import Attributes, Card, Consents, Phone, Ref
from loyalty.schemas.said import told
from loyalty.values import LANGS, Text

EMAIL = r"[^@\s]+@[^@\s]+\.[^@\s]+"


class PersonSchema(Base):
    """What a member may be told of at any time; null takes a value away."""

    external_id = Words(
        100,
        allow_none=True,
        metadata=told("The shop's own id of the customer.", "شناسهٔ مشتری نزد خود فروشگاه.", example="C-1024"),
    )
    phone = Phone(allow_none=True, metadata={"example": "09121234567"})
    email = Words(254, EMAIL, allow_none=True, metadata={"example": "sara@example.com"})
    name = Words(120, allow_none=True, metadata={"example": "سارا محمدی"})
    birthday = Day(
        allow_none=True,
        metadata=told(
            "Gregorian, or Jalali with a year below 1700.", "میلادی، یا شمسی با سال کمتر از ۱۷۰۰.", example="1371-05-21"
        ),
    )
    attributes = Attributes(allow_none=True, metadata={"example": {"city": "Tehran"}})
    consents = Consents(allow_none=True, metadata=told("Per channel.", "برای هر کانال جداگانه.", example={"sms": True}))
    lang = OneOf(*LANGS, allow_none=True)
    alias = Words(40, allow_none=True, metadata=told("The name on leaderboards.", "نامی که در جدول‌های رده‌بندی می‌آید."))
    on_boards = YesNo(metadata=told("Whether leaderboards show the member.", "آیا عضو در جدول‌های رده‌بندی بیاید."))


class EnrolmentSchema(PersonSchema):
    """A person who joins."""

    card = Card(
        allow_none=True,
        metadata=told(
            "Made by the club where none is given.", "اگر نباشد، باشگاه یکی می‌سازد.", example="7F42-9KD3-XH55"
        ),
    )
    referred_by = Ref(allow_none=True)
    joined_at = Instant(allow_none=True, metadata=told("Now, if left out.", "اگر نباشد، همین حالا."))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Enrolment:
        """The enrolment as a value."""
        return Enrolment(**{key: value for key, value in data.items() if value is not None})


def load_enrolment(data: Any, *, now: datetime, region: str = "IR") -> Enrolment:
    """A person who joins, from a JSON object, checked and normalised.

    Raises:
        Invalid: with every fault and its place.
    """
    enrolment: Enrolment = read(EnrolmentSchema, data, region)
    check_times(enrolment.birthday, enrolment.joined_at, now)
    return enrolment


def check_times(birthday: date | None, joined_at: datetime | None, now: datetime) -> None:
    """Refuse a birth or a joining ahead of the clock.

    Raises:
        Invalid: naming the field.
    """
    if joined_at:
        not_ahead(joined_at, now, "/joined_at")
    if birthday and birthday > now.date() + timedelta(days=1):
        raise Invalid.at("/birthday", Text("This lies in the future.", "این در آینده است."))
