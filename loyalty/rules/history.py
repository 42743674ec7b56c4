"""What was counted of a member so far, and what one event more adds to it. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, Protocol

from loyalty.rules.bylaws import Ask, Bylaws
from loyalty.rules.facts import Facts
from loyalty.rules.ruling import Ruling

ByDay = dict[tuple[date, str], int]
"""What a counter has, by day and label (empty where it has none): amounts, or how many events."""


class Fed(NamedTuple):
    """What an event of this batch added to a counter on a day; `value` is 1 for a newly active day, `events` raw."""

    place: int
    day: date
    value: int
    events: int
    label: str = ""


class Unknown(LookupError):
    """A figure is asked that was not gathered."""


class Counted(Protocol):
    """What was counted of a member so far, wherever it is kept."""

    def over(self, ask: Ask) -> int:
        """A counter over days."""

    def days(self, place: int) -> ByDay:
        """What a counter has of each day, as far as it was asked for: amounts, or how many events."""

    def after(self, bylaws: Bylaws, facts: Facts, ruling: Ruling) -> Counted:
        """The same after one event more."""


@dataclass(frozen=True, slots=True)
class History:
    """Answers to asks: as recorded before the batch, and what the batch has added since, by the counter's place."""

    recorded: Mapping[Ask, int] = field(default_factory=dict)
    added: dict[int, tuple[Fed, ...]] = field(default_factory=dict)
    by_day: Mapping[int, ByDay] = field(default_factory=dict)
    """Of counters that streaks read, by place: what was recorded of each day."""

    def over(self, ask: Ask) -> int:
        """A counter over days.

        Raises:
            Unknown: it was not gathered.
        """
        try:
            total = self.recorded[ask]
        except KeyError:
            raise Unknown(ask) from None
        if ask.distinct or ask.label is not None:
            return total + self._of_labels(ask)
        for fed in self.added.get(ask.place, ()):
            if ask.span.holds(fed.day):
                total += fed.events if ask.raw else fed.value
        return total

    def days(self, place: int) -> ByDay:
        """What a counter has of each day."""
        days = dict(self.by_day.get(place, {}))
        for fed in self.added.get(place, ()):
            key = fed.day, fed.label
            days[key] = days.get(key, 0) + fed.events
        return days

    def _of_labels(self, ask: Ask) -> int:
        """What was added under a label, or how many different things there are more than before."""
        added = [fed for fed in self.added.get(ask.place, ()) if ask.span.holds(fed.day)]
        if not ask.distinct:
            return sum(fed.events if ask.raw else fed.value for fed in added if fed.label == ask.label)
        things: dict[str, int] = {}
        for fed in added:
            if fed.label:
                things[fed.label] = things.get(fed.label, 0) + fed.events
        more = 0
        for label, events in things.items():
            before = self.recorded[Ask(ask.place, ask.span, False, label)]
            more += int(before + events > 0) - int(before > 0)
        return more

    def after(self, bylaws: Bylaws, facts: Facts, ruling: Ruling) -> History:
        """The history after one event more."""
        return self.plus(fed(bylaws, facts, ruling))

    def plus(self, feds: Iterable[Fed]) -> History:
        """The history with what an event fed."""
        added = dict(self.added)
        for fed in feds:
            added[fed.place] = (*added.get(fed.place, ()), fed)
        return History(self.recorded, added, self.by_day)


def fed(bylaws: Bylaws, facts: Facts, ruling: Ruling) -> list[Fed]:
    """What a ruling adds to the live counters; a day that is active already adds no second day."""
    day, result = facts.moment.day, []
    for place, (counter, events) in enumerate(zip(bylaws.live, ruling.feeds, strict=True)):
        if not events:
            continue
        value = events
        if counter.measure == "days":
            value = 0 if facts.active_days & (1 << place) else 1
        result.append(Fed(place, day, value, events))
    for place, labels in ruling.labels.items():
        days = bylaws.live[place].measure == "days"
        for label, events in labels.items():
            value = int((place, label) not in facts.active_labels) if days else events
            if events:
                result.append(Fed(place, day, value, events, label))
    return result
