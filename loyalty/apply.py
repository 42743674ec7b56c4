"""After judging: write what the rulings of a chunk change, in a fixed number of statements."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from loyalty import piloted
from loyalty.arrays import columns, together
from loyalty.cases import Case, extra, kept_facts
from loyalty.ledger.purses import Changes, Chest, changes, writes
from loyalty.rules import Event, Purchase
from loyalty.rules.history import fed
from loyalty.rules.member import MemberFacts
from loyalty.rules.tenure import NO_TENURE
from loyalty.runs import WRITE as RUNS
from loyalty.runs import rows_of
from loyalty.streaks import WRITE as MILESTONES
from loyalty.streaks import rows_of as milestones_of
from loyalty.tiers import message
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
_EVENTS = """
    INSERT INTO event (member_id, id, club_id, type, source, key, store_id, occurred_at, recorded_at, day, data,
        version, ruling, root)
    SELECT member_id, id, %s, type, source, key, store_id, occurred_at, %s, day, data, version, ruling, root
    FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::bigint[], %s::timestamptz[],
        %s::date[], %s::jsonb[], %s::int[], %s::jsonb[], %s::bigint[])
        AS told (member_id, id, type, source, key, store_id, occurred_at, day, data, version, ruling, root)
"""
_HANDOVERS = """
    INSERT INTO handover (member_id, id, club_id, due_at)
    SELECT member_id, id, %s, due_at
    FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS waiting (member_id, id, due_at)
"""
COUNTERS = """
    INSERT INTO counter_sum (member_id, counter_id, grain, start, label, value, reached_at)
    SELECT member_id, counter_id, grain, start, label, sum(amount), max(at)
    FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::date[], %s::date[], %s::bigint[], %s::bigint[],
        %s::timestamptz[]) AS fed (member_id, counter_id, label, day, month, value, events, at)
    CROSS JOIN LATERAL (VALUES (2::smallint, day, events), (1, month, value), (0, '0001-01-01', value))
        AS kept (grain, start, amount)
    WHERE amount <> 0
    GROUP BY member_id, counter_id, grain, start, label
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
_HELD = """
    UPDATE member SET tier = stands.tier, tier_since = stands.since, latest_at = stands.latest_at,
        entries = stands.entries, head = stands.head, tier_earned_at = stands.earned_at, tier_until = stands.until,
        tier_grace_until = stands.grace, tier_floor = stands.floor, tier_floor_until = stands.floor_until,
        tier_under = stands.under, tier_looked_at = stands.looked
    FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::bigint[], %s::bytea[],
        %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::text[], %s::timestamptz[], %s::text[],
        %s::timestamptz[])
        AS stands (id, tier, since, latest_at, entries, head, earned_at, until, grace, floor, floor_until, under,
            looked)
    WHERE member.id = stands.id
"""
"""The same where tiers are held for terms."""
_OUTBOX = """
    INSERT INTO outbox (club_id, member_id, type, data, created_at, due_at)
    SELECT %s, member_id, type, data, %s, %s FROM unnest(%s::bigint[], %s::text[], %s::jsonb[])
        WITH ORDINALITY AS message (member_id, type, data, place)
    ORDER BY place
"""


class Effects(NamedTuple):
    """The rows that the rulings of some cases come to, in the columns of the statements above."""

    purchases: Rows
    events: Rows
    handovers: Rows
    purses: Changes
    counters: Rows
    runs: Rows
    milestones: Rows
    badges: Rows
    moves: Rows
    members: Rows
    piloted: Rows
    messages: Rows


def apply(
    conn: Connection,
    programme: Programme,
    cases: Sequence[Case],
    members: dict[int, MemberFacts],
    chests: Mapping[int, Chest],
    now: datetime,
) -> None:
    """Write what judged and posted cases change; `members` and `chests` are as they leave the chunk."""
    write(conn, programme.club_id, effects(programme, cases, members, chests, now), now)


def effects(
    programme: Programme,
    cases: Sequence[Case],
    members: dict[int, MemberFacts],
    chests: Mapping[int, Chest],
    now: datetime,
) -> Effects:
    """What judged and posted cases change; the chests' chains go on."""
    moves = _moves(cases)
    badges = _badges(cases)
    return Effects(
        _purchases(cases),
        _events(cases),
        _handovers(cases),
        changes(chests.values(), now),
        _counters(programme, cases, members),
        rows_of(cases, members) if any(case.bylaws.challenges for case in cases) else [],
        milestones_of(cases) if any(case.bylaws.streaks for case in cases) else [],
        badges,
        moves,
        _changed(cases, members, chests),
        piloted.entries(programme, cases) if programme.pilots else [],
        _messages(programme, cases, moves, badges),
    )


def write(conn: Connection, club: int, rows: Effects, now: datetime) -> None:
    """Write effects, in one statement."""
    asked: tuple[tuple[str, list[Any], Rows], ...] = (
        (_PURCHASES, [club, now], rows.purchases),
        (_EVENTS, [club, now], rows.events),
        (_HANDOVERS, [club], rows.handovers),
        (COUNTERS, [], rows.counters),
        (RUNS, [club], rows.runs),
        (MILESTONES, [club], rows.milestones),
        (_BADGES, [club], rows.badges),
        (_MOVES, [club], rows.moves),
        (_MEMBERS if len(rows.members[0]) == 6 else _HELD, [], rows.members),
        (piloted.ENTRIES, [club, club], rows.piloted),
        (_OUTBOX, [club, now, now], rows.messages),
    )
    conn.execute(
        *together(
            [
                *writes(club, rows.purses, now),
                *((text, [*first, *columns(its)]) for text, first, its in asked if its),
            ]
        )
    )


