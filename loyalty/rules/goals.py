"""What a challenge asks for: counters over its run, and things that one purchase or event does. Pure.

Everything in a goal is a sum over the events of the run's window, so the order in which they happen does not matter.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar, Final

from loyalty.calendars import Calendar, Moment
from loyalty.rules.catalogue import read_condition
from loyalty.rules.conditions.history import CounterIs
from loyalty.rules.conditions.logic import All
from loyalty.rules.conditions.logic import Any as AnyOf
from loyalty.rules.counters import Counter
from loyalty.rules.facts import NO_EVENT, Facts
from loyalty.rules.kinds import Condition
from loyalty.rules.occasions import PURCHASE, read_occasion
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node, unknown_name
from loyalty.rules.types import Field
from loyalty.rules.voice import Voice
from loyalty.values import Text


@dataclass(frozen=True, slots=True)
class Test:
    """What one event of a type may do: meet a condition, or, without one, happen at all."""

    type: str
    condition: Condition | None
    title: Text | None = None
    """What such events are called, but for purchases."""

    def met(self, facts: Facts) -> bool:
        """Whether an event does it."""
        return facts.event.type == self.type and (self.condition is None or self.condition.holds(facts))


@dataclass(frozen=True, slots=True)
class Counted:
    """A counter over a run; with a label only what counts under that one."""

    counter: Counter
    label: str | None = None

    @property
    def of_things(self) -> bool:
        """Whether it counts days, or different things: those under which something is left."""
        return self.counter.measure == "days" or (self.counter.distinct and self.label is None)


Measure = Counted | Test
"""What is added up over a run, event by event."""
Tally = int | dict[str, int]
"""What a measure comes to: a sum, or, of things, what each of them has (days by their date)."""
Named = tuple[str, str | None]
"""A counter that a goal names, and the label under which it is read."""


@dataclass(frozen=True, slots=True)
class Happened(Condition):
    """An event of the run has met a test; over the sums of a run."""

    asked: Test
    index: int
    kind: ClassVar[str] = "happened"
    label: ClassVar[Text] = Text("happened", "رخداد")
    fields: ClassVar[tuple[Field, ...]] = ()

    def holds(self, facts: Facts) -> bool:
        """Whether one event at least has met it."""
        return facts.counts[self.index] > 0

    def saw(self, facts: Facts, voice: Voice) -> str:
        """How often."""
        return voice.measured(facts.counts[self.index], "times")

    def phrase(self, voice: Voice) -> Phrase:
        """`the basket includes …`, `a review comes`."""
        inner = self.asked.condition.phrase(voice) if self.asked.condition else ()
        if self.asked.title is None:
            return inner
        title = voice.text(self.asked.title)
        if not inner:
            one = voice.if_(voice.pick(f"one {title}", f"یک {title}"))
            return (one, "ثبت شود") if voice.lang == "fa" else ("there is", one)
        return (voice.pick(f"with {title},", f"با {title}،"), *inner)


_NOTHING: Final = Facts(
    NO_EVENT, Moment(date.min, 0, 0), Calendar("UTC", "gregorian"), None, -1, [], [], date.min, None, -1, {}, {}
)


def over_run(sums: list[int]) -> Facts:
    """The facts that a goal sees: the sums of a run, in the order of its measures."""
    return _NOTHING.with_counts(sums)


def read_goal(node: Node, measures: list[Named | Test]) -> Condition:
    """A goal; what it adds up, a counter by its name or a test, is appended to `measures`.

    Within `all`, the parts that look at one purchase look at the same one.
    """
    value = node.value
    if not (isinstance(value, dict) and len(value) == 1):
        return read_condition(node)  # which names the fault
    [(kind, body)] = node.mapping().items()
    if kind == "counter":
        return _counter(node, body, measures)
    if kind == "event":
        return _event(node, body, measures)
    if kind in ("all", "any") and _counts(value):
        parts, of_purchases = [], []
        for child in body.items():
            if kind == "all" and not _counts(child.value):
                of_purchases.append(_of_event(child))
            else:
                parts.append(read_goal(child, measures))
        if of_purchases:
            together = of_purchases[0] if len(of_purchases) == 1 else All(tuple(of_purchases))
            parts.append(_happened(Test(PURCHASE.type, together), measures))
        return All(tuple(parts)) if kind == "all" else AnyOf(tuple(parts))
    return _happened(Test(PURCHASE.type, _of_event(node)), measures)


def _counts(value: Any) -> bool:
    """Whether a part of the document counts something over the run or names a type of event."""
    if isinstance(value, dict):
        own, groups = value.keys() & {"counter", "event"}, value.keys() & {"all", "any", "none"}
        return bool(own) or any(_counts(value[group]) for group in groups)
    return isinstance(value, Sequence) and not isinstance(value, str) and any(map(_counts, value))


def _counter(node: Node, body: Node, measures: list[Named | Test]) -> CounterIs:
    value = body.value
    if isinstance(value, dict) and "over" not in value:
        body = Node({**value, "over": "run"}, body.path, body.reading, body.depth)
    before, node.reading.of_run = node.reading.of_run, measures
    try:
        found = CounterIs.load(body)
    finally:
        node.reading.of_run = before
    if found.over.kind != "run":
        raise body.bad(
            Text(
                "A challenge counts from the beginning of its run to the end: “over” is “run”.",
                "چالش از آغاز تا پایان دور خود می‌شمارد: «over» باید run باشد.",
            )
        )
    if found.bounds.word not in ("at_least", "more_than") or found.bounds.low < 1:
        raise body.bad(
            Text(
                "A goal is reached by counting up: “at_least” or “more_than” is expected, above nothing.",
                "هدف با شمردن به دست می‌آید: at_least یا more_than با عددی بزرگ‌تر از صفر لازم است.",
            )
        )
    return found


def _event(node: Node, body: Node, measures: list[Named | Test]) -> Happened:
    """`event: review`, or `event: {type: review, …}` with what else the event must be."""
    declared, condition = node.reading.events, None
    named, rest = body, {}
    if isinstance(body.value, dict):
        named = body.mapping().get("type", body)
        rest = {key: its for key, its in body.value.items() if key != "type"}
    if not isinstance(named.value, str) or named.value not in declared:
        raise named.bad(unknown_name(str(named.value), list(declared)))
    if rest:
        with node.reading.awaiting(read_occasion(named)):
            condition = read_condition(Node({"event": rest}, node.path, node.reading, node.depth))
    return _happened(Test(named.value, condition, declared[named.value].title), measures)


def _of_event(node: Node) -> Condition:
    with node.reading.awaiting(PURCHASE):
        condition = read_condition(node)
    if not _looks_at_event(condition):
        raise node.bad(
            Text(
                "A challenge looks at purchases and events of its run alone: at the basket, at what was bought, when,"
                " where and how, at events, and at counters over the run.",
                "چالش تنها خریدها و رویدادهای دور خود را می‌بیند: جمع خرید، کالاها، زمان، جا و روش خرید، رویدادها و"
                " شمارنده‌های همان دور.",
            )
        )
    return condition


def _looks_at_event(condition: Condition) -> bool:
    parts = condition.parts()
    return all(map(_looks_at_event, parts)) if parts else condition.of_event


def _happened(test: Test, measures: list[Named | Test]) -> Happened:
    measures.append(test)
    return Happened(test, len(measures) - 1)
