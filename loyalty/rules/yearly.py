"""Days that come each year: a month and day of the club's calendar, and how far another day is from it."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Final, NamedTuple

from loyalty.calendars import Calendar
from loyalty.formats import MONTHS, digits, latin_digits
from loyalty.rules.reading import Node, one_of
from loyalty.rules.voice import Voice
from loyalty.values import Text

_DAY: Final = timedelta(days=1)
_MONTH_LENGTHS: Final = {
    "jalali": (31,) * 6 + (30,) * 6,
    "gregorian": (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31),
}
"""The longest that each month may be, in whatever year."""


class MonthDay(NamedTuple):
    """A month and a day of it; in a year whose month is too short, that month's last day."""

    month: int
    day: int

    def in_year(self, first: date, calendar: Calendar) -> date:
        """The day in the year that begins on a day."""
        begins = calendar.add_months(first, self.month - 1)
        return min(begins + (self.day - 1) * _DAY, calendar.span("month", begins).end)

    def away(self, day: date, calendar: Calendar) -> int:
        """How many days another day lies after the nearest such day; before it, the number is negative."""
        this_year = calendar.start_of("year", day)
        years = (calendar.add_months(this_year, 12 * n) for n in (-1, 0, 1))
        return min(((day - self.in_year(first, calendar)).days for first in years), key=abs)

    def say(self, voice: Voice) -> str:
        """The day in words: `21 Aban`."""
        name = voice.text(MONTHS[voice.bylaws.club.calendar.system][self.month - 1])
        return digits(f"{self.day} {name}", voice.lang)


def of_date(day: date, calendar: Calendar) -> MonthDay:
    """The month and day of a date."""
    return MonthDay(*calendar.parts(day)[1:])


def read_month_day(node: Node, others: tuple[str, ...] = ()) -> MonthDay:
    """A month and day, `08-21`, that the club's calendar has; `others` are words that might stand there too."""
    written = latin_digits(node.value) if isinstance(node.value, str) else ""
    if not re.fullmatch(r"\d\d-\d\d", written, re.ASCII):
        raise node.bad(one_of([*others, "MM-DD"]))
    month, day = int(written[:2]), int(written[3:])
    if not 1 <= month <= 12 or not 1 <= day <= _MONTH_LENGTHS[node.reading.calendar.system][month - 1]:
        raise node.bad(Text("The club's calendar has no such month and day.", "تقویم باشگاه چنین ماه و روزی ندارد."))
    return MonthDay(month, day)
