"""After judging: write what the rulings of a chunk change, in a fixed number of statements."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from loyalty.arrays import columns, together
from loyalty.ledger.purses import Changes, Chest, changes, writes
from loyalty.rules.history import MemberFacts, fed
from loyalty.sales import Sale, extra, kept_facts
from loyalty.versions import Connection, Programme

Rows = list[tuple[Any, ...]]

_PURCHASES = """
    INSERT INTO purchase (member_id, id, club_id, store_id, receipt, occurred_at, recorded_at, day, gross, net,
        lines, extra, version, ruling)
    SELECT member_id, id, %s, store_id, receipt, occurred_at, %s, day, gross, net, lines, extra, version, ruling
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[], %s::date[], %s::bigint[],
        %s::bigint[], %s::jsonb[], %s::jsonb[], %s::int[], %s::jsonb[])
        AS sale (member_id, id, store_id, receipt, occurred_at, day, gross, net, lines, extra, version, ruling)
"""
COUNTERS = """
    INSERT INTO counter_sum (member_id, counter_id, grain, start, label, value, reached_at)
    SELECT member_id, counter_id, grain, start, '', sum(amount), max(at)
    FROM unnest(%s::bigint[], %s::bigint[], %s::date[], %s::date[], %s::bigint[], %s::bigint[], %s::timestamptz[])
        AS fed (member_id, counter_id, day, month, value, events, at)
    CROSS JOIN LATERAL (VALUES (2::smallint, day, events), (1, month, value), (0, '0001-01-01', value))
        AS kept (grain, start, amount)
    WHERE amount <> 0
    GROUP BY member_id, counter_id, grain, start
    ON CONFLICT (member_id, counter_id, grain, start, label) DO UPDATE
    SET value = counter_sum.value + excluded.value, reached_at = greatest(counter_sum.reached_at, excluded.reached_at)
"""
"""Day (2), month (1) and ever (0) rows. For a counter of days the day counts events, month and ever active days."""
_BADGES = """
    INSERT INTO badge_level (member_id, club_id, code, level, event_id, earned_at)
    SELECT member_id, %s, code, level, event_id, earned_at
    FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::bigint[], %s::timestamptz[])
        AS earned (member_id, code, level, event_id, earned_at)
"""
_MOVES = """
    INSERT INTO tier_move (member_id, club_id, at, from_tier, to_tier, event_id, version)
    SELECT member_id, %s, at, from_tier, to_tier, event_id, version
    FROM unnest(%s::bigint[], %s::timestamptz[], %s::text[], %s::text[], %s::bigint[], %s::int[])
        WITH ORDINALITY AS moved (member_id, at, from_tier, to_tier, event_id, version, place)
    ORDER BY place
"""
_MEMBERS = """
    UPDATE member SET tier = stands.tier, tier_since = stands.since, latest_at = stands.latest_at,
        entries = stands.entries, head = stands.head
    FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::bigint[], %s::bytea[])
        AS stands (id, tier, since, latest_at, entries, head)
    WHERE member.id = stands.id
"""
_OUTBOX = """
    INSERT INTO outbox (club_id, member_id, type, data, created_at, due_at)
    SELECT %s, member_id, type, data, %s, %s FROM unnest(%s::bigint[], %s::text[], %s::jsonb[])
        WITH ORDINALITY AS message (member_id, type, data, place)
    ORDER BY place
"""


class Effects(NamedTuple):
    """The rows that the rulings of some sales come to, in the columns of the statements above."""

    purchases: Rows
    purses: Changes
    counters: Rows
    badges: Rows
    moves: Rows
    members: Rows
    messages: Rows


def apply(
    conn: Connection,
    programme: Programme,
    sales: Sequence[Sale],
    members: dict[int, MemberFacts],
    chests: Mapping[int, Chest],
    now: datetime,
) -> None:
    """Write what judged and posted sales change; `members` and `chests` are as they leave the chunk."""
    write(conn, programme.club_id, effects(programme, sales, members, chests, now), now)


def effects(
    programme: Programme,
    sales: Sequence[Sale],
    members: dict[int, MemberFacts],
    chests: Mapping[int, Chest],
    now: datetime,
) -> Effects:
    """What judged and posted sales change; the chests' chains go on."""
    moves = _moves(sales, programme)
    badges = _badges(sales)
    return Effects(
        _purchases(sales),
        changes(chests.values(), now),
        _counters(programme, sales, members),
        badges,
        moves,
        _changed(sales, members, chests),
        _messages(sales, moves, badges),
    )


