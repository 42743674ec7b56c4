"""Spend what is held."""

from __future__ import annotations

from datetime import datetime

from loyalty.db import retried
from loyalty.holding import Check, HoldNow, opened_hold


@retried
def capture_hold(club_id: int, hold_id: int, now: datetime, seen: Check | None = None) -> HoldNow:
    """Spend what a hold keeps, all of it. `seen` tells whether the caller may see the hold.

    Raises:
        NotFound: the club has no such hold, or none that the caller may see.
        Conflict: it is not held any more, or the member's standing does not allow spending.
    """
    with opened_hold(club_id, hold_id, now, "held", seen) as taken:
        return taken.capture()
