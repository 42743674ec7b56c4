"""Rankings read from PostgreSQL: the first places of a board's period, and the groups of a league's.

What Valkey shows is made of the same sums; what is won or lost is decided by these.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any, Final, NamedTuple

import psycopg

from loyalty.arrays import array, batches
from loyalty.calendars import Span
from loyalty.gamification import team_scores
from loyalty.gamification.leaderboards import CHUNK, WHOLE, Board
from loyalty.gamification.rooms import Audiences, Rooms
from loyalty.gamification.scores import GRAIN, LISTED, STREAM

Connection = psycopg.Connection[tuple[Any, ...]]

_SCORED: Final = """
    SELECT member_id, sum(score)::bigint AS score, max(at) AS at FROM (
        SELECT c.member_id, max(c.reached_at) AS at,
            CASE WHEN %(things)s THEN (sum(worth) > 0)::int ELSE sum(worth) END AS score
        FROM counter_sum c CROSS JOIN LATERAL (
            SELECT CASE WHEN %(days)s THEN (c.value > 0)::int ELSE c.value END AS worth
        ) its
        WHERE c.counter_id = %(counter)s AND c.grain = %(grain)s AND c.start BETWEEN %(start)s AND %(end)s
            AND NOT (%(things)s AND c.label = '') {whom}
        GROUP BY c.member_id, CASE WHEN %(things)s THEN c.label END
    ) parts GROUP BY member_id
"""
_OF_ALL: Final = _SCORED.format(whom="")
_OF_STORE: Final = _SCORED.format(whom="AND c.label = %(room)s")
_OF_SOME: Final = _SCORED.format(whom="AND c.member_id = ANY(%(members)s::bigint[])")
_MEMBER: Final = "JOIN member m ON m.id = {its}.member_id LEFT JOIN profile p ON p.member_id = m.id"

_TOP: Final = f"""
    SELECT * FROM (
        SELECT s.member_id, s.score, rank() OVER (ORDER BY s.score DESC {{ties}}) AS rank
        FROM ({{scored}}) s {_MEMBER.format(its="s")}
        WHERE {LISTED} AND m.club_id = %(club)s AND s.score > 0
    ) ranked WHERE rank <= %(most)s ORDER BY rank, member_id
"""  # noqa: S608 - constants
_IN_ORDER: Final = f"""
    SELECT s.member_id, s.score FROM ({_OF_ALL}) s {_MEMBER.format(its="s")}
    WHERE {LISTED} AND m.club_id = %(club)s AND s.score > 0 ORDER BY s.score DESC, s.at, s.member_id
"""  # noqa: S608 - constants
_LABELS: Final = """
    SELECT DISTINCT label FROM counter_sum c
    WHERE c.counter_id = %(counter)s AND c.grain = %(grain)s AND c.start BETWEEN %(start)s AND %(end)s
        AND label <> '' ORDER BY label
"""
_AMONG: Final = f"""
    SELECT s.member_id, s.score, rank() OVER (ORDER BY s.score DESC {{ties}}) AS rank
    FROM ({_OF_SOME}) s {_MEMBER.format(its="s")} WHERE {LISTED} AND s.score > 0 ORDER BY rank, s.member_id
"""  # noqa: S608 - constants
_ACTIVE: Final = f"""
    FROM ({_OF_ALL}) s {_MEMBER.format(its="s")}
    LEFT JOIN league_standing l ON l.member_id = m.id AND l.league = %(league)s
    WHERE {LISTED} AND m.club_id = %(club)s AND s.score > 0
        AND NOT EXISTS (SELECT FROM season_place WHERE member_id = m.id AND season_id = %(season)s)
"""
_COUNTED: Final = f"SELECT l.division, count(*) {_ACTIVE} GROUP BY l.division"
_NEWCOMERS: Final = f"SELECT m.id, l.division {_ACTIVE} ORDER BY s.score DESC, s.at, m.id"
_GROUPS: Final = f"""
    SELECT sp.room, m.id, coalesce(s.score, 0), l.division
    FROM season_place sp {_MEMBER.format(its="sp")}
    LEFT JOIN ({_OF_ALL}) s ON s.member_id = m.id
    LEFT JOIN league_standing l ON l.member_id = m.id AND l.league = %(league)s
    WHERE sp.season_id = %(season)s AND {LISTED}
    ORDER BY sp.room COLLATE "C", coalesce(s.score, 0) DESC, s.at NULLS LAST, m.id
"""  # noqa: S608 - constants
_GROUP: Final = f"""
    SELECT m.id, coalesce(s.score, 0)
    FROM season_place sp {_MEMBER.format(its="sp")} LEFT JOIN ({_OF_SOME}) s ON s.member_id = m.id
    WHERE sp.season_id = %(season)s AND sp.room = %(room)s AND {LISTED}
    ORDER BY coalesce(s.score, 0) DESC, s.at NULLS LAST, m.id
"""  # noqa: S608 - constants
_IN_ROOM: Final = "SELECT member_id FROM season_place WHERE season_id = %s AND room = %s"


class Placed(NamedTuple):
    """A member's place."""

    member_id: int
    score: int
    rank: int


