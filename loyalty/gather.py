"""Before judging: lock the members of a chunk and read all that their purchases ask about, in a few statements."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from loyalty import filling
from loyalty.arrays import array
from loyalty.cases import Case
from loyalty.db import Overtaken
from loyalty.ledger.purses import Chest, Reading
from loyalty.lock_order import IN_ORDER
from loyalty.rules.bylaws import Ask
from loyalty.rules.history import History
from loyalty.rules.member import MemberFacts, since_at
from loyalty.rules.tenure import NO_TENURE, Tenure
from loyalty.rules.windows import Since
from loyalty.runs import gather_runs
from loyalty.streaks import gather_streaks
from loyalty.sums import Sums
from loyalty.versions import Connection, Programme

_LOCK = """
    UPDATE member SET seq = seq + asked.n
    FROM (SELECT unnest(%s::bigint[]) AS id, unnest(%s::bigint[]) AS n) asked
    WHERE member.id = asked.id AND member.club_id = %s
    RETURNING member.id, status, tier, tier_since, joined_at, latest_at, entries, head,
        merged_into IS NOT NULL OR erased_at IS NOT NULL, filled,
        tier_earned_at, tier_until, tier_grace_until, tier_floor, tier_floor_until, tier_under, tier_looked_at
"""
KNOWN = """
    SELECT asked.id, profile.birthday, coalesce(profile.attributes, '{}'),
        (SELECT json_object_agg(code, level)
            FROM (SELECT code, max(level) AS level FROM badge_level WHERE member_id = asked.id GROUP BY code) reached),
        EXISTS (SELECT FROM purchase_return WHERE club_id = %s AND member_id = asked.id AND NOT settled),
        (SELECT json_agg(json_build_array(at, from_status) ORDER BY at, id) FROM standing_change
            WHERE member_id = asked.id),
        profile.referred_by IS NOT NULL,
        (SELECT json_object_agg(challenge, times) FROM (SELECT challenge, count(*) AS times FROM challenge_run
            WHERE member_id = asked.id AND completed_at IS NOT NULL GROUP BY challenge) done)
    FROM unnest(%s::bigint[]) AS asked (id) LEFT JOIN profile ON profile.member_id = asked.id
"""
"""Not one statement with the lock: what waited for it must see what the one before has written."""
_MOVES = "SELECT member_id, at, from_tier FROM tier_move WHERE member_id = ANY(%s::bigint[]) ORDER BY member_id, at, id"

Former = tuple[datetime, str | None]
"""Until when a member had a tier, and which."""
_GONE: Final = "merged_into IS NOT NULL OR erased_at IS NOT NULL"
TENURE: Final = "tier_earned_at, tier_until, tier_grace_until, tier_floor, tier_floor_until, tier_under, tier_looked_at"
"""The columns of `Tenure`."""
LOCKED: Final = f"id, status, tier, tier_since, joined_at, latest_at, entries, head, {_GONE}, filled, {TENURE}"
"""The columns of `Locked`."""


class Locked(NamedTuple):
    """A member's row, as whoever locks it is told."""

    id: int
    status: str
    tier: str | None
    tier_since: datetime | None
    joined_at: datetime
    latest_at: datetime | None
    entries: int
    head: bytes
    gone: bool
    """Merged into another or erased: nothing more happens to this one."""
    filled: int
    """Counters up to this id count the member already; `loyalty.filling` sees to the others."""
    earned_at: datetime | None
    until: datetime | None
    grace: datetime | None
    floor: str | None
    floor_until: datetime | None
    under: str | None
    looked: datetime | None

    @property
    def tenure(self) -> Tenure:
        """How the tier is held."""
        return Tenure._make(self[10:])


def lock(conn: Connection, club_id: int, ids: Iterable[int]) -> dict[int, Locked]:
    """Lock members of a club, for a change of what they have; whoever polls is told that something changed."""
    with conn.pipeline():
        conn.execute(IN_ORDER)
        rows = conn.execute(
            f"UPDATE member SET seq = seq + 1 WHERE id = ANY(%s::bigint[]) AND club_id = %s RETURNING {LOCKED}",  # noqa: S608 - constants
            [array(sorted(ids)), club_id],
        )
    return {row[0]: Locked._make(row) for row in rows}


