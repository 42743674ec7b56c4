"""Send a test to a webhook."""

from __future__ import annotations

from datetime import datetime

from loyalty import outbox
from loyalty.db import transaction
from loyalty.webhooks import shelf
from loyalty.webhooks.messages import TEST


def try_webhook(club_id: int, webhook_id: int, now: datetime) -> int:
    """Send a test; where it arrives, a webhook that was disabled is enabled again. Answers the delivery's id.

    Raises:
        NotFound: the club has no such webhook.
    """
    with transaction() as conn:
        shelf.rouse(conn, club_id, webhook_id, now)
        delivery_id = shelf.put(conn, webhook_id, TEST, {"webhook": webhook_id}, now)
    outbox.wake()
    return delivery_id
