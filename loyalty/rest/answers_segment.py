"""What the operations on segments and audiences answer, for the OpenAPI document."""

from __future__ import annotations

from marshmallow import Schema, fields

from loyalty.rest.answers import TextSchema, at, both, many, next_page, text, whole
from loyalty.schemas.said import told


class SegmentSchema(Schema):
    """A saved filter of members."""

    code = text(metadata={"example": "gone_quiet"})
    title = both()
    filter = fields.Dict(required=True)
    sentence = fields.Nested(
        TextSchema,
        required=True,
        allow_none=True,
        metadata=told(
            "The filter as people read it; null where it no longer fits the bylaws in force.",
            "شرط، آن‌گونه که خوانده می‌شود؛ اگر با آیین‌نامهٔ جاری سازگار نباشد null است.",
        ),
    )
    created_at = at()
    created_by = text(metadata=told("`person:ID` or `key:ID`.", "`person:ID` یا `key:ID`.", example="key:3"))
    updated_at = at()
    updated_by = text(metadata={"example": "person:7"})


class SegmentsSchema(Schema):
    """A page of segments."""

    items = many(SegmentSchema)
    next = next_page()


class CountSchema(Schema):
    """How many members belong."""

    members = whole()
