"""A segment as it is sent."""

from __future__ import annotations

from typing import Any

from marshmallow import ValidationError, fields, post_load, validates_schema

from loyalty.schemas.bylaws import Tree
from loyalty.schemas.fields import Base, Words
from loyalty.schemas.said import Said, told
from loyalty.values import Text

CODE = r"[a-zA-Z][a-zA-Z0-9_-]{0,59}"
_FILTER = {"type": "object", "example": {"counter": {"name": "visits", "over": {"last": {"days": 90}}, "at_most": 0}}}


class TitleBody(Base):
    """What people call it, in both languages."""

    en = Words(200, required=True, metadata={"example": "Gone quiet"})
    fa = Words(200, required=True, metadata={"example": "کم‌پیدا"})

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Text:
        """Both languages as one value."""
        return Text(**data)


class SegmentBody(Base):
    """A new segment."""

    code = Words(60, CODE, required=True, metadata={"example": "gone_quiet"})
    title = fields.Nested(TitleBody, required=True)
    filter = Tree(
        required=True,
        metadata=told(
            "A condition of the bylaws on the member alone: counters, attributes, age, years, tier, badges, audiences.",
            "شرطی از آیین‌نامه دربارهٔ خود عضو: شمارنده، ویژگی، سن، سال‌های عضویت، سطح، نشان یا گروه مخاطب.",
            **_FILTER,
        ),
    )


class SegmentChange(Base):
    """What to change of a segment."""

    title = fields.Nested(TitleBody)
    filter = Tree(metadata=told("In place of the one before.", "به جای شرط پیشین.", **_FILTER))

    @validates_schema
    def something(self, data: dict[str, Any], **_: Any) -> None:
        """There is something to change."""
        if not data:
            raise ValidationError(Said("Give a title or a filter.", "عنوان یا شرط را بدهید."))
