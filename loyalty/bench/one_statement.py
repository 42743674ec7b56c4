"""The floor of writing: all rows of one purchase by one statement, the member locked, with nothing left to decide."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from loyalty.apply import Effects, effects
from loyalty.arrays import array
from loyalty.bench.instance import Club
from loyalty.bench.timeline import Judged
from loyalty.gather import DAY, EPOCH, EVER, MONTH
from loyalty.sales import digest

STATEMENT: Final = """
    WITH standing AS (
        UPDATE member SET seq = seq + 1, tier = %(tier)s, tier_since = %(since)s, latest_at = %(latest)s
        WHERE id = %(member)s RETURNING id, club_id
    ), claimed AS (
        INSERT INTO receipt (store_id, receipt, club_id, event_id, member_id, digest)
        SELECT %(store)s, %(receipt)s, club_id, nextval('event_id'), id, %(digest)b FROM standing
        RETURNING member_id, club_id, event_id, now() AS at
    ), sold AS (
        INSERT INTO purchase (member_id, id, club_id, store_id, receipt, occurred_at, recorded_at, day, gross, net,
            lines, extra, version, ruling)
        SELECT member_id, event_id, club_id, %(store)s, %(receipt)s, %(occurred)s, at, %(day)s, %(gross)s, %(net)s,
            %(lines)s, %(extra)s, %(version)s, %(ruling)s
        FROM claimed
    ), entered AS (
        INSERT INTO entry (member_id, club_id, event_id, wallet, source, target, amount, version, article, occurred_at,
            posted_at)
        SELECT member_id, club_id, event_id, wallet, 'issued', 'available', amount, %(version)s, article, %(occurred)s,
            at
        FROM claimed, unnest(%(wallets)s::text[], %(amounts)s::bigint[], %(articles)s::text[])
            AS given (wallet, amount, article)
    ), balanced AS (
        INSERT INTO balance (member_id, wallet, club_id, available, earned)
        SELECT member_id, wallet, club_id, amount, amount
        FROM claimed, unnest(%(purses)s::text[], %(sums)s::bigint[]) AS moved (wallet, amount)
        ON CONFLICT (member_id, wallet) DO UPDATE
        SET available = balance.available + excluded.available, earned = balance.earned + excluded.earned
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
        SELECT club_id, member_id, type,
            CASE WHEN data -> 'event' <> 'null' THEN data || jsonb_build_object('event', event_id) ELSE data END, at, at
        FROM claimed, unnest(%(types)s::text[], %(data)s::jsonb[]) AS message (type, data)
    )
    SELECT event_id FROM claimed
"""
"""Prepared once a connection: its one exchange is the whole transaction."""

Values = dict[str, Any]


def written(values: Values) -> Values:
    """Values as the statement takes them: columns become literals, as ours do."""
    return {name: array(value) if type(value) is list else value for name, value in values.items()}


def tape(club: Club, all_judged: Iterable[Judged]) -> Iterator[tuple[str, Values]]:
    """By receipt: what `STATEMENT` takes for each purchase, made beforehand."""
    for place, member in all_judged:
        sale = replace(place, member_id=club.members[place.member_id], store_id=club.store_id)
        found = effects(club.terms, [sale], {sale.member_id: member})
        yield sale.purchase.receipt, _values(found, digest(sale.purchase), sale.purchase.occurred_at)


def _values(rows: Effects, digested: bytes, occurred_at: datetime) -> Values:
    [(member, _, store, receipt, _, day, gross, net, lines, extra, version, ruling)] = rows.purchases
    [(_, tier, since, latest)] = rows.members
    entries, balances, counters = _columns(rows.entries, 7), _columns(rows.balances, 3), _columns(_sums(rows), 4)
    badges, moves, messages = _columns(rows.badges, 5), _columns(rows.moves, 6), _columns(rows.messages, 3)
    return {
        "member": member, "store": store, "receipt": receipt, "digest": digested, "occurred": occurred_at, "day": day,
        "gross": gross, "net": net, "lines": lines, "extra": extra, "version": version, "ruling": ruling,
        "tier": tier, "since": since, "latest": latest,
        "wallets": entries[2], "amounts": entries[3], "articles": entries[5],
        "purses": balances[1], "sums": balances[2],
        "counters": counters[0], "grains": counters[1], "starts": counters[2], "values": counters[3],
        "badges": badges[1], "levels": badges[2],
        "moves": moves[1], "before": moves[2], "after": moves[3], "by_event": [its is not None for its in moves[4]],
        "types": messages[1], "data": messages[2],
    }  # fmt: skip


def _sums(rows: Effects) -> list[tuple[Any, ...]]:
    """(counter, grain, start, value) of the rows that a purchase's counts come to."""
    return [
        (counter, grain, start, amount)
        for _, counter, day, month, value, events, _ in rows.counters
        for grain, start, amount in ((DAY, day, events), (MONTH, month, value), (EVER, EPOCH, value))
        if amount
    ]


def _columns(rows: list[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)] if rows else [[] for _ in range(width)]
