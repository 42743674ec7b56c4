"""The segments that a club keeps: saved filters of members, each with its sentence."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, NamedTuple

from loyalty import absent
from loyalty.db import connection
from loyalty.errors import Conflict, Invalid
from loyalty.queries.paging import Page, cut
from loyalty.rules.explain import sentence
from loyalty.rules.selection import Selection
from loyalty.selections import Reader, reader, selection
from loyalty.values import Text

_SELECT: Final = """
    SELECT code, title ->> 'en', title ->> 'fa', filter, created_at, created_by, updated_at, updated_by
    FROM segment WHERE club_id = %s
"""


class SegmentView(NamedTuple):
    """A segment. `sentence` says the filter; None where it no longer fits the version in force."""

    code: str
    title: Text
    filter: dict[str, Any]
    sentence: Text | None
    created_at: datetime
    created_by: str
    updated_at: datetime
    updated_by: str


def page(club_id: int, now: datetime, limit: int, cursor: str | None = None) -> Page[SegmentView]:
    """Segments in the order of their codes."""
    rows = connection().execute(f"{_SELECT} AND code > %s ORDER BY code LIMIT %s", [club_id, cursor or "", limit + 1])
    names = reader(connection(), club_id, now)
    return cut([_view(row, names) for row in rows.fetchall()], limit, lambda view: view.code)


def one(club_id: int, code: str, now: datetime) -> SegmentView:
    """A segment.

    Raises:
        NotFound: the club keeps none of that code.
    """
    row = connection().execute(f"{_SELECT} AND code = %s", [club_id, code]).fetchone()
    if row is None:
        raise absent.segment()
    return _view(row, reader(connection(), club_id, now))


def chosen(club_id: int, code: str, now: datetime) -> Selection:
    """A segment's filter, read with the version in force.

    Raises:
        NotFound: the club keeps none of that code.
        Conflict: it no longer fits that version.
    """
    view = one(club_id, code, now)
    try:
        return selection(connection(), club_id, view.filter, now)
    except Invalid as invalid:
        raise Conflict(
            Text(
                "This segment asks for something that the bylaws in force do not have.",
                "این بخش چیزی را می‌خواهد که در آیین‌نامهٔ جاری نیست.",
            ),
            invalid.faults,
        ) from None


def _view(row: tuple[Any, ...], names: Reader) -> SegmentView:
    code, en, fa, tree, *rest = row
    try:
        said = sentence(*names.read(tree))
    except Invalid:
        said = None
    return SegmentView(code, Text(en, fa), tree, said, *rest)
