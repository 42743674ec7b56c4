"""The rooms of a leaderboard as people know them, and which one is looked at."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial
from typing import Final

from loyalty.audiences import belonging
from loyalty.errors import Invalid
from loyalty.gamification.leaderboards import WHOLE, Board
from loyalty.gamification.rooms import Rooms
from loyalty.gamification.scores import GRAIN
from loyalty.rules import Bylaws
from loyalty.values import Text
from loyalty.versions import Connection, Programme

_STORES: Final = "SELECT code, name FROM store WHERE club_id = %s ORDER BY code LIMIT %s"
_MOST: Final = 500
"""Stores that an answer names."""
_BEST: Final = """
    SELECT label FROM counter_sum
    WHERE member_id = %s AND counter_id = %s AND grain = %s AND start BETWEEN %s AND %s AND label <> ''
    GROUP BY label ORDER BY sum(value) DESC, label LIMIT 1
"""


def rooms_of(conn: Connection, terms: Programme, bylaws: Bylaws, board: Board) -> dict[str, Text]:
    """Each room's title by its code, in the order of the bylaws."""
    match board.scope:
        case "store":
            return {code: Text(name, name) for code, name in conn.execute(_STORES, [terms.club_id, _MOST])}
        case "audience":
            return {code: its.title for code, its in bylaws.audiences.items()}
        case "tier":
            return {step.code: step.title for step in bylaws.steps}
        case "league":
            return {its.code: its.title for its in bylaws.game.leagues[board.league or ""].divisions}
    return {WHOLE: Text("", "")}


def chosen_room(
    conn: Connection,
    terms: Programme,
    board: Board,
    rooms: dict[str, Text],
    scope: str | None,
    member_id: int | None,
    start: date,
    now: datetime,
) -> str | None:
    """The room that is asked for, else the member's own; None where the member has none.

    Raises:
        Invalid: there is no such room; or none is asked for, and no member to have one.
    """
    if board.scope == "club":
        return WHOLE
    if scope is not None:
        if scope not in rooms:
            raise Invalid.at("/scope", Text("This board has no such part.", "این جدول چنین بخشی ندارد."))
        return scope
    if member_id is None:
        said = Text(
            "This board is ranked part by part. Say which one, or around whom.",
            "این جدول بخش‌به‌بخش رده‌بندی می‌شود. بگویید کدام بخش، یا پیرامون چه کسی.",
        )
        raise Invalid.at("/scope", said)
    return _own(conn, terms, board, member_id, start, now)


def _own(conn: Connection, terms: Programme, board: Board, member_id: int, start: date, now: datetime) -> str | None:
    if board.of_stores:
        span = board.span(start)
        asked = [member_id, board.counter_id, GRAIN[board.period], start, span.end]
        row = conn.execute(_BEST, asked).fetchone()
        return row[0] if row else None
    rooms = Rooms.of(conn, [board], [member_id], partial(belonging, terms=terms, at=now))
    mine = rooms.belongs(board, member_id)
    return next((room for room in board.rooms if room in mine), None)
