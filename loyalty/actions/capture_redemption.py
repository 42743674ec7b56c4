"""Complete a held redemption: what is held is spent, and what was promised is issued."""

from __future__ import annotations

from datetime import datetime

from loyalty.db import retried
from loyalty.in_hand import opened_redemption
from loyalty.issuing import Issuer
from loyalty.redeeming import Redeemed


@retried
def capture_redemption(club_id: int, redemption_id: int, issuer: Issuer, now: datetime) -> Redeemed:
    """Spend what is held for a reward, and issue it.

    Raises:
        NotFound: the club has no such redemption.
        Conflict: it is not held any more, or the member's standing does not allow spending.
    """
    with opened_redemption(club_id, redemption_id, now, "held") as taken:
        return taken.capture(issuer)
