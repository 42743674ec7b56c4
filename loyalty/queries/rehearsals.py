"""Rehearsals as they stand: how far they are, and what they found."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, NamedTuple

from psycopg.rows import class_row

from loyalty import absent
from loyalty.db import connection
from loyalty.queries.paging import Page, cut, id_after

_SELECT: Final = """
    SELECT id, status, part.done, part.of, from_at AS since, until_at AS until, asked_at, asked_by,
        rehearsal.finished_at, rehearsal.report
    FROM rehearsal CROSS JOIN LATERAL (
        SELECT sum(rehearsal_part.done)::int AS done, sum(members)::int AS of
        FROM rehearsal_part WHERE rehearsal_id = rehearsal.id
    ) part
"""
_ONE: Final = f"{_SELECT} WHERE club_id = %s AND id = %s"
_PAGE: Final = f"""
    {_SELECT} WHERE club_id = %s AND id < coalesce(%s::bigint, 9223372036854775807) ORDER BY id DESC LIMIT %s
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
    asked_by: str | None
    """`person:ID` or `key:ID`; None for the command line."""
    finished_at: datetime | None
    report: dict[str, Any] | None


def one(club_id: int, rehearsal_id: int) -> RehearsalView:
    """A rehearsal of a club.

    Raises:
        NotFound: there is none of that id.
    """
    with connection().cursor(row_factory=class_row(RehearsalView)) as cursor:
        found = cursor.execute(_ONE, [club_id, rehearsal_id]).fetchone()
    if found is None:
        raise absent.rehearsal()
    return found


def page(club_id: int, limit: int, cursor: str | None = None) -> Page[RehearsalView]:
    """A club's rehearsals, the newest first.

    Raises:
        Invalid: the cursor is none of this list.
    """
    with connection().cursor(row_factory=class_row(RehearsalView)) as found:
        rows = found.execute(_PAGE, [club_id, id_after(cursor), limit + 1]).fetchall()
    return cut(rows, limit, lambda view: str(view.id))


def waiting(club_id: int) -> list[tuple[int, int]]:
    """Every (rehearsal, part) of a club that is still to be done."""
    return [(row[0], row[1]) for row in connection().execute(_WAITING, [club_id])]
