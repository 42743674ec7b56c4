"""What teams come to on boards and in challenges: the sums of what their members did on days in the team."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby
from typing import Any, Final, NamedTuple

import psycopg

from loyalty.arrays import columns
from loyalty.calendars import Span
from loyalty.gamification.leaderboards import Board, Standing

Connection = psycopg.Connection[tuple[Any, ...]]

_SUMS: Final = """
    SELECT w.n, its.member_id, m.seq, bool_or(its.joined_on <= w.until AND coalesce(its.left_on > w.start, true)),
        coalesce(sum(day.worth), 0)::bigint, coalesce(max(day.reached), 0)::bigint, team.ended_at IS NULL
    FROM unnest(%s::int[], %s::bigint[], %s::date[], %s::date[], %s::bigint[], %s::boolean[])
        AS w (n, team_id, start, until, counter_id, days)
    JOIN team ON team.id = w.team_id
    JOIN team_member its ON its.team_id = w.team_id
    JOIN member m ON m.id = its.member_id
    CROSS JOIN LATERAL (
        SELECT sum(CASE WHEN w.days THEN (c.value > 0)::int ELSE c.value END) AS worth,
            max((extract(epoch FROM c.reached_at) * 1000000)::bigint) AS reached
        FROM counter_sum c
        WHERE c.member_id = its.member_id AND c.counter_id = w.counter_id AND c.grain = 2
            AND c.start >= greatest(w.start, its.joined_on) AND c.start <= w.until
            AND (its.left_on IS NULL OR c.start < its.left_on)
    ) day
    GROUP BY w.n, its.member_id, m.seq, team.ended_at
    ORDER BY w.n
"""
_CONCERNED: Final = """
    SELECT DISTINCT w.n, its.team_id
    FROM unnest(%s::bigint[], %s::int[], %s::date[], %s::date[]) AS w (member_id, n, start, until)
    JOIN team_member its ON its.member_id = w.member_id AND its.joined_on <= w.until
        AND (its.left_on IS NULL OR its.left_on > w.start)
"""
_TEAMS: Final = (
    "SELECT id, (created_at AT TIME ZONE %s)::date FROM team WHERE club_id = %s AND id > %s ORDER BY id LIMIT %s"
)
_BATCH: Final = 200
"""Teams that are read together."""
_NO_START: Final = date.min


class Asked(NamedTuple):
    """A sum that is asked for: of a team, a counter and a span of local days."""

    team_id: int
    counter_id: int
    span: Span
    days: bool
    """Whether each day weighs 1 where anything is counted."""


class Summed(NamedTuple):
    """What a team has come to."""

    seq: int
    """It grows with whatever happens to anyone who ever was in the team: of two readings the later has the higher."""
    shares: list[int]
    """What each came to who was in the team on a day of the span."""
    reached: int
    """Microseconds since 1970 of the latest of it."""
    plays: bool
    """Whether the team has not ended."""


def sums(conn: Connection, asked: Sequence[Asked]) -> list[Summed]:
    """What is asked for, in one statement."""
    if not asked:
        return []
    rows = [
        (n, its.team_id, its.span.start or _NO_START, its.span.end, its.counter_id, its.days)
        for n, its in enumerate(asked)
    ]
    found = [Summed(0, [], 0, False)] * len(asked)
    for n, group in groupby(conn.execute(_SUMS, columns(rows)), key=lambda row: row[0]):
        its = list(group)
        found[n] = Summed(
            sum(seq for _, _, seq, *_ in its),
            [worth for _, _, _, there, worth, _, _ in its if there],
            max(reached for *_, reached, _ in its),
            its[0][-1],
        )
    return found


def concerned(
    conn: Connection, boards: Sequence[Board], wanted: Iterable[tuple[int, int, date]]
) -> set[tuple[int, int, date]]:
    """(board, team, start of the period) of the teams in which members were in periods of boards of teams."""
    asked = [(id_, n, boards[n].span(start), start) for id_, n, start in wanted if boards[n].teams is not None]
    found = teams_of(conn, [(id_, span) for id_, _, span, _ in asked])
    return {(asked[place][1], team_id, asked[place][3]) for place, team_id in found}


def teams_of(conn: Connection, asked: Sequence[tuple[int, Span]]) -> set[tuple[int, int]]:
    """Of (member, days): by its place, the teams in which the member was on any of the days."""
    rows = [(member_id, n, span.start or _NO_START, span.end) for n, (member_id, span) in enumerate(asked)]
    return {(n, team_id) for n, team_id in conn.execute(_CONCERNED, columns(rows))} if rows else set()


def standings(
    conn: Connection, boards: Sequence[Board], wanted: Iterable[tuple[int, int, date]]
) -> Iterator[tuple[int, date, Standing]]:
    """Of (board, team, start): the standing of each team, as one of a member is."""
    asked = sorted(wanted)
    spans = [Asked(team_id, boards[n].counter_id, boards[n].span(start), boards[n].days) for n, team_id, start in asked]
    for (n, team_id, start), its in zip(asked, sums(conn, spans), strict=True):
        teams = boards[n].teams
        assert teams is not None
        score = teams.score(its.shares) if its.plays and its.shares else None
        yield n, start, Standing(team_id, its.seq, score, its.reached)


def everybody(conn: Connection, board: Board, starts: Iterable[date]) -> Iterator[tuple[date, Standing]]:
    """The standing of every team in every period since it was founded, in batches."""
    known, after = sorted(starts), 0
    while True:
        rows = conn.execute(_TEAMS, [str(board.calendar.zone), board.club_id, after, _BATCH]).fetchall()
        if not rows:
            return
        wanted = [(0, team_id, start) for team_id, day in rows for start in known if board.start(day) <= start]
        for _, start, standing in standings(conn, [board], wanted):
            yield start, standing
        after = rows[-1][0]
