"""Tiers as they are written: what reviews, returns, merges and hands leave of a member, and who is told."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from loyalty import outbox
from loyalty.arrays import columns
from loyalty.rules import Bylaws
from loyalty.rules.member import MemberFacts
from loyalty.rules.reviewing import Move
from loyalty.versions import Connection, Programme

_STANDS: Final = """
    UPDATE member SET tier = stands.tier, tier_since = stands.since, tier_earned_at = stands.earned_at,
        tier_until = stands.until, tier_grace_until = stands.grace, tier_floor = stands.floor,
        tier_floor_until = stands.floor_until, tier_under = stands.under, tier_looked_at = stands.looked
    FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[],
        %s::text[], %s::timestamptz[], %s::text[], %s::timestamptz[])
        AS stands (id, tier, since, earned_at, until, grace, floor, floor_until, under, looked)
    WHERE member.id = stands.id
"""
_MOVES: Final = """
    INSERT INTO tier_move (member_id, club_id, at, from_tier, to_tier, event_id, version)
    SELECT member_id, %s, at, from_tier, to_tier, event_id, version
    FROM unnest(%s::bigint[], %s::timestamptz[], %s::text[], %s::text[], %s::bigint[], %s::int[])
        WITH ORDINALITY AS moved (member_id, at, from_tier, to_tier, event_id, version, place)
    ORDER BY place
"""


class Moved(NamedTuple):
    """A member whose tier was looked at: as that leaves them, the moves it made, and the event that caused it."""

    member: MemberFacts
    moves: Sequence[Move]
    event_id: int | None = None


def write(conn: Connection, club_id: int, looked_at: Sequence[Moved]) -> None:
    """Write how locked members stand, as they were looked at last, and each move; telling it is left to the caller."""
    if not looked_at:
        return
    stands = {its.id: (its.id, its.tier, its.tier_since, *its.tenure) for its, *_ in looked_at}
    conn.execute(_STANDS, columns(list(stands.values())))
    moves = [
        (member.id, move.at, move.before, move.after, event, move.version)
        for member, moves, event in looked_at
        for move in moves
    ]
    if moves:
        conn.execute(_MOVES, [club_id, *columns(moves)])


def tell(terms: Programme, looked_at: Iterable[Moved], now: datetime) -> None:
    """Let those know who want to hear of moves."""
    told = [
        (member.id, message(terms.version(move.version), move.before, move.after, move.at, event))
        for member, moves, event in looked_at
        for move in moves
    ]
    if told:
        outbox.send("tier.changed", terms.club_id, told, now)


def message(bylaws: Bylaws, before: str | None, after: str | None, at: datetime, event: int | None) -> dict[str, Any]:
    """What is told of a move; `passed` are all the steps that it reaches, the lowest first."""
    passed = list(bylaws.passed(before, after))
    return {"from": before, "to": after, "passed": passed, "at": at.isoformat(), "event": event}
