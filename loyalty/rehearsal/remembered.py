"""What was counted of one member, in memory: it answers any ask, so that a draft may count what nobody counted yet."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date
from operator import sub
from typing import Final

from loyalty.rules import Bylaws, Facts, Ruling
from loyalty.rules.bylaws import Ask


class Remembered:
    """Running totals by day, for each live counter by its place. Changed in place: a rehearsal never looks back."""

    __slots__ = ("_counted", "_events", "_of_days")

    def __init__(self, of_days: Iterable[int]) -> None:
        self._of_days = frozenset(of_days)
        self._counted: dict[int, tuple[list[date], list[int]]] = {}
        """By place: the days that have something, and the running totals at their ends."""
        self._events: dict[tuple[int, date], int] = {}
        """Of counters of days: how many events a day has."""

    def over(self, ask: Ask) -> int:
        """A counter over days."""
        place, (start, end), raw = ask
        if raw:
            return self._events.get((place, end), 0)
        counted = self._counted.get(place)
        if counted is None:
            return 0
        days, totals = counted
        if end >= days[-1]:  # nearly always: what is asked for is of today
            total = totals[-1]
        else:
            last = bisect_right(days, end)
            total = totals[last - 1] if last else 0
        if start is None or start <= days[0]:
            return total
        return 0 if start > end else total - totals[bisect_left(days, start) - 1]

    def within(self, ask: Ask) -> tuple[int, int]:
        """Which of the days that count lie in a span, by their places: the first, and the one after the last."""
        (days, _), (start, end) = self._counted.get(ask.place, _NOTHING), ask.span
        return 0 if start is None else bisect_left(days, start), bisect_right(days, end)

    def after(self, _: Bylaws, facts: Facts, ruling: Ruling) -> Remembered:
        """Itself, after one event more."""
        day, add = facts.moment.day, self.add
        for place, events in enumerate(ruling.feeds):
            if events:
                add(place, day, events)
        return self

    def unite(self, other: Remembered) -> None:
        """Count what another counted as well; a day that both have counts once."""
        for place, (days, totals) in other._counted.items():
            if place not in self._of_days:
                for day, value in zip(days, [totals[0], *map(sub, totals[1:], totals)], strict=True):
                    self.add(place, day, value)
        for (place, day), events in other._events.items():
            self.add(place, day, events)

    def add(self, place: int, day: date, events: int) -> None:
        """Count more (or less) on a day; a counter of days counts a day once, for as long as it has an event."""
        value = events
        if place in self._of_days:
            before = self._events.get((place, day), 0)
            self._events[place, day] = before + events
            value = int(before + events > 0) - int(before > 0)
        if not value:
            return
        counted = self._counted.get(place)
        if counted is None:
            self._counted[place] = [day], [value]
            return
        days, totals = counted
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


_NOTHING: Final[tuple[list[date], list[int]]] = [], []
