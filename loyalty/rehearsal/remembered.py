"""What was counted of one member, in memory: it answers any ask, so that a draft may count what nobody counted yet."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Final

from loyalty.calendars import Span
from loyalty.rules import Bylaws, Facts, Ruling
from loyalty.rules.history import ByDay
from loyalty.rules.reads import Ask

Kept = tuple[int, str]
"""A live counter by its place, and the label under which it counts; empty for one that is not kept by label."""
Totals = tuple[list[date], list[int]]
"""The days that have something, and the running totals at their ends."""


class Remembered:
    """Running totals by day, for each live counter and label. Changed in place: a rehearsal never looks back."""

    __slots__ = ("_events", "_of_days", "_places")

    def __init__(self, of_days: Iterable[int]) -> None:
        self._of_days = frozenset(of_days)
        self._places: dict[int, dict[str, Totals]] = {}
        """By place, what is kept of a counter, label by label."""
        self._events: dict[tuple[Kept, date], int] = {}
        """Of counters of days: how many events a day has."""

    def over(self, ask: Ask) -> int:
        """A counter over days."""
        place, span, raw, label, distinct = ask
        if raw:
            return self._events.get(((place, label or ""), span.end), 0)
        labels = self._places.get(place)
        if labels is None:
            return 0
        if label is not None:
            return _over(labels.get(label, _NOTHING), span)
        if distinct:
            return sum(_over(kept, span) > 0 for name, kept in labels.items() if name)
        total = 0
        for kept in labels.values():
            total += _over(kept, span)
        return total

    def days(self, place: int) -> ByDay:
        """What a counter has of each day; of a counter of days whether it counts."""
        return {
            (day, label): value for label, kept in self._places.get(place, {}).items() for day, value in _by_day(kept)
        }

    def within(self, ask: Ask) -> tuple[int, int]:
        """How many of the days that count lie before a span, and until its end: windows move on, so neither shrinks."""
        start, end = ask.span
        all_days = [days for days, _ in self._places.get(ask.place, {}).values()]
        before = 0 if start is None else sum(bisect_left(days, start) for days in all_days)
        return before, sum(bisect_right(days, end) for days in all_days)

    def after(self, _: Bylaws, facts: Facts, ruling: Ruling) -> Remembered:
        """Itself, after one event more."""
        day, add = facts.moment.day, self.add
        for place, events in enumerate(ruling.feeds):
            if events:
                add(place, day, events)
        for place, labels in ruling.labels.items():
            for label, events in labels.items():
                if events:
                    add(place, day, events, label)
        return self

    def unite(self, other: Remembered) -> None:
        """Count what another counted as well; a day that both have counts once."""
        for place, labels in other._places.items():
            if place not in self._of_days:
                for label, kept in labels.items():
                    for day, value in _by_day(kept):
                        self.add(place, day, value, label)
        for ((place, label), day), events in other._events.items():
            self.add(place, day, events, label)

    def add(self, place: int, day: date, events: int, label: str = "") -> None:
        """Count more (or less) on a day; a counter of days counts a day once, for as long as it has an event."""
        value = events
        if place in self._of_days:
            kept = place, label
            before = self._events.get((kept, day), 0)
            self._events[kept, day] = before + events
            value = int(before + events > 0) - int(before > 0)
        if not value:
            return
        labels = self._places.get(place)
        if labels is None:
            labels = self._places[place] = {}
        totals_of = labels.get(label)
        if totals_of is None:
            labels[label] = [day], [value]
            return
        days, totals = totals_of
        if day > days[-1]:
            days.append(day)
            totals.append(totals[-1] + value)
            return
        index = bisect_left(days, day)
        if days[index] != day:
            days.insert(index, day)
            totals.insert(index, totals[index - 1] if index else 0)
        for later in range(index, len(totals)):
            totals[later] += value


_NOTHING: Final[Totals] = [], []


def _over(kept: Totals, span: Span) -> int:
    (days, totals), (start, end) = kept, span
    if not days:
        return 0
    if end >= days[-1]:  # nearly always: what is asked for is of today
        total = totals[-1]
    else:
        last = bisect_right(days, end)
        total = totals[last - 1] if last else 0
    if start is None or start <= days[0]:
        return total
    return 0 if start > end else total - totals[bisect_left(days, start) - 1]


def _by_day(kept: Totals) -> Iterator[tuple[date, int]]:
    before = 0
    for day, total in zip(*kept, strict=True):
        yield day, total - before
        before = total
