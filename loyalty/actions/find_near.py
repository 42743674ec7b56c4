"""Find what is near for members: points that end soon, and tiers and badges that little is missing to.

Members are looked at by the page, each page a transaction that locks none of them; what is told has a key, so that a
night that is looked at again, or late, tells nothing twice.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from loyalty import outbox
from loyalty.arrays import array
from loyalty.db import transaction
from loyalty.gather import LOCKED, Locked
from loyalty.notices import shelf
from loyalty.notices.base import Notice, Words
from loyalty.notices.near import BadgeNear, PointsExpiring, TierNear
from loyalty.notices.shelf import Told
from loyalty.notices.terms import Terms
from loyalty.queries.purses import Found, purses_now
from loyalty.rules import Bylaws, Facts
from loyalty.standing_facts import standing_facts
from loyalty.versions import Connection, Programme, programme

BATCH: Final = 500
"""Members who are looked at in one transaction."""
LATELY: Final = timedelta(days=3)
"""Tiers and badges are looked at for those to whom something happened since: nobody else came nearer."""
_FEW: Final = 3
"""Where at least so many are asked, one that is missing is little."""

_NEXT: Final = f"""
    SELECT {LOCKED} FROM member
    WHERE club_id = %s AND id > %s AND status = 'active' AND merged_into IS NULL AND erased_at IS NULL
    ORDER BY id LIMIT %s
"""  # noqa: S608 - constants
_ENDING: Final = """
    SELECT member_id FROM lot
    WHERE member_id = ANY(%(members)s::bigint[]) AND due_at IS NOT NULL AND due_at <= %(until)s
    UNION
    SELECT member_id FROM balance
    WHERE member_id = ANY(%(members)s::bigint[]) AND lapses_at <= %(until)s AND available + pending > 0
"""
"""Who may have something that ends soon; the purses tell."""


def find_near(club_id: int, now: datetime) -> int:
    """Tell every active member what is near; answers how many notices were new. May be done again."""
    total, after = 0, 0
    while True:
        count, last, new = _page(club_id, after, now)
        total += new
        if count < BATCH:
            break
        after = last
    if total:
        outbox.wake()
    return total


def _page(club_id: int, after: int, now: datetime) -> tuple[int, int, int]:
    """How many members were looked at, the last of them, and how many notices were new."""
    with transaction() as conn:
        terms, settings = programme(conn, club_id), shelf.settings_of(conn, club_id)
        rows = {row[0]: Locked._make(row) for row in conn.execute(_NEXT, [club_id, after, BATCH])}
        if not rows:
            return 0, after, 0
        told: list[Told] = []
        if settings.kinds[PointsExpiring.kind]:
            told += _ending(conn, terms, settings, list(rows), now)
        if settings.kinds[TierNear.kind] or settings.kinds[BadgeNear.kind]:
            lately = {id_: row for id_, row in rows.items() if row.latest_at and now - row.latest_at <= LATELY}
            told += _coming(conn, terms, settings, lately, now)
        new = shelf.note(conn, club_id, terms.calendar, told, now) if told else 0
        return len(rows), max(rows), new


def _ending(
    conn: Connection, terms: Programme, settings: Terms, members: Sequence[int], now: datetime
) -> Iterator[Told]:
    """What ends within the days that the club looks ahead, as the members' wallets show it."""
    last_day = terms.calendar.moment(now).day + timedelta(days=settings.expiring_days)
    until = terms.calendar.instant(last_day + timedelta(days=1)) - timedelta(microseconds=1)
    found = conn.execute(_ENDING, {"members": array(members), "until": until})
    for member_id, purses in purses_now(terms.club_id, [row[0] for row in found], now).items():
        for wallet, its in purses.items():
            bylaws = _having(terms, wallet, now, member_id)
            if bylaws is None:
                continue  # rewards and tickets lie in wallets, too, and tell of themselves
            words = Words(bylaws, terms.unit, terms.calendar)
            for day, (at, amount) in _by_day(its, now, until, terms).items():
                notice = PointsExpiring(wallet, amount, day)
                yield Told(member_id, notice, notice.slots(words), now, at)


def _having(terms: Programme, wallet: str, now: datetime, member_id: int) -> Bylaws | None:
    """The version that names a wallet: the one in force, or the newest other."""
    versions = (terms.at(now, member_id), *reversed(terms.versions))
    return next((bylaws for bylaws in versions if wallet in bylaws.wallets), None)


def _by_day(its: Found, now: datetime, until: datetime, terms: Programme) -> dict[date, tuple[datetime, int]]:
    """By local day, the last instant at which something of a wallet ends, and how much ends on it."""
    purse = its.purse
    ends = [(at, amount) for at, amount in its.expiring() if now < at <= until]
    if purse.lapses_at is not None and now < purse.lapses_at <= until:
        ends = [(purse.lapses_at, purse.available + purse.pending)]
    days: dict[date, tuple[datetime, int]] = {}
    for at, amount in ends:
        day = terms.calendar.moment(at).day
        before = days.get(day, (at, 0))
        days[day] = max(at, before[0]), amount + before[1]
    return {day: end for day, end in days.items() if end[1] > 0}


def _coming(
    conn: Connection, terms: Programme, settings: Terms, rows: Mapping[int, Locked], now: datetime
) -> Iterator[Told]:
    """The next tier and levels of badges that little is missing to, by the version that holds for each member."""
    by_version: dict[int, dict[int, Locked]] = {}
    for id_, row in rows.items():
        by_version.setdefault(terms.at(now, id_).version, {})[id_] = row
    moment = terms.calendar.moment(now)
    for version, its in by_version.items():
        bylaws = terms.version(version)
        words = Words(bylaws, terms.unit, terms.calendar)
        month = terms.calendar.label("month", moment.day)
        for member_id, facts in standing_facts(conn, terms, bylaws, its, moment).items():
            for notice in _near(bylaws, facts, settings.near_share, month):
                yield Told(member_id, notice, notice.slots(words), now)


def _near(bylaws: Bylaws, facts: Facts, enough: int, month: str) -> Iterator[Notice]:
    rank = facts.standing_rank + 1
    if rank < len(bylaws.steps) and (needs := bylaws.steps[rank].needs) is not None:
        share = needs.share(facts)
        if enough <= share < 100:
            yield TierNear(bylaws.steps[rank].code, share, month)
    for badge in bylaws.badges.values():
        level = facts.badges.get(badge.code, 0)
        if badge.counter is None or level >= badge.height or (badge.secret and not level):
            continue
        value, needed = facts.counts[badge.index], badge.levels[level].at
        share = value * 100 // needed
        if value < needed and (share >= enough or (needed >= _FEW and needed - value == 1)):
            yield BadgeNear(badge.code, level + 1, share)
