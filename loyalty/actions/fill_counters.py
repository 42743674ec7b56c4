"""Fill what a version counts anew from history, member by member while sales go on; then the version takes force."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from loyalty.actions.publish_bylaws import in_force
from loyalty.db import retried, transaction
from loyalty.filling import BATCH, fill_next
from loyalty.outbox import wake
from loyalty.versions import programme

_READY: Final = """
    SELECT version, from_at FROM bylaws WHERE club_id = %(club)s AND filling AND NOT EXISTS (
        SELECT FROM member
        WHERE club_id = %(club)s AND filled < (SELECT max(id) FROM counter WHERE club_id = %(club)s)
    )
"""


def fill_counters(club_id: int, clock: Callable[[], datetime], *, told: Callable[[int], object] | None = None) -> None:
    """Fill every member whom not every counter counts, in batches; then let the version that waited for it take force.

    It may be broken off anywhere and begun again, also by several at once. `told` hears how many each batch had.
    """
    while filled := fill_some(club_id):
        if told:
            told(filled)
    if take_force(club_id, clock()):
        wake()


@retried
def fill_some(club_id: int, at_most: int = BATCH) -> int:
    """Fill a batch of members; answers how many, 0 where none is left."""
    with transaction() as conn:
        return fill_next(conn, programme(conn, club_id), at_most)


@retried
def take_force(club_id: int, now: datetime) -> int | None:
    """Let the version that was being filled take force, not before now nor before it was meant to; its number.

    None while somebody is still to be filled, or where no version waits.
    """
    with transaction() as conn:
        conn.execute("SELECT 1 FROM club WHERE id = %s FOR NO KEY UPDATE", [club_id])
        row = conn.execute(_READY, {"club": club_id}).fetchone()
        if row is None:
            return None
        version, asked = row
        in_force(conn, club_id, version, max(asked, now), now)
        return int(version)
