"""`tier` and `member`: who the member is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar, Final, Self

from loyalty.formats import latin_digits
from loyalty.rules.bounds import AMOUNT, QUANTITY, WORDS, Bounds, bounds_of
from loyalty.rules.conditions.basket import voice_be
from loyalty.rules.facts import Facts, Setting, Test
from loyalty.rules.kinds import Condition
from loyalty.rules.known import ATTRIBUTE
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node
from loyalty.rules.types import WORD, Field, Many, NameOf, Reads
from loyalty.rules.voice import Voice
from loyalty.values import QUANTITY_SCALE, Text

_WORDS = ("at_least", "is", "at_most")


@dataclass(frozen=True, slots=True)
class TierIs(Condition):
    """The member's tier before the event: `tier: {at_least: silver}`."""

    word: str
    code: str
    rank: int
    kind: ClassVar[str] = "tier"
    about_member: ClassVar[bool] = True
    label: ClassVar[Text] = Text("tier", "سطح")
    fields: ClassVar[tuple[Field, ...]] = tuple(
        Field(word, NameOf("tiers"), label, None)
        for word, label in zip(
            _WORDS, (Text("At least", "دست‌کم"), Text("Is", "برابر"), Text("At most", "حداکثر")), strict=True
        )
    )

    @classmethod
    def load(cls, node: Node) -> Self:
        """Exactly one of `at_least`, `is`, `at_most`."""
        found = node.fields(optional=_WORDS)
        if len(found) != 1:
            raise node.bad(
                Text(
                    "Exactly one of “at_least”, “is” or “at_most”.",
                    "دقیقاً یکی از «at_least»، «is» و «at_most» لازم است.",
                )
            )
        [(word, body)] = found.items()
        code = body.name("tiers")
        return cls(word, code, node.reading.ladder.index(code))

    def holds(self, facts: Facts) -> bool:
        """Whether the tier stands so on the ladder."""
        return self._hold(facts.rank)

    def left(self, setting: Setting) -> bool:
        """The setting tells."""
        return self._hold(setting.rank)

    def _hold(self, rank: int) -> bool:
        if self.word == "at_least":
            return rank >= self.rank
        return rank == self.rank if self.word == "is" else rank <= self.rank

    def saw(self, facts: Facts, voice: Voice) -> str:
        """The tier."""
        return voice.pick("tier: ", "سطح: ") + (voice.tier(facts.tier) if facts.tier else voice.pick("none", "ندارد"))

    def phrase(self, voice: Voice) -> Phrase:
        """`the member's tier is silver or above`."""
        name = voice.tier(self.code)
        slot = {
            "at_least": voice.pick(f"{name} or above", f"{name} یا بالاتر"),
            "is": name,
            "at_most": voice.pick(f"{name} or below", f"{name} یا پایین‌تر"),
        }[self.word]
        return (voice.pick("the member's tier is", "سطح عضو"), voice.if_(slot), *voice_be(voice))


def _read_value(node: Node) -> str:
    """A text, a whole number, true or false; attributes are compared as they are written."""
    return _as_word(node.value) if isinstance(node.value, bool | int) else node.text(100)


