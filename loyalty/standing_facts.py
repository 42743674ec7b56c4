"""What a version sees of many members as they stand, without an event: read in a fixed number of statements."""

from __future__ import annotations

from collections.abc import Mapping

from loyalty.arrays import array
from loyalty.calendars import Moment
from loyalty.gather import KNOWN, Locked, member_facts
from loyalty.rules import Bylaws, Facts
from loyalty.rules.history import History
from loyalty.sums import Sums
from loyalty.versions import Connection, Programme


def standing_facts(
    conn: Connection, terms: Programme, bylaws: Bylaws, rows: Mapping[int, Locked], moment: Moment
) -> dict[int, Facts]:
    """The facts of some members at a moment, in the order of their rows; `bylaws` are bound to what `terms` counts."""
    asked = {
        id_: dict.fromkeys(bylaws.asks(moment.day, bylaws.since(row.tier_since, row.joined_at)))
        for id_, row in rows.items()
    }
    sums = Sums(terms, asked, rows)
    with conn.pipeline():
        known = conn.execute(KNOWN, [terms.club_id, array(rows)])
        answers = sums.send(conn)
    figures = sums.answered(answers)
    people = {id_: (badges, (born, attributes)) for id_, born, attributes, badges, *_ in known}
    return {
        id_: member_facts(row, History(figures[id_]), *people[id_]).standing(bylaws, moment)
        for id_, row in rows.items()
    }
