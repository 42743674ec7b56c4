"""`counter` and `nth_purchase`: what the member has done so far."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from loyalty.rules.bounds import AMOUNT, WORDS, Bounds, bounds_of
from loyalty.rules.conditions.basket import voice_be
from loyalty.rules.counters import PURCHASES_EVER
from loyalty.rules.facts import Facts, Test
from loyalty.rules.kinds import Condition, Measured
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node
from loyalty.rules.types import POSITIVE, WORD, Field, NameOf, read_label, said_label
from loyalty.rules.voice import Voice, singular
from loyalty.rules.windows import EVER, WINDOW, Window, read_window
from loyalty.values import QUANTITY_SCALE, Text


@dataclass(frozen=True, slots=True)
class CounterIs(Condition):
    """A counter over a window within bounds: `counter: {name: spend, over: {this: year}, at_least: 50000000}`."""

    name: str
    over: Window
    bounds: Bounds
    unit: str
    index: int
    of: str | None = None
    """The label under which it is read; None means all of them."""
    kind: ClassVar[str] = "counter"
    label: ClassVar[Text] = Text("counter", "شمارنده")
    for_standing: ClassVar[bool] = True
    fields: ClassVar[tuple[Field, ...]] = (
        Field("name", NameOf("counters"), Text("Counter", "شمارنده")),
        Field("over", WINDOW, Text("Over", "در بازهٔ"), EVER),
        Field("label", WORD, Text("Label", "برچسب"), None),
        *(Field(word, AMOUNT, Text(word, word), None) for word in WORDS),
    )

    @classmethod
    def load(cls, node: Node) -> Self:
        """The counter's name, the window (ever, if none) and exactly one bound."""
        found = node.fields(["name"], ("over", "label", *WORDS))
        name = found["name"].name("counters")
        over = read_window(found["over"]) if "over" in found else EVER
        unit = node.reading.counter_units[name]
        bounds = bounds_of(found, node, QUANTITY_SCALE if unit == "quantity" else 1)
        label = read_label(found, name)
        return cls(name, over, bounds, unit, node.reading.read(name, over, label=label), label)

    def holds(self, facts: Facts) -> bool:
        """Whether the figure lies within."""
        return self.bounds.hold(facts.counts[self.index])

    def test(self) -> Test:
        """The figure between two ends."""
        index, (low, high) = self.index, self.bounds.ends
        if self.bounds.high is None:
            return lambda _, counts: counts[index] >= low
        return lambda _, counts: low <= counts[index] <= high

    def share(self, facts: Facts) -> int:
        """How far the figure has come."""
        return self.bounds.share(facts.counts[self.index])

    def measured(self, facts: Facts) -> list[Measured]:
        """The figure against its bounds."""
        return [Measured(self.name, self.over, facts.counts[self.index], self.bounds, self.unit, self.of)]

    def saw(self, facts: Facts, voice: Voice) -> str:
        """The figure."""
        value = voice.measured(facts.counts[self.index], self.unit)
        return f"{self._named(voice)} {self.over.say(voice)}: {value}"

    def _named(self, voice: Voice) -> str:
        return voice.counter(self.name) + said_label(self.of, voice)

    def phrase(self, voice: Voice) -> Phrase:
        """`the member has at least 5 orders in the last 12 months`."""
        what, over = self._named(voice), self.over.say(voice)
        if voice.lang == "fa":
            unit = "count" if self.unit == "times" else self.unit
            return (f"{what} {over}", voice.if_(self.bounds.say(voice, unit)), "باشد")
        if self.unit == "money":
            return (f"the member's {what} {over} is", voice.if_(self.bounds.say(voice, "money")))
        bound = self.bounds.say(voice, "plain" if self.unit == "quantity" else "count")
        return ("the member has", voice.if_(f"{bound} {singular(what) if bound.endswith(' 1') else what}"), over)


@dataclass(frozen=True, slots=True)
class NthPurchase(Condition):
    """The member's nth purchase, or every nth: `nth_purchase: 1` or `nth_purchase: {every: 10}`; this one counts."""

    n: int
    every: bool
    index: int
    kind: ClassVar[str] = "nth_purchase"
    of_basket: ClassVar[bool] = True
    label: ClassVar[Text] = Text("nth purchase", "چندمین خرید")
    fields: ClassVar[tuple[Field, ...]] = (
        Field("n", POSITIVE, Text("The purchase's number", "شمارهٔ خرید"), None),
        Field("every", POSITIVE, Text("Every so many", "هر چند خرید یک بار"), None),
    )

    @classmethod
    def load(cls, node: Node) -> Self:
        """A number, `{n: number}` or `{every: number}`."""
        if isinstance(node.value, dict):
            found = node.fields(optional=("n", "every"))
            if len(found) != 1:
                raise node.bad(Text("Either “n” or “every” is expected.", "یا «n» لازم است یا «every»."))
            [(word, body)] = found.items()
            n, every = POSITIVE.read(body), word == "every"
        else:
            n, every = POSITIVE.read(node), False
        return cls(n, every, node.reading.read(PURCHASES_EVER, EVER))

    def holds(self, facts: Facts) -> bool:
        """Whether this purchase has the number."""
        number = facts.counts[self.index] + 1
        return number % self.n == 0 if self.every else number == self.n

    def test(self) -> Test:
        """The number of purchases before this one."""
        index, n, before = self.index, self.n, self.n - 1
        if self.every:
            return lambda _, counts: counts[index] % n == before
        return lambda _, counts: counts[index] == before

    def saw(self, facts: Facts, voice: Voice) -> str:
        """The purchase's number."""
        number = voice.number(facts.counts[self.index] + 1)
        return voice.pick(f"purchase number {number}", f"خرید شمارهٔ {number}")

    def phrase(self, voice: Voice) -> Phrase:
        """`it is every 10th purchase of the member`."""
        n = voice.number(self.n)
        if self.every:
            slot = voice.pick(f"every {_ordinal(self.n)} purchase of the member", f"آخرین خرید از هر {n} خرید عضو")
        elif self.n == 1:
            slot = voice.pick("the member's first purchase", "نخستین خرید عضو")
        else:
            slot = voice.pick(f"the member's {_ordinal(self.n)} purchase", f"خرید شمارهٔ {n} عضو")
        return (voice.pick("it is", "این خرید،"), voice.if_(slot), *voice_be(voice))


def _ordinal(n: int) -> str:
    ending = "th" if n % 100 in (11, 12, 13) else {1: "st", 2: "nd", 3: "rd"}.get(n % 10, "th")
    return f"{n:,}{ending}"
