"""Days, months and years as a club lives them: in its zone, in its calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from loyalty.calendars import PERIODS, Calendar, Span, parse_date

TEHRAN = Calendar("Asia/Tehran", "jalali")
LONDON = Calendar("Europe/London", "gregorian")
ONE = timedelta(days=1)


def at(text: str) -> datetime:
    """An instant in UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_midnight_in_tehran_is_half_past_eight_in_greenwich() -> None:
    last = TEHRAN.moment(at("2026-11-12T20:29:59.999999"))
    first = TEHRAN.moment(at("2026-11-12T20:30"))
    assert (last.day, last.minute, last.weekday) == (date(2026, 11, 12), 23 * 60 + 59, 3)
    assert (first.day, first.minute, first.weekday) == (date(2026, 11, 13), 0, 4)
    assert TEHRAN.instant(date(2026, 11, 13)) == at("2026-11-12T20:30")


def test_an_instant_is_told_in_any_zone() -> None:
    tokyo = datetime.fromisoformat("2026-11-13T05:30+09:00")
    assert TEHRAN.moment(tokyo) == TEHRAN.moment(at("2026-11-12T20:30"))


def test_the_summer_of_1401_was_the_last_with_a_time_of_its_own_in_tehran() -> None:
    assert TEHRAN.moment(at("2022-06-21T19:00")).minute == 23 * 60 + 30
    assert TEHRAN.moment(at("2023-06-21T19:00")).minute == 22 * 60 + 30
    last, next_ = TEHRAN.instant(date(2022, 9, 21)), TEHRAN.instant(date(2022, 9, 22))
    assert next_ - last == timedelta(hours=25), "its last day had one hour twice"


def test_a_day_that_begins_at_one_o_clock_still_has_an_instant() -> None:
    """On 1 Farvardin 1401 Tehran's clocks went from midnight to one: the local midnight did not happen."""
    begun = TEHRAN.instant(date(2022, 3, 22))
    assert TEHRAN.moment(begun).day == date(2022, 3, 22)
    assert TEHRAN.moment(begun - timedelta(seconds=1)).day == date(2022, 3, 21)


def test_london_s_long_and_short_days() -> None:
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
    assert LONDON.instant(spring + ONE) - LONDON.instant(spring) == timedelta(hours=23)
    assert LONDON.instant(autumn + ONE) - LONDON.instant(autumn) == timedelta(hours=25)
    assert LONDON.instant(autumn, 90) == at("2026-10-25T00:30"), "of the two half past ones the first"
    assert LONDON.moment(at("2026-10-25T00:30")).minute == LONDON.moment(at("2026-10-25T01:30")).minute == 90
    assert LONDON.instant(spring, 90) == at("2026-03-29T01:30"), "as far past the gap"


@pytest.mark.parametrize(
    ("jalali", "gregorian"),
    [
        ("1399-12-30", date(2021, 3, 20)),
        ("1400-01-01", date(2021, 3, 21)),
        ("1403-12-30", date(2025, 3, 20)),
        ("1404-01-01", date(2025, 3, 21)),
        ("1405-01-01", date(2026, 3, 21)),
        ("1405-06-31", date(2026, 9, 22)),
        ("1405-07-30", date(2026, 10, 22)),
        ("1408-12-30", date(2030, 3, 20)),
        ("1409-01-01", date(2030, 3, 21)),
    ],
)
def test_jalali_days_are_known(jalali: str, gregorian: date) -> None:
    assert parse_date(jalali) == gregorian
    assert TEHRAN.label("day", gregorian) == jalali


@pytest.mark.parametrize("leap", [1399, 1403, 1408])
def test_leap_years_have_a_30th_of_esfand(leap: int) -> None:
    last = parse_date(f"{leap}-12-30")
    assert TEHRAN.span("month", last).end == last
    assert TEHRAN.span("year", last) == Span(parse_date(f"{leap}-01-01"), last)
    assert last + ONE == parse_date(f"{leap + 1}-01-01")


