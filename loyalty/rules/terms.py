"""Terms: lengths of time that end at an instant, such as when a lot of points matures and when it expires."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Final, NamedTuple

from loyalty.calendars import PERIODS, WEEKDAYS, Calendar, Period
from loyalty.formats import WEEKDAYS as WEEKDAY_NAMES
from loyalty.formats import latin_digits
from loyalty.rules.reading import Node
from loyalty.rules.types import integer
from loyalty.rules.voice import Voice, ezafe
from loyalty.rules.windows import PERIOD_NAMES, Unit, read_term
from loyalty.rules.yearly import MonthDay, read_month_day
from loyalty.values import Text

ENDS: Final[dict[str, Period]] = {f"end_of_{period}": period for period in PERIODS}
_WORDS: Final = ("after", "at", "plus", "from")
_MOST_FURTHER: Final = 100
_DAY: Final = timedelta(days=1)
INSTANT: Final = timedelta(microseconds=1)
"""The least that two instants differ: the last instant of a day lies so far before the next day."""
_UNIT_PERIODS: Final[dict[Unit, Period]] = {"days": "day", "weeks": "week", "months": "month", "years": "year"}


class Since(NamedTuple):
    """How a sentence calls that from which a term counts."""

    length: Text
    """After a length of time: 12 months `later`."""
    same: Text
    """The period (`{p}`) that holds it."""
    next: Text
    """The period after that one."""


LATER: Final = Since(Text("later", "بعد"), Text("the same {p}", "همان {p}"), Text("the next {p}", "{of_p} بعد"))
EARNED: Final = Since(
    Text("after earning", "پس از دریافت"),
    Text("the {p} of earning", "{of_p} دریافت"),
    Text("the {p} after that of earning", "{of_p} پس از {of_p} دریافت"),
)
ACTIVITY: Final = Since(
    Text("after the last earning or spending", "پس از آخرین دریافت یا خرج"),
    Text("the {p} of the last earning or spending", "{of_p} آخرین دریافت یا خرج"),
    Text("the {p} after that of the last earning or spending", "{of_p} پس از {of_p} آخرین دریافت یا خرج"),
)
_REACHED: Final = Since(Text("", ""), Text("that {p}", "همان {p}"), Text("the {p} after that", "{of_p} پس از آن"))
"""That from which the end of a period counts once a length of time has passed."""


@dataclass(frozen=True, slots=True)
class Term:
    """`n` units later (none where `unit` is None); then, with `at`, on to the last instant of a period or day.

    `at` is `end_of_day` … `end_of_year`, a weekday's name, or a month and day as `MM-DD` in the club's calendar; `plus`
    goes so many periods (weeks for a weekday, years for a month and day) further. `from_activity` counts from the last
    earning or spending of a whole wallet instead of from what gave a lot.
    """

    unit: Unit | None
    n: int
    at: str | None = None
    plus: int = 0
    from_activity: bool = False

    def ends(self, start: datetime, calendar: Calendar) -> datetime:
        """The instant (UTC) at which it ends, counted from another in the club's zone and calendar."""
        local = start.astimezone(calendar.zone)
        day = self._reached(local.date(), calendar)
        if self.at is None:
            # Of a time of day that a change of offset repeats it is the first, as in `Calendar.instant`: hence no fold.
            return datetime.combine(day, local.time(), calendar.zone).replace(fold=0).astimezone(UTC)
        return calendar.instant(self._day_after(day, calendar)) - INSTANT

    def _reached(self, day: date, calendar: Calendar) -> date:
        match self.unit:
            case "days":
                return day + self.n * _DAY
            case "weeks":
                return day + 7 * self.n * _DAY
            case "months":
                return calendar.add_months(day, self.n)
            case "years":
                return calendar.add_months(day, 12 * self.n)
            case None:
                return day

    def _day_after(self, day: date, calendar: Calendar) -> date:
        """The day whose beginning ends the term: the first after the period, or after the named day."""
        assert self.at is not None
        if self.at in ENDS:
            for _ in range(self.plus + 1):
                day = calendar.next_start(ENDS[self.at], day)
            return day
        if self.at in WEEKDAYS:
            return day + ((WEEKDAYS.index(self.at) - day.weekday()) % 7 + 7 * self.plus + 1) * _DAY
        this_year = calendar.start_of("year", day)
        named = _month_day(self.at)
        years = self.plus + (named.in_year(this_year, calendar) < day)
        return named.in_year(calendar.add_months(this_year, 12 * years), calendar) + _DAY

    def say(self, voice: Voice, since: Since = LATER) -> str:
        """The term as a part of a sentence: `12 months later, at the end of that month`, «۱۲ ماه بعد، در پایان همان
        ماه»."""
        length = f"{counted(self.n, self.unit, voice)} {voice.text(since.length)}" if self.unit else ""
        if self.at is None:
            return length
        end = self._said_end(voice, _REACHED if length else since)
        return f"{length}{voice.pick(',', '،')} {end}" if length else end

    def _said_end(self, voice: Voice, since: Since) -> str:
        assert self.at is not None
        unit: Unit = "weeks" if self.at in WEEKDAYS else "years"
        if self.at in ENDS:
            period = voice.text(PERIOD_NAMES[ENDS[self.at]])
            form = since.next if self.plus == 1 else since.same
            which = voice.text(form).format(p=period, of_p=ezafe(period))
            if self.plus < 2:
                return voice.pick(f"at the end of {which}", f"در پایان {which}")
            length = voice.measured(self.plus, "count") + " " + voice.pick(f"{period}s", period)
            return voice.pick(f"{length} after the end of {which}", f"{length} پس از پایان {which}")
        name = self._named_day(voice)
        end = voice.pick(f"the end of the first {name} from then on", f"پایان نخستین {name} از آن پس")
        if not self.plus:
            return voice.pick(f"at {end}", f"در {end}")
        length = counted(self.plus, unit, voice)
        return voice.pick(f"{length} after {end}", f"{length} پس از {end}")

    def _named_day(self, voice: Voice) -> str:
        if self.at in WEEKDAYS:
            return voice.text(WEEKDAY_NAMES[WEEKDAYS.index(self.at)])
        return _month_day(self.at or "").say(voice)