def heads(members: Mapping[int, Locked]) -> dict[int, tuple[int, bytes]]:
    """Where the chains of some members end."""
    return {id_: (row.entries, row.head) for id_, row in members.items()}


@dataclass(slots=True)
class Gathered:
    """What was found under lock: the members and their purses."""

    members: dict[int, MemberFacts]
    chests: dict[int, Chest]
    unsettled: frozenset[int] = frozenset()
    """Members whose badges were not looked at since something came back."""


def gather(conn: Connection, programme: Programme, cases: Sequence[Case], *, lock: bool = True) -> Gathered:
    """The members of some cases, locked, with every figure that judging these cases reads.

    `lock=False` only reads: for quotes.

    Raises:
        Overtaken: one of them was merged or erased since the cases were told whose they are, or is counted by more than
            this programme knows.
    """
    ids = sorted({case.member_id for case in cases})
    rows = _members(conn, programme.club_id, cases, ids, lock)
    if lock:
        if any(row.gone for row in rows.values()):
            raise Overtaken
        rows = _counted(conn, programme, cases, rows)
    late = _late(programme, cases, rows)
    former = _former(conn, late)
    wanted = _wanted(programme, cases, rows, former)
    sums = Sums(programme, wanted, rows)
    with conn.pipeline():
        known = conn.execute(KNOWN, [programme.club_id, array(ids)])
        purses = Reading(conn, _uptos(cases))
        answers = sums.send(conn)
    figures = sums.answered(answers)
    streaks = gather_streaks(conn, programme, cases)
    runs = gather_runs(conn, programme, cases, {id_: row.latest_at for id_, row in rows.items()})
    members: dict[int, MemberFacts] = {}
    unsettled: list[int] = []
    for id_, born, attributes, badges, came_back, stood, referred, completed in known:
        if came_back:
            unsettled.append(id_)
        earlier = tuple(former.get(id_, ()))
        member = member_facts(rows[id_], History(figures[id_]), badges, (born, attributes), earlier)
        if rows[id_].filled < programme.latest_counter:
            member = replace(member, counted=programme.counted(rows[id_].filled))
        if referred:
            member = replace(member, referred=True)
        if stood:
            member = replace(member, standings=tuple((datetime.fromisoformat(at), status) for at, status in stood))
        if id_ in streaks:
            days, milestones = streaks[id_]
            member = replace(member, history=History(figures[id_], by_day=days), milestones=milestones)
        if completed or id_ in runs:
            member = replace(member, completed=completed or {}, runs=runs.get(id_, ()))
        members[id_] = member
    chests = purses.answered(heads(rows))
    return Gathered(members, chests, frozenset(unsettled))


def _counted(
    conn: Connection, programme: Programme, cases: Sequence[Case], rows: dict[int, Locked]
) -> dict[int, Locked]:
    """The members, counted by all that judges them: whoever was overlooked by a fill is filled now."""
    filling.keep_up(programme, (row.filled for row in rows.values()))
    behind = {
        case.member_id: rows[case.member_id].filled
        for case in cases
        if rows[case.member_id].filled < programme.needs[case.bylaws.version - 1]
    }
    if not behind:
        return rows
    filling.fill(conn, programme, behind)
    return rows | {id_: rows[id_]._replace(filled=programme.latest_counter) for id_ in behind}


def _uptos(cases: Sequence[Case]) -> dict[int, datetime]:
    """Until when each member's purses must be settled."""
    uptos: dict[int, datetime] = {}
    for case in cases:
        at, before = case.event.occurred_at, uptos.get(case.member_id)
        uptos[case.member_id] = at if before is None or before < at else before
    return uptos


def member_facts(
    row: Locked,
    history: History,
    badges: dict[str, int] | None = None,
    person: tuple[Any, ...] | None = None,
    former: tuple[tuple[datetime, str | None], ...] = (),
) -> MemberFacts:
    """A member from the columns that locking returns; `person` is (birthday, attributes)."""
    id_, status, tier, tier_since, joined_at, latest_at, *_ = row
    born, attributes = person or (None, {})
    tenure = row.tenure if row.until or row.grace or row.floor or row.looked else NO_TENURE
    return MemberFacts(
        id_,
        status,
        tier,
        tier_since,
        joined_at,
        latest_at,
        badges or {},
        history,
        born,
        attributes,
        former,
        tenure=tenure,
    )


