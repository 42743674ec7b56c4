"""The stores of a club."""

from __future__ import annotations

from typing import NamedTuple

from psycopg.rows import class_row

from loyalty import absent
from loyalty.db import connection
from loyalty.queries.paging import DEFAULT_LIMIT, Page, cut, id_after


class StoreView(NamedTuple):
    """A store: a branch, a web shop, a partner business."""

    id: int
    code: str
    name: str
    partner: str | None


def page(club_id: int, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page[StoreView]:
    """Stores in the order in which they were created."""
    after = id_after(cursor) or 0
    with connection().cursor(row_factory=class_row(StoreView)) as cur:
        rows = cur.execute(
            "SELECT id, code, name, partner FROM store WHERE club_id = %s AND id > %s ORDER BY id LIMIT %s",
            [club_id, after, limit + 1],
        ).fetchall()
    return cut(rows, limit, lambda row: str(row.id))


def one(club_id: int, code: str) -> StoreView:
    """The store with that code.

    Raises:
        NotFound: the club has none.
    """
    with connection().cursor(row_factory=class_row(StoreView)) as cur:
        row = cur.execute(
            "SELECT id, code, name, partner FROM store WHERE club_id = %s AND code = %s", [club_id, code]
        ).fetchone()
    if row is None:
        raise absent.store()
    return row
