"""Undo a redemption that was issued and not used: its price comes back."""

from __future__ import annotations

from datetime import datetime

from loyalty.db import retried
from loyalty.in_hand import opened_redemption
from loyalty.redeeming import Redeemed


@retried
def reverse_redemption(club_id: int, redemption_id: int, now: datetime) -> Redeemed:
    """Take back what was issued, and bring what was paid for it back to its lots.

    Raises:
        NotFound: the club has no such redemption.
        Conflict: it was used, in part or whole, or was not issued.
    """
    with opened_redemption(club_id, redemption_id, now, "issued") as taken:
        return taken.reverse()
