"""`badge`: a badge that the member has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from loyalty.formats import number
from loyalty.rules.bounds import AMOUNT, WORDS, Bounds, bounds_of
from loyalty.rules.facts import Facts
from loyalty.rules.kinds import Condition
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node
from loyalty.rules.types import Field, NameOf
from loyalty.rules.voice import Voice
from loyalty.values import Text


@dataclass(frozen=True, slots=True)
class HasBadge(Condition):
    """Had already before the event: `badge: founder`, or at a level: `badge: {name: regular, at_least: 2}`."""

    name: str
    level: Bounds | None
    kind: ClassVar[str] = "badge"
    about_member: ClassVar[bool] = True
    label: ClassVar[Text] = Text("badge", "نشان")
    fields: ClassVar[tuple[Field, ...]] = (
        Field("name", NameOf("badges"), Text("Badge", "نشان")),
        *(Field(word, AMOUNT, Text(word, word), None) for word in WORDS),
    )

    @classmethod
    def load(cls, node: Node) -> Self:
        """The badge's name, or that with at most one bound of its level; 0 is not having it."""
        if not isinstance(node.value, dict):
            return cls(node.name("badges"), None)
        found = node.fields(["name"], WORDS)
        name = found["name"].name("badges")
        if len(found) == 1:
            return cls(name, None)
        level, height = bounds_of(found, node), node.reading.badge_levels[name]
        if level.low > height:
            raise node.bad(
                Text(
                    f"This badge has no level above {height}.",
                    f"این نشان مرتبه‌ای بالاتر از {number(height, 'fa')} ندارد.",
                )
            )
        return cls(name, level)

    def holds(self, facts: Facts) -> bool:
        """Whether the member has it, at such a level."""
        level = facts.badges.get(self.name, 0)
        return self.level.hold(level) if self.level else level > 0

    def share(self, facts: Facts) -> int:
        """How far up its levels the member has come."""
        return self.level.share(facts.badges.get(self.name, 0)) if self.level else 100 * self.holds(facts)

    def saw(self, facts: Facts, voice: Voice) -> str:
        """The level."""
        level = facts.badges.get(self.name, 0)
        if not level:
            return voice.pick("not earned yet", "هنوز به دست نیامده")
        return voice.pick(f"level {voice.number(level)}", f"مرتبهٔ {voice.number(level)}")

    def phrase(self, voice: Voice) -> Phrase:
        """`the member has the badge “Regular”`, `the level of the badge “Regular” is at least 2`."""
        badge = voice.badge(self.name)
        if self.level:
            bound = voice.if_(self.level.say(voice, "count"))
            if voice.lang == "fa":
                return (f"مرتبهٔ عضو در نشان «{badge}»", bound, "باشد")
            return (f"the member's level of the badge “{badge}” is", bound)
        if voice.lang == "fa":
            return ("عضو", voice.if_(f"نشان «{badge}» را"), "داشته باشد")
        return ("the member has", voice.if_(f"the badge “{badge}”"))
