"""On what occasion an article gives: a purchase, a declared event, or one that the club finds by itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from loyalty.calendars import PERIODS, WEEKDAYS, Calendar, Period
from loyalty.formats import WEEKDAYS as WEEKDAY_NAMES
from loyalty.formats import latin_digits
from loyalty.rules.facts import PURCHASE as PURCHASE_TYPE
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node, one_of
from loyalty.rules.terms import Term, counted
from loyalty.rules.types import integer
from loyalty.rules.voice import Voice
from loyalty.rules.windows import PERIOD_NAMES, read_term
from loyalty.rules.yearly import MonthDay, of_date, read_month_day
from loyalty.values import Text

END: Final = "end"
"""The last day of each period."""
_MOST_DAYS: Final = 31


@dataclass(frozen=True, slots=True)
class Occasion:
    """What an article waits for: the events of a `type`. Its sentence begins with `before` and `each`."""

    type: str
    each: Text
    before: Text = Text("With", "با")  # noqa: RUF009 - immutable
    one: Text | None = None
    """A single one of them, where that is said otherwise."""

    @property
    def has_basket(self) -> bool:
        """Whether there is a basket to look at."""
        return self.type in (PURCHASE_TYPE, REFERRAL.type)

    @property
    def by_itself(self) -> bool:
        """Whether the club finds it, once for each day that it falls on, however much a member does."""
        return isinstance(self, Yearly | Scheduled | Idle) or self == ENROLMENT

    def phrase(self, voice: Voice) -> Phrase:
        """`With each purchase`, `On the member's birthday`."""
        return (voice.text(self.before), voice.when(self.said(voice)))

    def said(self, voice: Voice) -> str:
        """What comes after `before`."""
        return voice.text(self.each)

    def within(self, voice: Voice) -> str:
        """It within a sentence: `with each purchase`."""
        return f"{voice.text(self.before).lower()} {self.said(voice)}"

    def once(self, voice: Voice) -> str:
        """One such occasion, within a sentence: `with one purchase`."""
        return f"{voice.text(self.before).lower()} {voice.text(self.one)}" if self.one else self.within(voice)


@dataclass(frozen=True, slots=True)
class Yearly(Occasion):
    """A day that comes again each year: of a birth, of joining, or of a date among the member's attributes."""

    attribute: str | None = None

    def falls_on(self, first: date, day: date, calendar: Calendar) -> bool:
        """Whether a day is one on which a first day comes again; in a year too short for it, its month's last day."""
        if day <= first:
            return False
        return of_date(first, calendar).in_year(calendar.start_of("year", day), calendar) == day


@dataclass(frozen=True, slots=True)
class Scheduled(Occasion):
    """One day of each period: by its number, a weekday, a month and day, or the period's last."""

    period: Period = "day"
    at: int | MonthDay | str = 1

    def falls_on(self, day: date, calendar: Calendar) -> bool:
        """Whether it is on a day. A month that is too short has it on its last day."""
        if self.period == "day":
            return True
        span = calendar.span(self.period, day)
        if self.at == END:
            return day == span.end
        if isinstance(self.at, MonthDay):
            return self.at.in_year(calendar.start_of("year", day), calendar) == day
        if isinstance(self.at, str):
            return WEEKDAYS[day.weekday()] == self.at
        assert span.start is not None
        return day == min(span.start.fromordinal(span.start.toordinal() + self.at - 1), span.end)

    def said(self, voice: Voice) -> str:
        """`each Saturday`, `the last day of each month`."""
        period = voice.text(PERIOD_NAMES[self.period])
        if self.period == "day":
            return voice.pick("each day", "هر روز")
        if self.at == END:
            return voice.pick(f"the last day of each {period}", f"آخرین روز هر {period}")
        if isinstance(self.at, MonthDay):
            return voice.pick(f"{self.at.say(voice)} of each year", f"{self.at.say(voice)} هر سال")
        if isinstance(self.at, str):
            name = voice.text(WEEKDAY_NAMES[WEEKDAYS.index(self.at)])
            return voice.pick(f"each {name}", f"هر {name}")
        n = voice.number(self.at)
        return voice.pick(f"day {n} of each {period}", f"روز {n} هر {period}")


@dataclass(frozen=True, slots=True)
class Idle(Occasion):
    """The day on which a length of time has passed since the member's last purchase."""

    after: Term = Term("months", 1)  # noqa: RUF009 - immutable

    def comes(self, last: datetime, calendar: Calendar) -> date:
        """The local day on which it comes, if nothing is bought until then."""
        return calendar.moment(self.after.ends(last, calendar)).day

    def said(self, voice: Voice) -> str:
        """`6 months without a purchase`."""
        assert self.after.unit
        length = counted(self.after.n, self.after.unit, voice)
        return voice.pick(f"{length} without a purchase", f"{length} بدون خرید")


