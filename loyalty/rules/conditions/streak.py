"""`streak`: how long a streak of the member is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from loyalty.formats import number
from loyalty.rules.facts import Facts
from loyalty.rules.kinds import Condition
from loyalty.rules.known import STREAK
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node
from loyalty.rules.types import Field, NameOf, Reads, integer
from loyalty.rules.voice import Voice
from loyalty.values import Text

LONGEST = 1000
"""Periods in a row that anything may ask about."""
LENGTH = Reads("integer", lambda node: integer(node, least=1, most=LONGEST))


@dataclass(frozen=True, slots=True)
class StreakIs(Condition):
    """So many periods in a row before the event: `streak: {name: weekly, at_least: 4}`."""

    name: str
    at_least: int
    kind: ClassVar[str] = "streak"
    label: ClassVar[Text] = Text("streak", "زنجیره")
    fields: ClassVar[tuple[Field, ...]] = (
        Field("name", NameOf("streaks"), Text("Streak", "زنجیره")),
        Field("at_least", LENGTH, Text("At least", "دست‌کم")),
    )

    @classmethod
    def load(cls, node: Node) -> Self:
        """The streak's name and the length."""
        found = node.fields(["name", "at_least"])
        name, at_least = found["name"].name("streaks"), LENGTH.read(found["at_least"])
        asked = node.reading.streaks_asked
        asked[name] = max(at_least, asked.get(name, 1))
        node.reading.member_reads.add(f"{STREAK}{name}")
        return cls(name, at_least)

    def _length(self, facts: Facts) -> int:
        length: int = facts.values.get(f"{STREAK}{self.name}", 0)
        return length

    def holds(self, facts: Facts) -> bool:
        """Whether it is so long."""
        return self._length(facts) >= self.at_least

    def share(self, facts: Facts) -> int:
        """How far it has come."""
        return min(100, self._length(facts) * 100 // self.at_least)

    def saw(self, facts: Facts, voice: Voice) -> str:
        """The length."""
        length = self._length(facts)
        return voice.pick(f"{number(length, 'en')} in a row", f"{number(length, 'fa')} پیاپی")

    def phrase(self, voice: Voice) -> Phrase:
        """`the member's streak “Weekly” is at least 4`."""
        title, least = voice.streak(self.name), voice.number(self.at_least)
        if voice.lang == "fa":
            return (f"طول زنجیرهٔ «{title}» عضو", voice.if_(f"دست‌کم {least}"), "باشد")
        return (f"the length of the member's streak “{title}” is", voice.if_(f"at least {least}"))
