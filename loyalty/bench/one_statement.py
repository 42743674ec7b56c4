"""The floor of writing: all rows of one purchase by one statement, the member locked, with nothing left to decide."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final

from loyalty.apply import Effects, effects
from loyalty.arrays import array
from loyalty.bench.instance import Club
from loyalty.bench.timeline import NOW, Judged
from loyalty.cases import digest
from loyalty.db import transaction
from loyalty.post import post
from loyalty.sums import DAY, EPOCH, EVER, MONTH

STATEMENT: Final = """
    WITH standing AS (
        UPDATE member SET seq = seq + 1, tier = %(tier)s, tier_since = %(since)s, latest_at = %(latest)s,
            entries = %(entries)s, head = %(head)b
        WHERE id = %(member)s RETURNING id, club_id
    ), claimed AS (
        INSERT INTO receipt (store_id, receipt, club_id, event_id, member_id, digest)
        SELECT %(store)s, %(receipt)s, club_id, %(event)s, id, %(digest)b FROM standing
        RETURNING member_id, club_id, event_id, %(now)s::timestamptz AS at
    ), sold AS (
        INSERT INTO purchase (member_id, id, club_id, store_id, receipt, occurred_at, recorded_at, day, gross, net,
            lines, extra, version, ruling)
        SELECT member_id, event_id, club_id, %(store)s, %(receipt)s, %(occurred)s, at, %(day)s, %(gross)s, %(net)s,
            %(lines)s, %(extra)s, %(version)s, %(ruling)s
        FROM claimed
    ), entered AS (
        INSERT INTO entry (member_id, n, club_id, event_id, wallet, source, target, amount, lot, version, article,
            occurred_at, posted_at, digest)
        SELECT member_id, n, club_id, event_id, wallet, 'issued', 'available', amount, lot, %(version)s, article,
            %(occurred)s, at, digest
        FROM claimed, unnest(%(places)s::bigint[], %(wallets)s::text[], %(amounts)s::bigint[], %(into)s::bigint[],
            %(articles)s::text[], %(digests)s::bytea[]) AS given (n, wallet, amount, lot, article, digest)
    ), kept AS (
        INSERT INTO lot (member_id, id, wallet, club_id, earned_at, pending, available, held, expired)
        SELECT member_id, id, wallet, club_id, %(occurred)s, 0, amount, 0, 0
        FROM claimed, unnest(%(lots)s::bigint[], %(lot_wallets)s::text[], %(left)s::bigint[])
            AS made (id, wallet, amount)
    ), balanced AS (
        INSERT INTO balance (member_id, wallet, club_id, pending, available, held, debt, earned, spent, expired,
            forgiven, other, active_at)
        SELECT member_id, wallet, club_id, 0, available, 0, 0, earned, 0, 0, 0, 0, %(occurred)s
        FROM claimed, unnest(%(purses)s::text[], %(sums)s::bigint[], %(earned)s::bigint[])
            AS moved (wallet, available, earned)
        ON CONFLICT (member_id, wallet) DO UPDATE
        SET available = excluded.available, earned = excluded.earned, active_at = excluded.active_at
    ), counted AS (
        INSERT INTO counter_sum (member_id, counter_id, grain, start, label, value, reached_at)
        SELECT member_id, counter_id, grain, start, '', value, %(occurred)s
        FROM claimed, unnest(%(counters)s::bigint[], %(grains)s::smallint[], %(starts)s::date[], %(values)s::bigint[])
            AS fed (counter_id, grain, start, value)
        ON CONFLICT (member_id, counter_id, grain, start, label) DO UPDATE
        SET value = counter_sum.value + excluded.value,
            reached_at = greatest(counter_sum.reached_at, excluded.reached_at)
    ), earned AS (
        INSERT INTO badge_level (member_id, club_id, code, level, event_id, earned_at)
        SELECT member_id, club_id, code, level, event_id, %(occurred)s
        FROM claimed, unnest(%(badges)s::text[], %(levels)s::int[]) AS reached (code, level)
    ), moved AS (
        INSERT INTO tier_move (member_id, club_id, at, from_tier, to_tier, event_id, version)
        SELECT member_id, club_id, moved.at, before, after, CASE WHEN by_event THEN event_id END, %(version)s
        FROM claimed, unnest(%(moves)s::timestamptz[], %(before)s::text[], %(after)s::text[], %(by_event)s::boolean[])
            AS moved (at, before, after, by_event)
    ), told AS (
        INSERT INTO outbox (club_id, member_id, type, data, created_at, due_at)
        SELECT club_id, member_id, type, data, at, at
        FROM claimed, unnest(%(types)s::text[], %(data)s::jsonb[]) AS message (type, data)
    )
    SELECT event_id FROM claimed
