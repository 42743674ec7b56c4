"""Let a member have a reward: at once, or held until a till captures it."""

from __future__ import annotations

from datetime import datetime

from loyalty.db import retried
from loyalty.hands import opened
from loyalty.holding import LASTS
from loyalty.issuing import Issuer
from loyalty.redeeming import Asked, Redeemed, Terms, redeem


@retried
def redeem_reward(
    club_id: int, member_id: int, asked: Asked, issuer: Issuer, now: datetime, *, hold: bool = False
) -> Redeemed:
    """Pay for a reward and issue it, or set its price and its place in the stock apart for fifteen minutes.

    Raises:
        NotFound: the club has no such member, or no such reward.
        Invalid: what is to be chosen, or paid from, is not.
        Conflict: it is not offered now, not to this member, or the member's standing does not allow spending.
        LimitReached: the member had as many as one may.
        OutOfStock: there are not so many left.
        InsufficientBalance: there is too little in the wallet.
    """
    with opened(club_id, [member_id], now, now) as hands:
        return redeem(hands, member_id, asked, Terms(until=now + LASTS if hold else None), issuer)
