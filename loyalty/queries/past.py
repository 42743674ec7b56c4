"""A member against their own past: what a counter came to, period by period of the club's calendar."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, NamedTuple

from loyalty.calendars import Calendar, Period, Span
from loyalty.db import connection
from loyalty.errors import Invalid, NotFound
from loyalty.queries.members import one
from loyalty.rules.bylaws import Ask
from loyalty.sums import MONTH, Sums
from loyalty.values import Text
from loyalty.versions import programme

BY: Final[tuple[Period, ...]] = ("day", "week", "month")
MOST: Final = 60
"""Periods on a page: each asks for at most two months of day rows, and all of them in one statement."""

_ROW: Final = """
    SELECT joined_at, latest_at,
        (SELECT min(start) FROM counter_sum WHERE member_id = member.id AND counter_id = %s AND grain = %s)
    FROM member WHERE id = %s
"""


class PeriodView(NamedTuple):
    """One period; both days are included."""

    period: str
    start: date
    end: date
    value: int
    so_far: int
    """Of its first days alone, as many as the present period has had: what may be compared with it."""


class PastView(NamedTuple):
    """A counter's periods, the latest first. `unit` is `money`, `quantity`, `times`, `days` or `count`."""

    counter: str
    name: Text
    unit: str
    by: Period
    days: int
    """How many days the present period has had, today included."""
    average: int | None
    """The floored mean of `so_far` over the listed periods before the present one; None where there is none."""
    items: list[PeriodView]
    next: str | None


class _Reached(NamedTuple):
    latest_at: datetime | None


def past(
    club_id: int, member_id: int, counter: str, by: Period, now: datetime, *, limit: int, cursor: str | None = None
) -> PastView:
    """The periods of a counter from the present one back to when the member joined, empty ones as 0.

    Raises:
        NotFound: no such member, or the version in force has no such counter.
        Invalid: `cursor` is not one that the list gave.
    """
    member_id = one(club_id, member_id).id
    conn = connection()
    terms = programme(conn, club_id)
    bylaws, calendar = terms.at(now, member_id), terms.calendar
    its = bylaws.counters.get(counter)
    if its is None:
        raise NotFound(
            Text("The bylaws have no counter “{name}”.", "آیین‌نامه شمارنده‌ای به نام «{name}» ندارد.").with_(
                name=counter
            )
        )
    place, today = terms.live.index(its), calendar.moment(now).day
    row = conn.execute(_ROW, [terms.counter_ids[place], MONTH, member_id]).fetchone()
    assert row  # `one` has found it
    joined_at, latest_at, first_month = row
    joined = calendar.moment(joined_at).day
    oldest = calendar.start_of(by, min(joined, first_month or joined, today))
    spans, following = _spans(calendar, by, _begin(calendar, by, today, cursor), oldest, limit)
    days = (today - calendar.start_of(by, today)).days + 1
    whole = [Ask(place, span, distinct=its.distinct) for span in spans]
    first = [ask._replace(span=_first_days(ask.span, days)) for ask in whole]
    sums = Sums(terms, {member_id: dict.fromkeys([*whole, *first])}, {member_id: _Reached(latest_at)})
    found = sums.answered(sums.send(conn))[member_id]
    items = [
        PeriodView(calendar.label(by, span.end), span.start or span.end, span.end, found[full], found[part])
        for span, full, part in zip(spans, whole, first, strict=True)
    ]
    before = [item.so_far for item in items if item.end < today]
    average = sum(before) // len(before) if before else None
    unit = bylaws.unit(its)
    return PastView(counter, bylaws.counter_names[counter], unit, by, days, average, items, following)


def _begin(calendar: Calendar, by: Period, today: date, cursor: str | None) -> date:
    """The first day of the latest period to be listed."""
    present = calendar.start_of(by, today)
    if cursor is None:
        return present
    try:
        return min(present, calendar.parse_label(by, cursor))
    except (ValueError, OverflowError):
        raise Invalid.at(
            "/cursor", Text("This is not a cursor that the list gave.", "این نشانگر را این فهرست نداده است.")
        ) from None


def _spans(calendar: Calendar, by: Period, start: date, oldest: date, limit: int) -> tuple[list[Span], str | None]:
    """Whole periods backwards, and the name of the one after them where there are more."""
    spans: list[Span] = []
    while start >= oldest and len(spans) < limit:
        spans.append(calendar.span(by, start))
        previous = calendar.previous(by, start).start
        assert previous is not None
        start = previous
    return spans, calendar.label(by, start) if start >= oldest else None


def _first_days(span: Span, days: int) -> Span:
    assert span.start is not None
    return Span(span.start, min(span.end, date.fromordinal(span.start.toordinal() + days - 1)))
