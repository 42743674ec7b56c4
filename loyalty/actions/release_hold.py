"""Set free what is held."""

from __future__ import annotations

from datetime import datetime

from loyalty.db import retried
from loyalty.holding import Check, HoldNow, opened_hold


@retried
def release_hold(club_id: int, hold_id: int, now: datetime, seen: Check | None = None) -> HoldNow:
    """Bring what a hold keeps back to its lots. `seen` tells whether the caller may see the hold.

    Raises:
        NotFound: the club has no such hold, or none that the caller may see.
        Conflict: it is not held any more.
    """
    with opened_hold(club_id, hold_id, now, "held", seen) as taken:
        return taken.give_back("released")
