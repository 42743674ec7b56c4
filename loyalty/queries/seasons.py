"""Leagues as their members see them, and who has won a settled season of a board."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final, NamedTuple

from loyalty.db import connection
from loyalty.errors import NotFound
from loyalty.gamification import ranking, seasons
from loyalty.gamification.boards import league_of
from loyalty.gamification.ranking import Placed
from loyalty.gamification.seasons import Season
from loyalty.queries.called import called
from loyalty.queries.leaderboard import asked_start
from loyalty.rules import Bylaws
from loyalty.rules.explain import both
from loyalty.rules.gifts import said_gifts
from loyalty.rules.leagues import League
from loyalty.rules.phrase import plain
from loyalty.values import Lang, Text
from loyalty.versions import Connection, Programme, programme

_ZONES: Final = {1: "up", 0: "stay", -1: "down"}

_SEAT: Final = "SELECT room, division FROM season_place WHERE member_id = %s AND season_id = %s"
_SETTLED: Final = """
    SELECT place.member_id, coalesce(place.score, 0), place.rank, place.move
    FROM season_place place WHERE season_id = %s AND room = %s AND rank IS NOT NULL ORDER BY rank, member_id
"""
_WINNERS: Final = """
    SELECT member_id, room, rank, score, prize FROM season_place
    WHERE season_id = %s AND prize IS NOT NULL ORDER BY room, rank, member_id
"""
_STANDS: Final = "SELECT division FROM league_standing WHERE member_id = %s AND league = %s"


class LeaguePlace(NamedTuple):
    """A member's place in a group; `zone` is what it leads to: `up`, `stay` or `down`."""

    rank: int
    name: str
    avatar: str | None
    score: int
    me: bool
    zone: str


class LeagueView(NamedTuple):
    """A member's group in a season of a league; without a seat `items` is empty and `me` is None."""

    code: str
    title: Text
    how: Text
    unit: str
    period: str
    period_start: date
    period_end: date
    settles_at: datetime | None
    settled_at: datetime | None
    division: str
    division_title: Text
    divisions: list[Text]
    """From the lowest up."""
    step: int
    """The place of the member's division among them, from 1."""
    up: int
    """How many of this group rise."""
    down: int
    items: list[LeaguePlace]
    me: LeaguePlace | None


class WinnerView(NamedTuple):
    """A place of a board that has won."""

    rank: int
    name: str
    avatar: str | None
    score: int
    gives: Text


class WinnersView(NamedTuple):
    """What is to be won in a period of a board, when it is settled, and who has won it."""

    code: str
    period: str
    period_start: date
    period_end: date
    settles_at: datetime | None
    settled_at: datetime | None
    items: list[WinnerView]


def league(
    club_id: int, code: str, member_id: int, now: datetime, *, period: str = "current", lang: Lang = "fa"
) -> LeagueView:
    """A member's group in a season.

    Raises:
        NotFound: the bylaws in force have no such league.
        Invalid: `period` is neither `current`, `previous` nor the label of one of its periods.
    """
    conn = connection()
    terms = programme(conn, club_id)
    its = terms.at(now).game.leagues.get(code)
    if its is None:
        raise NotFound(Text("This club has no league {code}.", "این باشگاه لیگ {code} ندارد.").with_(code=code))
    start = asked_start(its.each, terms.calendar, period, now)
    return _league(conn, terms, code, start, member_id, now, lang)


def leagues(club_id: int, member_id: int, now: datetime, lang: Lang) -> list[LeagueView]:
    """A member's groups in the present season of each league in which there is one."""
    conn = connection()
    terms = programme(conn, club_id)
    found = (
        _league(
            conn, terms, code, terms.calendar.start_of(its.each, terms.calendar.moment(now).day), member_id, now, lang
        )
        for code, its in terms.at(now).game.leagues.items()
    )
    return [view for view in found if view.me]


