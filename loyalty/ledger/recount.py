"""Recount: prove balances from entries, entries from rulings, and counters and limits from recorded events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any, NamedTuple

from loyalty.db import connection
from loyalty.rules import Bylaws, Facts, Ruling
from loyalty.sales import facts_again, stored_purchase
from loyalty.versions import Connection, Programme, programme

BATCH = 1000
"""Members whose history is read at a time: memory is bounded by their purchases."""
EVER, MONTH, DAY = 0, 1, 2
EPOCH = date(1, 1, 1)

Key = tuple[int, int, int, date]
"""Member, counter id, grain, start."""


class Difference(NamedTuple):
    """A figure that is kept and what its sources prove it to be. `member` is None for what all members share."""

    what: str
    member: int | None
    name: str
    kept: int
    proven: int


_BALANCES = """
    SELECT coalesce(kept.member_id, proven.member_id), coalesce(kept.wallet, proven.wallet),
        coalesce(kept.available, 0), coalesce(proven.available, 0)::bigint
    FROM (SELECT member_id, wallet, available FROM balance WHERE club_id = %s) kept
    FULL JOIN (
        SELECT member_id, wallet, sum(CASE WHEN target = 'available' THEN amount ELSE -amount END) AS available
        FROM entry WHERE club_id = %s AND 'available' IN (source, target) GROUP BY member_id, wallet
    ) proven USING (member_id, wallet)
    WHERE coalesce(kept.available, 0) <> coalesce(proven.available, 0)
"""
_AWARDS = """
    SELECT coalesce(posted.member_id, ruled.member_id), coalesce(posted.event_id, ruled.event_id),
        coalesce(posted.wallet, ruled.wallet), coalesce(posted.amount, 0)::bigint, coalesce(ruled.amount, 0)::bigint
    FROM (
        SELECT member_id, event_id, wallet, sum(amount) AS amount FROM entry
        WHERE club_id = %s GROUP BY member_id, event_id, wallet
    ) posted
    FULL JOIN (
        SELECT member_id, id AS event_id, award ->> 2 AS wallet, sum((award ->> 3)::bigint) AS amount
        FROM purchase, jsonb_array_elements(ruling -> 'awards') AS award
        WHERE club_id = %s GROUP BY member_id, id, wallet
    ) ruled USING (member_id, event_id, wallet)
    WHERE coalesce(posted.amount, 0) <> coalesce(ruled.amount, 0)
"""


def recount(club_id: int) -> list[Difference]:
    """Every difference in a club; empty when all agree. Reads only."""
    conn = connection()
    terms = programme(conn, club_id)
    found = [
        Difference("balance", member, wallet, kept, proven)
        for member, wallet, kept, proven in conn.execute(_BALANCES, [club_id, club_id])
    ]
    found.extend(
        Difference("entry", member, f"{wallet} of event {event}", kept, proven)
        for member, event, wallet, kept, proven in conn.execute(_AWARDS, [club_id, club_id])
    )
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
    for member_id, facts, ruling in _events(conn, terms, members):
        bylaws = terms.version(ruling.version)
        for place, events in enumerate(feeds(bylaws, facts, ruling)):
            if events:
                key = member_id, place, facts.moment.day
                days[key] = days.get(key, 0) + events
        for budget, amount in uses(bylaws, facts, ruling).items():
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


def _events(conn: Connection, terms: Programme, members: list[int]) -> Iterable[tuple[int, Facts, Ruling]]:
    rows: Iterable[tuple[Any, ...]] = conn.execute(
        "SELECT member_id, receipt, occurred_at, gross, net, lines, extra, version, ruling FROM purchase"
        " WHERE member_id = ANY(%s) ORDER BY member_id, id",
        [members],
    )
    for member_id, receipt, occurred_at, gross, net, lines, extra, version, kept in rows:
        purchase = stored_purchase(receipt, "", occurred_at, terms.currency, gross, net, lines, extra)
        facts = facts_again(terms.version(version), purchase, kept["facts"])
        yield member_id, facts, Ruling.from_kept(version, kept)


def feeds(bylaws: Bylaws, facts: Facts, ruling: Ruling) -> list[int]:
    """What a recorded event adds to each live counter."""
    if not facts.active:
        return [0] * len(bylaws.live)
    return [
        counter.feed_given(ruling.awards) if counter.of == "given" else counter.feed(facts) for counter in bylaws.live
    ]


def uses(bylaws: Bylaws, facts: Facts, ruling: Ruling) -> dict[tuple[str, date], int]:
    """What a recorded event took of limits that all members share."""
    found: dict[tuple[str, date], int] = {}
    for limit in bylaws.budgets():
        gave = [given for given in ruling.awards if given.article == limit.article]
        own = [given for given in gave if given.wallet == limit.wallet]
        if limit.of == "times":
            amount = int(bool(gave))
        else:
            amount = sum(given.amount if limit.of == "points" else given.base for given in own)
        if amount:
            key = limit.budget(facts)
            found[key] = found.get(key, 0) + amount
    return found


def _limits(conn: Connection, club_id: int, used: dict[tuple[str, date], int]) -> list[Difference]:
    rows = conn.execute("SELECT key, start, used FROM club_use WHERE club_id = %s", [club_id])
    kept = {(row[0], row[1]): row[2] for row in rows}
    return [
        Difference("limit", None, f"{key[0]} from {key[1]}", kept.get(key, 0), its)
        for key in sorted(kept.keys() | used.keys())
        if kept.get(key, 0) != (its := used.get(key, 0))
    ]
