"""`near`: close to a day that comes each year, such as the member's birthday."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Final, Self

from loyalty.rules.conditions.basket import voice_be
from loyalty.rules.facts import Facts, Setting
from loyalty.rules.kinds import Condition
from loyalty.rules.known import ATTRIBUTE, NEAR
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node
from loyalty.rules.types import Field, Reads, integer, read_fields
from loyalty.rules.voice import Voice
from loyalty.rules.yearly import MonthDay, read_month_day
from loyalty.values import Text

_OF_MEMBER: Final = {
    "birthday": Text("the member's birthday", "زادروز عضو"),
    "joining": Text("the anniversary of joining", "سالگرد عضویت"),
}
_MOST_DAYS: Final = 180
"""Less than half a year: so only one such day is ever near."""


def _read_day(node: Node) -> MonthDay | str:
    """`08-21`, `birthday`, `joining` or `{attribute: NAME}`."""
    if isinstance(node.value, dict):
        return f"{ATTRIBUTE}{node.fields(['attribute'])['attribute'].text(100)}"
    if node.value in _OF_MEMBER:
        return str(node.value)
    return read_month_day(node, tuple(_OF_MEMBER))


_DAYS: Final = Reads("integer", lambda node: integer(node, most=_MOST_DAYS))


@dataclass(frozen=True, slots=True)
class Near(Condition):
    """From so many days before a day until so many after it: `near: {date: birthday, before: 3, after: 3}`."""

    date: MonthDay | str
    before: int
    after: int
    kind: ClassVar[str] = "near"
    label: ClassVar[Text] = Text("near a day", "نزدیکی به یک روز")
    fields: ClassVar[tuple[Field, ...]] = (
        Field("date", Reads("yearly", _read_day), Text("Day of each year", "روز سال")),
        Field("before", _DAYS, Text("Days before", "روزهای پیش از آن"), 0),
        Field("after", _DAYS, Text("Days after", "روزهای پس از آن"), 0),
    )

    @classmethod
    def load(cls, node: Node) -> Self:
        """The day, and how far around it."""
        values = read_fields(node, cls.fields)
        if isinstance(values["date"], str):
            node.reading.member_reads.add(NEAR + values["date"])
        return cls(**values)

    def holds(self, facts: Facts) -> bool:
        """Whether the local day lies so near; a day that is not known is never near."""
        away = self._away(facts)
        return away is not None and -self.before <= away <= self.after

    def left(self, setting: Setting) -> Condition | bool:
        """Of a day of the calendar the setting tells."""
        if isinstance(self.date, str):
            return self
        return -self.before <= self.date.away(setting.day, setting.calendar) <= self.after

    def _away(self, facts: Facts) -> int | None:
        """Days since the nearest such day, negative before it."""
        if isinstance(self.date, str):
            return facts.values.get(NEAR + self.date)
        return self.date.away(facts.moment.day, facts.calendar)

    def saw(self, facts: Facts, voice: Voice) -> str:
        """How far the day is."""
        away = self._away(facts)
        if away is None:
            return voice.pick("the day is not known", "این روز نامعلوم است")
        if away == 0:
            return voice.pick("the very day", "همان روز")
        days = voice.measured(abs(away), "days")
        if away < 0:
            return voice.pick(f"{days} before it", f"{days} پیش از آن")
        return voice.pick(f"{days} after it", f"{days} پس از آن")

    def phrase(self, voice: Voice) -> Phrase:
        """`the date is from 3 days before the member's birthday until 3 days after it`."""
        named = self._named(voice)
        before, after = voice.measured(self.before, "days"), voice.measured(self.after, "days")
        start = voice.pick(f"{before} before {named}", f"{before} پیش از {named}") if self.before else named
        end = voice.pick(f"{after} after it", f"{after} پس از آن") if self.after else voice.pick("that day", "همان روز")
        slot = voice.pick(f"from {start} until {end}", f"از {start} تا {end}") if self.before or self.after else named
        return (voice.pick("the date is", "تاریخ خرید"), voice.if_(slot), *voice_be(voice))

    def _named(self, voice: Voice) -> str:
        if isinstance(self.date, MonthDay):
            return self.date.say(voice)
        if self.date in _OF_MEMBER:
            return voice.text(_OF_MEMBER[self.date])
        name = self.date[len(ATTRIBUTE) :]
        return voice.pick(f"the anniversary of the member's {name}", f"سالگرد «{name}» عضو")
