"""A club's webhooks, and what is or was on its way to them."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, NamedTuple

from psycopg.rows import class_row

from loyalty import absent
from loyalty.db import connection
from loyalty.queries.paging import DEFAULT_LIMIT, Page, cut, id_after

State = Literal["waiting", "delivered", "given_up"]
STATES: Final[tuple[State, ...]] = ("waiting", "delivered", "given_up")

_WEBHOOK: Final = "SELECT id, url, types, created_at, failing_since, disabled_at, disabled_because FROM webhook"
_DELIVERY: Final = (
    "SELECT id, message_id AS message, type, CASE WHEN due_at IS NOT NULL THEN 'waiting'"
    " WHEN delivered_at IS NOT NULL THEN 'delivered' ELSE 'given_up' END AS status,"
    " attempts, answered, error, created_at, delivered_at, due_at AS next_try FROM webhook_delivery"
)


class WebhookView(NamedTuple):
    """A webhook; its secret is never shown again."""

    id: int
    url: str
    types: list[str]
    created_at: datetime
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_because: str | None


class DeliveryView(NamedTuple):
    """A message to a webhook."""

    id: int
    message: str
    type: str
    status: State
    attempts: int
    answered: int | None
    error: str | None
    created_at: datetime
    delivered_at: datetime | None
    next_try: datetime | None


def page(club_id: int, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page[WebhookView]:
    """Webhooks in the order in which they were registered."""
    after = id_after(cursor) or 0
    with connection().cursor(row_factory=class_row(WebhookView)) as cur:
        rows = cur.execute(
            f"{_WEBHOOK} WHERE club_id = %s AND id > %s ORDER BY id LIMIT %s", [club_id, after, limit + 1]
        ).fetchall()
    return cut(rows, limit, lambda row: str(row.id))


def one(club_id: int, webhook_id: int) -> WebhookView:
    """A webhook.

    Raises:
        NotFound: the club has no such webhook.
    """
    with connection().cursor(row_factory=class_row(WebhookView)) as cur:
        row = cur.execute(f"{_WEBHOOK} WHERE club_id = %s AND id = %s", [club_id, webhook_id]).fetchone()
    if row is None:
        raise absent.webhook()
    return row


def deliveries(
    club_id: int, webhook_id: int, limit: int = DEFAULT_LIMIT, cursor: str | None = None
) -> Page[DeliveryView]:
    """What is or was on its way to a webhook, the newest first.

    Raises:
        NotFound: the club has no such webhook.
    """
    after = id_after(cursor)
    before = 2**63 - 1 if after is None else after
    one(club_id, webhook_id)
    with connection().cursor(row_factory=class_row(DeliveryView)) as cur:
        rows = cur.execute(
            f"{_DELIVERY} WHERE webhook_id = %s AND id < %s ORDER BY id DESC LIMIT %s",
            [webhook_id, before, limit + 1],
        ).fetchall()
    return cut(rows, limit, lambda row: str(row.id))


def delivery(club_id: int, webhook_id: int, delivery_id: int) -> DeliveryView:
    """One message to a webhook.

    Raises:
        NotFound: the club has no such webhook, or nothing of that id is kept for it.
    """
    one(club_id, webhook_id)
    with connection().cursor(row_factory=class_row(DeliveryView)) as cur:
        row = cur.execute(f"{_DELIVERY} WHERE webhook_id = %s AND id = %s", [webhook_id, delivery_id]).fetchone()
    if row is None:
        raise absent.delivery()
    return row