class Seated(NamedTuple):
    """A member in a group of a league, in the group's order; `division` is where the member now stands, if noted."""

    room: str
    member_id: int
    score: int
    division: str | None


def top(
    conn: Connection, board: Board, start: date, most: int, audiences: Audiences | None = None
) -> Iterator[tuple[str, Placed]]:
    """The first `most` places of every room in a period, each with its room; of shared places all."""
    asked = _asked(board, board.span(start)) | {"club": board.club_id, "most": most}
    if board.teams is not None:
        yield from ((WHOLE, its) for its in _teams(conn, board, start, most))
    elif board.scope == "club":
        yield from ((WHOLE, its) for its in _top(conn, board, _OF_ALL, asked))
    elif board.of_stores:
        for (room,) in conn.execute(_LABELS, asked).fetchall():
            yield from ((room, its) for its in _top(conn, board, _OF_STORE, asked | {"room": room}))
    else:
        yield from _by_room(conn, board, most, asked, audiences)


def _teams(conn: Connection, board: Board, start: date, most: int) -> Iterator[Placed]:
    """The first teams: of these there are few enough to be put in order here."""
    found = [its for _, its in team_scores.everybody(conn, board, [start]) if its.score]
    found.sort(key=lambda its: (-(its.score or 0), its.reached, its.member_id))
    last = Placed(0, 0, 0)
    for position, its in enumerate(found, 1):
        score = its.score or 0
        shared = board.ties == "shared" and last.score == score
        last = Placed(its.member_id, score, last.rank if shared else position)
        if last.rank > most:
            return
        yield last


def _top(conn: Connection, board: Board, scored: str, asked: dict[str, Any]) -> list[Placed]:
    return [Placed(*row) for row in conn.execute(_TOP.format(ties=_ties(board), scored=scored), asked)]


def _by_room(
    conn: Connection, board: Board, most: int, asked: dict[str, Any], audiences: Audiences | None
) -> Iterator[tuple[str, Placed]]:
    """From the whole ranking, whoever is among the first of a room; it is read only until every room has its places."""
    counts, last = dict.fromkeys(board.rooms, 0), dict.fromkeys(board.rooms, Placed(0, 0, 0))
    for some in batches(_streamed(conn, _IN_ORDER, asked), CHUNK):
        rooms = Rooms.of(conn, [board], [member_id for member_id, _ in some], audiences)
        for member_id, score in some:
            for room in sorted(rooms.belongs(board, member_id)):
                counts[room] += 1
                shared = board.ties == "shared" and last[room].score == score
                last[room] = Placed(member_id, score, last[room].rank if shared else counts[room])
                if last[room].rank <= most:
                    yield room, last[room]
        if all(its.rank > most for its in last.values()):
            return


def among(conn: Connection, board: Board, start: date, members: Sequence[int]) -> list[Placed]:
    """Every place of a period among some members."""
    asked = _asked(board, board.span(start)) | {"members": array(members)}
    return [Placed(*row) for row in conn.execute(_AMONG.format(ties=_ties(board)), asked)]


def newcomers(
    conn: Connection, board: Board, days: Span, season_id: int
) -> tuple[dict[str | None, int], Iterator[tuple[int, str | None]]]:
    """Members with a score on some days who have no seat yet: how many by division, and each, the strongest first."""
    asked = _asked(board, days) | {"club": board.club_id, "league": board.code, "season": season_id}
    counts: dict[str | None, int] = dict(conn.execute(_COUNTED, asked).fetchall())
    return counts, _streamed(conn, _NEWCOMERS, asked)


def groups(conn: Connection, board: Board, start: date, season_id: int) -> Iterator[Seated]:
    """Everybody who has a seat and is to be ranked, group by group, each in its order."""
    asked = _asked(board, board.span(start)) | {"league": board.code, "season": season_id}
    return (Seated(*row) for row in _streamed(conn, _GROUPS, asked))


def group(conn: Connection, board: Board, start: date, season_id: int, room: str) -> list[Placed]:
    """One group as it stands."""
    members = [row[0] for row in conn.execute(_IN_ROOM, [season_id, room])]
    asked = _asked(board, board.span(start)) | {"season": season_id, "room": room, "members": array(members)}
    return [Placed(id_, score, n) for n, (id_, score) in enumerate(conn.execute(_GROUP, asked), 1)]


def _ties(board: Board) -> str:
    return "" if board.ties == "shared" else ", s.at, s.member_id"


def _asked(board: Board, span: Span) -> dict[str, Any]:
    grain = GRAIN[board.period]
    return {
        "counter": board.counter_id,
        "grain": grain,
        "start": span.start,
        "end": span.end,
        "days": board.days and grain == GRAIN["day"],
        "things": board.things,
    }


def _streamed(conn: Connection, query: str, asked: dict[str, Any]) -> Iterator[tuple[Any, ...]]:
    with conn.cursor(name="ranking") as cursor:
        cursor.itersize = STREAM
        cursor.execute(query, asked)
        yield from cursor
