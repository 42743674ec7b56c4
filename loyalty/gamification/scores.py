"""From counters in PostgreSQL to leaderboards in Valkey: after a change of some members, and the whole of a board."""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any, Final, NamedTuple

import psycopg
import redis

from loyalty.calendars import Period
from loyalty.db import transaction
from loyalty.gamification.leaderboards import (
    Board,
    Standing,
    Ties,
    begin_rebuild,
    existing,
    finish_rebuild,
    forget,
    put,
)
from loyalty.rules import Bylaws
from loyalty.versions import Programme

GRAIN: Final = {None: 0, "year": 1, "quarter": 1, "month": 1, "week": 2, "day": 2}
"""Which sums of a counter make up a period: 0 ever, 1 months, 2 days."""
FIRST: Final[Ties] = "first_to_reach"
STREAM: Final = 5_000
"""Rows that a rebuild reads, and sets, at a time."""

_WORTH: Final = "CASE WHEN {days} THEN (c.value > 0)::int ELSE c.value END"
_REACHED: Final = "(extract(epoch FROM {at}) * 1000000)::bigint"
LISTED: Final = "m.status = 'active' AND m.merged_into IS NULL AND coalesce(p.on_boards, true)"


class Change(NamedTuple):
    """A member whose counters moved on some local days; `days` is None where every period is concerned."""

    member_id: int
    days: frozenset[date] | None


def live_boards(programme: Programme, at: datetime) -> dict[str, Board]:
    """The leaderboards of the version in force at an instant, by code, as the game layer needs them."""
    return boards_of(programme, programme.at(at))


def boards_of(programme: Programme, bylaws: Bylaws) -> dict[str, Board]:
    """The leaderboards of a version, by code."""
    return {
        code: _board(programme, bylaws, code, its.counter, its.period, "shared" if its.ties == "shared" else FIRST)
        for code, its in bylaws.leaderboards.items()
    }


def league_of(programme: Programme, bylaws: Bylaws, code: str) -> Board:
    """A league's ranking, which is read from PostgreSQL group by group."""
    its = bylaws.game.leagues[code]
    return _board(programme, bylaws, code, its.counter, its.each, FIRST)


def _board(programme: Programme, bylaws: Bylaws, code: str, name: str, period: Period | None, ties: Ties) -> Board:
    counter = bylaws.counters[name]
    counter_id = programme.counter_ids[programme.live.index(counter)]
    days = counter.measure == "days"
    return Board(programme.club_id, code, counter_id, period, ties, programme.calendar, days, counter.distinct)


def deliver(store: redis.Redis, boards: Sequence[Board], changes: Iterable[Change]) -> None:
    """Set the present scores of the changed members in the periods concerned; safe to repeat and in any order.

    Two statements and one round trip to Valkey, for any number of members.

    Raises:
        redis.RedisError: Valkey is away; nothing is lost by trying again.
    """
    with transaction() as conn:
        wanted = _periods(conn, boards, list(changes))
        found = _standings(conn, boards, sorted(wanted)) if wanted else {}
    put(store, [(boards[n], start, standings) for (n, start), standings in found.items()])


def rebuild(store: redis.Redis, board: Board) -> int:
    """Fill every period of a board from PostgreSQL, beside what readers see, and put it in its place when done.

    Deliveries meanwhile go to both. Memory stays flat in the number of members. Answers how many places were set.

    Raises:
        redis.RedisError: Valkey is away, or a younger rebuild of the board has begun.
    """
    token = secrets.token_hex(8)
    stale = existing(store, board.club_id, board)
    with transaction() as conn:
        rows = conn.execute(
            "SELECT DISTINCT start FROM counter_sum WHERE counter_id = %s AND grain = %s",
            (board.counter_id, GRAIN[board.period]),
        ).fetchall()
    starts = {board.start(day) for (day,) in rows}
    begin_rebuild(store, board, starts, token)
    count = 0
    # A snapshot younger than the beginning: what it does not see is delivered to the new keys, too.
    with transaction() as conn:
        batch: defaultdict[date, list[Standing]] = defaultdict(list)
        for start, standing in _all(conn, board):
            if start in starts:
                batch[start].append(standing)
                count += 1
                if count % STREAM == 0:
                    put(store, [(board, s, standings) for s, standings in batch.items()], rebuild=token)
                    batch.clear()
        put(store, [(board, s, standings) for s, standings in batch.items()], rebuild=token)
    finish_rebuild(store, board, starts, token, stale)
    return count


