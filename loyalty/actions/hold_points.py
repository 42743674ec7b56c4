"""Set an amount of a member's wallet apart, until it is spent or set free again."""

from __future__ import annotations

from datetime import datetime

from loyalty.db import retried
from loyalty.hands import opened
from loyalty.holding import LASTS, HoldNow, place


@retried
def hold_points(
    club_id: int, member_id: int, wallet: str, amount: int, now: datetime, *, until: datetime | None = None
) -> HoldNow:
    """Hold an amount until an instant, fifteen minutes from now if none is given; then it lapses by itself.

    Raises:
        NotFound: the club has no such member.
        Invalid: no such wallet.
        Conflict: the member's standing does not allow spending.
        InsufficientBalance: there is too little.
    """
    with opened(club_id, [member_id], now, now) as hands:
        return place(hands, member_id, wallet, amount, until or now + LASTS)
