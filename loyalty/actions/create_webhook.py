"""Register an address that wants to hear what happens in a club."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from loyalty import keys
from loyalty.config import settings
from loyalty.db import transaction
from loyalty.errors import Invalid
from loyalty.values import Text
from loyalty.webhooks import addresses, shelf


class NewWebhook(NamedTuple):
    """A webhook and the secret that its messages are signed with, told this once."""

    id: int
    secret: str


def create_webhook(club_id: int, url: str, types: Sequence[str], now: datetime) -> NewWebhook:
    """Register a webhook for types of `loyalty.webhooks.messages.TYPES`.

    Raises:
        Invalid: nothing can be sent to this address, or not safely; or no type is asked for.
    """
    if not types:
        raise Invalid.at("/types", Text("Ask for at least one type.", "دست‌کم یک نوع را نام ببرید."))
    wrong = addresses.fault(url)
    if wrong:
        raise Invalid.at("/url", wrong)
    secret = keys.new_secret()
    with transaction() as conn:
        row = conn.execute("SELECT nextval(pg_get_serial_sequence('webhook', 'id'))").fetchone()
        assert row
        webhook_id: int = row[0]
        sealed = keys.seal(secret, shelf.owner(webhook_id), settings().secret_key, "webhook")
        conn.execute(
            "INSERT INTO webhook (id, club_id, url, types, secret, created_at, leased_until, rests_until)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [webhook_id, club_id, url, list(dict.fromkeys(types)), sealed, now, now, now],
        )
    return NewWebhook(webhook_id, f"whsec_{base64.b64encode(secret).decode()}")