def rebuild_all(store: redis.Redis, programme: Programme, at: datetime) -> dict[str, int]:
    """Fill every live board of a club and forget what others left behind. Answers how many places each has set.

    Raises:
        redis.RedisError: as `rebuild`.
    """
    boards = live_boards(programme, at)
    counts = {code: rebuild(store, board) for code, board in boards.items()}
    forget(store, programme.club_id, boards.values())
    return counts


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


def _standings(
    conn: psycopg.Connection[Any], boards: Sequence[Board], wanted: Sequence[tuple[int, int, date]]
) -> dict[tuple[int, date], list[Standing]]:
    """Scores as of one snapshot: the `seq` read with them says which of two readings is the later."""
    spans = [boards[n].span(start) for _, n, start in wanted]
    found: defaultdict[tuple[int, date], list[Standing]] = defaultdict(list)
    worth, reached = _WORTH.format(days="w.days"), _REACHED.format(at="max(s.at)")
    rows = conn.execute(
        f"SELECT s.n, s.start, m.id, m.seq, CASE WHEN {LISTED} THEN coalesce(sum(s.score), 0)::bigint END,"  # noqa: S608
        f" coalesce({reached}, 0)"
        " FROM member m JOIN ("
        " SELECT w.member_id, w.n, w.start, max(c.reached_at) at,"
        f" CASE WHEN w.things THEN (sum({worth}) > 0)::int ELSE sum({worth}) END score"
        " FROM unnest(%s::bigint[], %s::int[], %s::date[], %s::date[], %s::bigint[], %s::smallint[], %s::boolean[],"
        " %s::boolean[]) AS w(member_id, n, start, until, counter_id, grain, days, things)"
        " LEFT JOIN counter_sum c ON c.member_id = w.member_id AND c.counter_id = w.counter_id AND c.grain = w.grain"
        " AND c.start BETWEEN w.start AND w.until AND NOT (w.things AND c.label = '')"
        " GROUP BY w.member_id, w.n, w.start, w.things, CASE WHEN w.things THEN c.label END"
        ") s ON m.id = s.member_id LEFT JOIN profile p ON p.member_id = m.id"
        " GROUP BY s.n, s.start, m.id, m.seq, m.status, m.merged_into, p.on_boards",
        (
            [member_id for member_id, _, _ in wanted],
            [n for _, n, _ in wanted],
            [start for _, _, start in wanted],
            [span.end for span in spans],
            [boards[n].counter_id for _, n, _ in wanted],
            [GRAIN[boards[n].period] for _, n, _ in wanted],
            [_by_days(boards[n]) for _, n, _ in wanted],
            [boards[n].things for _, n, _ in wanted],
        ),
    )
    for n, start, *standing in rows:
        found[n, start].append(Standing(*standing))
    return found


def _all(conn: psycopg.Connection[Any], board: Board) -> Iterator[tuple[date, Standing]]:
    """Every member's score in every period, streamed in order of members."""
    worth, reached = _WORTH.format(days="%(days)s"), _REACHED.format(at="c.reached_at")
    with conn.cursor(name="board") as cursor:
        cursor.itersize = STREAM
        cursor.execute(
            f"SELECT m.id, m.seq, {LISTED}, c.start, {worth}, {reached}, c.label"  # noqa: S608
            " FROM counter_sum c JOIN member m ON m.id = c.member_id LEFT JOIN profile p ON p.member_id = m.id"
            " WHERE c.counter_id = %(counter)s AND c.grain = %(grain)s ORDER BY c.member_id, c.start",
            {"counter": board.counter_id, "grain": GRAIN[board.period], "days": _by_days(board)},
        )
        for (member_id, start), own in groupby(cursor, key=lambda row: (row[0], board.start(row[3]))):
            rows, things = list(own), defaultdict[str, int](int)
            for _, _, _, _, value, _, label in rows:
                things[label] += value
            score = sum(value > 0 for label, value in things.items() if label) if board.things else sum(things.values())
            _, seq, listed, *_ = rows[-1]
            yield start, Standing(member_id, seq, score if listed else None, max(row[5] for row in rows))


def _by_days(board: Board) -> bool:
    return board.days and GRAIN[board.period] == 2
