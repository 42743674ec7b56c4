"""Webhooks: who hears what happens in the club, what was sent there, and sending it again."""

from __future__ import annotations

from typing import Any, Final

from flask import Response

from loyalty.actions.create_webhook import create_webhook
from loyalty.actions.delete_webhook import delete_webhook
from loyalty.actions.resend_delivery import resend_delivery
from loyalty.actions.try_webhook import try_webhook
from loyalty.config import now
from loyalty.queries import webhooks
from loyalty.rest.access import caller
from loyalty.rest.answers_webhook import (
    DeliveriesSchema,
    DeliverySchema,
    NewWebhookSchema,
    WebhookSchema,
    WebhooksSchema,
)
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.fields import PageQuery
from loyalty.rest.reply import reply, shown
from loyalty.schemas.fields import MAX_ID, Base, Many, OneOf, Words
from loyalty.schemas.said import told
from loyalty.values import Text
from loyalty.webhooks.addresses import LONGEST
from loyalty.webhooks.messages import TYPES

blp = Blueprint(
    Text("Webhooks", "وب‌هوک‌ها"),
    __name__,
    Text(
        "The club tells your systems what happens, signed as Standard Webhooks (standardwebhooks.com) say.",
        "باشگاه رویدادها را به سامانه‌های شما خبر می‌دهد، با امضای Standard Webhooks (standardwebhooks.com).",
    ),
)

WEBHOOK: Final = f"/webhooks/<int(min=1, max={MAX_ID}):webhook_id>"
_ON_ITS_WAY: Final = Text("On its way", "در راه است")


class WebhookBody(Base):
    """A new webhook."""

    url = Words(
        LONGEST,
        required=True,
        metadata=told(
            "Where to POST; http only within your own network.",
            "نشانی دریافت؛ http تنها درون شبکهٔ خودتان.",
            example="https://shop.example/hooks/club",
        ),
    )
    types = Many(
        OneOf(*TYPES),
        len(TYPES),
        required=True,
        metadata={"minItems": 1, "example": ["points.awarded", "tier.changed"]},
    )


@blp.operation(
    "POST",
    "/webhooks",
    Text("Register a webhook", "ثبت وب‌هوک"),
    Text(
        "From now on messages of these types are sent to the address. The answer holds the secret that they are"
        " signed with; it is not shown again.",
        "از این پس پیام‌های این نوع‌ها به نشانی فرستاده می‌شود. پاسخ، رمز امضا (secret) را دارد که دیگر نشان داده نمی‌شود.",
    ),
    {201: NewWebhookSchema},
    body=WebhookBody,
)
def create(body: dict[str, Any]) -> Response:
    """Register a webhook."""
    club_id = caller().club_id
    new = create_webhook(club_id, body["url"], body["types"], now())
    return reply(shown(webhooks.one(club_id, new.id)) | {"secret": new.secret}, 201)


@blp.operation(
    "GET",
    "/webhooks",
    Text("List webhooks", "فهرست وب‌هوک‌ها"),
    Text("Webhooks in the order in which they were registered.", "وب‌هوک‌ها به ترتیب ثبت."),
    {200: WebhooksSchema},
    query=PageQuery,
)
def listed(query: dict[str, Any]) -> Response:
    """A page of webhooks."""
    page = webhooks.page(caller().club_id, query["limit"], query.get("cursor"))
    return reply({"items": page.items, "next": page.next})


@blp.operation(
    "GET",
    WEBHOOK,
    Text("A webhook", "یک وب‌هوک"),
    Text("A webhook, and how it does.", "یک وب‌هوک و حال آن."),
    {200: WebhookSchema},
)
def one(webhook_id: int) -> Response:
    """A webhook."""
    return reply(webhooks.one(caller().club_id, webhook_id))


@blp.operation(
    "DELETE",
    WEBHOOK,
    Text("Delete a webhook", "حذف وب‌هوک"),
    Text(
        "Nothing is sent there any longer, and what was sent is forgotten.",
        "دیگر چیزی به آنجا فرستاده نمی‌شود و آنچه فرستاده شده فراموش می‌شود.",
    ),
    {204: None},
)
def delete(webhook_id: int) -> Response:
    """Delete a webhook."""
    delete_webhook(caller().club_id, webhook_id)
    return Response(status=204)


@blp.operation(
    "POST",
    f"{WEBHOOK}/test",
    Text("Send a test", "ارسال پیام آزمایشی"),
    Text(
        "Sends a message of the type `webhook.test`. Where it arrives, a webhook that was disabled is enabled again.",
        "پیامی از نوع webhook.test می‌فرستد. اگر برسد، وب‌هوکی که از کار افتاده بود دوباره به کار می‌افتد.",
    ),
    {202: (DeliverySchema, _ON_ITS_WAY)},
)
def test(webhook_id: int) -> Response:
    """Send a test message."""
    club_id = caller().club_id
    delivery_id = try_webhook(club_id, webhook_id, now())
    return reply(webhooks.delivery(club_id, webhook_id, delivery_id), 202)


@blp.operation(
    "GET",
    f"{WEBHOOK}/deliveries",
    Text("What was sent", "آنچه فرستاده شد"),
    Text(
        "Every message to a webhook, the newest first; kept for thirty days after it is done.",
        "همهٔ پیام‌ها به یک وب‌هوک، تازه‌ترین در آغاز؛ تا سی روز نگه داشته می‌شود.",
    ),
    {200: DeliveriesSchema},
    query=PageQuery,
)
def deliveries(query: dict[str, Any], webhook_id: int) -> Response:
    """A page of messages to a webhook."""
    page = webhooks.deliveries(caller().club_id, webhook_id, query["limit"], query.get("cursor"))
    return reply({"items": page.items, "next": page.next})


@blp.operation(
    "POST",
    f"{WEBHOOK}/deliveries/<int(min=1, max={MAX_ID}):delivery_id>/resend",
    Text("Send a message again", "ارسال دوبارهٔ یک پیام"),
    Text(
        "Sends a message again, whatever came of it. It keeps its `webhook-id`, so a receiver that had it already"
        " can tell.",
        "پیام را دوباره می‌فرستد، هر سرنوشتی که داشته است. webhook-id همان می‌ماند تا گیرنده تکراری را بشناسد.",
    ),
    {202: (DeliverySchema, _ON_ITS_WAY)},
)
def resend(webhook_id: int, delivery_id: int) -> Response:
    """Send a message again."""
    club_id = caller().club_id
    resend_delivery(club_id, webhook_id, delivery_id, now())
    return reply(webhooks.delivery(club_id, webhook_id, delivery_id), 202)