def counted(n: int, unit: Unit, voice: Voice) -> str:
    """A length of time in words: `1 month`, «۱۲ ماه»."""
    one = voice.text(PERIOD_NAMES[_UNIT_PERIODS[unit]])
    return f"{voice.number(n)} {one}{'s' if voice.lang == 'en' and n > 1 else ''}"


def _month_day(at: str) -> MonthDay:
    month, _, day = at.partition("-")
    return MonthDay(int(month), int(day))


def read_end(node: Node, *, of_wallet: bool = False) -> Term:
    """A term: `{months: 12}`, or `{after: {months: 12}, at: end_of_month, plus: 1}`; of a whole wallet also
    `from: activity`.

    Raises:
        Bad: it is no term; every fault is noted.
    """
    if not isinstance(node.value, Mapping) or not node.value.keys() & set(_WORDS):
        return Term(*read_term(node))
    found = node.fields(optional=_WORDS)
    if "at" not in found and "after" not in found:
        raise node.bad(Text("“after” or “at” is expected.", "«after» یا «at» لازم است."))
    if "plus" in found and "at" not in found:
        raise found["plus"].bad(
            Text("“plus” goes beyond “at”, which is missing.", "«plus» به «at» افزوده می‌شود که نوشته نشده است.")
        )
    unit, n = read_term(found["after"]) if "after" in found else (None, 0)
    at = _read_at(found["at"]) if "at" in found else None
    plus = integer(found["plus"], most=_MOST_FURTHER) if "plus" in found else 0
    return Term(unit, n, at, plus, "from" in found and _read_from(found["from"], of_wallet))


def _read_at(node: Node) -> str:
    """The end of a period, a weekday, or a month and day that the club's calendar has."""
    written = latin_digits(node.value) if isinstance(node.value, str) else ""
    if written in ENDS or written in WEEKDAYS:
        return written
    read_month_day(node, (*ENDS, *WEEKDAYS))
    return written


def _read_from(node: Node, of_wallet: bool) -> bool:
    activity = node.choice(("event", "activity")) == "activity"
    if activity and not of_wallet:
        raise node.bad(
            Text(
                "Only a whole wallet can expire by its activity.",
                "تنها انقضای یک کیف می‌تواند از آخرین دریافت یا خرج شمرده شود.",
            )
        )
    return activity


@dataclass(frozen=True, slots=True)
class TermType:
    """A term as a field of an award."""

    form: str = "term"

    def read(self, node: Node) -> Term:
        """The term."""
        return read_end(node)


TERM: Final = TermType()
