"""An event other than a purchase, as its source tells it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from marshmallow import post_load

from loyalty.rules.facts import Event
from loyalty.schemas.fields import Base, Words, read
from loyalty.schemas.moments import Instant, not_ahead
from loyalty.schemas.people import Attributes, Ref
from loyalty.schemas.said import told


class TriedEventSchema(Base):
    """An event that is not recorded: what would it give?"""

    type = Words(
        40,
        required=True,
        metadata=told("A type that the bylaws declare.", "نوعی که آیین‌نامه تعریف کرده است.", example="review"),
    )
    store = Words(64, allow_none=True, metadata=told("Where it happened, if in a store.", "فروشگاهِ آن، اگر باشد."))
    member = Ref(allow_none=True, metadata={"example": {"phone": "09121234567"}})
    occurred_at = Instant(required=True, metadata={"example": "2026-11-12T18:30:00+03:30"})
    data = Attributes(
        allow_none=True,
        metadata=told("The fields that its type declares.", "فیلدهایی که نوع آن تعریف کرده است.", example={"stars": 5}),
    )

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Event:
        """The event as a value; its data are checked by the version in force when it happened."""
        return Event(
            data["type"],
            data["occurred_at"],
            data.get("key", ""),
            data.get("source", ""),
            data.get("store") or "",
            data.get("member"),
            data.get("data") or {},
        )


class EventSchema(TriedEventSchema):
    """Something that a member did, as its source tells it."""

    key = Words(
        100,
        required=True,
        metadata=told(
            "The source's own name of the event, unique in the source.",
            "نام رویداد نزد منبع، یکتا در همان منبع.",
            example="review-5531",
        ),
    )
    source = Words(64, required=True, metadata=told("Who tells of it.", "چه سامانه‌ای خبر می‌دهد.", example="website"))
    member = Ref(required=True, metadata=told("Who did it.", "چه کسی کرده است.", example={"phone": "09121234567"}))


def load_event(data: Any, *, now: datetime, region: str = "IR") -> Event:
    """An event from its JSON object, checked as far as its own form goes.

    Raises:
        Invalid: with every fault and its place.
    """
    event: Event = read(EventSchema, data, region)
    not_ahead(event.occurred_at, now, "/occurred_at")
    return event
