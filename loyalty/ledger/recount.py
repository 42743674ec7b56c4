"""Recount: prove balances from entries, entries from rulings, and counters and limits from recorded events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, Final

from loyalty.db import connection
from loyalty.ledger.proofs import Difference, proofs
from loyalty.rules import Facts
from loyalty.rules.returned import Left, Standing, kept, standing
from loyalty.rules.ruling import Given
from loyalty.sales import facts_again, stored_purchase
from loyalty.versions import Connection, Programme, programme

BATCH = 1000
"""Members whose history is read at a time: memory is bounded by their purchases."""
EVER, MONTH, DAY = 0, 1, 2
EPOCH = date(1, 1, 1)

Key = tuple[int, int, int, date]
"""Member, counter id, grain, start."""


def recount(club_id: int) -> list[Difference]:
    """Every difference in a club; empty when all agree. Reads only."""
    conn = connection()
    terms = programme(conn, club_id)
    found = proofs(conn, club_id)
    used: dict[tuple[str, date], int] = {}
    for members in _batches(conn, club_id):
        found.extend(_counters(conn, terms, members, used))
    found.extend(_limits(conn, club_id, used))
    return found


def _batches(conn: Connection, club_id: int) -> Iterable[list[int]]:
    last = 0
    while True:
        rows = conn.execute(
            "SELECT id FROM member WHERE club_id = %s AND id > %s ORDER BY id LIMIT %s", [club_id, last, BATCH]
        ).fetchall()
        if not rows:
            return
        last = rows[-1][0]
        yield [row[0] for row in rows]


def _counters(
    conn: Connection, terms: Programme, members: list[int], used: dict[tuple[str, date], int]
) -> list[Difference]:
    """Compare the counters of some members; adds what they used of shared limits to `used` on the way."""
    days: dict[tuple[int, int, date], int] = {}
    counts_for = _families(conn, members)
    own = set(members)
    for member_id, day, stands in _events(conn, terms, list(counts_for)):
        for place, events in enumerate(stands.feeds):
            if events:
                for whose in counts_for[member_id]:
                    key = whose, place, day
                    days[key] = days.get(key, 0) + events
        if member_id in own:  # of a merged member's, each batch that reads them reads them again
            for budget, amount in stands.uses.items():
                used[budget] = used.get(budget, 0) + amount
    proven: dict[Key, int] = {}
    for (member_id, place, day), events in days.items():
        counter_id = terms.counter_ids[place]
        value = int(events > 0) if terms.live[place].measure == "days" else events
        month = terms.calendar.start_of("month", day)
        for grain, start, amount in ((DAY, day, events), (MONTH, month, value), (EVER, EPOCH, value)):
            proven[member_id, counter_id, grain, start] = proven.get((member_id, counter_id, grain, start), 0) + amount
    rows = conn.execute(
        "SELECT member_id, counter_id, grain, start, sum(value)::bigint FROM counter_sum WHERE member_id = ANY(%s)"
        " GROUP BY member_id, counter_id, grain, start",
        [members],
    )
    kept: dict[Key, int] = {(row[0], row[1], row[2], row[3]): row[4] for row in rows}
    return [
        Difference("counter", key[0], f"{key[1]} {('ever', 'month', 'day')[key[2]]} {key[3]}", kept.get(key, 0), its)
        for key in kept.keys() | proven.keys()
        if kept.get(key, 0) != (its := proven.get(key, 0))
    ]


_FAMILIES: Final = """
    WITH RECURSIVE family AS (
        SELECT id AS whose, id FROM member WHERE id = ANY(%s)
        UNION ALL
        SELECT family.whose, member.id FROM family JOIN member ON member.merged_into = family.id
    )
    SELECT id, whose FROM family
"""


def _families(conn: Connection, members: list[int]) -> dict[int, list[int]]:
    """Whose purchases count for some members, each with those for whom: their own, and of whoever was merged in."""
    found: dict[int, list[int]] = {}
    for id_, whose in conn.execute(_FAMILIES, [members]):
        found.setdefault(id_, []).append(whose)
    return found


def _events(conn: Connection, terms: Programme, members: list[int]) -> Iterable[tuple[int, date, Standing]]:
    """What every purchase of some members stands for, and the day on which it does."""
    rows: Iterable[tuple[Any, ...]] = conn.execute(
        "SELECT member_id, receipt, occurred_at, gross, net, lines, extra, version, ruling, kept FROM purchase"
        " WHERE member_id = ANY(%s) AND voided_at IS NULL ORDER BY member_id, id",
        [members],
    )
    for member_id, receipt, occurred_at, gross, net, lines, extra, version, ruling, kept_form in rows:
        bylaws = terms.version(version)
        purchase = stored_purchase(receipt, "", occurred_at, terms.currency, gross, net, lines, extra)
        sold = facts_again(bylaws, purchase, ruling["facts"])
        awards = tuple(Given(*given) for given in (kept_form or ruling)["awards"])
        is_kept: Facts | None = sold
        if kept_form:
            rest = kept(purchase, Left.from_form(kept_form))
            is_kept = facts_again(bylaws, rest, ruling["facts"]) if rest else None
        yield member_id, sold.moment.day, standing(bylaws, sold, is_kept, awards)


def _limits(conn: Connection, club_id: int, used: dict[tuple[str, date], int]) -> list[Difference]:
    rows = conn.execute("SELECT key, start, used FROM club_use WHERE club_id = %s", [club_id])
    kept = {(row[0], row[1]): row[2] for row in rows}
    return [
        Difference("limit", None, f"{key[0]} from {key[1]}", kept.get(key, 0), its)
        for key in sorted(kept.keys() | used.keys())
        if kept.get(key, 0) != (its := used.get(key, 0))
    ]
