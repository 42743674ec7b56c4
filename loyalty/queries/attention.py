"""What waits for a person of the club, or has stood still for too long."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final, NamedTuple

from loyalty.db import connection

PATIENCE: Final = timedelta(minutes=10)
"""How long a message may wait before the worker is suspected to be away."""


class Attention(NamedTuple):
    """Counts; all zero means that nothing waits."""

    late: int
    """Purchases that came after the lateness window."""
    late_events: int
    """Events that did."""
    unclaimed: int
    """Purchases without a member."""
    undelivered: int
    """Messages that have been due for longer than `PATIENCE`."""


def attention(club_id: int, now: datetime) -> Attention:
    """What waits in a club."""
    row = (
        connection()
        .execute(
            "SELECT count(*) FILTER (WHERE because = 'late' AND type = 'purchase'), "
            "count(*) FILTER (WHERE because = 'late' AND type <> 'purchase'), "
            "count(*) FILTER (WHERE because = 'unclaimed'), "
            "(SELECT count(*) FROM outbox WHERE club_id = %(club)s AND due_at < %(due)s) "
            "FROM set_aside WHERE club_id = %(club)s",
            {"club": club_id, "due": now - PATIENCE},
        )
        .fetchone()
    )
    return Attention(*(row or (0, 0, 0, 0)))
