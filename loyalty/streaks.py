"""Streaks between the database and the rules: the days that they are read off, and the milestones reached."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from loyalty.arrays import array, columns
from loyalty.cases import Case
from loyalty.rules import Bylaws
from loyalty.rules.giving import badges_of
from loyalty.rules.history import ByDay
from loyalty.rules.streaks import Streak, best, by_period, periods
from loyalty.sums import DAY
from loyalty.versions import Connection, Programme

if TYPE_CHECKING:
    from loyalty.stand_anew import Anew

Days = dict[int, ByDay]
"""By a counter's place: what it has of each day."""

_DAYS: Final = """
    SELECT asked.place, asked.member_id, start, label, value
    FROM unnest(%s::int[], %s::bigint[], %s::bigint[], %s::date[]) AS asked (place, member_id, counter_id, first)
    JOIN counter_sum day ON day.member_id = asked.member_id AND day.counter_id = asked.counter_id
        AND day.grain = %s AND day.start >= asked.first AND day.value <> 0
"""
_MILESTONES: Final = "SELECT member_id, streak, at FROM streak_milestone WHERE member_id = ANY(%s::bigint[])"
_REACHED: Final = """
    SELECT member_id, streak, at, event_id, version FROM streak_milestone WHERE member_id = ANY(%s::bigint[])
"""
_LOSE: Final = """
    DELETE FROM streak_milestone USING unnest(%s::bigint[], %s::text[], %s::int[]) AS lost (member_id, streak, at)
    WHERE streak_milestone.member_id = lost.member_id AND streak_milestone.streak = lost.streak
        AND streak_milestone.at = lost.at
"""
WRITE: Final = """
    INSERT INTO streak_milestone (member_id, streak, at, club_id, event_id, version, reached_at)
    SELECT member_id, streak, at, %s, event_id, version, reached_at
    FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::bigint[], %s::int[], %s::timestamptz[])
        AS reached (member_id, streak, at, event_id, version, reached_at)
"""
EVER: Final = date(1, 1, 1)


class Streaks(NamedTuple):
    """What streaks read of a member."""

    days: Days
    milestones: dict[str, list[int]]


def gather_streaks(conn: Connection, terms: Programme, cases: Sequence[Case]) -> dict[int, Streaks]:
    """What the streaks of some cases' versions read, by member; no statement where none of them has streaks."""
    firsts: dict[tuple[int, int], date] = {}
    for case in cases:
        for streak, place in case.bylaws.streaks_fed:
            first = streak.first_day(case.moment.day, terms.calendar)
            known = firsts.get((place, case.member_id), first)
            firsts[place, case.member_id] = min(first, known)
    if not firsts:
        return {}
    found: dict[int, Streaks] = {id_: Streaks({}, {}) for _, id_ in firsts}
    with conn.pipeline():
        days = conn.execute(*days_of(terms, firsts))
        reached = conn.execute(_MILESTONES, [array(found)])
    for place, member_id, day, label, value in days:
        found[member_id].days.setdefault(place, {})[day, label] = value
    for member_id, code, at in reached:
        found[member_id].milestones.setdefault(code, []).append(at)
    return found


def days_of(terms: Programme, firsts: Mapping[tuple[int, int], date]) -> tuple[str, list[Any]]:
    """The statement that reads days: by (counter's place, member), from which day on."""
    rows = [(place, id_, terms.counter_ids[place], first) for (place, id_), first in firsts.items()]
    return _DAYS, [*columns(rows), DAY]


def rows_of(cases: Sequence[Case]) -> list[tuple[Any, ...]]:
    """The rows of the milestones that some judged cases reached."""
    return [
        (case.member_id, its.streak, its.at, case.id, case.bylaws.version, case.event.occurred_at)
        for case in cases
        if case.ruling
        for its in case.ruling.milestones
    ]


class Milestone(NamedTuple):
    """A milestone that was reached: with which event, by which version."""

    member_id: int
    streak: str
    at: int
    event_id: int
    version: int

    @property
    def article(self) -> str:
        """Under what name it gave."""
        return f"streak:{self.streak}:{self.at}"

    def definition(self, terms: Programme) -> tuple[Bylaws, Streak]:
        """The version and its streak."""
        bylaws = terms.version(self.version)
        return bylaws, bylaws.streaks[self.streak]

    def badges(self, terms: Programme) -> tuple[str, ...]:
        """The badges that came with it."""
        _, streak = self.definition(terms)
        return next((badges_of(its.give) for its in streak.milestones if its.at == self.at), ())


def has_streaks(terms: Programme) -> bool:
    """Whether any version has streaks."""
    return any(bylaws.streaks for bylaws in terms.versions)


def undo_milestones(
    conn: Connection, terms: Programme, asked: Mapping[int, Anew]
) -> tuple[list[Milestone], list[Milestone]]:
    """Milestones of locked members that no streak of theirs reaches any more, and those that stand; each is held
    against the version that found it reached. What they gave is left to the caller."""
    if not has_streaks(terms):
        return [], []
    reached = [Milestone(*row) for row in conn.execute(_REACHED, [array(asked)])]
    if not reached:
        return [], []
    firsts = {}
    for its in reached:
        _, streak = its.definition(terms)
        firsts[terms.live.index(streak.definition), its.member_id] = EVER
    days: dict[tuple[int, int], ByDay] = {}
    for place, member_id, day, label, value in conn.execute(*days_of(terms, firsts)):
        days.setdefault((place, member_id), {})[day, label] = value
    lost: list[Milestone] = []
    stand: list[Milestone] = []
    for its in reached:
        _, streak = its.definition(terms)
        counted = days.get((terms.live.index(streak.definition), its.member_id), {})
        found = by_period(streak, counted, terms.calendar)
        (stand if best(streak, periods(streak, found), terms.calendar) >= its.at else lost).append(its)
    if lost:
        conn.execute(_LOSE, columns([its[:3] for its in lost]))
    return lost, stand


def milestones(conn: Connection, ids: Iterable[int]) -> dict[int, dict[str, list[int]]]:
    """The milestones that some members have reached."""
    found: dict[int, dict[str, list[int]]] = {}
    for member_id, code, at in conn.execute(_MILESTONES, [array(ids)]):
        found.setdefault(member_id, {}).setdefault(code, []).append(at)
    return found
