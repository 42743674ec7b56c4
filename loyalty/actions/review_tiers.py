"""Review tiers: do what is due of members without an event, the ends of terms and of grace, and looks at midnight."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any, Final

from loyalty.actions.judge_cases import follow_moves
from loyalty.actions.settle_all_returns import settle_all_returns
from loyalty.arrays import array
from loyalty.db import connection, retried, transaction
from loyalty.gather import LOCKED, Locked, member_facts
from loyalty.lock_order import IN_ORDER
from loyalty.outbox import wake
from loyalty.recall import Recall
from loyalty.rules import review
from loyalty.rules.bylaws import Ask
from loyalty.rules.history import History, Unknown
from loyalty.rules.member import MemberFacts
from loyalty.rules.reviewing import Reviewed
from loyalty.rules.tenure import INSTANT
from loyalty.runs import completed, has_challenges
from loyalty.sums import Sums
from loyalty.tiers import Moved, tell, write
from loyalty.versions import Connection, Programme, programme

BATCH = 500

DUE: Final = """
    SELECT id FROM member WHERE club_id = %s AND tier_due < %s AND merged_into IS NULL AND erased_at IS NULL
    ORDER BY tier_due, id LIMIT %s
"""
"""By their index: however many members there are, only those whose term has ended."""
_EVERYBODY: Final = """
    SELECT id FROM member WHERE club_id = %s AND id > %s AND merged_into IS NULL AND erased_at IS NULL
        AND (tier_due < %s OR (status = ANY(%s::text[]) AND latest_at < %s))
    ORDER BY id LIMIT %s
"""
_LOCK: Final = f"UPDATE member SET seq = seq WHERE id = ANY(%s::bigint[]) RETURNING {LOCKED}"  # noqa: S608 - constants
_SHOWN: Final = "UPDATE member SET seq = seq + 1 WHERE id = ANY(%s::bigint[])"


def review_tiers(club_id: int, at: datetime, *, everybody: bool = False) -> int:
    """Do what is due of tiers up to the beginning of an instant's local day; returns the moves made.

    Badges that returns took away go first, where the bylaws leave that to the review. Everybody is looked at only where
    that may find something: where a tier is held while qualified, when a period of review has ended or the bylaws have
    changed since the midnight before; and where the caller asks for it, who knows not when it was done last.

    Runs in batches, each its own transaction: done again, or after a crash, it goes on where something is left to do.
    """
    terms = programme(connection(), club_id)
    begun = terms.calendar.instant(terms.calendar.moment(at).day)
    settle_all_returns(club_id, begun, at)
    all_of_them = everybody or _anybody_may_move(terms, begun)
    moves = last = 0
    while True:
        last, moved = _review(club_id, at, last, everybody=all_of_them)
        moves += moved
        if not last:
            break
    if moves:
        wake()
    return moves


def _anybody_may_move(terms: Programme, begun: datetime) -> bool:
    calendar, bylaws = terms.calendar, terms.at(begun)
    day = calendar.moment(begun).day
    before = terms.at(calendar.instant(day - timedelta(days=1)))
    reviewed = terms.at(begun - INSTANT).tiers
    period = reviewed.review if reviewed else None
    ended = period is not None and calendar.start_of(period, day) == day
    return ended or before is not bylaws or (bylaws.tiers is not None and bylaws.tiers.daily)


@retried
def _review(club_id: int, at: datetime, last: int, *, everybody: bool) -> tuple[int, int]:
    """Review a batch after a member; (the last one looked at, or 0 at the end; moves)."""
    with transaction() as conn:
        terms = programme(conn, club_id)
        begun = terms.calendar.instant(terms.calendar.moment(at).day)
        if everybody:
            bylaws = terms.at(begun)  # a pilot has the same tiers and standings
            earning = array(status for status, its in bylaws.membership.items() if its.earns)
            found = conn.execute(_EVERYBODY, [club_id, last, begun, earning, begun, BATCH])
        else:
            found = conn.execute(DUE, [club_id, begun, BATCH])
        ids = [row[0] for row in found]
        if not ids:
            return 0, 0
        looked_at = review_members(conn, terms, dict.fromkeys(ids, begun))
        write(conn, club_id, looked_at)
        moved = [its for its in looked_at if its.moves]
        if moved:
            conn.execute(_SHOWN, [array(its.member.id for its in moved)])
            tell(terms, moved, at)
            follow_moves(conn, terms, moved, at)
        return max(ids), sum(len(its.moves) for its in moved)


def review_members(conn: Connection, terms: Programme, uptos: dict[int, datetime]) -> list[Moved]:
    """Lock members and do what was due of each before an instant, in memory; answers those to whom that did something.

    What most are looked at for is read in one statement; all days only of those with whom something was due earlier.
    """
    with conn.pipeline():
        conn.execute(IN_ORDER)
        locked = conn.execute(_LOCK, [array(sorted(uptos))])
    rows = {row[0]: row for row in map(Locked._make, locked) if not row.gone}
    members = _members(conn, terms, rows, uptos)
    found, unknown = dict[int, Reviewed](), list[int]()
    for id_, member in members.items():
        try:
            found[id_] = review(partial(terms.at, member_id=id_), member, uptos[id_])
        except Unknown:
            unknown.append(id_)
    if unknown:
        for id_, history in Recall(conn, terms).days(unknown).items():
            found[id_] = review(partial(terms.at, member_id=id_), replace(members[id_], history=history), uptos[id_])
    return [
        Moved(its.member, its.moves)
        for id_, its in found.items()
        if its.moves or its.member.stand != members[id_].stand
    ]


def _members(
    conn: Connection, terms: Programme, rows: dict[int, Locked], uptos: dict[int, datetime]
) -> dict[int, MemberFacts]:
    asked = {id_: dict.fromkeys(_asks(terms, row, uptos[id_])) for id_, row in rows.items()}
    sums = Sums(terms, asked, rows)
    figures = sums.answered(sums.send(conn))
    people: dict[int, tuple[Any, ...]] = {}
    if any(bylaws.member_reads for bylaws in terms.versions):
        found = conn.execute(
            "SELECT member_id, birthday, attributes FROM profile WHERE member_id = ANY(%s::bigint[])", [array(rows)]
        )
        people = {row[0]: (row[1], row[2]) for row in found}
    done = completed(conn, rows) if has_challenges(terms) else {}
    return {
        id_: replace(member_facts(row, History(figures[id_]), None, people.get(id_)), completed=done.get(id_, {}))
        for id_, row in rows.items()
    }


def _asks(terms: Programme, row: Locked, upto: datetime) -> Iterable[Ask]:
    """What is read on the day that begins, where a period of review may have ended on the one before it, and at the end
    of the member's own term."""
    calendar, due, before = terms.calendar, row.tenure.due, terms.at(upto - INSTANT).tiers
    instants = [upto]
    if before and before.review:
        instants.append(upto - INSTANT)
    if due and due < upto:
        instants += [due, due + INSTANT]
    days: dict[date, datetime] = {calendar.moment(at).day: at for at in instants}
    for day, at in days.items():
        bylaws = terms.at(at, row.id)
        yield from bylaws.asks(day, bylaws.since(row.tier_since, row.joined_at))
