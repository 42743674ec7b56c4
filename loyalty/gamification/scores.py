"""From counters in PostgreSQL to leaderboards in Valkey: after a change of some members, and the whole of a board."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final, NamedTuple

import psycopg

from loyalty.arrays import batches
from loyalty.db import transaction
from loyalty.gamification import team_scores
from loyalty.gamification.boards import live_boards
from loyalty.gamification.leaderboards import (
    WHOLE,
    Board,
    Part,
    Standing,
    Store,
    begin_rebuild,
    existing,
    finish_rebuild,
    forget,
    put,
)
from loyalty.gamification.rooms import Audiences, Rooms
from loyalty.versions import Programme

GRAIN: Final = {None: 0, "year": 1, "quarter": 1, "month": 1, "week": 2, "day": 2}
"""Which sums of a counter make up a period: 0 ever, 1 months, 2 days."""
STREAM: Final = 5_000
"""Rows that a rebuild reads, and sets, at a time."""

_WORTH: Final = "CASE WHEN {days} THEN (c.value > 0)::int ELSE c.value END"
_REACHED: Final = "(extract(epoch FROM {at}) * 1000000)::bigint"
LISTED: Final = "m.status = 'active' AND m.merged_into IS NULL AND coalesce(p.on_boards, true)"


class Change(NamedTuple):
    """A member whose counters moved on some local days; `days` is None where every period is concerned."""

    member_id: int
    days: frozenset[date] | None


def deliver(
    store: Store, boards: Sequence[Board], changes: Iterable[Change], audiences: Audiences | None = None
) -> None:
    """Set the present scores of the changed members in the periods concerned; safe to repeat and in any order.

    A fixed number of statements and one round trip to Valkey, for any number of members.

    Raises:
        redis.RedisError: Valkey is away; nothing is lost by trying again.
    """
    with transaction() as conn:
        wanted = _periods(conn, boards, list(changes))
        own = sorted(its for its in wanted if boards[its[1]].teams is None)
        found = _standings(conn, boards, own) if own else []
        teams = list(team_scores.standings(conn, boards, team_scores.concerned(conn, boards, wanted)))
        rooms = Rooms.of(conn, boards, {its.standing.member_id for its in found}, audiences)
    parts: defaultdict[tuple[int, Part], list[Standing]] = defaultdict(list)
    for n, start, label, standing in found:
        for room, its in rooms.spread(boards[n], label, standing):
            parts[n, (start, room)].append(its)
    for n, start, standing in teams:
        parts[n, (start, WHOLE)].append(standing)
    put(store, [(boards[n], part, standings) for (n, part), standings in parts.items()])


def deliver_teams(store: Store, boards: Sequence[Board], team_ids: Iterable[int]) -> None:
    """Set the present scores of teams in every period, after somebody joined, left or was named otherwise.

    Raises:
        redis.RedisError: Valkey is away; nothing is lost by trying again.
    """
    ids = set(team_ids)
    with transaction() as conn:
        wanted = {
            (n, team_id, start)
            for n, board in enumerate(boards)
            if board.teams is not None
            for start, _ in _parts(conn, board)
            for team_id in ids
        }
        found = list(team_scores.standings(conn, boards, wanted))
    put(store, [(boards[n], (start, WHOLE), [standing]) for n, start, standing in found])


def rebuild(store: Store, board: Board, audiences: Audiences | None = None) -> int:
    """Fill every period of a board from PostgreSQL, beside what readers see, and put it in its place when done.

    Deliveries meanwhile go to both. Memory stays flat in the number of members. Answers how many places were set.

    Raises:
        redis.RedisError: Valkey is away, or a younger rebuild of the board has begun.
    """
    token = secrets.token_hex(8)
    stale = existing(store, board.club_id, board)
    with transaction() as conn:
        parts = _parts(conn, board)
    begin_rebuild(store, board, parts, token)
    count = 0
    # A snapshot younger than the beginning: what it does not see is delivered to the new keys, too.
    with transaction() as conn:
        for some in batches(_everything(conn, board, parts), STREAM):
            rooms = Rooms.of(conn, [board], {standing.member_id for _, _, standing in some}, audiences)
            batch: defaultdict[Part, list[Standing]] = defaultdict(list)
            for start, label, standing in some:
                for room, its in rooms.spread(board, label, standing):
                    if (start, room) in parts:
                        batch[start, room].append(its)
            put(store, [(board, part, standings) for part, standings in batch.items()], rebuild=token)
            count += len(some)
    finish_rebuild(store, board, parts, token, stale)
    return count


def rebuild_all(store: Store, programme: Programme, at: datetime, audiences: Audiences | None = None) -> dict[str, int]:
    """Fill every live board of a club and forget what others left behind. Answers how many places each has set.

    Raises:
        redis.RedisError: as `rebuild`.
    """
    boards = live_boards(programme, at)
    counts = {code: rebuild(store, board, audiences) for code, board in boards.items()}
    forget(store, programme.club_id, boards.values())
    return counts


def _parts(conn: psycopg.Connection[Any], board: Board) -> set[Part]:
    """Every room of every period in which something is counted."""
    rows = conn.execute(
        "SELECT DISTINCT start, CASE WHEN %s THEN label ELSE '' END FROM counter_sum"
        " WHERE counter_id = %s AND grain = %s",
        (board.of_stores, board.counter_id, GRAIN[board.period]),
    ).fetchall()
    if board.of_stores:
        return {(board.start(day), label) for day, label in rows}
    return {(board.start(day), room) for day, _ in rows for room in board.rooms}


def _periods(
    conn: psycopg.Connection[Any], boards: Sequence[Board], changes: Sequence[Change]
) -> set[tuple[int, int, date]]:
    """(member, board, start of the period) for all that the changes concern."""
    days = {(change.member_id, day) for change in changes for day in change.days or ()}
    whole = [change.member_id for change in changes if change.days is None]
    if whole:
        days.update(
            conn.execute(
                "SELECT DISTINCT member_id, start FROM counter_sum"
                " WHERE member_id = ANY(%s) AND counter_id = ANY(%s) AND grain = 2",
                (whole, [board.counter_id for board in boards]),
            )
        )
    return {(member_id, n, board.start(day)) for member_id, day in days for n, board in enumerate(boards)}


class _Found(NamedTuple):
    """A member's score in a period of a board by its place; of a board of stores, in each of them by itself."""

    board: int
    start: date
    label: str
    standing: Standing


