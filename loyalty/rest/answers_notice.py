"""What the operations on notices answer, for the OpenAPI document."""

from __future__ import annotations

from marshmallow import Schema, fields

from loyalty.models.notice import WITHHELD
from loyalty.notices.base import CHANNELS, OUTWARD
from loyalty.notices.kinds import KINDS
from loyalty.rest.answers import at, both, many, next_page, of_names, text, whole
from loyalty.schemas.said import told


class SendingSchema(Schema):
    """A notice on its way through a channel."""

    channel = text(metadata={"enum": list(OUTWARD)})
    sent_at = at(allow_none=True)
    next_try = at(allow_none=True)
    because = text(
        allow_none=True,
        metadata=told("Why it will not be sent.", "چرا فرستاده نمی‌شود.", enum=[*WITHHELD, None]),
    )
    attempts = whole(metadata={"example": 1})


class NoticeSchema(Schema):
    """Something that a member was told."""

    id = whole(metadata={"example": 17})
    kind = text(metadata={"enum": list(KINDS)})
    read_at = at(allow_none=True)
    at = at(metadata=told("When it happened, or was found to be near.", "زمان رخ دادن، یا نزدیک شدن آن."))
    title = both()
    body = both()
    about = fields.Dict(
        required=True,
        metadata=told("By codes and numbers.", "با کدها و عددها.", example={"badge": "regular", "level": 2}),
    )
    sendings = many(SendingSchema, metadata=told("By which channels it went.", "از چه راه‌هایی رفت."))


class NoticesSchema(Schema):
    """A page of notices."""

    items = many(NoticeSchema)
    next = next_page()


class UnreadSchema(Schema):
    """How many are still unread."""

    unread = whole(metadata=told("At most 100.", "حداکثر ۱۰۰."))


class QuietSchema(Schema):
    """Hours in which nothing leaves."""

    from_ = text(data_key="from", metadata={"example": "21:00"})
    until = text(metadata={"example": "09:00"})


class RuleSchema(Schema):
    """How a channel may be used."""

    on = fields.Boolean(required=True)
    day = whole(metadata={"example": 2})
    week = whole(metadata={"example": 5})


class RulesSchema(Schema):
    """By channel."""

    email = fields.Nested(RuleSchema, required=True)
    sms = fields.Nested(RuleSchema, required=True)


class NoticeSettingsSchema(Schema):
    """How a club's members are told."""

    quiet = fields.Nested(QuietSchema, required=True, allow_none=True)
    channels = fields.Nested(RulesSchema, required=True)
    kinds = of_names({"type": "array", "items": {"type": "string", "enum": list(CHANNELS)}})
    expiring_days = whole(metadata={"example": 7})
    near_share = whole(metadata={"example": 90})


class SaidSchema(Schema):
    """Title and body."""

    title = both()
    body = both()


class TemplateSchema(Schema):
    """A kind of notice and the words for it."""

    kind = text(metadata={"enum": list(KINDS)})
    label = both()
    placeholders = fields.Dict(
        required=True,
        metadata=told(
            "What its words may name in braces, each with an example.",
            "آنچه متنش می‌تواند در آکولاد نام ببرد، هر یک با نمونه.",
            example={"badge": {"en": "Regular", "fa": "مشتری همیشگی"}},
        ),
    )
    default = fields.Nested(SaidSchema, required=True)
    texts = fields.Dict(
        required=True,
        metadata=told("The club's own, by channel and language.", "متن‌های خود باشگاه، به تفکیک راه و زبان."),
    )
    example = fields.Nested(
        SaidSchema, required=True, metadata=told("As the feed reads, with the examples.", "متن صفحه، با نمونه‌ها.")
    )


class TemplatesSchema(Schema):
    """Every kind."""

    items = many(TemplateSchema)
    next = next_page()