def _as_word(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


_VALUES: Final = Many(Reads("text", _read_value))
_FORMS: Final = Text(
    "Either “attribute” with “is” or one bound, or “age”, or “years”.",
    "یا «attribute» همراه «is» یا یک حد لازم است، یا «age»، یا «years».",
)


@dataclass(frozen=True, slots=True)
class MemberIs(Condition):
    """An attribute, the age or the years of membership.

    `member: {attribute: city, is: [shiraz, tehran]}`, `member: {attribute: children, at_least: 2}`,
    `member: {age: {between: [18, 25]}}`, `member: {years: {at_least: 3}}`. Of an attribute with several values one is
    enough.
    """

    about: str
    is_: tuple[str, ...]
    bounds: Bounds | None
    kind: ClassVar[str] = "member"
    label: ClassVar[Text] = Text("the member", "ویژگی عضو")
    for_standing: ClassVar[bool] = True
    fields: ClassVar[tuple[Field, ...]] = (
        Field("attribute", WORD, Text("Attribute", "ویژگی"), None),
        Field("is", _VALUES, Text("Is one of", "یکی از"), None),
        *(Field(word, QUANTITY, Text(word, word), None) for word in WORDS),
        Field("age", AMOUNT, Text("Age in years", "سن به سال"), None),
        Field("years", AMOUNT, Text("Years of membership", "سال‌های عضویت"), None),
    )

    @classmethod
    def load(cls, node: Node) -> Self:
        """`{attribute, is}`, `{attribute, at_least}` (or another bound), `{age: bounds}` or `{years: bounds}`."""
        found = node.fields(optional=("attribute", "is", *WORDS, "age", "years"))
        if "attribute" in found and len(found) > 1 and not {"age", "years"} & found.keys():
            about = f"{ATTRIBUTE}{found['attribute'].text(100)}"
            node.reading.member_reads.add(about)
            if "is" not in found:
                return cls(about, (), bounds_of(found, node, QUANTITY_SCALE))
            if len(found) == 2:
                return cls(about, tuple(sorted(_VALUES.read(found["is"]))), None)
        elif set(found) in ({"age"}, {"years"}):
            [(about, body)] = found.items()
            node.reading.member_reads.add(about)
            return cls(about, (), AMOUNT.read(body))
        raise node.bad(_FORMS)

    def holds(self, facts: Facts) -> bool:
        """Whether the member is so; what is not known does not hold."""
        value = facts.values.get(self.about)
        if value is None:
            return False
        bounds = self.bounds
        if bounds is None and isinstance(value, str):
            return value in self.is_
        if bounds is not None and self.about in ("age", "years"):
            return bounds.hold(value)
        several = value if isinstance(value, list) else [value]
        if bounds is None:
            return any(_as_word(its) in self.is_ for its in several)
        return any(bounds.hold(figure) for its in several if (figure := _figure(its)) is not None)

    def test(self) -> Test:
        """Of most members nothing is known, and no figure of them is below nothing."""
        about, holds = self.about, self.holds
        if self.bounds is not None and about in ("age", "years"):
            low, high = self.bounds.ends
            return lambda facts, _: low <= facts.values.get(about, -1) <= high
        if self.bounds is None:
            is_ = self.is_
            return lambda facts, _: (
                (value := facts.values.get(about)) is not None
                and (value in is_ if value.__class__ is str else holds(facts))
            )
        return lambda facts, _: about in facts.values and holds(facts)

    def saw(self, facts: Facts, voice: Voice) -> str:
        """The member's value."""
        value = facts.values.get(self.about)
        if isinstance(value, int) and not isinstance(value, bool):
            said = voice.number(value)
        elif isinstance(value, list):
            said = voice.listed([_as_word(its) for its in value]) or voice.pick("none", "هیچ")
        else:
            said = voice.pick("not known", "نامعلوم") if value is None else _as_word(value)
        return f"{self._name(voice)}: {said}"

    def phrase(self, voice: Voice) -> Phrase:
        """`the member's age is at least 18`."""
        if self.bounds is None:
            slot = voice.any_of(self.is_)
        elif self.about.startswith(ATTRIBUTE):
            slot = self.bounds.say(voice, "plain")
        else:
            slot = self.bounds.say(voice, "years" if voice.lang == "fa" or self.about == "years" else "count")
        return (f"{self._name(voice)}{voice.pick(' is', '')}", voice.if_(slot), *voice_be(voice))

    def _name(self, voice: Voice) -> str:
        if self.about == "age":
            return voice.pick("the member's age", "سن عضو")
        if self.about == "years":
            return voice.pick("the length of membership", "مدت عضویت")
        name = self.about[len(ATTRIBUTE) :]
        return voice.pick(f"the member's {name}", f"ویژگی «{name}» عضو")


def _figure(value: Any) -> int | None:
    """A number in thousandths, floored; None for what is no number, or below nothing as no bound can be."""
    if isinstance(value, str):
        written = latin_digits(value)
        return int(Fraction(written) * QUANTITY_SCALE) if re.fullmatch(r"\d{1,15}(\.\d{1,9})?", written, re.A) else None
    if isinstance(value, bool) or not isinstance(value, int | float) or value < 0:
        return None
    return int(Fraction(str(value)) * QUANTITY_SCALE)
