"""Review tiers: move the members whose windows have moved on without them."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from loyalty.actions.settle_returns import settle_all_returns
from loyalty.arrays import array
from loyalty.db import connection, retried, transaction
from loyalty.gather import LOCKED, Locked, member_facts
from loyalty.outbox import wake
from loyalty.rules import Bylaws, reviewed
from loyalty.rules.history import History
from loyalty.runs import completed, has_challenges
from loyalty.sums import Sums
from loyalty.versions import Connection, Programme, programme

BATCH = 500

_LOCK = f"""
    UPDATE member SET seq = seq WHERE id IN (
        SELECT id FROM member WHERE club_id = %s AND id > %s AND status = ANY(%s::text[]) AND merged_into IS NULL
            AND latest_at < %s
        ORDER BY id LIMIT %s
    )
    RETURNING {LOCKED}
"""  # noqa: S608 - constants
_MOVE = """
    WITH moved AS (
        SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::int[])
            AS m (member_id, from_tier, to_tier, version)
    ), put AS (
        UPDATE member SET tier = to_tier, tier_since = %s, seq = seq + 1 FROM moved WHERE id = member_id
    ), said AS (
        INSERT INTO outbox (club_id, member_id, type, data, created_at, due_at)
        SELECT %s, member_id, 'tier.changed',
            jsonb_build_object('from', from_tier, 'to', to_tier, 'at', %s::text, 'event', NULL), %s, %s FROM moved
    )
    INSERT INTO tier_move (member_id, club_id, at, from_tier, to_tier, version)
    SELECT member_id, %s, %s, from_tier, to_tier, version FROM moved
"""


def review_tiers(club_id: int, at: datetime) -> int:
    """Review every member of a club as of the beginning of an instant's local day; returns the moves made.

    Badges that returns took away go first, where the bylaws leave that to the review.

    Runs in batches, each its own transaction: done again, or after a crash, it goes on where something is left to do.
    """
    settle_all_returns(club_id, _begun(club_id, at), at)
    moves, last = 0, 0
    while True:
        last, moved = _review(club_id, at, last)
        moves += moved
        if not last:
            break
    if moves:
        wake()
    return moves


def _begun(club_id: int, at: datetime) -> datetime:
    """When the local day of an instant began."""
    calendar = programme(connection(), club_id).calendar
    return calendar.instant(calendar.moment(at).day)


@retried
def _review(club_id: int, at: datetime, last: int) -> tuple[int, int]:
    """Review a batch after a member; (the last one looked at, or 0 at the end; moves)."""
    with transaction() as conn:
        terms = programme(conn, club_id)
        bylaws = terms.at(at)  # a pilot has the same tiers and standings
        if not bylaws.tiers:
            return 0, 0
        begun = terms.calendar.instant(terms.calendar.moment(at).day)
        earning = array(status for status, terms in bylaws.membership.items() if terms.earns)
        found = conn.execute(_LOCK, [club_id, last, earning, begun, BATCH])
        rows = {row[0]: Locked._make(row) for row in found}
        if not rows:
            return 0, 0
        moved = _moves(conn, terms, {id_: terms.at(at, id_) for id_ in rows}, rows, begun)
        if moved:
            columns = [list(column) for column in zip(*moved, strict=True)]
            when = begun.isoformat()
            conn.execute(_MOVE, [*columns, begun, club_id, when, at, at, club_id, begun])
        return max(rows), len(moved)


def _moves(
    conn: Connection, terms: Programme, own: dict[int, Bylaws], rows: dict[int, Locked], begun: datetime
) -> list[tuple[int, str | None, str | None, int]]:
    moment = terms.calendar.moment(begun)
    asked = {
        id_: dict.fromkeys(own[id_].asks(moment.day, own[id_].since(row.tier_since, row.joined_at)))
        for id_, row in rows.items()
    }
    sums = Sums(terms, asked, rows)
    figures = sums.answered(sums.send(conn))
    people: dict[int, tuple[Any, ...]] = {}
    if any(bylaws.member_reads for bylaws in own.values()):
        found = conn.execute(
            "SELECT member_id, birthday, attributes FROM profile WHERE member_id = ANY(%s)", [list(rows)]
        )
        people = {row[0]: (row[1], row[2]) for row in found}
    done = completed(conn, rows) if has_challenges(terms) else {}
    moved = []
    for id_, row in rows.items():
        member = member_facts(row, History(figures[id_]), None, people.get(id_))
        bylaws = own[id_]
        if id_ in done:
            member = replace(member, completed=done[id_])
        facts = member.standing(bylaws, moment)
        tier = reviewed(bylaws, facts)
        if tier != facts.tier:
            moved.append((id_, facts.tier, tier, bylaws.version))
    return moved