"""
"""Prepared once a connection: its one exchange is the whole transaction.

It knows that these bylaws only give, at once and without an end. The event's number, reserved beforehand, and the
instant of recording come with the values: the digests of entries are taken of them.
"""

Values = dict[str, Any]
_WIDTHS: Final = (12, 10, 13)
"""Columns of entries, lots and balances."""


def written(values: Values) -> Values:
    """Values as the statement takes them: columns become literals, as ours do."""
    return {name: array(value) if type(value) is list else value for name, value in values.items()}


def tape(club: Club, all_judged: Sequence[Judged]) -> Iterator[tuple[str, Values]]:
    """By receipt: what `STATEMENT` takes for each purchase, made beforehand, going on from what the club holds."""
    with transaction() as conn:
        chests = club.chests(conn)
        numbers = conn.execute("SELECT nextval('event_id') FROM generate_series(1, %s)", [len(all_judged)]).fetchall()
    for (judged, member), (number,) in zip(all_judged, numbers, strict=True):
        sale = club.own(judged, number)
        own = {sale.member_id: chests[sale.member_id]}
        post([sale], own)
        found = effects(club.terms, [sale], {sale.member_id: member}, own, NOW)
        yield sale.purchase.receipt, _values(found, digest(sale.purchase), sale.purchase.occurred_at)


def _values(rows: Effects, digested: bytes, occurred_at: datetime) -> Values:
    [(member, event, store, receipt, _, day, gross, net, lines, extra, version, ruling)] = rows.purchases
    [(_, tier, since, latest, length, head)] = rows.members
    entries, lots, balances = (_columns(some, width) for some, width in zip(rows.purses, _WIDTHS, strict=False))
    counters = _columns(_sums(rows), 4)
    badges, moves, messages = _columns(rows.badges, 5), _columns(rows.moves, 6), _columns(rows.messages, 3)
    return {
        "member": member, "store": store, "receipt": receipt, "digest": digested, "occurred": occurred_at, "day": day,
        "gross": gross, "net": net, "lines": lines, "extra": extra, "version": version, "ruling": ruling,
        "tier": tier, "since": since, "latest": latest, "entries": length, "head": head, "event": event, "now": NOW,
        "places": entries[1], "wallets": entries[3], "amounts": entries[6], "into": entries[7],
        "articles": entries[9], "digests": entries[11], "lots": lots[1], "lot_wallets": lots[2], "left": lots[7],
        "purses": balances[1], "sums": balances[3], "earned": balances[6],
        "counters": counters[0], "grains": counters[1], "starts": counters[2], "values": counters[3],
        "badges": badges[1], "levels": badges[2],
        "moves": moves[1], "before": moves[2], "after": moves[3], "by_event": [its is not None for its in moves[4]],
        "types": messages[1], "data": messages[2],
    }  # fmt: skip


def _sums(rows: Effects) -> list[tuple[Any, ...]]:
    """(counter, grain, start, value) of the rows that a purchase's counts come to."""
    return [
        (counter, grain, start, amount)
        for _, counter, _, day, month, value, events, _ in rows.counters
        for grain, start, amount in ((DAY, day, events), (MONTH, month, value), (EVER, EPOCH, value))
        if amount
    ]


def _columns(rows: list[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
