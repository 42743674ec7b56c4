"""Which members a filter holds for now: a page of them, or how many, looked at some hundreds at a time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from loyalty.db import connection
from loyalty.errors import Invalid, NotFound
from loyalty.gather import LOCKED, Locked
from loyalty.queries import members
from loyalty.queries.members import MemberView
from loyalty.queries.paging import Page, id_after
from loyalty.rules.selection import Selection
from loyalty.selections import selection
from loyalty.standing_facts import standing_facts
from loyalty.values import Text
from loyalty.versions import Connection, programme

BATCH: Final = 500
"""Members looked at with one round of statements."""
LOOK: Final = 2000
"""Members looked at for one page at most: where few belong, a page is short and the next one goes on."""

_NEXT: Final = f"""
    SELECT {LOCKED} FROM member
    WHERE club_id = %s AND id > %s AND status = 'active' AND merged_into IS NULL AND erased_at IS NULL
    ORDER BY id LIMIT %s
"""  # noqa: S608 - constants


def of_audience(conn: Connection, club_id: int, code: str, at: datetime) -> Selection:
    """An audience of the version in force as a filter.

    Raises:
        NotFound: that version names no such audience.
    """
    try:
        return selection(conn, club_id, {"audience": code}, at)
    except Invalid:
        raise NotFound(
            Text("The bylaws in force name no such audience.", "در آیین‌نامهٔ جاری چنین گروه مخاطبی نیست.")
        ) from None


def page(club_id: int, chosen: Selection, at: datetime, limit: int, cursor: str | None = None) -> Page[MemberView]:
    """The active members for whom a filter holds, in the order of their ids.

    At most `LOOK` members are looked at, so a page may be short, or empty, and still have a next one.
    """
    after, looked = id_after(cursor) or 0, 0
    found: list[int] = []
    for batch in _batches(club_id, chosen, at, after):
        found += [id_ for id_, holds in batch if holds]
        if len(found) >= limit:
            return Page(members.some(club_id, found[:limit]), str(found[limit - 1]))
        looked += len(batch)
        if looked >= LOOK:
            return Page(members.some(club_id, found), str(batch[-1][0]))
    return Page(members.some(club_id, found), None)


def count(club_id: int, chosen: Selection, at: datetime) -> int:
    """How many active members a filter holds for; memory does not grow with the club."""
    return sum(holds for batch in _batches(club_id, chosen, at, 0) for _, holds in batch)


def _batches(club_id: int, chosen: Selection, at: datetime, after: int) -> Iterator[list[tuple[int, bool]]]:
    """The members after one, some hundreds at a time, each with whether the filter holds."""
    conn = connection()
    terms = programme(conn, club_id)
    moment = terms.calendar.moment(at)
    while rows := {row[0]: Locked._make(row) for row in conn.execute(_NEXT, [club_id, after, BATCH])}:
        facts = standing_facts(conn, terms, chosen.bylaws, rows, moment)
        yield [(id_, chosen.condition.holds(its)) for id_, its in facts.items()]
        if len(rows) < BATCH:
            return
        after = max(rows)