def write(conn: Connection, club: int, rows: Effects, now: datetime) -> None:
    """Write effects, in one statement."""
    asked: tuple[tuple[str, list[Any], Rows], ...] = (
        (COUNTERS, [], rows.counters),
        (_BADGES, [club], rows.badges),
        (_MOVES, [club], rows.moves),
        (_MEMBERS, [], rows.members),
        (_OUTBOX, [club, now, now], rows.messages),
    )
    conn.execute(
        *together(
            [
                (_PURCHASES, [club, now, *columns(rows.purchases)]),
                *writes(club, rows.purses, now),
                *((text, [*first, *columns(its)]) for text, first, its in asked if its),
            ]
        )
    )


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _purchases(sales: Sequence[Sale]) -> Rows:
    rows: Rows = []
    for sale in sales:
        assert sale.facts
        assert sale.ruling
        purchase = sale.purchase
        ruling = {
            "facts": kept_facts(sale.facts),
            **sale.ruling.kept(),
            "wallets": {wallet: list(shown) for wallet, shown in sale.wallets.items()},
        }
        rows.append(
            (
                sale.member_id,
                sale.id,
                sale.store_id,
                purchase.receipt,
                purchase.occurred_at,
                sale.moment.day,
                purchase.gross,
                purchase.net,
                _json([list(line) for line in purchase.lines]),
                _json(extra(purchase)),
                sale.bylaws.version,
                _json(ruling),
            )
        )
    return rows


def _counters(programme: Programme, sales: Sequence[Sale], members: Mapping[int, MemberFacts]) -> Rows:
    """What the sales add to counters; one that does not count the member yet will find them in what is recorded."""
    rows: Rows = []
    for sale in sales:
        assert sale.facts
        assert sale.ruling
        at, counted = sale.purchase.occurred_at, members[sale.member_id].counted
        month = programme.calendar.start_of("month", sale.moment.day)
        for place, day, value, events in fed(sale.bylaws, sale.facts, sale.ruling):
            if counted is None or place < counted:
                rows.append((sale.member_id, programme.counter_ids[place], day, month, value, events, at))
    return rows


def _badges(sales: Sequence[Sale]) -> Rows:
    return [
        (sale.member_id, step.code, step.level, sale.id, sale.purchase.occurred_at)
        for sale in sales
        if sale.ruling
        for step in sale.ruling.badges
    ]


def _moves(sales: Sequence[Sale], programme: Programme) -> Rows:
    rows: Rows = []
    for sale in sales:
        version = sale.bylaws.version
        if sale.review:  # due when the local day began
            begun = programme.calendar.instant(sale.moment.day)
            rows.append((sale.member_id, begun, *sale.review, None, version))
        if sale.ruling and sale.moved_at:
            both = sale.ruling.tier_from, sale.ruling.tier_to
            rows.append((sale.member_id, sale.moved_at, *both, sale.id, version))
    return rows


def _changed(sales: Sequence[Sale], members: dict[int, MemberFacts], chests: Mapping[int, Chest]) -> Rows:
    """The members and, once `changes` has told what moved, the heads of their chains."""
    rows: Rows = []
    for id_ in {sale.member_id: None for sale in sales}:
        member, chest = members[id_], chests[id_]
        rows.append((id_, member.tier, member.tier_since, member.latest_at, chest.entries, chest.head))
    return rows


def _messages(sales: Sequence[Sale], moves: Rows, badges: Rows) -> Rows:
    days: dict[int, dict[str, None]] = {}
    events: dict[int, list[int]] = {}
    for sale in sales:
        days.setdefault(sale.member_id, {})[sale.moment.day.isoformat()] = None
        events.setdefault(sale.member_id, []).append(sale.id)
    rows: Rows = [
        (member_id, "member.changed", _json({"days": list(touched), "events": events[member_id]}))
        for member_id, touched in days.items()
    ]
    rows.extend(
        (member_id, "tier.changed", _json({"from": before, "to": after, "at": at.isoformat(), "event": event}))
        for member_id, at, before, after, event, _ in moves
    )
    rows.extend(
        (member_id, "badge.earned", _json({"code": code, "level": level, "event": event}))
        for member_id, code, level, event, _ in badges
    )
    return rows