def _standings(
    conn: psycopg.Connection[Any], boards: Sequence[Board], wanted: Sequence[tuple[int, int, date]]
) -> list[_Found]:
    """Scores as of one snapshot: the `seq` read with them says which of two readings is the later."""
    spans = [boards[n].span(start) for _, n, start in wanted]
    worth, reached = _WORTH.format(days="w.days"), _REACHED.format(at="max(s.at)")
    rows = conn.execute(
        "SELECT s.n, s.start, s.room, m.id, m.seq,"  # noqa: S608 - constants
        f" CASE WHEN {LISTED} THEN coalesce(sum(s.score), 0)::bigint END, coalesce({reached}, 0)"
        " FROM member m JOIN ("
        " SELECT w.member_id, w.n, w.start, CASE WHEN w.stores THEN coalesce(c.label, '') ELSE '' END room,"
        f" max(c.reached_at) at, CASE WHEN w.things THEN (sum({worth}) > 0)::int ELSE sum({worth}) END score"
        " FROM unnest(%s::bigint[], %s::int[], %s::date[], %s::date[], %s::bigint[], %s::smallint[], %s::boolean[],"
        " %s::boolean[], %s::boolean[]) AS w(member_id, n, start, until, counter_id, grain, days, things, stores)"
        " LEFT JOIN counter_sum c ON c.member_id = w.member_id AND c.counter_id = w.counter_id AND c.grain = w.grain"
        " AND c.start BETWEEN w.start AND w.until AND NOT (w.things AND c.label = '')"
        " GROUP BY 1, 2, 3, 4, w.things, CASE WHEN w.things THEN c.label END"
        ") s ON m.id = s.member_id LEFT JOIN profile p ON p.member_id = m.id"
        " GROUP BY s.n, s.start, s.room, m.id, m.seq, m.status, m.merged_into, p.on_boards",
        (
            [member_id for member_id, _, _ in wanted],
            [n for _, n, _ in wanted],
            [start for _, _, start in wanted],
            [span.end for span in spans],
            [boards[n].counter_id for _, n, _ in wanted],
            [GRAIN[boards[n].period] for _, n, _ in wanted],
            [_by_days(boards[n]) for _, n, _ in wanted],
            [boards[n].things for _, n, _ in wanted],
            [boards[n].of_stores for _, n, _ in wanted],
        ),
    )
    return [_Found(n, start, room, Standing(*standing)) for n, start, room, *standing in rows]


def _everything(
    conn: psycopg.Connection[Any], board: Board, parts: Iterable[Part]
) -> Iterator[tuple[date, str, Standing]]:
    if board.teams is None:
        return _all(conn, board)
    found = team_scores.everybody(conn, board, {start for start, _ in parts})
    return ((start, WHOLE, standing) for start, standing in found)


def _all(conn: psycopg.Connection[Any], board: Board) -> Iterator[tuple[date, str, Standing]]:
    """Every member's score in every period, streamed in order of members; of a board of stores, in each by itself."""
    worth, reached = _WORTH.format(days="%(days)s"), _REACHED.format(at="c.reached_at")
    with conn.cursor(name="board") as cursor:
        cursor.itersize = STREAM
        cursor.execute(
            f"SELECT m.id, m.seq, {LISTED}, c.start, {worth}, {reached}, c.label"  # noqa: S608
            " FROM counter_sum c JOIN member m ON m.id = c.member_id LEFT JOIN profile p ON p.member_id = m.id"
            " WHERE c.counter_id = %(counter)s AND c.grain = %(grain)s"
            " ORDER BY c.member_id, CASE WHEN %(stores)s THEN c.label END, c.start",
            {
                "counter": board.counter_id,
                "grain": GRAIN[board.period],
                "days": _by_days(board),
                "stores": board.of_stores,
            },
        )
        own = groupby(cursor, key=lambda row: (row[0], row[6] if board.of_stores else "", board.start(row[3])))
        for (member_id, room, start), each in own:
            rows, things = list(each), defaultdict[str, int](int)
            for _, _, _, _, value, _, label in rows:
                things[label] += value
            score = sum(value > 0 for label, value in things.items() if label) if board.things else sum(things.values())
            _, seq, listed, *_ = rows[-1]
            yield start, room, Standing(member_id, seq, score if listed else None, max(row[5] for row in rows))


def _by_days(board: Board) -> bool:
    return board.days and GRAIN[board.period] == 2