def _members(conn: Connection, club_id: int, cases: Sequence[Case], ids: list[int], lock: bool) -> dict[int, Locked]:
    if lock:
        counts = Tally(case.member_id for case in cases)
        with conn.pipeline():
            conn.execute(IN_ORDER)
            found = conn.execute(_LOCK, [array(ids), array(counts[id_] for id_ in ids), club_id])
    else:
        found = conn.execute(
            f"SELECT {LOCKED} FROM member WHERE id = ANY(%s::bigint[]) AND club_id = %s",  # noqa: S608 - constants
            [array(ids), club_id],
        )
    return {row[0]: Locked._make(row) for row in found}


def _late(programme: Programme, cases: Sequence[Case], rows: Mapping[int, Locked]) -> list[int]:
    """The members of whom a case comes after one of a later day."""
    late: dict[int, None] = {}
    for case, standing in _standings(programme, cases, rows):
        if standing != case.moment.day:
            late[case.member_id] = None
    return list(late)


def _standings(programme: Programme, cases: Sequence[Case], rows: Mapping[int, Locked]) -> Iterable[tuple[Case, date]]:
    """Each case with the latest day of its member, this case among them."""
    calendar = programme.calendar
    latest = {id_: calendar.moment(row.latest_at).day if row.latest_at else None for id_, row in rows.items()}
    for case in cases:
        day, before = case.moment.day, latest[case.member_id]
        latest[case.member_id] = standing = max(day, before) if before else day
        yield case, standing


def _former(conn: Connection, late: Sequence[int]) -> dict[int, list[Former]]:
    """The former tiers of some members, oldest first: an event that comes late is judged by that of its own time."""
    former: dict[int, list[Former]] = {}
    for member_id, at, from_tier in conn.execute(_MOVES, [array(late)]) if late else ():
        former.setdefault(member_id, []).append((at, from_tier))
    return former


def _wanted(
    programme: Programme,
    cases: Sequence[Case],
    rows: Mapping[int, Locked],
    former: Mapping[int, Sequence[Former]],
) -> dict[int, dict[Ask, None]]:
    """Every figure that each member's cases ask for."""
    wanted: dict[int, dict[Ask, None]] = {id_: {} for id_ in rows}
    passed: dict[int, dict[date, None]] = {id_: {} for id_ in rows}
    for case, standing in _standings(programme, cases, rows):
        bylaws, day, row = case.bylaws, case.moment.day, rows[case.member_id]
        asked, days = wanted[case.member_id], passed[case.member_id]
        asked.update(dict.fromkeys(bylaws.day_asks(day)))
        days[standing] = None
        for since in _sinces(case, row, former.get(case.member_id, ()), days) if bylaws.personal else (None,):
            asked.update(dict.fromkeys(bylaws.asks(day, since)))
            if standing != day:
                asked.update(dict.fromkeys(bylaws.asks(standing, since)))
    for case in cases:
        if case.bylaws.labelled:
            _want_labels(case, wanted[case.member_id])
    return wanted


def _want_labels(case: Case, asked: dict[Ask, None]) -> None:
    """Ask what is known of the labels of a case: on its day, and in every window in which a case of its member asks
    for different things, since this one may be counted before that."""
    bylaws, windows = case.bylaws, [ask for ask in asked if ask.distinct]
    for ask in windows:
        labels = bylaws.live[ask.place].labels(case.event)
        asked.update(dict.fromkeys(Ask(ask.place, ask.span, False, label) for label in labels))
    asked.update(dict.fromkeys(bylaws.label_asks(case.event, case.moment.day)))


def _sinces(case: Case, row: Locked, former: Sequence[Former], days: Iterable[date]) -> Iterable[Since]:
    """From when the tier may count when a case is judged: as recorded, or since a case of this chunk moved it."""
    since = case.bylaws.since(row.tier_since, row.joined_at)
    then = case.bylaws.since(since_at(former, row.tier_since, case.event.occurred_at), row.joined_at)
    assert since
    assert then
    return since, then, *(since._replace(tier=day) for day in days)
