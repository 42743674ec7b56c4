"""`weekday`, `hours`, `dates`: when it happened, in the club's zone and calendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Self

from loyalty.calendars import WEEKDAYS
from loyalty.formats import WEEKDAYS as WEEKDAY_NAMES
from loyalty.rules.conditions.basket import voice_be
from loyalty.rules.facts import Facts
from loyalty.rules.kinds import Condition
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node
from loyalty.rules.types import CLOCK, DATE, Choice, Field, Many, read_fields
from loyalty.rules.voice import Voice
from loyalty.values import Text


@dataclass(frozen=True, slots=True)
class Weekday(Condition):
    """On one of some days of the week: `weekday: [thursday, friday]`."""

    value: tuple[str, ...]
    days: frozenset[int]
    kind: ClassVar[str] = "weekday"
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


@dataclass(frozen=True, slots=True)
class Dates(Condition):
    """Between two days, both included; `each_year` takes only their month and day, in the club's calendar."""

    from_: date
    until: date
    each_year: bool
    first: tuple[int, int]
    last: tuple[int, int]
    kind: ClassVar[str] = "dates"
    label: ClassVar[Text] = Text("dates", "تاریخ")
    fields: ClassVar[tuple[Field, ...]] = (
        Field("from", DATE, Text("From", "از")),
        Field("until", DATE, Text("Until", "تا")),
    )

    @classmethod
    def load(cls, node: Node) -> Self:
        """`{from, until}` or `{each_year: {from, until}}`, where the year that is written does not matter."""
        each_year = isinstance(node.value, dict) and "each_year" in node.value
        inner = node.fields(["each_year"])["each_year"] if each_year else node
        values = read_fields(inner, cls.fields)
        from_, until = values["from_"], values["until"]
        if from_ > until and not each_year:
            raise inner.bad(Text("The first day comes after the last.", "روز آغاز پس از روز پایان است."))
        parts = node.reading.calendar.parts
        return cls(from_, until, each_year, parts(from_)[1:], parts(until)[1:])

    def holds(self, facts: Facts) -> bool:
        """Whether the local day lies within."""
        if not self.each_year:
            return self.from_ <= facts.moment.day <= self.until
        here = facts.month_day()
        if self.first <= self.last:
            return self.first <= here <= self.last
        return here >= self.first or here <= self.last

    def saw(self, facts: Facts, voice: Voice) -> str:
        """The day."""
        return voice.pick("date: ", "تاریخ: ") + voice.day(facts.moment.day)

    def phrase(self, voice: Voice) -> Phrase:
        """`the date is from … until …`."""
        start, end = voice.day(self.from_), voice.day(self.until)
        if self.each_year:  # a date reads day, month, year: the year is dropped
            start, end = start.rsplit(" ", 1)[0], end.rsplit(" ", 1)[0]
        each = voice.pick(" of each year", " هر سال") if self.each_year else ""
        return (
            voice.pick("the date is", "تاریخ خرید"),
            voice.if_(voice.pick(f"from {start} until {end}{each}", f"از {start} تا {end}{each}")),
            *voice_be(voice),
        )