_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _purchases(cases: Sequence[Case]) -> Rows:
    rows: Rows = []
    for case in cases:
        purchase = case.event
        if not isinstance(purchase, Purchase):
            continue
        rows.append(
            (
                case.member_id,
                case.id,
                case.store_id,
                purchase.receipt,
                purchase.occurred_at,
                case.moment.day,
                purchase.gross,
                purchase.net,
                _json([list(line) for line in purchase.lines]),
                _json(extra(purchase)),
                case.bylaws.version,
                _ruling(case),
            )
        )
    return rows


def _events(cases: Sequence[Case]) -> Rows:
    return [
        (
            case.member_id,
            case.id,
            case.event.type,
            case.event.source,
            case.event.key,
            case.store_id,
            case.event.occurred_at,
            case.moment.day,
            _json(case.event.attributes),
            case.bylaws.version,
            _ruling(case),
            case.root,
        )
        for case in cases
        if isinstance(case.event, Event)
    ]


def _handovers(cases: Sequence[Case]) -> Rows:
    return [(case.member_id, case.id, _due(case)) for case in cases if case.ruling and case.ruling.passes]


def _due(case: Case) -> datetime:
    """When others get what an event gives them."""
    window, at = case.bylaws.return_window, case.event.occurred_at
    return window.ends(at, case.bylaws.club.calendar) if window else at


def _ruling(case: Case) -> str:
    """The facts that a ruling read, and what came of it."""
    assert case.facts
    assert case.ruling
    wallets = {wallet: list(shown) for wallet, shown in case.wallets.items()}
    return _json({"facts": kept_facts(case.facts), **case.ruling.kept(), "wallets": wallets})


def _counters(programme: Programme, cases: Sequence[Case], members: Mapping[int, MemberFacts]) -> Rows:
    """What the cases add to counters; one that does not count the member yet will find them in what is recorded."""
    rows: Rows = []
    for case in cases:
        assert case.facts
        assert case.ruling
        at, counted = case.event.occurred_at, members[case.member_id].counted
        month = programme.calendar.start_of("month", case.moment.day)
        for place, day, value, events, label in fed(case.bylaws, case.facts, case.ruling):
            if counted is None or place < counted:
                rows.append((case.member_id, programme.counter_ids[place], label, day, month, value, events, at))
    return rows


def _badges(cases: Sequence[Case]) -> Rows:
    return [
        (case.member_id, step.code, step.level, case.id, case.event.occurred_at)
        for case in cases
        if case.ruling
        for step in case.ruling.badges
    ]


def _moves(cases: Sequence[Case]) -> Rows:
    rows: Rows = []
    for case in cases:
        version = case.bylaws.version
        rows += [(case.member_id, at, before, after, None, then) for at, before, after, then in case.reviews]
        if case.ruling and case.moved_at:
            both = case.ruling.tier_from, case.ruling.tier_to
            rows.append((case.member_id, case.moved_at, *both, case.id, version))
    return rows


def _changed(cases: Sequence[Case], members: dict[int, MemberFacts], chests: Mapping[int, Chest]) -> Rows:
    """The members and, once `changes` has told what moved, the heads of their chains."""
    rows: Rows = []
    ids = {case.member_id: None for case in cases}
    held = any(case.reviews or (case.bylaws.tiers and case.bylaws.tiers.lasting) for case in cases) or any(
        members[id_].tenure is not NO_TENURE for id_ in ids
    )
    for id_ in ids:
        member, chest = members[id_], chests[id_]
        tenure = member.tenure if held else ()
        rows.append((id_, member.tier, member.tier_since, member.latest_at, chest.entries, chest.head, *tenure))
    return rows


def _messages(programme: Programme, cases: Sequence[Case], moves: Rows, badges: Rows) -> Rows:
    days: dict[int, dict[str, None]] = {}
    events: dict[int, list[int]] = {}
    for case in cases:
        days.setdefault(case.member_id, {})[case.moment.day.isoformat()] = None
        events.setdefault(case.member_id, []).append(case.id)
    rows: Rows = [
        (member_id, "member.changed", _json({"days": list(touched), "events": events[member_id]}))
        for member_id, touched in days.items()
    ]
    rows.extend(
        (member_id, "tier.changed", _json(message(programme.version(version), before, after, at, event)))
        for member_id, at, before, after, event, version in moves
    )
    rows.extend(
        (member_id, "badge.earned", _json({"code": code, "level": level, "event": event}))
        for member_id, code, level, event, _ in badges
    )
    rows.extend(
        (case.member_id, "challenge.completed", _json({"challenge": its.challenge, "run": its.key, "event": case.id}))
        for case in cases
        if case.ruling
        for its in case.ruling.completed
    )
    rows.extend(
        (case.member_id, "streak.reached", _json({"streak": its.streak, "at": its.at, "event": case.id}))
        for case in cases
        if case.ruling
        for its in case.ruling.milestones
    )
    return rows
