"""Find the occasions of a day by themselves: birthdays, anniversaries, schedules, and who has not bought for long.

Each is recorded as an event at the beginning of its local day, under a key that names member and day: so once, however
often a day is looked at, and also for days that passed while nothing ran.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any, Final

from loyalty.actions.record_events import record_events
from loyalty.arrays import array
from loyalty.calendars import parse_date
from loyalty.db import transaction
from loyalty.rules import Event, MemberRef
from loyalty.rules.occasions import BIRTHDAY, Idle, Occasion, Scheduled, Yearly
from loyalty.versions import Connection, Programme, programme

BATCH: Final = 500
"""Members who are looked at in one transaction."""
_NEAR: Final = 3
"""Days by which the same day of another calendar moves from year to year, and zones from each other, at most."""
_DAY: Final = timedelta(days=1)

_MEMBER: Final = """
    member.club_id = %(club)s AND member.id > %(last)s AND member.joined_at < %(at)s AND member.merged_into IS NULL
    AND member.erased_at IS NULL AND member.status = ANY(%(earning)s)
"""
_BIRTHDAYS: Final = f"""
    SELECT member.id, birthday FROM profile JOIN member ON member.id = profile.member_id
    WHERE profile.club_id = %(club)s AND {_MEMBER}
        AND born_on = ANY(%(days)s::smallint[])
    ORDER BY member.id LIMIT %(most)s
"""  # noqa: S608 - constants
_JOINED: Final = f"""
    SELECT member.id, joined_at FROM member
    WHERE {_MEMBER} AND joined_on = ANY(%(days)s::smallint[])
    ORDER BY member.id LIMIT %(most)s
"""  # noqa: S608 - constants
_WRITTEN: Final = f"""
    SELECT member.id, attributes ->> %(attribute)s FROM profile JOIN member ON member.id = profile.member_id
    WHERE profile.club_id = %(club)s AND {_MEMBER} AND attributes ? %(attribute)s
    ORDER BY member.id LIMIT %(most)s
"""  # noqa: S608 - constants
_EVERYBODY: Final = f"SELECT member.id, NULL FROM member WHERE {_MEMBER} ORDER BY member.id LIMIT %(most)s"  # noqa: S608
_BOUGHT: Final = f"""
    SELECT member.id, (
        SELECT max(occurred_at) FROM purchase WHERE member_id = member.id AND voided_at IS NULL AND occurred_at < %(at)s
    )
    FROM member
    WHERE {_MEMBER} AND EXISTS (
        SELECT FROM purchase WHERE club_id = %(club)s AND member_id = member.id
            AND occurred_at >= %(from)s AND occurred_at < %(until)s
    )
    ORDER BY member.id LIMIT %(most)s
"""  # noqa: S608 - constants

Found = tuple[int, Any]
"""A member, and the day or instant from which the occasion is reckoned."""


def find_occasions(club_id: int, at: datetime, now: datetime) -> int:
    """Record the occasions of the local day that begins at an instant; answers how many there were.

    May be done again: what is recorded already stays as it is.
    """
    with transaction() as conn:
        terms = programme(conn, club_id)
    day = terms.calendar.moment(at).day
    total = 0
    for occasion in _awaited(terms, at):
        last = 0
        while True:
            with transaction() as conn:
                rows = _candidates(conn, terms, occasion, day, at, last)
            events = [_event(occasion, day, at, id_) for id_, since in rows if _falls(terms, occasion, since, day)]
            mine = [its for its in events if occasion.type in terms.at(at, _who(its)).occasions]
            total += sum(its.status == "recorded" for its in record_events(club_id, mine, now))
            if len(rows) < BATCH:
                break
            last = rows[-1][0]
    return total


def _awaited(terms: Programme, at: datetime) -> list[Occasion]:
    """The occasions that versions in force at an instant wait for, everybody's and a pilot's."""
    pilots = [terms.version(pilot.version) for pilot in terms.pilots if pilot.lasts(at)]
    found = {its.type: its for bylaws in (terms.at(at), *pilots) for its in bylaws.occasions.values()}
    return [its for its in found.values() if isinstance(its, Yearly | Scheduled | Idle)]


def _candidates(
    conn: Connection, terms: Programme, occasion: Occasion, day: date, at: datetime, last: int
) -> list[Found]:
    """A batch of the members for whom an occasion may fall on a day; a calendar tells which of them."""
    asked: dict[str, Any] = {"club": terms.club_id, "last": last, "at": at, "most": BATCH}
    asked["earning"] = sorted(status for status, its in terms.at(at).membership.items() if its.earns)
    match occasion:
        case Scheduled():
            if not occasion.falls_on(day, terms.calendar):
                return []
            query = _EVERYBODY
        case Idle():
            query = _BOUGHT
            asked |= _last_bought(terms, occasion, day)
        case Yearly(attribute=None):
            query = _BIRTHDAYS if occasion == BIRTHDAY else _JOINED
            asked["days"] = array(_month_days(day))
        case Yearly():
            query = _WRITTEN
            asked["attribute"] = occasion.attribute
        case _:
            return []
    return conn.execute(query, asked).fetchall()


def _month_days(day: date) -> Iterator[int]:
    """The months and days (MMDD, Gregorian) on which in other years the same day of the club's calendar may lie."""
    near = [day + n * _DAY for n in range(-_NEAR, _NEAR + 1)]
    return (its.month * 100 + its.day for its in near)


def _last_bought(terms: Programme, occasion: Idle, day: date) -> dict[str, datetime]:
    """Between which instants somebody bought last whose idleness comes on a day, with some days to spare."""
    begun = terms.calendar.instant(day)
    length = occasion.after.ends(begun, terms.calendar) - begun
    return {"from": begun - length - 2 * _NEAR * _DAY, "until": begun - length + 2 * _NEAR * _DAY}


def _falls(terms: Programme, occasion: Occasion, since: Any, day: date) -> bool:
    calendar = terms.calendar
    match occasion:
        case Yearly():
            first = _first(since) if not isinstance(since, datetime) else calendar.moment(since).day
            return first is not None and occasion.falls_on(first, day, calendar)
        case Idle():
            return since is not None and occasion.comes(since, calendar) == day
    return True


def _first(written: Any) -> date | None:
    """A date, or one that an attribute holds as a text; None where that is some other text."""
    if isinstance(written, date):
        return written
    try:
        return parse_date(written) if isinstance(written, str) else None
    except ValueError:
        return None


def _event(occasion: Occasion, day: date, at: datetime, member_id: int) -> Event:
    key = f"{occasion.type}:{member_id}:{day.isoformat()}"
    return Event(occasion.type, at, key, member=MemberRef("id", str(member_id)))


def _who(event: Event) -> int:
    assert event.member
    return int(event.member.value)
