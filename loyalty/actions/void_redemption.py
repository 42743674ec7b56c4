"""Call off a held redemption: all that is held for it is set free."""

from __future__ import annotations

from datetime import datetime

from loyalty.db import retried
from loyalty.in_hand import opened_redemption
from loyalty.redeeming import Redeemed


@retried
def void_redemption(club_id: int, redemption_id: int, now: datetime) -> Redeemed:
    """Set free what is held for a reward, and put it back into the stock.

    Raises:
        NotFound: the club has no such redemption.
        Conflict: it is not held any more.
    """
    with opened_redemption(club_id, redemption_id, now, "held") as taken:
        return taken.void()
