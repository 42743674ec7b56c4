"""Before judging: lock the members of a chunk and read all that their purchases ask about, in a few statements."""

from __future__ import annotations

from collections import Counter as Tally
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from loyalty import filling
from loyalty.arrays import array
from loyalty.db import Overtaken
from loyalty.ledger.purses import Chest, Reading
from loyalty.lock_order import IN_ORDER
from loyalty.rules.bylaws import Ask
from loyalty.rules.history import History, MemberFacts, since_at
from loyalty.rules.windows import Since
from loyalty.sales import Sale
from loyalty.sums import Sums
from loyalty.versions import Connection, Programme

_LOCK = """
    UPDATE member SET seq = seq + asked.n
    FROM (SELECT unnest(%s::bigint[]) AS id, unnest(%s::bigint[]) AS n) asked
    WHERE member.id = asked.id AND member.club_id = %s
    RETURNING member.id, status, tier, tier_since, joined_at, latest_at, entries, head,
        merged_into IS NOT NULL OR erased_at IS NOT NULL, filled
"""
KNOWN = """
    SELECT asked.id, profile.birthday, coalesce(profile.attributes, '{}'),
        (SELECT json_object_agg(code, level)
            FROM (SELECT code, max(level) AS level FROM badge_level WHERE member_id = asked.id GROUP BY code) reached),
        EXISTS (SELECT FROM purchase_return WHERE club_id = %s AND member_id = asked.id AND NOT settled),
        (SELECT json_agg(json_build_array(at, from_status) ORDER BY at, id) FROM standing_change
            WHERE member_id = asked.id)
    FROM unnest(%s::bigint[]) AS asked (id) LEFT JOIN profile ON profile.member_id = asked.id
"""
"""Not one statement with the lock: what waited for it must see what the one before has written."""
_MOVES = "SELECT member_id, at, from_tier FROM tier_move WHERE member_id = ANY(%s::bigint[]) ORDER BY member_id, at, id"

Former = tuple[datetime, str | None]
"""Until when a member had a tier, and which."""
_GONE: Final = "merged_into IS NOT NULL OR erased_at IS NOT NULL"
LOCKED: Final = f"id, status, tier, tier_since, joined_at, latest_at, entries, head, {_GONE}, filled"
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


def gather(conn: Connection, programme: Programme, sales: Sequence[Sale], *, lock: bool = True) -> Gathered:
    """The members of some sales, locked, with every figure that judging these sales reads.

    `lock=False` only reads: for quotes.

    Raises:
        Overtaken: one of them was merged or erased since the sales were told whose they are, or is counted by more than
            this programme knows.
    """
    ids = sorted({sale.member_id for sale in sales})
    rows = _members(conn, programme.club_id, sales, ids, lock)
    if lock:
        if any(row.gone for row in rows.values()):
            raise Overtaken
        rows = _counted(conn, programme, sales, rows)
    late = _late(programme, sales, rows)
    former = _former(conn, late)
    wanted = _wanted(programme, sales, rows, former)
    sums = Sums(programme, wanted, rows)
    with conn.pipeline():
        known = conn.execute(KNOWN, [programme.club_id, array(ids)])
        purses = Reading(conn, _uptos(sales))
        answers = sums.send(conn)
    figures = sums.answered(answers)
    members: dict[int, MemberFacts] = {}
    unsettled: list[int] = []
    for id_, born, attributes, badges, came_back, stood in known:
        if came_back:
            unsettled.append(id_)
        earlier = tuple(former.get(id_, ()))
        member = member_facts(rows[id_], History(figures[id_]), badges, (born, attributes), earlier)
        if rows[id_].filled < programme.latest_counter:
            member = replace(member, counted=programme.counted(rows[id_].filled))
        if stood:
            member = replace(member, standings=tuple((datetime.fromisoformat(at), status) for at, status in stood))
        members[id_] = member
    chests = purses.answered(heads(rows))
    return Gathered(members, chests, frozenset(unsettled))


