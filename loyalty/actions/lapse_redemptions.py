"""End held redemptions that nobody captured in time: what they took of stocks is given back."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyalty import outbox
from loyalty.db import connection, retried, transaction
from loyalty.redeeming import lapsed
from loyalty.rewards.lapsing import MOST

_ANY: Final = "SELECT EXISTS (SELECT FROM redemption WHERE club_id = %s AND status = 'held' AND until <= %s)"


def any_to_lapse(club_id: int, at: datetime) -> bool:
    """Whether something held has lapsed by an instant."""
    row = connection().execute(_ANY, [club_id, at]).fetchone()
    return row == (True,)


def lapse_redemptions(club_id: int, at: datetime) -> None:
    """End what has lapsed by an instant, some hundreds to a transaction."""
    while _some(club_id, at) == MOST:
        pass
    outbox.wake()


@retried
def _some(club_id: int, at: datetime) -> int:
    with transaction() as conn:
        return lapsed(conn, club_id, at)
