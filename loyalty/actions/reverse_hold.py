"""Undo a spending."""

from __future__ import annotations

from datetime import datetime

from loyalty.db import retried
from loyalty.holding import Check, HoldNow, opened_hold


@retried
def reverse_hold(club_id: int, hold_id: int, now: datetime, seen: Check | None = None) -> HoldNow:
    """Bring what was spent, and has not come back with a return, to its lots; of those that ended it expires at once.

    `seen` tells whether the caller may see the hold.

    Raises:
        NotFound: the club has no such hold, or none that the caller may see.
        Conflict: it is not spent.
    """
    with opened_hold(club_id, hold_id, now, "spent", seen) as taken:
        return taken.give_back("reversed")
