"""What a version reads of counters, and what must be known for that."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from loyalty.calendars import Calendar, Span
from loyalty.rules.counters import Counter
from loyalty.rules.windows import Since, Window


class Read(NamedTuple):
    """A counter over a window, as some part of this version reads it."""

    counter: Counter
    over: Window
    around: bool = False
    """Later days of the window count too, as limits want it."""
    label: str | None = None
    """Only what counts under a label; None means all of them."""

    def span(self, day: date, calendar: Calendar, since: Since | None = None) -> Span:
        """The days to add up for an event on a day."""
        return (self.over.around if self.around else self.over.span)(day, calendar, since)


class Ask(NamedTuple):
    """A figure that must be known: a live counter (by place) over days, or, `raw`, the events of one day.

    With a `label` only what counts under it; of `distinct` things how many different ones there are.
    """

    place: int
    span: Span
    raw: bool = False
    label: str | None = None
    distinct: bool = False


class Moved(NamedTuple):
    """The reads that an event adds to, each with its counter's place: those of amounts, of days, and kept by label."""

    amounts: tuple[tuple[int, int], ...]
    days: tuple[tuple[int, int], ...]
    labelled: tuple[tuple[int, int], ...]
