"""Windows day by day, and the rows that add up to them."""

from __future__ import annotations

from collections import Counter as Tally
from datetime import date, timedelta
from typing import Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from loyalty.calendars import Calendar, Span
from loyalty.rules.bylaws import Ask
from loyalty.rules.reading import Node, Reading
from loyalty.rules.windows import Since, Window, read_window
from loyalty.sums import DAY, EVER, MONTH, pieces
from tests.rules.drawn import many, quick, windows

TEHRAN = Calendar("Asia/Tehran", "jalali")
LONDON = Calendar("Europe/London", "gregorian")
CALENDARS = st.sampled_from([TEHRAN, LONDON])
SINCES = st.builds(
    Since, st.none() | st.dates(date(2020, 1, 1), date(2024, 1, 1)), st.dates(date(2015, 1, 1), date(2024, 1, 1))
)

ONE = timedelta(days=1)
MONTH_ENDS = [
    calendar.span("month", date(2024, 3, 1) + 30 * n * ONE).end for n in range(39) for calendar in (TEHRAN, LONDON)
]
DAYS = st.dates(date(2024, 3, 1), date(2027, 6, 1)) | st.sampled_from(MONTH_ENDS)


def same_period(period: str, one: date, other: date, calendar: Calendar) -> bool:
    """Whether two days lie in one period, from their year, month and weekday alone."""
    (y0, m0, _), (y1, m1, _) = calendar.parts(one), calendar.parts(other)
    if period == "week":
        starts = 5 if calendar.system == "jalali" else 0
        return one - ONE * ((one.weekday() - starts) % 7) == other - ONE * ((other.weekday() - starts) % 7)
    return {
        "day": one == other,
        "month": (y0, m0) == (y1, m1),
        "quarter": (y0, (m0 - 1) // 3) == (y1, (m1 - 1) // 3),
        "year": y0 == y1,
    }[period]


def months_before(day: date, months: int, calendar: Calendar) -> date:
    """The same day of the month so many months before, clipped to its end, found by walking back day by day."""
    year, month, dom = calendar.parts(day)
    years, month0 = divmod(month - 1 - months, 12)
    target = (year + years, month0 + 1)
    found = day
    while calendar.parts(found)[:2] != target or calendar.parts(found)[2] > dom:
        found -= ONE
    return found


def years_old(born: date, day: date, calendar: Calendar) -> int:
    """Whole years, from year, month and day of the month alone."""
    (y0, *since), (y1, *now) = calendar.parts(born), calendar.parts(day)
    return y1 - y0 - (now < since)


def in_window(window: Window, day: date, today: date, calendar: Calendar, since: Since) -> bool:
    """Whether a day lies in a window that is seen from another, by the words of the bylaws."""
    match window.kind:
        case "ever":
            return day <= today
        case "since_tier":
            return day <= today and (since.tier is None or since.tier <= day)
        case "membership_year":
            years = [years_old(since.joined, one, calendar) for one in (day, today)]
            return day <= today and years[0] == years[1]
        case "since":
            return window.day is not None and window.day <= day <= today
        case "this":
            return day <= today and same_period(window.period, day, today, calendar)
        case "previous":
            first = today
            while same_period(window.period, first, today, calendar):
                first -= ONE
            return same_period(window.period, day, first, calendar)
    if window.unit in ("days", "weeks"):
        n = window.n * (7 if window.unit == "weeks" else 1)
        return 0 <= (today - day).days < n
    n = window.n * (12 if window.unit == "years" else 1)
    return months_before(today, n, calendar) < day <= today


@many
@given(windows, DAYS, st.integers(-500, 40), CALENDARS, SINCES)
@example("membership_year", date(2025, 3, 20), -1, TEHRAN, Since(None, date(2021, 3, 20)))  # 30 Esfand, then and now
@example("membership_year", date(2026, 3, 20), 0, TEHRAN, Since(None, date(2021, 3, 20)))  # 29 Esfand is its last day
@example("membership_year", date(2026, 3, 1), 0, LONDON, Since(None, date(2024, 2, 29)))
def test_windows_hold_the_days_that_the_bylaws_say(
    written: Any, today: date, away: int, calendar: Calendar, since: Since
) -> None:
    window = read_window(Node(written, "", Reading(calendar)))
    span = window.span(today, calendar, since)
    for day in (today + ONE * away, span.end, span.end + ONE, *((span.start, span.start - ONE) if span.start else ())):
        assert span.holds(day) == in_window(window, day, today, calendar, since), (day, span)


@many
@given(st.sampled_from(["days", "weeks", "months", "years"]), st.integers(1, 15), DAYS, st.integers(0, 500), CALENDARS)
@example("months", 1, date(2026, 1, 31), 28, LONDON)
@example("months", 1, date(2026, 9, 22), 30, TEHRAN)  # 31 Shahrivar, and Mehr has 30 days
def test_a_limit_s_window_reaches_to_the_last_day_that_looks_back_on_it(
    unit: Any, n: int, day: date, ahead: int, calendar: Calendar
) -> None:
    window = Window("last", n=n, unit=unit)
    around = window.around(day, calendar)
    for later in (day + ONE * ahead, around.end - ONE, around.end, around.end + ONE):
        assert around.holds(later) == window.span(later, calendar).holds(day), later


@many
@given(DAYS, st.integers(0, 500), CALENDARS, SINCES)
@example(date(2026, 3, 20), 1, TEHRAN, Since(None, date(2021, 3, 20)))
def test_a_limit_of_a_membership_year_reaches_to_its_end(
    day: date, ahead: int, calendar: Calendar, since: Since
) -> None:
    window = Window("membership_year")
    around = window.around(day, calendar, since)
    for later in (day + ONE * ahead, around.end, around.end + ONE):
        assert around.holds(later) == window.span(later, calendar, since).holds(day), later


@st.composite
def spans(draw: st.DrawFn) -> Span:
    """Any days: ever, some, one, up to the end of all days."""
    end = draw(DAYS | st.just(date.max))
    short = st.integers(0, 70).map(lambda days: min(end, date(2027, 6, 1)) - ONE * days)
    start = draw(st.none() | DAYS | short)
    return Span(start, max(end, start) if start else end)


@settings(many, max_examples=300)
@given(spans(), DAYS, CALENDARS)
def test_the_rows_that_are_added_up_cover_each_day_of_a_span_once(span: Span, last: date, calendar: Calendar) -> None:
    begun = date(2023, 1, 1)
    covered = Tally[date]()
    for grain, first, until in pieces(Ask(0, span), last, calendar):
        assert grain in (DAY, MONTH, EVER)
        day = begun
        while day <= last:  # rows lie on these days, none after the last
            start = {DAY: day, MONTH: calendar.start_of("month", day), EVER: date(1, 1, 1)}[grain]
            if first <= start <= until:
                covered[day] += 1
            day += ONE
    wanted = [begun + ONE * n for n in range((last - begun).days + 1) if span.holds(begun + ONE * n)]
    assert sorted(covered) == wanted
    assert not covered or max(covered.values()) == 1


@quick
@given(DAYS, DAYS, CALENDARS)
def test_few_rows_are_read_however_long_the_span(start: date, last: date, calendar: Calendar) -> None:
    read = list(pieces(Ask(0, Span(min(start, last), last)), last, calendar))
    assert len(read) <= 3
    assert all((until - first).days < 31 for grain, first, until in read if grain == DAY)
