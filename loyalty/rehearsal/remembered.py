"""What was counted of one member, in memory: it answers any ask, so that a draft may count what nobody counted yet."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable
from datetime import date

from loyalty.calendars import Span
from loyalty.rules.bylaws import Ask
from loyalty.rules.history import Fed

Kept = tuple[int, str]
"""A live counter by its place, and the label under which it counts; empty for one that is not kept by label."""


class Remembered:
    """Running totals by day, for each live counter and label. Changed in place: a rehearsal never looks back."""

    __slots__ = ("_days", "_events", "_labels", "_of_days", "_totals")

    def __init__(self, of_days: Iterable[int]) -> None:
        self._of_days = frozenset(of_days)
        self._days: dict[Kept, list[date]] = {}
        self._totals: dict[Kept, list[int]] = {}
        self._labels: dict[int, list[Kept]] = {}
        """What is kept of a counter, label by label."""
        self._events: dict[tuple[Kept, date], int] = {}
        """Of counters of days: how many events a day has."""

    def over(self, ask: Ask) -> int:
        """A counter over days."""
        if ask.raw:
            return self._events.get(((ask.place, ask.label or ""), ask.span.end), 0)
        if ask.label is not None:
            return self._over((ask.place, ask.label), ask.span)
        figures = (
            self._over(kept, ask.span) for kept in self._labels.get(ask.place, ()) if kept[1] or not ask.distinct
        )
        return sum(value > 0 for value in figures) if ask.distinct else sum(figures)

    def _over(self, kept: Kept, span: Span) -> int:
        days, (start, end) = self._days.get(kept), span
        if not days or (start is not None and start > end):
            return 0
        totals = self._totals[kept]
        last = len(days) if end >= days[-1] else bisect_right(days, end)
        before = 0 if start is None else bisect_left(days, start)
        return (totals[last - 1] if last else 0) - (totals[before - 1] if before else 0)

    def days(self, place: int) -> dict[date, int]:
        """What a counter has of each day; of a counter of days whether it counts."""
        days: dict[date, int] = {}
        for kept in self._labels.get(place, ()):
            before = 0
            for day, total in zip(self._days.get(kept, []), self._totals.get(kept, []), strict=True):
                days[day] = days.get(day, 0) + total - before
                before = total
        return days

    def within(self, ask: Ask) -> tuple[int, int]:
        """How many of the days that count lie before a span, and until its end: windows move on, so neither shrinks."""
        start, end = ask.span
        all_days = [self._days.get(kept, []) for kept in self._labels.get(ask.place, ())]
        before = 0 if start is None else sum(bisect_left(days, start) for days in all_days)
        return before, sum(bisect_right(days, end) for days in all_days)

    def plus(self, feds: Iterable[Fed]) -> Remembered:
        """Itself, after one event more."""
        for fed in feds:
            self.add(fed.place, fed.day, fed.events, fed.label)
        return self

    def add(self, place: int, day: date, events: int, label: str = "") -> None:
        """Count more (or less) on a day; a counter of days counts a day once, for as long as it has an event."""
        value, kept = events, (place, label)
        if place in self._of_days:
            before = self._events.get((kept, day), 0)
            self._events[kept, day] = before + events
            value = int(before + events > 0) - int(before > 0)
        if not value:
            return
        if kept not in self._days:
            self._labels.setdefault(place, []).append(kept)
        days, totals = self._days.setdefault(kept, []), self._totals.setdefault(kept, [])
        index = len(days) if not days or day > days[-1] else bisect_left(days, day)
        if index == len(days) or days[index] != day:
            days.insert(index, day)
            totals.insert(index, totals[index - 1] if index else 0)
        for later in range(index, len(totals)):
            totals[later] += value
