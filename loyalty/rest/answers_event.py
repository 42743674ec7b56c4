"""What the operations on events answer, for the OpenAPI document."""

from __future__ import annotations

from typing import Final

from marshmallow import Schema, fields

from loyalty.rest.answers import at, many, next_page, of_names, text, whole
from loyalty.rest.answers_purchase import ExplainedSchema, JudgedSchema
from loyalty.rest.problems import ProblemSchema
from loyalty.schemas.said import told

STATUSES: Final = ("recorded", "set_aside")


class EventAnswerSchema(JudgedSchema):
    """What an event gave, and why not more."""

    id = whole()
    key = text(metadata={"example": "review-5531"})
    source = text(metadata={"example": "website"})
    type = text(metadata={"example": "review"})
    status = text(
        metadata=told("What waits has given nothing yet.", "آنچه در انتظار است هنوز چیزی نداده است.", enum=[*STATUSES])
    )


class EventResultSchema(Schema):
    """What became of one row."""

    key = text(allow_none=True)
    source = text(allow_none=True)
    status = text(metadata={"enum": [*STATUSES, "repeated", "refused"]})
    id = whole(allow_none=True)
    error = fields.Nested(ProblemSchema, required=True, allow_none=True)


class EventBatchAnswerSchema(Schema):
    """What became of each row, in their order."""

    results = many(EventResultSchema)


class ToldEventSchema(Schema):
    """An event as it was recorded."""

    id = whole()
    type = text(metadata={"example": "review"})
    source = text(metadata=told("Empty for what the club found by itself.", "برای آنچه باشگاه خود یافته، خالی است."))
    key = text()
    store = text(allow_none=True)
    member = whole()
    occurred_at = at()
    recorded_at = at()
    status = text(metadata={"enum": [*STATUSES]})
    bylaws = whole(allow_none=True, metadata=told("The version that judged it.", "نسخه‌ای که آن را سنجید."))
    data = fields.Dict(required=True)
    given = of_names(
        {"type": "integer"}, metadata=told("What its member has from it, by wallet.", "آنچه به عضو داده، به تفکیک کیف.")
    )


class EventsSchema(Schema):
    """A page of events, the latest first."""

    items = many(ToldEventSchema)
    next = next_page()


class EventExplanationSchema(ExplainedSchema):
    """An event explained from the facts that were kept when it was judged."""

    event = whole()
