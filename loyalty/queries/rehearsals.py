"""Rehearsals as they stand: how far they are, and what they found."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, NamedTuple

from psycopg.rows import class_row

from loyalty import absent
from loyalty.db import connection

_ONE: Final = """
    SELECT id, status, sum(part.done)::int AS done, sum(part.members)::int AS of, from_at AS since, until_at AS until,
        asked_at, rehearsal.finished_at, rehearsal.report
    FROM rehearsal CROSS JOIN LATERAL (
        SELECT rehearsal_part.done, members FROM rehearsal_part WHERE rehearsal_id = rehearsal.id
    ) part
    WHERE club_id = %s AND id = %s GROUP BY id
"""
_WAITING: Final = """
    SELECT rehearsal_id, n FROM rehearsal_part JOIN rehearsal ON rehearsal.id = rehearsal_id
    WHERE club_id = %s AND status = 'running' AND rehearsal_part.finished_at IS NULL ORDER BY rehearsal_id, n
"""


class RehearsalView(NamedTuple):
    """A rehearsal."""

    id: int
    status: str
    done: int
    """Members that are done."""
    of: int
    """Members in all."""
    since: datetime | None
    until: datetime
    asked_at: datetime
    finished_at: datetime | None
    report: dict[str, Any] | None


def one(club_id: int, rehearsal_id: int) -> RehearsalView:
    """A rehearsal of a club.

    Raises:
        NotFound: there is none of that id.
    """
    # JSON has no equality to group by: the primary key carries the other columns.
    with connection().cursor(row_factory=class_row(RehearsalView)) as cursor:
        found = cursor.execute(_ONE, [club_id, rehearsal_id]).fetchone()
    if found is None:
        raise absent.rehearsal()
    return found


def waiting(club_id: int) -> list[tuple[int, int]]:
    """Every (rehearsal, part) of a club that is still to be done."""
    return [(row[0], row[1]) for row in connection().execute(_WAITING, [club_id])]
