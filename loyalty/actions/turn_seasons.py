"""Turn from season to season: settle those whose time has come, open those that begin, and seat who comes to a league.

Each is done once, however often and by however many this is called: a season is opened by its key, ranked under the
lock of its row, and given out member by member, in transactions of their own, so that no purchase waits for it.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Final

from loyalty import outbox
from loyalty.actions.record_events import record
from loyalty.arrays import batches
from loyalty.audiences import belonging
from loyalty.calendars import Span
from loyalty.db import connection, retried, transaction
from loyalty.errors import NotFound
from loyalty.gamification import ranking, seasons, teams
from loyalty.gamification.boards import boards_of, league_of
from loyalty.gamification.groups import seats, together
from loyalty.gamification.scores import STREAM
from loyalty.gamification.seasons import Outcome, Season
from loyalty.notices import shelf
from loyalty.notices.base import Words
from loyalty.notices.contests import DivisionLost, DivisionReached, PlaceWon
from loyalty.notices.shelf import Told
from loyalty.outcome import CHUNK
from loyalty.rules import Event, MemberRef
from loyalty.rules.leagues import League
from loyalty.rules.prizes import places_in_all, prize_at, prize_name
from loyalty.rules.winning import PRIZE
from loyalty.versions import Connection, Programme, programme

ACTIVE: Final = "active"


def any_to_turn(club_id: int, now: datetime) -> bool:
    """Whether a season is to be settled or to be opened."""
    conn = connection()
    try:
        terms = programme(conn, club_id)
    except NotFound:
        return False  # nothing is published yet
    return bool(seasons.due(conn, club_id, now) or seasons.to_open(conn, terms, now))


def any_league(club_id: int, now: datetime) -> bool:
    """Whether somebody may be waiting for a seat."""
    return bool(seasons.under_way(connection(), club_id, now))


def turn_seasons(club_id: int, now: datetime) -> int:
    """Do whatever is due for a club's seasons; answers how many were settled.

    First those that are over, so that who rose is seated where they now belong. What one season cannot do does not keep
    the others from theirs; the failure is raised at the end.
    """
    settled, failed = 0, None
    with transaction() as conn:
        due = seasons.due(conn, club_id, now)
    for season in due:
        try:
            _rank(club_id, season.id, now)
            while _give(club_id, season.id, now):
                pass
            settled += _close(season.id, now)
        except Exception as error:
            failed = failed or error
    for season in [*_open(club_id, now), *_under_way(club_id, now)]:
        _seat(club_id, season.id)
    if settled:
        outbox.wake()
    if failed:
        raise failed
    return settled


@retried
def _open(club_id: int, now: datetime) -> list[Season]:
    """Open what begins; answers the seasons of leagues that passed while nothing ran, whose groups are made yet."""
    with transaction() as conn:
        opened = [
            seasons.open_(conn, club_id, its, now) for its in seasons.to_open(conn, programme(conn, club_id), now)
        ]
    return [its for its in opened if its and its.part == "league" and its.ends_at < now]


def _under_way(club_id: int, now: datetime) -> list[Season]:
    with transaction() as conn:
        return seasons.under_way(conn, club_id, now)


@retried
def _seat(club_id: int, season_id: int) -> None:
    """Seat the members of a league who have been active in this season or the one before, and have no seat in it."""
    with transaction() as conn:
        season = seasons.locked(conn, season_id)
        if season.ranked_at is not None:
            return
        terms = programme(conn, club_id)
        bylaws = terms.version(season.version)
        league, board = bylaws.game.leagues[season.code], league_of(terms, bylaws, season.code)
        before = terms.calendar.previous(league.each, season.start)
        days = Span(before.start, board.span(season.start).end)
        counts, coming = ranking.newcomers(conn, board, days, season.id)
        if counts:
            rows = _seats(league, counts, coming, seasons.sizes(conn, season.id))
            for some in batches(rows, STREAM):
                seasons.seat(conn, season.id, some)


def _seats(
    league: League,
    counts: dict[str | None, int],
    coming: Iterator[tuple[int, str | None]],
    sizes: dict[str, int],
) -> Iterator[tuple[int, str, str]]:
    """Each newcomer with group and division; whoever would be alone in the whole league waits."""
    arriving: dict[int, int] = {}
    for division, n in counts.items():
        arriving[league.rank(division)] = arriving.get(league.rank(division), 0) + n
    there = {rank: _sizes_of(its.code, sizes) for rank, its in enumerate(league.divisions)}
    with_whom = together(arriving, there)
    playing: dict[int, int] = {}
    for rank, n in arriving.items():
        to = with_whom[rank]
        if to is not None:
            playing[to] = playing.get(to, 0) + n
    free = {rank: seats(n, there[rank], league.of) for rank, n in playing.items()}
    for member_id, division in coming:
        rank = league.rank(division)
        to = with_whom.get(rank)
        if to is not None:
            yield member_id, f"{league.divisions[to].code}:{next(free[to])}", league.divisions[rank].code


def _sizes_of(division: str, sizes: dict[str, int]) -> list[int]:
    """The sizes of a division's groups, in the order of their numbers."""
    numbered = {int(room.rpartition(":")[2]): n for room, n in sizes.items() if room.rpartition(":")[0] == division}
    return [numbered[number] for number in sorted(numbered)]


