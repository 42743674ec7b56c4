"""Instants, local days and periods in a club's zone and calendar (Jalali or Gregorian). Pure; nothing reads a clock."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Final, Literal, NamedTuple
from zoneinfo import ZoneInfo

from persiantools.jdatetime import JalaliDate

System = Literal["jalali", "gregorian"]
Period = Literal["day", "week", "month", "quarter", "year"]
PERIODS: Final[tuple[Period, ...]] = ("day", "week", "month", "quarter", "year")
WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_DAY = timedelta(days=1)
_MONTHS: Final[dict[str, int]] = {"month": 1, "quarter": 3, "year": 12}
JALALI_BELOW: Final = 1700
"""A written year below this is Jalali, else Gregorian."""
LAST_YEAR: Final = 2999
MOMENTS_REMEMBERED: Final = 1000
"""Later written years are slips of the hand; both calendars reach well beyond."""


class Moment(NamedTuple):
    """An instant as a club lives it."""

    day: date
    minute: int
    """Minutes since local midnight, 0…1439."""
    weekday: int
    """0 is Monday, as in `date.weekday()`."""


class Span(NamedTuple):
    """Whole local days from `start` to `end`, both included; `None` at the start means since ever."""

    start: date | None
    end: date

    def holds(self, day: date) -> bool:
        """Whether a day is one of them."""
        return day <= self.end and (self.start is None or self.start <= day)


@lru_cache(maxsize=8192)
def _jalali(day: date) -> tuple[int, int, int]:
    j = JalaliDate(day)  # type: ignore[no-untyped-call]
    return j.year, j.month, j.day


def _gregorian(day: date) -> tuple[int, int, int]:
    return day.year, day.month, day.day


@lru_cache(maxsize=8192)
def _from_jalali(year: int, month: int, day: int) -> date:
    return JalaliDate(year, month, day).to_gregorian()  # type: ignore[no-untyped-call]


def parse_date(text: str) -> date:
    """A date written `YYYY-MM-DD` in either calendar (years below 1700 are Jalali).

    Raises:
        ValueError: not of that form, or no such day.
    """
    match = _DATE.fullmatch(text)
    if not match:
        raise ValueError(text)
    year, month, day = (int(part) for part in match.groups())
    if year > LAST_YEAR:
        raise ValueError(text)
    return _from_jalali(year, month, day) if year < JALALI_BELOW else date(year, month, day)


class Calendar:
    """A zone and a calendar system: turns instants into local days, and days into periods.

    Weeks start on Saturday in the Jalali calendar and on Monday in the Gregorian.
    """

    def __init__(self, zone: str, system: System) -> None:
        self.zone = ZoneInfo(zone)
        self.system: System = system
        self.parts: Callable[[date], tuple[int, int, int]] = _jalali if system == "jalali" else _gregorian
        self._build: Callable[[int, int, int], date] = _from_jalali if system == "jalali" else date
        self._moments: dict[datetime, Moment] = {}
        self._week_start = 5 if system == "jalali" else 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Calendar) and (self.zone.key, self.system) == (other.zone.key, other.system)

    def __hash__(self) -> int:
        return hash((self.zone.key, self.system))

    def moment(self, instant: datetime) -> Moment:
        """The local day, minute and weekday of an instant."""
        if instant.fold:  # equal to another instant, as far as dictionaries can see
            return self._moment(instant)
        known = self._moments.get(instant)
        if known is None:
            known = self._moment(instant)
            if len(self._moments) >= MOMENTS_REMEMBERED:
                self._moments = {}
            self._moments[instant] = known
        return known

    def _moment(self, instant: datetime) -> Moment:
        local = instant.astimezone(self.zone)
        return Moment(local.date(), local.hour * 60 + local.minute, local.weekday())

    def instant(self, day: date, minute: int = 0) -> datetime:
        """The instant (UTC) at which a local day reaches a minute.

        Where a change of offset repeats that minute it is the first; where it skips it, as far past the gap (PEP 495).
        """
        local = datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=self.zone)
        return local.astimezone(UTC)

    def start_of(self, period: Period, day: date) -> date:
        """The first day of the period that holds `day`."""
        if period == "day":
            return day
        if period == "week":
            return day - timedelta(days=(day.weekday() - self._week_start) % 7)
        return _start_of(self.system, period, day)

    def next_start(self, period: Period, day: date) -> date:
        """The first day of the period after the one that holds `day`."""
        start = self.start_of(period, day)
        if period == "day":
            return start + _DAY
        if period == "week":
            return start + 7 * _DAY
        return self.add_months(start, _MONTHS[period])

    def span(self, period: Period, day: date) -> Span:
        """The whole period that holds `day`."""
        return Span(self.start_of(period, day), self.next_start(period, day) - _DAY)

    def previous(self, period: Period, day: date) -> Span:
        """The whole period before the one that holds `day`."""
        return self.span(period, self.start_of(period, day) - _DAY)

    def add_months(self, day: date, months: int) -> date:
        """The same day of the month so many months away (may be negative), clipped to that month's end."""
        return _add_months(self.system, day, months)

    def age(self, born: date, day: date) -> int:
        """Whole years from `born` to `day`, counted in this calendar."""
        (y0, m0, d0), (y1, m1, d1) = self.parts(born), self.parts(day)
        return y1 - y0 - ((m1, d1) < (m0, d0))

    def label(self, period: Period, day: date) -> str:
        """The period's name: `1405-08-21`, `1405-W34`, `1405-08`, `1405-Q3`, `1405`.

        A week belongs to the year that holds most of its days, as in ISO 8601; the year's first week is 1.
        """
        start = self.start_of(period, day)
        year, month, dom = self.parts(start + 3 * _DAY if period == "week" else start)
        match period:
            case "day":
                return f"{year:04}-{month:02}-{dom:02}"
            case "week":
                return f"{year:04}-W{(start - self._first_week(year)).days // 7 + 1:02}"
            case "month":
                return f"{year:04}-{month:02}"
            case "quarter":
                return f"{year:04}-Q{(month + 2) // 3}"
            case "year":
                return f"{year:04}"

    def parse_label(self, period: Period, label: str) -> date:
        """The first day of a named period, the inverse of `label`.

        Raises:
            ValueError: not a period's name in this calendar.
        """
        patterns = {
            "day": r"(\d{4})-(\d\d)-(\d\d)",
            "week": r"(\d{4})-W(\d\d)",
            "month": r"(\d{4})-(\d\d)",
            "quarter": r"(\d{4})-Q([1-4])",
            "year": r"(\d{4})",
        }
        match = re.fullmatch(patterns[period], label, re.ASCII)
        if not match:
            raise ValueError(label)
        year, *rest = (int(part) for part in match.groups())
        if period == "week":
            day = self._first_week(year) + timedelta(weeks=rest[0] - 1)
        else:
            month = (rest[0] - 1) * 3 + 1 if period == "quarter" else (rest or [1])[0]
            day = self._build(year, month, rest[1] if period == "day" else 1)
        if self.label(period, day) != label:
            raise ValueError(label)
        return day

    def _first_week(self, year: int) -> date:
        return self.start_of("week", self._build(year, 1, 4))  # the week of the fourth day has most of its days in it


@lru_cache(maxsize=8192)
def _start_of(system: System, period: Period, day: date) -> date:
    year, month, _ = _jalali(day) if system == "jalali" else _gregorian(day)
    size = _MONTHS[period]
    month = (month - 1) // size * size + 1
    return _from_jalali(year, month, 1) if system == "jalali" else date(year, month, 1)


@lru_cache(maxsize=8192)
def _add_months(system: System, day: date, months: int) -> date:
    year, month, dom = _jalali(day) if system == "jalali" else _gregorian(day)
    years, month0 = divmod(month - 1 + months, 12)
    build = _from_jalali if system == "jalali" else date
    first = build(year + years, month0 + 1, 1)
    following = build(year + years + (month0 == 11), (month0 + 1) % 12 + 1, 1)
    return first + timedelta(days=min(dom, (following - first).days) - 1)
