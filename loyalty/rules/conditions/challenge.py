"""`challenge`: a challenge that the member has completed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from loyalty.rules.bounds import AMOUNT, WORDS, Bounds, bounds_of
from loyalty.rules.facts import Facts
from loyalty.rules.kinds import Condition
from loyalty.rules.known import COMPLETED
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node
from loyalty.rules.types import Field, NameOf
from loyalty.rules.voice import Voice
from loyalty.values import Text


@dataclass(frozen=True, slots=True)
class HasCompleted(Condition):
    """Had completed before the event: `challenge: tour`, or so often: `challenge: {name: monthly, at_least: 3}`."""

    name: str
    times: Bounds | None
    kind: ClassVar[str] = "challenge"
    label: ClassVar[Text] = Text("challenge", "چالش")
    for_standing: ClassVar[bool] = True
    fields: ClassVar[tuple[Field, ...]] = (
        Field("name", NameOf("challenges"), Text("Challenge", "چالش")),
        *(Field(word, AMOUNT, Text(word, word), None) for word in WORDS),
    )

    @classmethod
    def load(cls, node: Node) -> Self:
        """The challenge's name, or that with at most one bound of how many runs were completed."""
        found = node.fields(["name"], WORDS) if isinstance(node.value, dict) else {"name": node}
        name = found["name"].name("challenges")
        node.reading.member_reads.add(f"{COMPLETED}{name}")
        return cls(name, bounds_of(found, node) if len(found) > 1 else None)

    def _times(self, facts: Facts) -> int:
        times: int = facts.values.get(f"{COMPLETED}{self.name}", 0)
        return times

    def holds(self, facts: Facts) -> bool:
        """Whether the member has completed it, so often."""
        times = self._times(facts)
        return self.times.hold(times) if self.times else times > 0

    def share(self, facts: Facts) -> int:
        """How near the number of completed runs is."""
        return self.times.share(self._times(facts)) if self.times else 100 * self.holds(facts)

    def saw(self, facts: Facts, voice: Voice) -> str:
        """How often."""
        times = self._times(facts)
        if not times:
            return voice.pick("not completed yet", "هنوز به پایان نرسانده")
        often = voice.measured(times, "times")
        return voice.pick(f"completed {often}", f"{often} به پایان رسانده")

    def phrase(self, voice: Voice) -> Phrase:
        """`the member has completed the challenge “Tour”`."""
        title = voice.challenge(self.name)
        if voice.lang == "fa":
            often = f" {self.times.say(voice, 'times')}" if self.times else ""
            return ("عضو", voice.if_(f"چالش «{title}» را{often}"), "به پایان رسانده باشد")
        often = f" {self.times.say(voice, 'times')}" if self.times else ""
        return ("the member has completed", voice.if_(f"the challenge “{title}”{often}"))
