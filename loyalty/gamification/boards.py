"""The leaderboards and leagues of a version as the game layer needs them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyalty.calendars import Period
from loyalty.gamification.leaderboards import WHOLE, Board, Scope, Ties
from loyalty.rules import Bylaws
from loyalty.rules.parts import Leaderboard
from loyalty.versions import Programme

FIRST: Final[Ties] = "first_to_reach"


def live_boards(programme: Programme, at: datetime) -> dict[str, Board]:
    """The leaderboards of the version in force at an instant, by code."""
    return boards_of(programme, programme.at(at))


def boards_of(programme: Programme, bylaws: Bylaws) -> dict[str, Board]:
    """The leaderboards of a version that Valkey keeps, by code."""
    return {code: board_of(programme, bylaws, its) for code, its in bylaws.leaderboards.items() if its.kept}


def board_of(programme: Programme, bylaws: Bylaws, its: Leaderboard) -> Board:
    """One leaderboard of a version."""
    ties: Ties = "shared" if its.ties == "shared" else FIRST
    board = _board(programme, bylaws, its.code, its.counter, its.period, ties)
    scope, rooms, beginners = _rooms(bylaws, its)
    return board._replace(
        scope=scope,
        rooms=rooms,
        beginners=beginners,
        league=its.league,
        teams=bylaws.game.teams if its.by == "team" else None,
    )


def league_of(programme: Programme, bylaws: Bylaws, code: str) -> Board:
    """A league's ranking, which is read from PostgreSQL group by group."""
    its = bylaws.game.leagues[code]
    return _board(programme, bylaws, code, its.counter, its.each, FIRST)


def _rooms(bylaws: Bylaws, its: Leaderboard) -> tuple[Scope, tuple[str, ...], str | None]:
    """The scope, the rooms that are known beforehand, and the one of who is in no other."""
    match its.scope:
        case "store":
            return "store", (), None
        case "audience":
            return "audience", tuple(bylaws.audiences), None
        case "tier":
            return "tier", tuple(step.code for step in bylaws.steps), bylaws.first_tier()
        case "league":
            codes = tuple(its.code for its in bylaws.game.leagues[its.league or ""].divisions)
            return "league", codes, codes[0]
    return "club", (WHOLE,), WHOLE


def _board(programme: Programme, bylaws: Bylaws, code: str, name: str, period: Period | None, ties: Ties) -> Board:
    counter = bylaws.counters[name]
    counter_id = programme.counter_ids[programme.live.index(counter)]
    days = counter.measure == "days"
    return Board(programme.club_id, code, counter_id, period, ties, programme.calendar, days, counter.distinct)
