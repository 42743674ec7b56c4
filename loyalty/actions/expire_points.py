"""Do what fell due by itself: lots mature and expire, idle wallets lapse, holds end."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyalty import outbox
from loyalty.db import connection, retried, transaction
from loyalty.gather import heads, lock
from loyalty.hands import expired
from loyalty.ledger import purses
from loyalty.ledger.purses import Reading
from loyalty.versions import Connection

BATCH: Final = 500
"""Members per transaction."""

_DUE: Final = """
    SELECT member_id FROM (
        (SELECT member_id FROM lot WHERE club_id = %(club)s AND due_at < %(at)s ORDER BY due_at LIMIT %(most)s)
        UNION ALL
        (SELECT member_id FROM balance WHERE club_id = %(club)s AND lapses_at < %(at)s ORDER BY lapses_at
            LIMIT %(most)s)
        UNION ALL
        (SELECT member_id FROM hold WHERE club_id = %(club)s AND status = 'held' AND until < %(at)s ORDER BY until
            LIMIT %(most)s)
    ) due
    GROUP BY member_id LIMIT %(most)s
"""
"""Whatever is strictly before the instant is done with when its member is: every batch brings us further."""


def expire_points(club_id: int, at: datetime, now: datetime) -> int:
    """Do everything that fell due before an instant, for every member of a club; returns how many members it was.

    Runs in batches, each its own transaction: done again, or after a crash, it goes on where something is left to do.
    """
    total = 0
    while done := _batch(club_id, at, now):
        total += done
    if total:
        outbox.wake()
    return total


def anything_due(club_id: int, at: datetime) -> bool:
    """Whether something fell due before an instant."""
    found = connection().execute(_DUE, {"club": club_id, "at": at, "most": 1}).fetchone()
    return found is not None


@retried
def _batch(club_id: int, at: datetime, now: datetime) -> int:
    with transaction() as conn:
        due = [row[0] for row in conn.execute(_DUE, {"club": club_id, "at": at, "most": BATCH})]
        if due:
            settle(conn, club_id, due, at, now)
        return len(due)


def settle(conn: Connection, club_id: int, members: list[int], at: datetime, now: datetime) -> None:
    """Lock members and do what fell due for them by an instant."""
    locked = lock(conn, club_id, members)
    with conn.pipeline():
        reading = Reading(conn, dict.fromkeys(locked, at))
    chests = reading.answered(heads(locked))
    for chest in chests.values():
        chest.settle(at)
    told = [(member_id, said) for member_id, chest in chests.items() for said in expired(chest)]
    with conn.pipeline():
        purses.write(conn, club_id, chests.values(), now)
        purses.write_heads(conn, chests.values())
    if told:
        outbox.send("points.expired", club_id, told, now)