def winners(club_id: int, code: str, now: datetime, *, period: str = "previous", lang: Lang = "fa") -> WinnersView:
    """Who has won a period of a board; nobody as long as it is not settled.

    Raises:
        NotFound: the bylaws in force have no such board, or it has no prizes.
        Invalid: `period` is neither `current`, `previous` nor the label of one of its periods.
    """
    conn = connection()
    terms = programme(conn, club_id)
    board = terms.at(now).leaderboards.get(code)
    if board is None or not board.prizes or board.period is None:
        raise NotFound(
            Text(
                "This club has no leaderboard {code} with prizes.", "این باشگاه جدولی به نام {code} با جایزه ندارد."
            ).with_(code=code)
        )
    start = asked_start(board.period, terms.calendar, period, now)
    season = seasons.of_period(conn, club_id, ("board", code), start)
    span = terms.calendar.span(board.period, start)
    return WinnersView(
        code,
        terms.calendar.label(board.period, start),
        start,
        span.end,
        season.settles_at if season else None,
        season.settled_at if season else None,
        list(_winners(conn, terms, season, lang)) if season else [],
    )


def _winners(conn: Connection, terms: Programme, season: Season, lang: Lang) -> Iterator[WinnerView]:
    bylaws = terms.version(season.version)
    prizes = seasons.prizes_of(bylaws, season)
    rows = conn.execute(_WINNERS, [season.id]).fetchall()
    named = called([member_id for member_id, *_ in rows], lang)
    for member_id, _, rank, score, prize in rows:
        give = prizes[prize - 1].give
        gives = both(bylaws, lambda voice, give=give: said_gifts(give, voice))  # type: ignore[misc]
        yield WinnerView(rank, *named[member_id], score, gives)


def _league(
    conn: Connection, terms: Programme, code: str, start: date, member_id: int, now: datetime, lang: Lang
) -> LeagueView:
    season = seasons.of_period(conn, terms.club_id, ("league", code), start)
    bylaws = terms.version(season.version) if season else terms.at(now)
    its = bylaws.game.leagues[code]
    seat = conn.execute(_SEAT, [member_id, season.id]).fetchone() if season else None
    stands = conn.execute(_STANDS, [member_id, code]).fetchone()
    rank = its.rank(seat[1] if seat else stands[0] if stands else None)
    items = _group(conn, terms, bylaws, season, seat[0], member_id, lang) if season and seat else []
    up, down = its.zones(len(items)) if items else (its.up, its.down)
    span = terms.calendar.span(its.each, start)
    return LeagueView(
        code,
        its.title,
        both(bylaws, lambda voice: plain(its.phrase(voice))),
        bylaws.unit(bylaws.counters[its.counter]),
        terms.calendar.label(its.each, start),
        start,
        span.end,
        season.settles_at if season else None,
        season.settled_at if season else None,
        its.divisions[rank].code,
        its.divisions[rank].title,
        [division.title for division in its.divisions],
        rank + 1,
        up,
        down,
        items,
        next((place for place in items if place.me), None),
    )


def _group(
    conn: Connection, terms: Programme, bylaws: Bylaws, season: Season, room: str, member_id: int, lang: Lang
) -> list[LeaguePlace]:
    """The places of a group: as they stand, or as they were settled."""
    its = bylaws.game.leagues[season.code]
    if season.ranked_at is not None:
        rows = conn.execute(_SETTLED, [season.id, room]).fetchall()
    else:
        found = ranking.group(conn, league_of(terms, bylaws, season.code), season.start, season.id, room)
        rows = [(place.member_id, place.score, place.rank, _leads_to(its, place, len(found), room)) for place in found]
    named = called([id_ for id_, *_ in rows], lang)
    return [LeaguePlace(rank, *named[id_], score, id_ == member_id, _ZONES[move]) for id_, score, rank, move in rows]


def _leads_to(its: League, place: Placed, size: int, room: str) -> int:
    """By how many divisions a place would move, as it stands, from that of the group."""
    return its.move(place.rank, size, place.score, its.rank(room.rpartition(":")[0]))