@pytest.mark.parametrize("common", [1400, 1404, 1405, 1407])
def test_other_years_have_none(common: int) -> None:
    with pytest.raises(ValueError, match="day"):
        parse_date(f"{common}-12-30")
    assert parse_date(f"{common}-12-29") + ONE == parse_date(f"{common + 1}-01-01")


def test_every_day_of_many_years_belongs_to_one_month_and_the_next_month_begins_after_the_last() -> None:
    for calendar, begin in ((TEHRAN, "1398-01-01"), (LONDON, "2019-01-01")):
        day, lengths = parse_date(begin), []
        while len(lengths) < 12 * 12:
            span = calendar.span("month", day)
            assert span.start == day
            lengths.append((span.end - day).days + 1)
            assert calendar.next_start("month", day) == span.end + ONE
            day = span.end + ONE
        assert set(lengths) <= {28, 29, 30, 31}


@pytest.mark.parametrize(
    ("calendar", "day", "months", "result"),
    [
        (TEHRAN, "1405-08-21", 1, "1405-09-21"),
        (TEHRAN, "1405-08-21", -12, "1404-08-21"),
        (TEHRAN, "1405-06-31", 1, "1405-07-30"),
        (TEHRAN, "1405-01-31", -1, "1404-12-29"),
        (TEHRAN, "1404-01-31", -1, "1403-12-30"),
        (TEHRAN, "1403-12-30", 12, "1404-12-29"),
        (TEHRAN, "1403-12-30", 60, "1408-12-30"),
        (TEHRAN, "1405-12-29", 1, "1406-01-29"),
        (TEHRAN, "1405-01-01", -1, "1404-12-01"),
        (LONDON, "2026-01-31", 1, "2026-02-28"),
        (LONDON, "2028-01-31", 1, "2028-02-29"),
        (LONDON, "2028-02-29", 12, "2029-02-28"),
        (LONDON, "2026-03-31", -1, "2026-02-28"),
        (LONDON, "2026-12-31", 2, "2027-02-28"),
    ],
)
def test_months_are_added_and_clipped_to_the_month_s_end(
    calendar: Calendar, day: str, months: int, result: str
) -> None:
    assert calendar.add_months(parse_date(day), months) == parse_date(result)


def test_weeks_begin_on_saturday_here_and_on_monday_there() -> None:
    thursday = date(2026, 11, 12)
    assert TEHRAN.span("week", thursday) == Span(date(2026, 11, 7), date(2026, 11, 13))
    assert LONDON.span("week", thursday) == Span(date(2026, 11, 9), date(2026, 11, 15))
    assert TEHRAN.start_of("week", date(2026, 11, 7)) == date(2026, 11, 7)
    assert LONDON.start_of("week", date(2026, 11, 8)) == date(2026, 11, 2)


def test_quarters_are_the_seasons_of_the_year() -> None:
    assert TEHRAN.span("quarter", parse_date("1405-08-21")) == Span(parse_date("1405-07-01"), parse_date("1405-09-30"))
    assert LONDON.span("quarter", date(2026, 11, 12)) == Span(date(2026, 10, 1), date(2026, 12, 31))


def test_the_period_before() -> None:
    assert TEHRAN.previous("month", parse_date("1404-01-15")) == Span(
        parse_date("1403-12-01"), parse_date("1403-12-30")
    )
    assert TEHRAN.previous("year", parse_date("1404-01-01")) == Span(parse_date("1403-01-01"), parse_date("1403-12-30"))
    assert LONDON.previous("day", date(2026, 3, 1)) == Span(date(2026, 2, 28), date(2026, 2, 28))
    assert LONDON.previous("week", date(2026, 11, 9)) == Span(date(2026, 11, 2), date(2026, 11, 8))


