"""`tier` and `member`: who the member is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from loyalty.rules.bounds import AMOUNT, Bounds
from loyalty.rules.conditions.basket import voice_be
from loyalty.rules.facts import Facts
from loyalty.rules.kinds import Condition
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node
from loyalty.rules.types import WORD, Field, Many, NameOf
from loyalty.rules.voice import Voice
from loyalty.values import Text

_WORDS = ("at_least", "is", "at_most")


@dataclass(frozen=True, slots=True)
class TierIs(Condition):
    """The member's tier before the event: `tier: {at_least: silver}`."""

    word: str
    code: str
    rank: int
    kind: ClassVar[str] = "tier"
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
        if self.word == "at_least":
            return facts.rank >= self.rank
        return facts.rank == self.rank if self.word == "is" else facts.rank <= self.rank

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


@dataclass(frozen=True, slots=True)
class MemberIs(Condition):
    """An attribute, the age or the years of membership: `member: {attribute: city, is: shiraz}`, `member: {age: …}`."""

    about: str
    is_: frozenset[str]
    bounds: Bounds | None
    kind: ClassVar[str] = "member"
    label: ClassVar[Text] = Text("the member", "ویژگی عضو")
    for_standing: ClassVar[bool] = True
    fields: ClassVar[tuple[Field, ...]] = (
        Field("attribute", WORD, Text("Attribute", "ویژگی"), None),
        Field("is", Many(WORD), Text("Is one of", "یکی از"), None),
        Field("age", AMOUNT, Text("Age in years", "سن به سال"), None),
        Field("years", AMOUNT, Text("Years of membership", "سال‌های عضویت"), None),
    )

    @classmethod
    def load(cls, node: Node) -> Self:
        """`{attribute, is}`, `{age: bounds}` or `{years: bounds}`."""
        found = node.fields(optional=("attribute", "is", "age", "years"))
        if set(found) == {"attribute", "is"}:
            about = f"attribute:{found['attribute'].text(100)}"
            node.reading.member_reads.add(about)
            return cls(about, frozenset(Many(WORD).read(found["is"])), None)
        if set(found) in ({"age"}, {"years"}):
            [(about, body)] = found.items()
            node.reading.member_reads.add(about)
            return cls(about, frozenset(), AMOUNT.read(body))
        raise node.bad(
            Text(
                "Either “attribute” with “is”, or “age”, or “years”.",
                "یا «attribute» همراه «is» لازم است، یا «age»، یا «years».",
            )
        )

    def holds(self, facts: Facts) -> bool:
        """Whether the member is so; what is not known does not hold."""
        value = facts.values.get(self.about)
        if value is None:
            return False
        return self.bounds.hold(value) if self.bounds else str(value) in self.is_

    def saw(self, facts: Facts, voice: Voice) -> str:
        """The member's value."""
        value = facts.values.get(self.about)
        said = voice.pick("not known", "نامعلوم") if value is None else str(value)
        return f"{self._name(voice)}: {voice.number(value) if isinstance(value, int) else said}"

    def phrase(self, voice: Voice) -> Phrase:
        """`the member's age is at least 18`."""
        if self.bounds:
            slot = self.bounds.say(voice, "years" if voice.lang == "fa" or self.about == "years" else "count")
        else:
            slot = voice.listed([voice.pick(f"“{v}”", f"«{v}»") for v in sorted(self.is_)], any_of=True)
        return (f"{self._name(voice)}{voice.pick(' is', '')}", voice.if_(slot), *voice_be(voice))

    def _name(self, voice: Voice) -> str:
        if self.about == "age":
            return voice.pick("the member's age", "سن عضو")
        if self.about == "years":
            return voice.pick("the length of membership", "مدت عضویت")
        name = self.about.partition(":")[2]
        return voice.pick(f"the member's {name}", f"ویژگی «{name}» عضو")
