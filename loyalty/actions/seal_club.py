"""Seal a club: note the heads of all chains that have grown, and take one digest of them and of the seal before."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyalty.calendars import Calendar
from loyalty.db import retried, transaction
from loyalty.errors import NotFound
from loyalty.ledger.seals import Seal, reckoned
from loyalty.values import Text

_LOCK: Final = "SELECT timezone, calendar FROM club WHERE id = %s FOR NO KEY UPDATE"
"""Two seals take turns; purchases, which only refer to the club, don't wait."""
_LATEST: Final = "SELECT n, day, members, digest, sealed_at FROM seal WHERE club_id = %s ORDER BY n DESC LIMIT 1"
_USED: Final = "SELECT coalesce(max(seal), 0) FROM sealed_head WHERE club_id = %s"
"""Where somebody took a seal away its heads may still be there; its number is not given again, so that it is missed."""
_NOTE: Final = """
    INSERT INTO sealed_head (member_id, seal, club_id, n, head)
    SELECT id, %(seal)s, club_id, entries, head FROM member
    WHERE club_id = %(club)s AND entries > coalesce(
        (SELECT n FROM sealed_head WHERE member_id = member.id ORDER BY seal DESC LIMIT 1), 0
    )
"""
"""A member's row carries head and number together: one statement sees each chain at a moment when it was whole.

It reads the table that it fills. Where that is small yet, the planner would have it read whole for every member, while
it grows; so scans are switched off for it.
"""


@retried
def seal_club(club_id: int, now: datetime, *, unless_since: datetime | None = None) -> Seal:
    """Seal a club now; returns the new seal, or the latest one if that was taken at `unless_since` or later.

    Raises:
        NotFound: there is no such club.
    """
    with transaction() as conn:
        club = conn.execute(_LOCK, [club_id]).fetchone()
        if club is None:
            raise NotFound(Text("There is no such club.", "چنین باشگاهی نیست."))
        row = conn.execute(_LATEST, [club_id]).fetchone()
        latest = Seal._make(row) if row else None
        if latest and unless_since and latest.sealed_at >= unless_since:
            return latest
        used = conn.execute(_USED, [club_id]).fetchone()
        n = max(latest.n if latest else 0, used[0] if used else 0) + 1
        day = Calendar(*club).moment(now).day
        conn.execute("SET LOCAL enable_seqscan = off")
        conn.execute(_NOTE, {"club": club_id, "seal": n})
        conn.execute("SET LOCAL enable_seqscan TO DEFAULT")
        members, digest = reckoned(conn, club_id, latest.digest if latest else b"", n, day, now)
        conn.execute(
            "INSERT INTO seal (club_id, n, day, members, digest, sealed_at) VALUES (%s, %s, %s, %s, %s, %s)",
            [club_id, n, day, members, digest, now],
        )
        return Seal(n, day, members, digest, now)
