"""Windows of time over which a counter is read: whole local days, ending with the day itself."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal, NamedTuple

from loyalty.calendars import PERIODS, Calendar, Period, Span
from loyalty.rules.reading import Node
from loyalty.rules.types import integer, read_date
from loyalty.rules.voice import Voice
from loyalty.values import Text

Kind = Literal["ever", "last", "this", "previous", "since", "since_tier", "membership_year", "run"]
Unit = Literal["days", "weeks", "months", "years"]
UNITS: Final[tuple[Unit, ...]] = ("days", "weeks", "months", "years")

PERIOD_NAMES: Final[dict[Period, Text]] = {
    "day": Text("day", "روز"),
    "week": Text("week", "هفته"),
    "month": Text("month", "ماه"),
    "quarter": Text("quarter", "فصل"),
    "year": Text("year", "سال"),
}
_LONGEST: Final[dict[Unit, int]] = {"days": 36_525, "weeks": 5_218, "months": 1_200, "years": 100}
"""A century: longer is a slip of the hand, and leaves the calendar."""
_PAST: Final[dict[Unit, str]] = {"days": "روز", "weeks": "هفتهٔ", "months": "ماه", "years": "سال"}
_THIS: Final[dict[Period, str]] = {
    "day": "امروز",
    "week": "در این هفته",
    "month": "در این ماه",
    "quarter": "در این فصل",
    "year": "در این سال",
}
_PREVIOUS: Final[dict[Period, str]] = {
    "day": "دیروز",
    "week": "در هفتهٔ گذشته",
    "month": "در ماه گذشته",
    "quarter": "در فصل گذشته",
    "year": "در سال گذشته",
}


class Since(NamedTuple):
    """The days from which a member's own windows count: of reaching the tier (None: since ever), and of joining."""

    tier: date | None
    joined: date


@dataclass(frozen=True, slots=True)
class Window:
    """`ever`, `last` n units, `this` or the `previous` period, `since` a day, or one of the member's own: since the
    tier was reached, and the year of membership. `run` is that of a challenge, exact to the instant: it has no days."""

    kind: Kind
    period: Period = "day"
    n: int = 0
    unit: Unit = "days"
    day: date | None = None

    @property
    def personal(self) -> bool:
        """Whether it begins with a day of the member's life."""
        return self.kind in ("since_tier", "membership_year")

    def span(self, today: date, calendar: Calendar, since: Since | None = None) -> Span:
        """The whole local days that the window holds, seen from a day; a personal one needs to know since when."""
        match self.kind:
            case "ever":
                return Span(None, today)
            case "last":
                return Span(self._first(today, calendar), today)
            case "this":
                return Span(calendar.start_of(self.period, today), today)
            case "previous":
                return calendar.previous(self.period, today)
            case "since":
                return Span(self.day, today)
            case "since_tier":
                assert since
                return Span(since.tier, today)
            case "membership_year":
                assert since
                return Span(_anniversary(since.joined, calendar.age(since.joined, today), calendar), today)
            case "run":
                raise AssertionError("a run is counted by itself")

    def around(self, day: date, calendar: Calendar, since: Since | None = None) -> Span:
        """The days that share a window with `day`, later ones too: what a limit counts, so that a late event takes
        only the room that is left."""
        match self.kind:
            case "last":
                return Span(self._first(day, calendar), self._last(day, calendar))
            case "this":
                return calendar.span(self.period, day)
            case "previous":
                return calendar.previous(self.period, day)
            case "membership_year":
                start, _ = self.span(day, calendar, since)
                assert since
                next_ = _anniversary(since.joined, calendar.age(since.joined, day) + 1, calendar)
                return Span(start, next_ - timedelta(days=1))
            case _:
                return Span(self.span(day, calendar, since).start, date.max)

    def _last(self, day: date, calendar: Calendar) -> date:
        match self.unit:
            case "days":
                return day + timedelta(days=self.n - 1)
            case "weeks":
                return day + timedelta(days=7 * self.n - 1)
            case "months":
                return _before_next(day, calendar, self.n)
            case "years":
                return _before_next(day, calendar, 12 * self.n)

    def _first(self, today: date, calendar: Calendar) -> date:
        # Months begin the day after the same calendar day n months ago; n days are today and the n - 1 before.
        match self.unit:
            case "days":
                return today - timedelta(days=self.n - 1)
            case "weeks":
                return today - timedelta(days=7 * self.n - 1)
            case "months":
                return calendar.add_months(today, -self.n) + timedelta(days=1)
            case "years":
                return calendar.add_months(today, -12 * self.n) + timedelta(days=1)

    def say(self, voice: Voice) -> str:
        """The window in words: `in the last 12 months`, «در ۱۲ ماه گذشته»."""
        period = voice.text(PERIOD_NAMES[self.period])
        match self.kind:
            case "ever":
                return voice.pick("in all", "تاکنون")
            case "last":
                unit = voice.pick(self.unit, _PAST[self.unit])
                if voice.lang == "en" and self.n == 1:
                    return f"in the last {unit[:-1]}"
                return voice.pick(
                    f"in the last {voice.number(self.n)} {unit}", f"در {voice.number(self.n)} {unit} گذشته"
                )
            case "this":
                return voice.pick("today" if self.period == "day" else f"this {period}", _THIS[self.period])
            case "previous":
                return voice.pick("yesterday" if self.period == "day" else f"last {period}", _PREVIOUS[self.period])
            case "since":
                day = voice.day(self.day) if self.day else ""
                return voice.pick(f"since {day}", f"از {day} تاکنون")
            case "since_tier":
                return voice.pick("since reaching the present tier", "از رسیدن به سطح کنونی")
            case "membership_year":
                return voice.pick("in this year of membership", "در این سال عضویت")
            case "run":
                return voice.pick("during the challenge", "در این چالش")


