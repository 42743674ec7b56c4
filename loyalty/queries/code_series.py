"""Series of codes as they are read: what they promise, how many were made and used."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from loyalty import absent
from loyalty.db import connection
from loyalty.queries.paging import Page, cut
from loyalty.values import Text

_SELECT: Final = """
    SELECT series.code, series.title ->> 'en', series.title ->> 'fa', purpose, reward.code, series.uses, per_member,
        series.from_at, series.until_at, made, used.times, used.discount, series.created_at, series.created_by
    FROM code_series series
    LEFT JOIN reward ON reward.id = reward_id
    CROSS JOIN LATERAL (
        SELECT count(*) AS times, coalesce(sum(discount), 0)::bigint AS discount FROM code_use
        WHERE series_id = series.id AND released_at IS NULL
    ) used
    WHERE series.club_id = %s
"""


class SeriesView(NamedTuple):
    """A series. `discount` is what its codes took off, in minor units."""

    code: str
    title: Text
    purpose: str
    reward: str | None
    uses: int | None
    per_member: int | None
    from_at: datetime | None
    until_at: datetime | None
    made: int
    used: int
    discount: int
    created_at: datetime
    created_by: str


def page(club_id: int, limit: int, cursor: str | None = None) -> Page[SeriesView]:
    """Series in the order of their codes."""
    rows = connection().execute(
        f"{_SELECT} AND series.code > %s ORDER BY series.code LIMIT %s", [club_id, cursor or "", limit + 1]
    )
    return cut([_view(row) for row in rows.fetchall()], limit, lambda view: view.code)


def one(club_id: int, code: str) -> SeriesView:
    """A series.

    Raises:
        NotFound: the club has none of that code.
    """
    row = connection().execute(f"{_SELECT} AND series.code = %s", [club_id, code]).fetchone()
    if row is None:
        raise absent.code_series()
    return _view(row)


def _view(row: Sequence[Any]) -> SeriesView:
    code, en, fa, *rest = row
    return SeriesView(code, Text(en, fa), *rest)