def _counted(
    conn: Connection, programme: Programme, sales: Sequence[Sale], rows: dict[int, Locked]
) -> dict[int, Locked]:
    """The members, counted by all that judges them: whoever was overlooked by a fill is filled now."""
    filling.keep_up(programme, (row.filled for row in rows.values()))
    behind = {
        sale.member_id: rows[sale.member_id].filled
        for sale in sales
        if rows[sale.member_id].filled < programme.needs[sale.bylaws.version - 1]
    }
    if not behind:
        return rows
    filling.fill(conn, programme, behind)
    return rows | {id_: rows[id_]._replace(filled=programme.latest_counter) for id_ in behind}


def _uptos(sales: Sequence[Sale]) -> dict[int, datetime]:
    """Until when each member's purses must be settled."""
    uptos: dict[int, datetime] = {}
    for sale in sales:
        at, before = sale.purchase.occurred_at, uptos.get(sale.member_id)
        uptos[sale.member_id] = at if before is None or before < at else before
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
    return MemberFacts(
        id_, status, tier, tier_since, joined_at, latest_at, badges or {}, history, born, attributes, former
    )


def _members(conn: Connection, club_id: int, sales: Sequence[Sale], ids: list[int], lock: bool) -> dict[int, Locked]:
    if lock:
        counts = Tally(sale.member_id for sale in sales)
        with conn.pipeline():
            conn.execute(IN_ORDER)
            found = conn.execute(_LOCK, [array(ids), array(counts[id_] for id_ in ids), club_id])
    else:
        found = conn.execute(
            f"SELECT {LOCKED} FROM member WHERE id = ANY(%s::bigint[]) AND club_id = %s",  # noqa: S608 - constants
            [array(ids), club_id],
        )
    return {row[0]: Locked._make(row) for row in found}


def _late(programme: Programme, sales: Sequence[Sale], rows: Mapping[int, Locked]) -> list[int]:
    """The members of whom a sale comes after one of a later day."""
    late: dict[int, None] = {}
    for sale, standing in _standings(programme, sales, rows):
        if standing != sale.moment.day:
            late[sale.member_id] = None
    return list(late)


def _standings(programme: Programme, sales: Sequence[Sale], rows: Mapping[int, Locked]) -> Iterable[tuple[Sale, date]]:
    """Each sale with the latest day of its member, this sale among them."""
    calendar = programme.calendar
    latest = {id_: calendar.moment(row.latest_at).day if row.latest_at else None for id_, row in rows.items()}
    for sale in sales:
        day, before = sale.moment.day, latest[sale.member_id]
        latest[sale.member_id] = standing = max(day, before) if before else day
        yield sale, standing


def _former(conn: Connection, late: Sequence[int]) -> dict[int, list[Former]]:
    """The former tiers of some members, oldest first: an event that comes late is judged by that of its own time."""
    former: dict[int, list[Former]] = {}
    for member_id, at, from_tier in conn.execute(_MOVES, [array(late)]) if late else ():
        former.setdefault(member_id, []).append((at, from_tier))
    return former


def _wanted(
    programme: Programme,
    sales: Sequence[Sale],
    rows: Mapping[int, Locked],
    former: Mapping[int, Sequence[Former]],
) -> dict[int, dict[Ask, None]]:
    """Every figure that each member's sales ask for."""
    wanted: dict[int, dict[Ask, None]] = {id_: {} for id_ in rows}
    passed: dict[int, dict[date, None]] = {id_: {} for id_ in rows}
    for sale, standing in _standings(programme, sales, rows):
        bylaws, day, row = sale.bylaws, sale.moment.day, rows[sale.member_id]
        asked, days = wanted[sale.member_id], passed[sale.member_id]
        asked.update(dict.fromkeys(bylaws.day_asks(day)))
        days[standing] = None
        for since in _sinces(sale, row, former.get(sale.member_id, ()), days) if bylaws.personal else (None,):
            asked.update(dict.fromkeys(bylaws.asks(day, since)))
            if standing != day:
                asked.update(dict.fromkeys(bylaws.asks(standing, since)))
    return wanted


def _sinces(sale: Sale, row: Locked, former: Sequence[Former], days: Iterable[date]) -> Iterable[Since]:
    """From when the tier may count when a sale is judged: as recorded, or since a sale of this chunk moved it."""
    since = sale.bylaws.since(row.tier_since, row.joined_at)
    then = sale.bylaws.since(since_at(former, row.tier_since, sale.purchase.occurred_at), row.joined_at)
    assert since
    assert then
    return since, then, *(since._replace(tier=day) for day in days)
