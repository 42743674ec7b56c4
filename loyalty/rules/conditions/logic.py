"""`all`, `any`, `none`: conditions made of conditions."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

from loyalty.rules.facts import Facts
from loyalty.rules.kinds import Condition, Measured
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node
from loyalty.rules.types import Field, Many, Reads
from loyalty.rules.voice import Voice
from loyalty.values import Text


def _read_inner(node: Node) -> Condition:
    from loyalty.rules.catalogue import read_condition  # the catalogue knows every kind, this one too

    return read_condition(node)


CONDITIONS = Many(Reads("condition", _read_inner))


@dataclass(frozen=True)
class Several(Condition):
    """Conditions held together."""

    value: tuple[Condition, ...]
    fields: ClassVar[tuple[Field, ...]] = (Field("", CONDITIONS, Text("Conditions", "شرط‌ها")),)

    @abstractmethod
    def holds(self, facts: Facts) -> bool:
        """Whether the whole holds."""

    def parts(self) -> tuple[Condition, ...]:
        """The conditions inside."""
        return self.value

    def measured(self, facts: Facts) -> list[Measured]:
        """Those of every condition inside."""
        return [measured for part in self.value for measured in part.measured(facts)]

    def saw(self, facts: Facts, voice: Voice) -> str:
        """How many of them held."""
        held = sum(part.holds(facts) for part in self.value)
        return voice.pick(
            f"{voice.number(held)} of {voice.number(len(self.value))} hold",
            f"{voice.number(held)} از {voice.number(len(self.value))} شرط برقرار است",
        )

    def _joined(self, voice: Voice, word: str, opening: str = "", closing: str = "") -> Phrase:
        phrase: list[object] = [opening] if opening else []
        for index, part in enumerate(self.value):
            if index:
                phrase.append(word)
            inner = part.phrase(voice)
            nested = isinstance(part, Several) and len(part.value) > 1 and len(self.value) > 1
            phrase.extend(("(", *inner, ")") if nested else inner)
        if closing:
            phrase.append(closing)
        return tuple(phrase)  # type: ignore[arg-type]


@dataclass(frozen=True)
class All(Several):
    """Every one of them."""

    kind: ClassVar[str] = "all"
    label: ClassVar[Text] = Text("all of", "همهٔ")

    def holds(self, facts: Facts) -> bool:
        """Whether every one holds."""
        return all(part.holds(facts) for part in self.value)

    def share(self, facts: Facts) -> int:
        """The mean of theirs: 100 only when all hold."""
        return sum(part.share(facts) for part in self.value) // len(self.value)

    def phrase(self, voice: Voice) -> Phrase:
        """Joined by and."""
        return self._joined(voice, voice.pick("and", "و"))


@dataclass(frozen=True)
class Any(Several):
    """At least one of them."""

    kind: ClassVar[str] = "any"
    label: ClassVar[Text] = Text("any of", "یکی از")

    def holds(self, facts: Facts) -> bool:
        """Whether one holds."""
        return any(part.holds(facts) for part in self.value)

    def share(self, facts: Facts) -> int:
        """The nearest one's."""
        return max(part.share(facts) for part in self.value)

    def phrase(self, voice: Voice) -> Phrase:
        """Joined by or."""
        return self._joined(voice, voice.pick("or", "یا"))


@dataclass(frozen=True)
class NoneOf(Several):
    """Not one of them."""

    kind: ClassVar[str] = "none"
    label: ClassVar[Text] = Text("none of", "هیچ‌یک از")

    def holds(self, facts: Facts) -> bool:
        """Whether none holds."""
        return not any(part.holds(facts) for part in self.value)

    def phrase(self, voice: Voice) -> Phrase:
        """Said as what must not be."""
        return self._joined(voice, voice.pick("or", "یا"), voice.pick("it is not so that", "چنین نباشد که:"), "")
