"""New counters, filled from history: what a member's recorded events stand for, counted under that member's lock.

`member.filled` names the latest counter that counts a member. Events feed the counters up to it and leave the others
alone; whoever fills these reads the events that are recorded and moves the mark, in one transaction that holds the row.
So each event is counted once, whichever of the two comes first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, Final

from loyalty.apply import COUNTERS
from loyalty.arrays import array, columns
from loyalty.db import Overtaken
from loyalty.ledger.counted import families, stood
from loyalty.lock_order import IN_ORDER
from loyalty.versions import Connection, Programme

BATCH: Final = 100
"""Members that are filled in one transaction: their sales wait for it."""

_BEHIND: Final = "SELECT id FROM member WHERE club_id = %s AND filled < %s ORDER BY filled, id LIMIT %s"
_LOCK: Final = "UPDATE member SET filled = filled WHERE id = ANY(%s::bigint[]) AND filled < %s RETURNING id, filled"
_FILLED: Final = "UPDATE member SET filled = %s WHERE id = ANY(%s::bigint[])"

Counts = dict[tuple[int, int, date, str], tuple[int, datetime]]
"""By member, place of the counter, day and label: what events of that day add up to, and when the latest was."""


def keep_up(terms: Programme, filled: Iterable[int]) -> None:
    """Make sure that a programme knows all that counts some locked members.

    Raises:
        Overtaken: a counter was registered and filled since it was loaded.
    """
    if max(filled, default=0) > terms.latest_counter:
        raise Overtaken


def fill(conn: Connection, terms: Programme, behind: Mapping[int, int]) -> None:
    """Count the events of locked members for every counter that does not count them yet, by how far each is filled.

    Raises:
        Overtaken: a counter was registered and filled since the programme was loaded.
    """
    keep_up(terms, behind.values())
    behind = {id_: filled for id_, filled in behind.items() if filled < terms.latest_counter}
    if not behind:
        return
    found = counted(conn, terms, {id_: terms.counted(filled) for id_, filled in behind.items()})
    rows: list[tuple[Any, ...]] = [
        (
            member_id,
            terms.counter_ids[place],
            label,
            day,
            terms.calendar.start_of("month", day),
            int(events > 0) if terms.live[place].measure == "days" else events,
            events,
            at,
        )
        for (member_id, place, day, label), (events, at) in found.items()
    ]
    if rows:
        conn.execute(COUNTERS, columns(rows))
    conn.execute(_FILLED, [terms.latest_counter, array(behind)])


def counted(conn: Connection, terms: Programme, members: Mapping[int, int]) -> Counts:
    """What members' recorded events add to the live counters from a place on, by member."""
    found: Counts = {}
    counts_for = families(conn, list(members))
    for owner, at, stands in stood(conn, terms, list(counts_for)):
        day = terms.calendar.moment(at).day
        for whose in counts_for[owner]:
            for place in range(members[whose], len(terms.live)):
                for label, events in stands.at(place):
                    before, latest = found.get((whose, place, day, label), (0, at))
                    found[whose, place, day, label] = before + events, max(latest, at)
    return found


def fill_next(conn: Connection, terms: Programme, at_most: int) -> int:
    """Lock some members whom not every counter counts, and fill them; answers how many that were. 0: none is left."""
    ids = [row[0] for row in conn.execute(_BEHIND, [terms.club_id, terms.latest_counter, at_most])]
    if not ids:
        return 0
    conn.execute(IN_ORDER)
    fill(conn, terms, dict(conn.execute(_LOCK, [array(sorted(ids)), terms.latest_counter]).fetchall()))
    return len(ids)