@retried
def _rank(club_id: int, season_id: int, now: datetime) -> None:
    """Fix the places of a season that is over: what comes later moves the board, never a prize."""
    with transaction() as conn:
        season = seasons.locked(conn, season_id)
        if season.ranked_at is not None:
            return
        terms = programme(conn, club_id)
        if season.part == "board":
            _rank_board(conn, terms, season, now)
        else:
            _rank_league(conn, terms, season, now)
        seasons.ranked(conn, season, now)


def _rank_board(conn: Connection, terms: Programme, season: Season, now: datetime) -> None:
    bylaws = terms.version(season.version)
    board, prizes = boards_of(terms, bylaws)[season.code], seasons.prizes_of(bylaws, season)
    most = places_in_all(prizes)
    first = ranking.top(conn, board, season.start, most, partial(belonging, terms=terms, at=now))
    rows = [(its.member_id, room, its.rank, its.score, prize_at(prizes, its.rank)) for room, its in first]
    if board.teams is not None:  # everybody wins who was in the team at the end
        there = teams.at(conn, [team_id for team_id, *_ in rows], season.ends_at)
        rows = [
            (its, str(team_id), rank, score, prize)
            for team_id, _, rank, score, prize in rows
            for its in there.get(team_id, ())
        ]
    seasons.note_winners(conn, season.id, rows)


def _rank_league(conn: Connection, terms: Programme, season: Season, now: datetime) -> None:
    bylaws = terms.version(season.version)
    league, board = bylaws.game.leagues[season.code], league_of(terms, bylaws, season.code)
    places: list[tuple[int, int, int, int, int | None]] = []
    moved: list[tuple[int, str]] = []
    for _, found in groupby(ranking.groups(conn, board, season.start, season.id), key=lambda its: its.room):
        group = list(found)
        for rank, its in enumerate(group, 1):
            at = league.rank(its.division)
            move = league.move(rank, len(group), its.score, at)
            places.append((its.member_id, rank, its.score, move, prize_at(league.prizes, rank) if its.score else None))
            if move:
                moved.append((its.member_id, league.divisions[at + move].code))
    for some in batches(places, STREAM):
        seasons.note_ranks(conn, season.id, some)
    for some_moved in batches(moved, STREAM):
        seasons.stand(conn, season, some_moved, now)


@retried
def _give(club_id: int, season_id: int, now: datetime) -> bool:
    """Give the next members what they have to get; whether there were any."""
    with transaction() as conn:
        season = seasons.locked(conn, season_id)
        found = seasons.to_give(conn, season, CHUNK)
        if not found:
            return False
        winners = [its for its in found if its.prize is not None and its.status == ACTIVE and not its.erased]
        for outcome in record(conn, club_id, [_won(season, its) for its in winners], now) if winners else ():
            if outcome.problem is not None:
                raise outcome.problem
        seasons.given(conn, season, [(its.member_id, its.room) for its in found], now)
        _tell(conn, programme(conn, club_id), season, found, now)
    return True


def _tell(conn: Connection, terms: Programme, season: Season, found: list[Outcome], now: datetime) -> None:
    """Tell members what they have won, and into which division they have come."""
    words = Words(terms.version(season.version), terms.unit, terms.calendar)
    last = terms.calendar.moment(season.ends_at).day
    told = []
    for its in found:
        if its.prize is not None:
            won = PlaceWon(season.part, season.code, season.start, its.rank, its.prize, last, its.room)
            told.append(Told(its.member_id, won, won.slots(words), now))
        if its.move:
            kind = DivisionReached if its.move > 0 else DivisionLost
            moved = kind(season.code, season.start, its.division)
            told.append(Told(its.member_id, moved, moved.slots(words), now))
    shelf.note(conn, season.club_id, terms.calendar, told, now)


def _won(season: Season, its: Outcome) -> Event:
    assert its.prize is not None
    name = prize_name(season.part, season.code, its.prize)
    told = {"prize": name, "season": season.start.isoformat(), "version": season.version}
    key = f"{PRIZE}:season:{season.id}:{its.room}:{its.member_id}"
    return Event(PRIZE, season.settles_at, key, member=MemberRef("id", str(its.member_id)), attributes=told)


@retried
def _close(season_id: int, now: datetime) -> int:
    """Note that everything is given, and tell; 1 where this did it."""
    with transaction() as conn:
        season = seasons.locked(conn, season_id)
        if season.settled_at is not None:
            return 0
        seasons.settled(conn, season, now)
        told = {"part": season.part, "code": season.code, "start": season.start.isoformat()}
        outbox.send("season.settled", season.club_id, [(None, told)], now)
    return 1
