"""Send a message to a webhook again: it keeps its id, so that a receiver knows it for the same."""

from __future__ import annotations

from datetime import datetime

from loyalty import absent, outbox
from loyalty.db import transaction
from loyalty.webhooks import shelf


def resend_delivery(club_id: int, webhook_id: int, delivery_id: int, now: datetime) -> None:
    """Let a message fall due at once, as if it was never tried; also to a webhook that rests or is disabled.

    Raises:
        NotFound: the club has no such webhook, or nothing of that id is kept for it.
    """
    with transaction() as conn:
        shelf.rouse(conn, club_id, webhook_id, now)
        again = conn.execute(
            "UPDATE webhook_delivery SET due_at = %s, attempts = 0, answered = NULL, error = NULL, delivered_at = NULL"
            " WHERE webhook_id = %s AND id = %s",
            [now, webhook_id, delivery_id],
        )
        if not again.rowcount:
            raise absent.delivery()
    outbox.wake()
