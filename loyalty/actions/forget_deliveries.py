"""Let go of what webhooks were sent long ago."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from loyalty.db import transaction

KEPT: Final = timedelta(days=30)
"""How long a message can be looked at and sent again."""


def forget_deliveries(club_id: int, now: datetime) -> None:
    """Delete deliveries that are done, arrived or given up, and older than `KEPT`."""
    with transaction() as conn:
        conn.execute(
            "DELETE FROM webhook_delivery d USING webhook w WHERE w.club_id = %s AND d.webhook_id = w.id"
            " AND d.due_at IS NULL AND d.created_at < %s",
            [club_id, now - KEPT],
        )
