"""Challenges that teams do together: what their members did in its window while in the team, added up by local days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final, NamedTuple

from loyalty.calendars import Calendar, Span
from loyalty.gamification.team_scores import Asked, sums
from loyalty.rules import Bylaws
from loyalty.rules.challenges import Challenge, Window
from loyalty.rules.facts import Facts
from loyalty.rules.goals import Counted, over_run
from loyalty.versions import Connection, Programme

_DONE: Final = """
    SELECT team_id, challenge, key, completed_at FROM team_run
    WHERE team_id = ANY(%s::bigint[]) ORDER BY completed_at DESC
"""


class TeamRun(NamedTuple):
    """A challenge in one of its windows, as it stands for a team."""

    team_id: int
    challenge: Challenge
    window: Window
    facts: Facts
    """The sums of its measures, as its steps see them."""

    @property
    def done(self) -> bool:
        """Whether every step holds."""
        return all(step.holds(self.facts) for step in self.challenge.steps)

    @property
    def shares(self) -> list[int]:
        """How far each step has come: floored percentages."""
        return [step.share(self.facts) for step in self.challenge.steps]


def windows(bylaws: Bylaws, calendar: Calendar, days: Iterable[date]) -> set[tuple[str, Window]]:
    """The challenges of teams that are under way on some local days, each with its window."""
    found = (
        (code, its.run_at(calendar.instant(day), calendar))
        for day in days
        for code, its in bylaws.game.team_challenges.items()
    )
    return {(code, window) for code, window in found if window is not None}


def span_of(window: Window, calendar: Calendar) -> Span:
    """The local days of a window."""
    first = calendar.moment(window.from_at).day if window.from_at else None
    return Span(first, calendar.moment(window.until_at).day if window.until_at else date.max)


def counted(
    conn: Connection, terms: Programme, bylaws: Bylaws, asked: Sequence[tuple[int, str, Window]]
) -> list[TeamRun]:
    """How (team, challenge, window) stand, in one statement."""
    ids = dict(zip(terms.live, terms.counter_ids, strict=True))
    wanted: list[Asked] = []
    for team_id, code, window in asked:
        span = span_of(window, terms.calendar)
        for measure in bylaws.game.team_challenges[code].measures:
            assert isinstance(measure, Counted)
            wanted.append(Asked(team_id, ids[measure.counter], span, measure.counter.measure == "days"))
    found = iter(sums(conn, wanted))
    runs = []
    for team_id, code, window in asked:
        challenge = bylaws.game.team_challenges[code]
        totals = [sum(next(found).shares) for _ in challenge.measures]
        runs.append(TeamRun(team_id, challenge, window, over_run(totals)))
    return runs


def completed(conn: Connection, team_ids: Sequence[int]) -> dict[tuple[int, str, str], datetime]:
    """What teams have completed and when, by team, challenge and window."""
    rows = conn.execute(_DONE, [list(team_ids)])
    return {(team_id, challenge, key): at for team_id, challenge, key, at in rows}
