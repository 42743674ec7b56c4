"""What was counted of members on every day, for reviews that look at other days than those of an event."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import partial
from typing import Final

from loyalty.arrays import array
from loyalty.calendars import Calendar
from loyalty.filling import counted
from loyalty.gather import Locked, member_facts
from loyalty.rules import Bylaws, review
from loyalty.rules.bylaws import Ask
from loyalty.rules.history import ByDay, History
from loyalty.rules.reviewing import Reviewed
from loyalty.runs import completed, has_challenges
from loyalty.sums import DAY
from loyalty.versions import Connection, Programme

_DAYS: Final = """
    SELECT member_id, counter_id, label, start, value FROM counter_sum
    WHERE member_id = ANY(%s::bigint[]) AND grain = %s AND value <> 0
    ORDER BY member_id, counter_id, label, start
"""


class Days(dict[Ask, int]):
    """Answers to any ask, from what is counted by day; each is reckoned once."""

    def __init__(self, of_days: Collection[int]) -> None:
        super().__init__()
        self._of_days = frozenset(of_days)
        self._labels: dict[int, dict[str, tuple[list[date], list[int]]]] = {}
        """By place and label: the days that have something, and the running totals before each and after the last."""
        self._events: dict[tuple[int, str, date], int] = {}
        self.by_day: dict[int, ByDay] = {}
        """By place: what each day has under each label, as streaks read it."""

    def add(self, place: int, label: str, day: date, events: int) -> None:
        """What one day holds under a label; its days come in their order."""
        starts, totals = self._labels.setdefault(place, {}).setdefault(label, ([], [0]))
        starts.append(day)
        self._events[place, label, day] = events
        self.by_day.setdefault(place, {})[day, label] = events
        totals.append(totals[-1] + (int(events > 0) if place in self._of_days else events))

    def __missing__(self, ask: Ask) -> int:
        start, end = ask.span
        if ask.raw:
            return self._events.get((ask.place, ask.label or "", end), 0)
        figures = []
        for label, (starts, totals) in self._labels.get(ask.place, {}).items():
            if ask.label in (None, label) and (label or not ask.distinct):
                first = 0 if start is None else bisect_left(starts, start)
                figures.append(totals[max(first, bisect_right(starts, end))] - totals[first])
        self[ask] = answer = sum(its > 0 for its in figures) if ask.distinct else sum(figures)
        return answer


@dataclass(frozen=True, slots=True)
class Recall:
    """A club's versions, and what was counted of its members on any day."""

    conn: Connection
    terms: Programme
    counted: Mapping[int, int] = field(default_factory=dict)
    """Of members whom not all counters count yet: how many do, by place. The rest is counted from what is recorded."""

    @property
    def calendar(self) -> Calendar:
        """The club's."""
        return self.terms.calendar

    def at(self, instant: datetime, member_id: int | None = None) -> Bylaws:
        """The version in force at an instant."""
        return self.terms.at(instant, member_id)

    def days(self, ids: Collection[int]) -> dict[int, History]:
        """Of some members all that is counted, by day, in one statement."""
        places = {counter_id: place for place, counter_id in enumerate(self.terms.counter_ids)}
        of_days = [place for place, counter in enumerate(self.terms.live) if counter.measure == "days"]
        found = {id_: Days(of_days) for id_ in ids}
        for member_id, counter_id, label, start, value in self.conn.execute(_DAYS, [array(ids), DAY]):
            place = places[counter_id]
            if place < self.counted.get(member_id, place + 1):
                found[member_id].add(place, label, start, value)
        behind = {id_: known for id_, known in self.counted.items() if id_ in found}
        if behind:
            fresh = sorted(counted(self.conn, self.terms, behind).items())
            for (member_id, place, day, label), (events, _) in fresh:
                found[member_id].add(place, label, day, events)
        return {id_: History(days, by_day=days.by_day) for id_, days in found.items()}


def up_to(conn: Connection, terms: Programme, row: Locked, at: datetime) -> Reviewed:
    """One member as all that was due before an instant leaves them; nothing is written."""
    person = conn.execute("SELECT birthday, attributes FROM profile WHERE member_id = %s", [row.id]).fetchone()
    member = member_facts(row, Recall(conn, terms).days([row.id])[row.id], None, person)
    if has_challenges(terms):
        member = replace(member, completed=completed(conn, [row.id]).get(row.id, {}))
    return review(partial(terms.at, member_id=row.id), member, at)
