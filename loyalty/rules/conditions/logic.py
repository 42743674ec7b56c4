"""`all`, `any`, `none`: conditions made of conditions."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from loyalty.rules.facts import Facts, Setting, Test
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

    def _left(self, setting: Setting, decides: bool) -> Condition | bool:
        """What the setting leaves open; `decides` is what one of them need be for the whole to be so."""
        found = [part.left(setting) for part in self.value]
        if decides in found:
            return decides
        left = tuple(part for part in found if not isinstance(part, bool))
        return replace(self, value=left) if len(left) > 1 else left[0] if left else not decides

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

    def left(self, setting: Setting) -> Condition | bool:
        """Those that the setting leaves open, unless one of them fails by it."""
        return self._left(setting, False)

    def test(self) -> Test:
        """Every test in turn."""
        return _all([part.test() for part in self.value])

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

    def left(self, setting: Setting) -> Condition | bool:
        """Those that the setting leaves open, unless one of them holds by it."""
        return self._left(setting, True)

    def test(self) -> Test:
        """Every test in turn."""
        return _any([part.test() for part in self.value])

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

    def left(self, setting: Setting) -> Condition | bool:
        """Those that the setting leaves open, unless one of them holds by it."""
        left = Any(self.value).left(setting)
        return not left if isinstance(left, bool) else NoneOf(left.value if isinstance(left, Any) else (left,))

    def test(self) -> Test:
        """Every test in turn."""
        one_holds = _any([part.test() for part in self.value])
        return lambda facts, counts: not one_holds(facts, counts)

    def phrase(self, voice: Voice) -> Phrase:
        """Each said as what must not be, joined by and."""
        return self._joined(voice, voice.pick("and", "و"))

    def _inner(self, part: Condition, voice: Voice) -> Phrase:
        return denied(part.phrase(voice), voice)


def _all(tests: list[Test]) -> Test:
    match tests:
        case [one]:
            return one
        case [one, other]:
            return lambda facts, counts: one(facts, counts) and other(facts, counts)

    def all_hold(facts: Facts, counts: list[int]) -> bool:
        for test in tests:  # noqa: SIM110 - `all` over a generator takes twice as long
            if not test(facts, counts):
                return False
        return True

    return all_hold


def _any(tests: list[Test]) -> Test:
    match tests:
        case [one]:
            return one
        case [one, other]:
            return lambda facts, counts: one(facts, counts) or other(facts, counts)

    def one_holds(facts: Facts, counts: list[int]) -> bool:
        for test in tests:  # noqa: SIM110
            if test(facts, counts):
                return True
        return False

    return one_holds


_DENIALS: Final = {
    "en": {
        "is": "is not",
        "are": "are not",
        "has": "does not have",
        "includes": "does not include",
        "has completed": "has not completed",
    },
    "fa": {
        "باشد": "نباشد",
        "خریده شود": "خریده نشود",
        "داشته باشد": "نداشته باشد",
        "رسانده باشد": "نرسانده باشد",
    },
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