@pytest.mark.parametrize(
    ("period", "here", "there"),
    [
        ("day", "1405-08-21", "2026-11-12"),
        ("week", "1405-W34", "2026-W46"),
        ("month", "1405-08", "2026-11"),
        ("quarter", "1405-Q3", "2026-Q4"),
        ("year", "1405", "2026"),
    ],
)
def test_periods_have_names(period: str, here: str, there: str) -> None:
    thursday = date(2026, 11, 12)
    assert TEHRAN.label(period, thursday) == here  # type: ignore[arg-type]
    assert LONDON.label(period, thursday) == there  # type: ignore[arg-type]


def test_gregorian_weeks_are_those_of_iso_8601() -> None:
    day = date(2015, 1, 1)
    while day < date(2032, 1, 1):
        year, week, _ = day.isocalendar()
        assert LONDON.label("week", day) == f"{year:04}-W{week:02}"
        day += ONE


def test_weeks_of_a_jalali_year_are_counted_from_one_without_a_gap() -> None:
    day, before = parse_date("1398-01-20"), (1398, 3)
    while day < parse_date("1415-01-01"):
        year, week = (int(part) for part in TEHRAN.label("week", day).split("-W"))
        if (year, week) != before:
            assert (year, week) in ((before[0], before[1] + 1), (before[0] + 1, 1))
            assert TEHRAN.start_of("week", day) == day
            before = (year, week)
        day += ONE


@pytest.mark.parametrize("calendar", [TEHRAN, LONDON], ids=["jalali", "gregorian"])
@pytest.mark.parametrize("period", PERIODS)
def test_a_name_leads_back_to_its_period(calendar: Calendar, period: str) -> None:
    day, seen = date(2023, 12, 1), set()
    while day < date(2027, 5, 1):
        label = calendar.label(period, day)  # type: ignore[arg-type]
        assert calendar.parse_label(period, label) == calendar.start_of(period, day)  # type: ignore[arg-type]
        if day == calendar.start_of(period, day):  # type: ignore[arg-type]
            assert label not in seen, "two periods of one name"
            seen.add(label)
        day += ONE


@pytest.mark.parametrize(
    ("period", "label"),
    [
        ("day", "1405-12-30"),
        ("day", "1405-8-21"),
        ("day", "۱۴۰۵-۰۸-۲۱"),
        ("week", "1405-W00"),
        ("week", "1405-W54"),
        ("month", "1405-13"),
        ("month", "1405-00"),
        ("month", "1405-08-21"),
        ("quarter", "1405-Q5"),
        ("year", "405"),
        ("year", ""),
        ("year", "0000"),
    ],
)
def test_what_is_no_period_s_name_is_refused(period: str, label: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is the library's
        TEHRAN.parse_label(period, label)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    ["", "1405", "1405/08/21", "1405-8-21", "0000-01-01", "1405-13-01", "1405-00-10", "2026-02-30", "9999-12-31"],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the message is the library's
        parse_date(text)


def test_years_below_1700_are_jalali() -> None:
    assert parse_date("1699-12-29") == date(2321, 3, 20)
    assert parse_date("1700-01-01") == date(1700, 1, 1)


@pytest.mark.parametrize(
    ("born", "day", "age"),
    [
        ("1387-08-21", "1405-08-20", 17),
        ("1387-08-21", "1405-08-21", 18),
        ("1403-12-30", "1404-12-29", 0),
        ("1403-12-30", "1405-01-01", 1),
        ("1403-12-30", "1408-12-30", 5),
    ],
)
def test_ages_are_whole_years_of_the_calendar(born: str, day: str, age: int) -> None:
    assert TEHRAN.age(parse_date(born), parse_date(day)) == age


def test_the_calendar_decides_who_is_a_year_older() -> None:
    born, day = date(2008, 3, 20), date(2026, 3, 20)  # 1 Farvardin 1387; 29 Esfand 1404
    assert LONDON.age(born, day) == 18
    assert TEHRAN.age(born, day) == 17


def test_equal_calendars_are_equal() -> None:
    assert Calendar("Asia/Tehran", "jalali") == TEHRAN
    assert Calendar("Asia/Tehran", "gregorian") != TEHRAN
    assert len({TEHRAN, Calendar("Asia/Tehran", "jalali"), LONDON}) == 2
