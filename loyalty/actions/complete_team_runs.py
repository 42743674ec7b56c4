"""Look whether teams have completed a challenge with what members did, and give everybody in them what it gives.

A team completes a challenge once in each of its windows. Those who are in the team then get the gifts, each once; a
later return moves the progress, and takes back nothing of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

from loyalty import outbox
from loyalty.actions.record_events import record
from loyalty.arrays import batches
from loyalty.calendars import Span
from loyalty.db import retried, transaction
from loyalty.gamification import teams
from loyalty.gamification.team_scores import teams_of
from loyalty.notices import shelf
from loyalty.notices.base import Words
from loyalty.notices.happened import ChallengeCompleted
from loyalty.notices.shelf import Told
from loyalty.outcome import CHUNK
from loyalty.rules import Bylaws, Event, MemberRef
from loyalty.rules.game import team_prize
from loyalty.rules.winning import PRIZE
from loyalty.team_runs import TeamRun, completed, counted, windows
from loyalty.versions import Connection, Programme, programme

_COMPLETE: Final = """
    INSERT INTO team_run (team_id, challenge, key, version, completed_at) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT DO NOTHING
"""


def complete_team_runs(club_id: int, moved: Sequence[tuple[int, Sequence[date]]], now: datetime) -> int:
    """Look at the teams of members whose counters moved on some local days; answers how many runs were completed."""
    done = _complete(club_id, moved, now)
    if done:
        outbox.wake()
    return done


@retried
def _complete(club_id: int, moved: Sequence[tuple[int, Sequence[date]]], now: datetime) -> int:
    with transaction() as conn:
        terms = programme(conn, club_id)
        bylaws = terms.at(now)
        if not bylaws.game.team_challenges:
            return 0
        done = [run for run in _runs(conn, terms, bylaws, moved) if run.done and _first(conn, run, bylaws, now)]
        there = teams.at(conn, {run.team_id for run in done}, now)
        events = [_won(run, member_id, bylaws, now) for run in done for member_id in there.get(run.team_id, ())]
        for some in batches(events if any(run.challenge.give for run in done) else (), CHUNK):
            for outcome in record(conn, club_id, some, now):
                if outcome.problem is not None:
                    raise outcome.problem
        words = Words(bylaws, terms.unit, terms.calendar)
        told = [
            Told(member_id, notice, notice.slots(words), now)
            for run in done
            for notice in (ChallengeCompleted(run.challenge.code, f"team {run.team_id} {run.window.key}"),)
            for member_id in there.get(run.team_id, ())
        ]
        if told:
            shelf.note(conn, club_id, terms.calendar, told, now)
        return len(done)


def _runs(
    conn: Connection, terms: Programme, bylaws: Bylaws, moved: Sequence[tuple[int, Sequence[date]]]
) -> list[TeamRun]:
    """The runs that what happened may have completed."""
    pairs = [(member_id, day) for member_id, days in moved for day in days]
    found = teams_of(conn, [(member_id, Span(day, day)) for member_id, day in pairs])
    asked = {
        (team_id, code, window)
        for place, team_id in found
        for code, window in windows(bylaws, terms.calendar, [pairs[place][1]])
    }
    known = completed(conn, sorted({team_id for team_id, _, _ in asked}))
    fresh = [its for its in asked if (its[0], its[1], its[2].key) not in known]
    return counted(conn, terms, bylaws, sorted(fresh, key=lambda its: (its[0], its[1], its[2].key)))


def _first(conn: Connection, run: TeamRun, bylaws: Bylaws, now: datetime) -> bool:
    """Note that a run is completed; whether nobody else has."""
    row = [run.team_id, run.challenge.code, run.window.key, bylaws.version, now]
    return conn.execute(_COMPLETE, row).rowcount == 1


def _won(run: TeamRun, member_id: int, bylaws: Bylaws, now: datetime) -> Event:
    told = {"prize": team_prize(run.challenge.code), "team": run.team_id, "version": bylaws.version}
    key = f"{PRIZE}:team:{run.team_id}:{run.challenge.code}:{run.window.key}:{member_id}"
    return Event(PRIZE, now, key, member=MemberRef("id", str(member_id)), attributes=told)
