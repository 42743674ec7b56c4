"""`event`: what an event says in one of its fields."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final, Self

from loyalty.rules.bounds import AMOUNT, WORDS, Bounds, bounds_of
from loyalty.rules.conditions.basket import voice_be
from loyalty.rules.events import EventField, Wrong, named_field
from loyalty.rules.facts import Facts
from loyalty.rules.kinds import Condition
from loyalty.rules.known import FIELD
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node
from loyalty.rules.types import DATE, WORD, Field, Many, read_date
from loyalty.rules.voice import Voice
from loyalty.values import Text

_ABOVE: Final = ("at_most", "less_than")
"""Bounds under which every number below nothing lies, too."""


@dataclass(frozen=True, slots=True)
class EventIs(Condition):
    """A field of the event is one of some values, a number within bounds, or a day from one to another.

    `event: {field: stars, at_least: 4}`, `event: {field: channel, is: [web, app]}`, `event: {field: visited, from: …}`.
    """

    field: EventField
    values: tuple[Any, ...] = ()
    bounds: Bounds | None = None
    from_: date | None = None
    until: date | None = None
    kind: ClassVar[str] = "event"
    of_event: ClassVar[bool] = True
    label: ClassVar[Text] = Text("field of the event", "فیلد رویداد")
    fields: ClassVar[tuple[Field, ...]] = (
        Field("field", WORD, Text("Field", "فیلد")),
        Field("is", Many(WORD), Text("One of", "یکی از"), None),
        *(Field(word, AMOUNT, Text(word, word), None) for word in WORDS),
        Field("from", DATE, Text("From", "از"), None),
        Field("until", DATE, Text("Until", "تا"), None),
    )

    @classmethod
    def load(cls, node: Node) -> Self:
        """A declared field, and what it is held against by its type."""
        found = node.fields(["field"], ("is", "from", "until", *WORDS))
        its = named_field(found["field"])
        if isinstance(its, str):
            raise node.bad(
                Text("This is for events whose fields are declared.", "این برای رویدادهایی با فیلدهای تعریف‌شده است.")
            )
        node.reading.event_reads.add(FIELD + its.name)
        for word in found.keys() - {"field", "is"} - _TAKES.get(its.type, set()):
            raise found[word].bad(Text("The field is of another type.", "این فیلد از نوع دیگری است."))
        against = found.keys() - {"field"}
        if "is" in found and len(against) == 1:
            values = found["is"].every(lambda n: _value(its, n), least=1)
            return cls(its, values)
        if "is" not in found and against and its.type == "date":
            from_, until = (read_date(found[word]) if word in found else None for word in ("from", "until"))
            if from_ and until and from_ > until:
                raise found["until"].bad(Text("The end comes before the beginning.", "پایان پیش از آغاز است."))
            return cls(its, from_=from_, until=until)
        if "is" not in found and against:
            return cls(its, bounds=bounds_of(found, node))
        raise node.bad(
            Text("Say what the field is held against, one way.", "بگویید فیلد با چه سنجیده شود، تنها به یک شکل.")
        )

    def holds(self, facts: Facts) -> bool:
        """Whether the event tells the field, and it is as asked for."""
        value = self._value(facts)
        if value is None:
            return False
        if self.bounds:
            return self.bounds.hold(value) or (value < 0 and self.bounds.word in _ABOVE)
        if self.values:
            return value in self.values
        day = date.fromisoformat(value)
        return (self.from_ is None or self.from_ <= day) and (self.until is None or day <= self.until)

    def share(self, facts: Facts) -> int:
        """How far a number has come."""
        value = self._value(facts)
        if self.bounds and value is not None and value > 0:
            return self.bounds.share(value)
        return Condition.share(self, facts)

    def saw(self, facts: Facts, voice: Voice) -> str:
        """What the event tells."""
        value = self._value(facts)
        told = voice.pick("not told", "نامعلوم") if value is None else self._said(value, voice)
        return f"{voice.text(self.field.said)}: {told}"

    def phrase(self, voice: Voice) -> Phrase:
        """`“stars” is at least 4`."""
        name = voice.text(self.field.said)
        return (voice.pick(f"{name} is", name), voice.if_(self._against(voice)), *voice_be(voice))

    def _value(self, facts: Facts) -> Any:
        return facts.values.get(FIELD + self.field.name)

    def _against(self, voice: Voice) -> str:
        if self.bounds:
            return self.bounds.say(voice, "count")
        if self.values:
            return voice.listed([self._said(value, voice) for value in self.values], any_of=True)
        first = voice.day(self.from_) if self.from_ else ""
        last = voice.day(self.until) if self.until else ""
        if first and last:
            return voice.pick(f"from {first} until {last}", f"از {first} تا {last}")
        return (
            voice.pick(f"{first} or later", f"{first} یا پس از آن")
            if first
            else voice.pick(f"{last} or before", f"{last} یا پیش از آن")
        )

    def _said(self, value: Any, voice: Voice) -> str:
        if isinstance(value, bool):
            return voice.pick("yes", "بله") if value else voice.pick("no", "خیر")
        if isinstance(value, int):
            return voice.number(value)
        if self.field.type == "date":
            return voice.day(date.fromisoformat(value))
        if self.field.names:
            title = {"tiers": voice.tier, "badges": voice.badge, "challenges": voice.challenge}[self.field.names](value)
            return voice.pick(f"“{title}”", f"«{title}»")
        return voice.any_of([value])


_TAKES: Final[dict[str, set[str]]] = {"integer": set(WORDS), "date": {"from", "until"}}
"""By type of field: what it may be held against besides values."""


def _value(its: EventField, node: Node) -> Any:
    """A value that the field can have; what YAML writes as text is a truth, too."""
    value = {"true": True, "false": False}.get(node.value, node.value) if its.type == "boolean" else node.value
    try:
        return its.read(value)
    except Wrong as wrong:
        raise node.bad(wrong.message) from None
