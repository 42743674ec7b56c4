"""Events other than purchases as they were recorded: one, or lists by member, type, store and time."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, NamedTuple

from psycopg.rows import class_row

from loyalty import absent
from loyalty.db import connection
from loyalty.queries.paging import DEFAULT_LIMIT, Page, cut, place_after, place_cursor
from loyalty.rules.explain import event_title
from loyalty.values import Text
from loyalty.versions import programme

_SELECT: Final = """
SELECT e.id, e.type, e.source, e.key, s.code AS store, e.member_id, e.occurred_at, e.recorded_at,
       'recorded' AS status, e.data, e.version, coalesce(g.given, '{}') AS given
FROM event e
LEFT JOIN store s ON s.id = e.store_id
CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(wallet, amount) AS given
    FROM (
        SELECT award ->> 2 AS wallet, sum((award ->> 3)::bigint) AS amount
        FROM jsonb_array_elements(coalesce(e.kept -> 'awards', e.ruling -> 'awards')) AS award GROUP BY 1
    ) summed
) g
WHERE e.club_id = %(club)s"""

_SELECT_ASIDE: Final = """
SELECT e.id, e.type, e.sent ->> 'source' AS source, e.receipt AS key, s.code AS store, e.member_id, e.occurred_at,
       e.recorded_at, 'set_aside' AS status, e.sent -> 'data' AS data, NULL::integer AS version, '{}'::jsonb AS given
FROM set_aside e
LEFT JOIN store s ON s.id = e.store_id
WHERE e.club_id = %(club)s AND e.type <> 'purchase'"""


class EventView(NamedTuple):
    """An event other than a purchase."""

    id: int
    type: str
    source: str
    """Who told of it; the club itself has no name."""
    key: str
    store: str | None
    member_id: int
    occurred_at: datetime
    recorded_at: datetime
    status: str
    """`recorded` (judged), or `set_aside` (came too late, waits for a person)."""
    data: dict[str, Any]
    version: int | None
    """The version of the bylaws that judged it."""
    given: dict[str, int]
    """What its member has from it, by wallet."""


def one(club_id: int, event_id: int) -> EventView:
    """The event with that id, judged or set aside.

    Raises:
        NotFound: the club has none.
    """
    for query in (_SELECT, _SELECT_ASIDE):
        with connection().cursor(row_factory=class_row(EventView)) as cur:
            row = cur.execute(f"{query} AND e.id = %(id)s", {"club": club_id, "id": event_id}).fetchone()
        if row is not None:
            return row
    raise absent.event()


def title(club_id: int, view: EventView) -> Text:
    """What an event is called by the version that judged it, or would."""
    terms = programme(connection(), club_id)
    bylaws = terms.version(view.version) if view.version else terms.at(view.occurred_at, view.member_id)
    return event_title(bylaws, view.type)


def page(
    club_id: int,
    *,
    member_id: int | None = None,
    type_: str | None = None,
    store: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    aside: bool = False,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[EventView]:
    """Judged events, or those that wait for a person, the latest first; `since` is included, `until` is not."""
    params: dict[str, Any] = {"club": club_id, "member": member_id, "type": type_, "store": store}
    params |= {"since": since, "until": until}
    wanted = {
        "e.member_id = %(member)s": member_id,
        "e.type = %(type)s": type_,
        "s.code = %(store)s": store,
        "e.occurred_at >= %(since)s": since,
        "e.occurred_at < %(until)s": until,
    }
    return _page(_SELECT_ASIDE if aside else _SELECT, wanted, params, limit, cursor)


def _page(
    query: str, wanted: dict[str, Any], params: dict[str, Any], limit: int, cursor: str | None
) -> Page[EventView]:
    after = place_after(cursor)
    if after:
        wanted = wanted | {"(e.occurred_at, e.id) < (%(at)s, %(id)s)": after}
        params = params | {"at": after.at, "id": after.id}
    query += "".join(f" AND {clause}" for clause, value in wanted.items() if value is not None)
    query += " ORDER BY e.occurred_at DESC, e.id DESC LIMIT %(limit)s"
    with connection().cursor(row_factory=class_row(EventView)) as cur:
        rows = cur.execute(query, params | {"limit": limit + 1}).fetchall()
    return cut(rows, limit, lambda row: place_cursor(row.occurred_at, row.id))
