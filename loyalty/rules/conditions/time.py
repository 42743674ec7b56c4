"""`weekday`, `hours`, `dates`: when it happened, in the club's zone and calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final, Self

from loyalty.calendars import WEEKDAYS, Calendar
from loyalty.formats import WEEKDAYS as WEEKDAY_NAMES
from loyalty.rules.conditions.basket import voice_be
from loyalty.rules.facts import Facts, Setting, Test
from loyalty.rules.kinds import Condition
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node
from loyalty.rules.types import CLOCK, DATE, Choice, Field, Many, Reads, read_date, read_fields
from loyalty.rules.voice import Voice
from loyalty.rules.yearly import MonthDay, of_date, read_month_day
from loyalty.values import Text


@dataclass(frozen=True, slots=True)
class Weekday(Condition):
    """On one of some days of the week: `weekday: [thursday, friday]`."""

    value: tuple[str, ...]
    days: frozenset[int]
    kind: ClassVar[str] = "weekday"
    of_event: ClassVar[bool] = True
    label: ClassVar[Text] = Text("day of the week", "روز هفته")
    fields: ClassVar[tuple[Field, ...]] = (
        Field("", Many(Choice(dict(zip(WEEKDAYS, WEEKDAY_NAMES, strict=True)))), Text("Days", "روزها")),
    )

    @classmethod
    def load(cls, node: Node) -> Self:
        """The days by name."""
        names = read_fields(node, cls.fields)["value"]
        return cls(names, frozenset(WEEKDAYS.index(name) for name in names))

    def holds(self, facts: Facts) -> bool:
        """Whether the local day is one of them."""
        return facts.moment.weekday in self.days

    def left(self, setting: Setting) -> bool:
        """The day tells."""
        return setting.weekday in self.days

    def saw(self, facts: Facts, voice: Voice) -> str:
        """The day of the week."""
        return voice.pick("day: ", "روز: ") + voice.text(WEEKDAY_NAMES[facts.moment.weekday])

    def phrase(self, voice: Voice) -> Phrase:
        """`the day is Thursday or Friday`."""
        days = [voice.text(WEEKDAY_NAMES[WEEKDAYS.index(name)]) for name in self.value]
        return (voice.pick("the day is", "روز خرید"), voice.if_(voice.listed(days, any_of=True)), *voice_be(voice))


@dataclass(frozen=True, slots=True)
class Hours(Condition):
    """Within hours of the day, over midnight too: from the first instant up to but without the last."""

    from_: int
    until: int
    kind: ClassVar[str] = "hours"
    of_event: ClassVar[bool] = True
    label: ClassVar[Text] = Text("hours of the day", "ساعت روز")
    fields: ClassVar[tuple[Field, ...]] = (
        Field("from", CLOCK, Text("From", "از")),
        Field("until", CLOCK, Text("Until", "تا")),
    )

    @classmethod
    def load(cls, node: Node) -> Self:
        """`{from, until}`, two different times of day."""
        values = read_fields(node, cls.fields)
        if values["from_"] == values["until"]:
            raise node.mapping()["until"].bad(Text("Both times are the same.", "هر دو ساعت یکی است."))
        return cls(**values)

    def holds(self, facts: Facts) -> bool:
        """Whether the local time of day lies within."""
        minute = facts.moment.minute
        if self.from_ < self.until:
            return self.from_ <= minute < self.until
        return minute >= self.from_ or minute < self.until

    def test(self) -> Test:
        """The minute between two, or outside of them."""
        first, end = self.from_, self.until
        if first < end:
            return lambda facts, _: first <= facts.moment.minute < end
        return lambda facts, _: not end <= facts.moment.minute < first

    def saw(self, facts: Facts, voice: Voice) -> str:
        """The time of day."""
        return voice.pick("time: ", "ساعت: ") + voice.clock(facts.moment.minute)

    def phrase(self, voice: Voice) -> Phrase:
        """`the time is from 22:00 until 02:00`."""
        start, end = voice.clock(self.from_), voice.clock(self.until)
        return (
            voice.pick("the time is", "ساعت خرید"),
            voice.if_(voice.pick(f"from {start} until {end}", f"از {start} تا پیش از {end}")),
            *voice_be(voice),
        )


def _read_yearly(node: Node) -> MonthDay:
    if isinstance(node.value, str) and len(node.value) > len("MM-DD"):
        return of_date(read_date(node), node.reading.calendar)
    return read_month_day(node, ("YYYY-MM-DD",))


_YEARLY: Final = Reads("month_day", _read_yearly)
_EACH_YEAR: Final = (Field("from", _YEARLY, Text("From", "از")), Field("until", _YEARLY, Text("Until", "تا")))


@dataclass(frozen=True, slots=True)
class Dates(Condition):
    """Between two days, both included; `each_year` takes only their month and day, in the club's calendar."""

    from_: date | MonthDay
    until: date | MonthDay
    kind: ClassVar[str] = "dates"
    of_event: ClassVar[bool] = True
    label: ClassVar[Text] = Text("dates", "تاریخ")
    fields: ClassVar[tuple[Field, ...]] = (
        Field("from", DATE, Text("From", "از")),
        Field("until", DATE, Text("Until", "تا")),
    )

    @classmethod
    def load(cls, node: Node) -> Self:
        """`{from, until}`, or `{each_year: {from, until}}` of months and days (of dates the year does not matter)."""
        if isinstance(node.value, dict) and "each_year" in node.value:
            return cls(**read_fields(node.fields(["each_year"])["each_year"], _EACH_YEAR))
        values = read_fields(node, cls.fields)
        if values["from_"] > values["until"]:
            raise node.bad(Text("The first day comes after the last.", "روز آغاز پس از روز پایان است."))
        return cls(**values)

    def holds(self, facts: Facts) -> bool:
        """Whether the local day lies within."""
        return self._hold(facts.moment.day, facts.calendar)

    def left(self, setting: Setting) -> bool:
        """The day tells."""
        return self._hold(setting.day, setting.calendar)

    def _hold(self, day: date, calendar: Calendar) -> bool:
        first, last = self.from_, self.until
        if isinstance(first, date) and isinstance(last, date):
            return first <= day <= last
        here = of_date(day, calendar)
        return first <= here <= last if first <= last else here >= first or here <= last  # type: ignore[operator]

    def saw(self, facts: Facts, voice: Voice) -> str:
        """The day."""
        return voice.pick("date: ", "تاریخ: ") + voice.day(facts.moment.day)

    def phrase(self, voice: Voice) -> Phrase:
        """`the date is from … until …`."""
        start, end = (
            day.say(voice) if isinstance(day, MonthDay) else voice.day(day) for day in (self.from_, self.until)
        )
        each = voice.pick(" of each year", " هر سال") if isinstance(self.from_, MonthDay) else ""
        return (
            voice.pick("the date is", "تاریخ خرید"),
            voice.if_(voice.pick(f"from {start} until {end}{each}", f"از {start} تا {end}{each}")),
            *voice_be(voice),
        )
