"""What was counted of one member, in memory: it answers any ask, so that a draft may count what nobody counted yet."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date

from loyalty.rules.bylaws import Ask
from loyalty.rules.history import Fed


class Remembered:
    """Running totals by day, for each live counter by its place. Changed in place: a rehearsal never looks back."""

    __slots__ = ("_days", "_events", "_of_days", "_totals")

    def __init__(self, of_days: Iterable[int]) -> None:
        self._of_days = frozenset(of_days)
        self._days: dict[int, list[date]] = {}
        self._totals: dict[int, list[int]] = {}
        self._events: dict[tuple[int, date], int] = {}
        """Of counters of days: how many events a day has."""

    def over(self, ask: Ask) -> int:
        """A counter over days."""
        start, end = ask.span
        if ask.raw:
            return self._events.get((ask.place, end), 0)
        days = self._days.get(ask.place)
        if not days or (start is not None and start > end):
            return 0
        totals = self._totals[ask.place]
        last = len(days) if end >= days[-1] else bisect_right(days, end)
        before = 0 if start is None else bisect_left(days, start)
        return (totals[last - 1] if last else 0) - (totals[before - 1] if before else 0)

    def days(self, place: int) -> dict[date, int]:
        """What a counter has of each day; of a counter of days whether it counts."""
        days, before = {}, 0
        for day, total in zip(self._days.get(place, []), self._totals.get(place, []), strict=True):
            days[day], before = total - before, total
        return days

    def within(self, ask: Ask) -> tuple[int, int]:
        """Which of the days that count lie in a span, by their places: the first, and the one after the last."""
        days, (start, end) = self._days.get(ask.place, ()), ask.span
        return 0 if start is None else bisect_left(days, start), bisect_right(days, end)

    def plus(self, feds: Iterable[Fed]) -> Remembered:
        """Itself, after one event more."""
        for fed in feds:
            self.add(fed.place, fed.day, fed.events)
        return self

    def add(self, place: int, day: date, events: int) -> None:
        """Count more (or less) on a day; a counter of days counts a day once, for as long as it has an event."""
        value = events
        if place in self._of_days:
            before = self._events.get((place, day), 0)
            self._events[place, day] = before + events
            value = int(before + events > 0) - int(before > 0)
        if not value:
            return
        days, totals = self._days.setdefault(place, []), self._totals.setdefault(place, [])
        index = len(days) if not days or day > days[-1] else bisect_left(days, day)
        if index == len(days) or days[index] != day:
            days.insert(index, day)
            totals.insert(index, totals[index - 1] if index else 0)
        for later in range(index, len(totals)):
            totals[later] += value
