"""Take an address from the list of those that hear what happens."""

from __future__ import annotations

from loyalty import absent
from loyalty.db import transaction


def delete_webhook(club_id: int, webhook_id: int) -> None:
    """Delete a webhook, and with it what was and is on its way there.

    Raises:
        NotFound: the club has no such webhook.
    """
    with transaction() as conn:
        done = conn.execute("DELETE FROM webhook WHERE club_id = %s AND id = %s", [club_id, webhook_id])
        if not done.rowcount:
            raise absent.webhook()
