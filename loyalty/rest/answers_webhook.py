"""What the operations on webhooks answer, for the OpenAPI document."""

from __future__ import annotations

from marshmallow import Schema, fields

from loyalty.models.webhook import DISABLED, ERRORS
from loyalty.queries.webhooks import STATES
from loyalty.rest.answers import at, many, next_page, text, whole
from loyalty.schemas.said import told
from loyalty.webhooks.messages import TEST, TYPES


class WebhookSchema(Schema):
    """An address that hears what happens in the club."""

    id = whole(metadata={"example": 3})
    url = text(metadata={"example": "https://shop.example/hooks/club"})
    types = fields.List(
        fields.String(metadata={"enum": list(TYPES)}),
        required=True,
        metadata={"example": ["points.awarded", "tier.changed"]},
    )
    created_at = at()
    failing_since = at(
        allow_none=True,
        metadata=told("Since then nothing has arrived there.", "از آن زمان چیزی به آنجا نرسیده است.", example=None),
    )
    disabled_at = at(
        allow_none=True,
        metadata=told(
            "Since then nothing is sent there, until a test arrives.",
            "از آن زمان چیزی به آنجا فرستاده نمی‌شود تا پیامی آزمایشی برسد.",
            example=None,
        ),
    )
    disabled_because = text(
        allow_none=True,
        metadata=told(
            "`failing`: nothing arrived for days. `gone`: the receiver answered 410.",
            "failing: روزها چیزی نرسید. gone: گیرنده ۴۱۰ پاسخ داد.",
            enum=[*DISABLED, None],
            example=None,
        ),
    )


class NewWebhookSchema(WebhookSchema):
    """A new webhook, with its secret."""

    secret = text(
        metadata=told(
            "What its messages are signed with; shown this once.",
            "پیام‌هایش با این امضا می‌شود؛ تنها همین یک بار نشان داده می‌شود.",
            example="whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oDvmMx8RJa/Bo=",
        )
    )


class WebhooksSchema(Schema):
    """A page of webhooks."""

    items = many(WebhookSchema)
    next = next_page()


class DeliverySchema(Schema):
    """A message to a webhook."""

    id = whole(metadata={"example": 41})
    message = text(
        metadata=told(
            "The `webhook-id`: the same however often it is sent.",
            "همان webhook-id: هر چند بار فرستاده شود همین است.",
            example="msg_0f6b2e1d9c8a7b6c5d4e3f2a",
        )
    )
    type = text(metadata={"enum": [*TYPES, TEST], "example": "points.awarded"})
    status = text(metadata={"enum": list(STATES), "example": "delivered"})
    attempts = whole(metadata=told("How often it was tried.", "چند بار فرستاده شد.", example=1))
    answered = whole(allow_none=True, metadata=told("The last HTTP status.", "آخرین وضعیت HTTP.", example=204))
    error = text(
        allow_none=True,
        metadata=told(
            "Why the last try failed. `status`: answered with another status than 2xx. `silent`: no answer in time."
            " `unreachable`: no connection.",
            "چرا آخرین بار نرسید. status: پاسخی جز 2xx آمد. silent: پاسخ به‌موقع نیامد. unreachable: ارتباط برقرار نشد.",
            enum=[*ERRORS, None],
            example=None,
        ),
    )
    created_at = at()
    delivered_at = at(allow_none=True)
    next_try = at(
        allow_none=True,
        metadata=told(
            "When it is sent (again) at the earliest; null when it is done.",
            "زودترین زمانی که (دوباره) فرستاده می‌شود؛ اگر کارش تمام شده باشد null است.",
            example=None,
        ),
    )


class DeliveriesSchema(Schema):
    """A page of messages to a webhook, the newest first."""

    items = many(DeliverySchema)
    next = next_page()