def _anniversary(joined: date, years: int, calendar: Calendar) -> date:
    """The first day on which a membership is so many years old."""
    day = calendar.add_months(joined, 12 * years)
    return day if calendar.age(joined, day) == years else day + timedelta(days=1)  # of a leap day, the day after


def _before_next(day: date, calendar: Calendar, months: int) -> date:
    """The last day whose window of so many months still holds a day: clipped, the month's end itself does."""
    next_ = calendar.add_months(day, months)
    clipped = calendar.add_months(next_, -months) < day
    return next_ if clipped else next_ - timedelta(days=1)


EVER: Final = Window("ever")


def read_window(node: Node) -> Window:
    """A window: `ever`, `membership_year`, `{last: {months: 12}}`, `{this: year}`, `{previous: month}`,
    `{since: date}` or `{since: tier}`; within a challenge also `run`."""
    if node.value == "run" and node.reading.of_run is not None:
        return Window("run")
    if node.value in ("ever", "membership_year"):
        return EVER if node.value == "ever" else Window("membership_year")
    found = node.fields(optional=("last", "this", "previous", "since")) if isinstance(node.value, dict) else {}
    if len(found) != 1:
        raise node.bad(
            Text(
                "A window is expected: ever, membership_year, {last: {months: 12}}, {this: year}, {previous: month}"
                " or {since: date or tier}.",
                "اینجا بازه لازم است: ever، membership_year، {last: {months: 12}}، {this: year}، {previous: month}"
                " یا {since: تاریخ یا tier}.",
            )
        )
    [(kind, body)] = found.items()
    if kind == "since":
        return Window("since_tier") if body.value == "tier" else Window("since", day=read_date(body))
    if kind == "last":
        unit, n = read_term(body)
        return Window("last", n=n, unit=unit)
    period: Period = body.choice(PERIODS)  # type: ignore[assignment]
    return Window("this" if kind == "this" else "previous", period=period)


def read_term(node: Node) -> tuple[Unit, int]:
    """A length of time: `{days|weeks|months|years: n}`."""
    found = node.fields(optional=UNITS)
    if len(found) != 1:
        raise node.bad(
            Text("A length of time such as {months: 12} is expected.", "اینجا طول مدت لازم است، مانند {months: 12}.")
        )
    [(unit, body)] = found.items()
    return unit, integer(body, least=1, most=_LONGEST[unit])  # type: ignore[index, return-value]


@dataclass(frozen=True, slots=True)
class WindowType:
    """A window as a field."""

    form: str = "window"

    def read(self, node: Node) -> Window:
        """The window."""
        return read_window(node)


WINDOW: Final = WindowType()
