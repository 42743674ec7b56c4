"""Gifts that were taken back come off the counters that they had fed, and off the runs that counted them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from loyalty.apply import COUNTERS
from loyalty.arrays import columns
from loyalty.gather import Locked
from loyalty.ledger.runs import State
from loyalty.merged import lines
from loyalty.rules.returned import Standing
from loyalty.rules.running import Moved
from loyalty.runs import count_again
from loyalty.sold import Sold
from loyalty.versions import Connection, Programme

_ACTIVE: Final = """
    SELECT member_id, counter_id, start, label, value FROM counter_sum
    JOIN unnest(%s::bigint[], %s::bigint[], %s::date[], %s::text[]) AS asked (member_id, counter_id, start, label)
        USING (member_id, counter_id, start, label)
    WHERE grain = 2
"""


class Uncounted(NamedTuple):
    """An event of which something was taken back: of whom, as of when, and what it stood for before."""

    member_id: int
    sold: Sold
    at: datetime
    before: Standing

    @property
    def moved(self) -> list[Moved]:
        """What changes of counters."""
        return self.before.moved(self.sold.stands())


def count_back(
    conn: Connection,
    terms: Programme,
    members: Mapping[int, Locked],
    uncounted: Sequence[Uncounted],
    states: Mapping[int, State],
) -> None:
    """Write what is not counted any more of locked members, and of those who were merged into them.

    `states` are those of events that are not written yet: of the uncounted ones, and of what came back before them.
    """
    line_of = lines(conn, {its.sold.owner for its in uncounted})
    rows = [
        (id_, place, label, its.sold.facts.moment.day, change, its.at)
        for its in uncounted
        for place, label, change in its.moved
        for id_ in line_of[its.sold.owner]
        if id_ not in members or terms.counter_ids[place] <= members[id_].filled
    ]
    active = _active(conn, terms, rows)
    written = []
    for id_, place, label, day, change, at in rows:
        value, counter = change, terms.counter_ids[place]
        if terms.live[place].measure == "days":
            key = (id_, counter, day, label)
            before = active.get(key, 0)
            active[key] = before + change
            value = int(before + change > 0) - int(before > 0)
        written.append((id_, counter, label, day, terms.calendar.start_of("month", day), value, change, at))
    if written:
        conn.execute(COUNTERS, columns(written))
    instants: dict[int, list[datetime]] = {}
    for its in uncounted:
        for id_ in line_of[its.sold.owner]:
            instants.setdefault(id_, []).append(its.sold.at)
    count_again(conn, terms, instants, states)


def _active(
    conn: Connection, terms: Programme, rows: Sequence[tuple[Any, ...]]
) -> dict[tuple[int, int, date, str], int]:
    """How many events made the days active of which something is taken, for counters of days."""
    asked = [
        (id_, terms.counter_ids[place], day, label)
        for id_, place, label, day, *_ in rows
        if terms.live[place].measure == "days"
    ]
    if not asked:
        return {}
    found = conn.execute(_ACTIVE, columns(asked))
    return {(id_, counter, day, label): value for id_, counter, day, label, value in found}
