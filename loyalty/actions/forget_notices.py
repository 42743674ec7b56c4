"""Let go of what members were told long ago."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from loyalty.db import transaction

KEPT: Final = timedelta(days=400)
"""How long a notice stands in the feed: a year and a little."""
SENT: Final = timedelta(days=90)
"""How long it is known what was sent."""


def forget_notices(club_id: int, now: datetime) -> None:
    """Delete notices older than `KEPT`, and what is done with of their sending after `SENT`."""
    with transaction() as conn:
        conn.execute(
            "DELETE FROM notice_sending WHERE club_id = %s AND due_at IS NULL AND created_at < %s",
            [club_id, now - SENT],
        )
        conn.execute("DELETE FROM notice WHERE club_id = %s AND noted_at < %s", [club_id, now - KEPT])
