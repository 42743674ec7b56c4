"""`all`, `any`, `none`: conditions made of conditions."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from loyalty.rules.facts import Facts
from loyalty.rules.kinds import Condition, Measured
from loyalty.rules.phrase import Phrase, Slot
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

    def _joined(self, voice: Voice, word: str) -> Phrase:
        phrase: list[str | Slot] = []
        for index, part in enumerate(self.value):
            if index:
                phrase.append(word)
            inner = self._inner(part, voice)
            nested = isinstance(part, Several) and len(part.value) > 1 and len(self.value) > 1
            phrase.extend(("(", *inner, ")") if nested else inner)
        return tuple(phrase)

    def _inner(self, part: Condition, voice: Voice) -> Phrase:
        return part.phrase(voice)


@dataclass(frozen=True)
class All(Several):
    """Every one of them."""

    kind: ClassVar[str] = "all"
    label: ClassVar[Text] = Text("all of these", "همهٔ این شرط‌ها")

    def holds(self, facts: Facts) -> bool:
        """Whether every one holds."""
        for part in self.value:  # noqa: SIM110 - `all` over a generator takes twice as long
            if not part.holds(facts):
                return False
        return True

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
    label: ClassVar[Text] = Text("any of these", "یکی از این شرط‌ها")

    def holds(self, facts: Facts) -> bool:
        """Whether one holds."""
        for part in self.value:  # noqa: SIM110
            if part.holds(facts):
                return True
        return False

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
    label: ClassVar[Text] = Text("none of these", "هیچ‌یک از این شرط‌ها")

    def holds(self, facts: Facts) -> bool:
        """Whether none holds."""
        for part in self.value:  # noqa: SIM110
            if part.holds(facts):
                return False
        return True

    def phrase(self, voice: Voice) -> Phrase:
        """Each said as what must not be, joined by and."""
        return self._joined(voice, voice.pick("and", "و"))

    def _inner(self, part: Condition, voice: Voice) -> Phrase:
        return denied(part.phrase(voice), voice)


_DENIALS: Final = {
    "en": {"is": "is not", "are": "are not", "has": "does not have", "includes": "does not include"},
    "fa": {"باشد": "نباشد", "خریده شود": "خریده نشود", "داشته باشد": "نداشته باشد"},
}


def denied(phrase: Phrase, voice: Voice) -> Phrase:
    """A condition said as what is not so: its own verb denied where it has one that is known, else the whole."""
    verbs = _DENIALS[voice.lang]
    found = [index for index, part in enumerate(phrase) if _verb(part, verbs)]
    if len(found) != 1:
        return (voice.pick("it is not so that (", "چنین نباشد که ("), *phrase, ")")
    [place] = found
    said = phrase[place]
    verb = _verb(said, verbs)
    return (*phrase[:place], str(said).removesuffix(verb) + verbs[verb], *phrase[place + 1 :])


def _verb(part: str | Slot, verbs: Mapping[str, str]) -> str:
    """The known verb in which a part of a sentence ends; empty for none."""
    if isinstance(part, Slot):
        return ""
    ends = [verb for verb in verbs if part == verb or part.endswith(f" {verb}")]
    return max(ends, key=len, default="")