PURCHASE: Final = Occasion(PURCHASE_TYPE, Text("each purchase", "هر خرید"), one=Text("one purchase", "یک خرید"))
ENROLMENT: Final = Occasion("enrolment", Text("joining the club", "پیوستن به باشگاه"), Text("On", "هنگام"))
_ON: Final = Text("On", "در")
BIRTHDAY: Final = Yearly("birthday", Text("the member's birthday", "زادروز عضو"), _ON)
JOINING: Final = Yearly("anniversary", Text("each anniversary of joining", "هر سالگرد عضویت"), _ON)
REFERRAL: Final = Occasion(
    "referral", Text("the first purchase of a friend whom the member referred", "نخستین خرید دوستی که عضو معرفی کرده")
)
TIER_REACHED: Final = Occasion("tier_reached", Text("reaching a tier", "رسیدن به یک سطح"), Text("On", "هنگام"))
TIER_LOST: Final = Occasion("tier_lost", Text("losing a tier", "از دست دادن یک سطح"), Text("On", "هنگام"))
BADGE_EARNED: Final = Occasion("badge_earned", Text("earning a badge", "گرفتن یک نشان"), Text("On", "هنگام"))
CHALLENGE_COMPLETED: Final = Occasion(
    "challenge_completed", Text("completing a challenge", "به پایان رساندن یک چالش"), Text("On", "هنگام")
)
FOLLOWING: Final = {its.type: its for its in (TIER_REACHED, TIER_LOST, BADGE_EARNED, CHALLENGE_COMPLETED)}
"""The occasions that follow from what something else gave: each is an event of its own."""
OF_TIERS: Final = (TIER_REACHED.type, TIER_LOST.type)
PLAIN: Final = {its.type: its for its in (PURCHASE, ENROLMENT, BIRTHDAY, JOINING, REFERRAL, *FOLLOWING.values())}
"""The occasions that a word alone names."""


NO_EVENT: Final = ""
"""The type of an occasion that no event has: of articles that only keep running totals."""


def read_occasion(node: Node) -> Occasion:
    """`on: purchase`, a declared type of event, `{anniversary: ATTRIBUTE}`, `{schedule: …}` or `{idle: TERM}`."""
    declared = node.reading.events
    if isinstance(node.value, Mapping):
        found = node.mapping()
        if len(found) == 1:
            [(name, body)] = found.items()
            if name in _WITH_MORE:
                return _WITH_MORE[name](body)
        raise node.bad(one_of(list(_WITH_MORE)))
    if isinstance(node.value, str) and node.value in PLAIN:
        if node.value == REFERRAL.type:
            node.reading.member_reads.add("referred")
        return PLAIN[node.value]
    if not isinstance(node.value, str) or node.value not in declared:
        raise node.bad(one_of([*PLAIN, *_WITH_MORE, *declared]))
    title = declared[node.value].title
    one = Text(f"one {title.en}", f"یک {title.fa}")
    return Occasion(node.value, Text(f"each {title.en}", f"هر {title.fa}"), one=one)


def _anniversary(node: Node) -> Yearly:
    name = node.text(100)
    each = Text(f"each anniversary of “{name}”", f"هر سالگرد «{name}»")
    return Yearly(f"anniversary:{name}", each, _ON, attribute=name)


def _schedule(node: Node) -> Scheduled:
    """`{each: month, at: 1}`: a day's number, `end`, a weekday of each week, or `MM-DD` of each year."""
    found = node.fields(["each"], ["at"])
    period: Period = found["each"].choice(PERIODS)  # type: ignore[assignment]
    if period == "day" and "at" in found:
        raise found["at"].bad(Text("Each day is each day.", "هر روز، هر روز است و «at» ندارد."))
    at = _read_at(found["at"], period) if "at" in found else 1
    said = f"{at.month:02}-{at.day:02}" if isinstance(at, MonthDay) else at
    return Scheduled(f"schedule:{period}:{said}", Text("", ""), _ON, period=period, at=at)


def _read_at(node: Node, period: Period) -> int | MonthDay | str:
    if node.value == END:
        return END
    if period == "week" and node.value in WEEKDAYS:
        return str(node.value)
    if period == "year" and isinstance(node.value, str) and "-" in latin_digits(node.value):
        return read_month_day(node, (END,))
    return integer(node, least=1, most=7 if period == "week" else _MOST_DAYS)


def _idle(node: Node) -> Idle:
    unit, n = read_term(node)
    return Idle(f"idle:{n}:{unit}", Text("", ""), Text("After", "پس از"), after=Term(unit, n))


def _code(node: Node) -> Occasion:
    """A single-use code of a series, found in a pack."""
    series = node.text(60)
    each = Text(f"each code of “{series}” that the member finds", f"هر کد از سری «{series}» که عضو پیدا کند")
    return Occasion(f"code:{series}", each)


_WITH_MORE: Final[dict[str, Callable[[Node], Occasion]]] = {
    "anniversary": _anniversary,
    "schedule": _schedule,
    "idle": _idle,
    "code": _code,
}
