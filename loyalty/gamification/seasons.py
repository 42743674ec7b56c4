"""Seasons as they are kept: opened when a period begins, ranked once it is settled, and given out member by member."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final, Literal, NamedTuple

import psycopg

from loyalty.arrays import columns
from loyalty.calendars import Period
from loyalty.rules import Bylaws
from loyalty.rules.prizes import Prize
from loyalty.rules.terms import INSTANT, Term
from loyalty.versions import Programme

Connection = psycopg.Connection[tuple[Any, ...]]
Part = Literal["board", "league"]
Key = tuple[Part, str]
"""What a season is of: the part of the document and its code there."""

_COLUMNS: Final = "id, club_id, part, code, start, ends_at, settles_at, version, opened_at, ranked_at, settled_at"
_OPEN: Final = f"""
    INSERT INTO season (club_id, part, code, start, ends_at, settles_at, version, opened_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (club_id, part, code, start) DO NOTHING
    RETURNING {_COLUMNS}
"""  # noqa: S608 - constants
_LATEST: Final = "SELECT part, code, max(ends_at) FROM season WHERE club_id = %s GROUP BY part, code"
_DUE: Final = f"""
    SELECT {_COLUMNS} FROM season WHERE club_id = %s AND settled_at IS NULL AND settles_at <= %s
    ORDER BY settles_at, id
"""  # noqa: S608 - constants
_SEATED: Final = f"""
    SELECT {_COLUMNS} FROM season
    WHERE club_id = %s AND part = 'league' AND settled_at IS NULL AND ranked_at IS NULL AND ends_at >= %s
    ORDER BY id
"""  # noqa: S608 - constants
_LOCK: Final = f"SELECT {_COLUMNS} FROM season WHERE id = %s FOR UPDATE"  # noqa: S608 - constants
_OF: Final = f"SELECT {_COLUMNS} FROM season WHERE club_id = %s AND part = %s AND code = %s AND start = %s"  # noqa: S608
_SIZES: Final = "SELECT room, count(*) FROM season_place WHERE season_id = %s GROUP BY room"
_SEAT: Final = """
    INSERT INTO season_place (member_id, season_id, room, division)
    SELECT member_id, %s, room, division FROM unnest(%s::bigint[], %s::text[], %s::text[])
        AS its (member_id, room, division)
"""
_WON: Final = """
    INSERT INTO season_place (member_id, season_id, room, rank, score, prize)
    SELECT member_id, %s, room, rank, score, prize FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::bigint[],
        %s::int[]) AS its (member_id, room, rank, score, prize)
"""
_RANK: Final = """
    UPDATE season_place SET rank = its.rank, score = its.score, move = its.move, prize = its.prize
    FROM unnest(%s::bigint[], %s::int[], %s::bigint[], %s::smallint[], %s::int[])
        AS its (member_id, rank, score, move, prize)
    WHERE season_place.member_id = its.member_id AND season_id = %s
"""
_STAND: Final = """
    INSERT INTO league_standing (member_id, league, club_id, division, since)
    SELECT member_id, %s, %s, division, %s FROM unnest(%s::bigint[], %s::text[]) AS its (member_id, division)
    ON CONFLICT (member_id, league) DO UPDATE SET division = excluded.division, since = excluded.since
"""
_RANKED: Final = "UPDATE season SET ranked_at = %s WHERE id = %s"
_SETTLED: Final = "UPDATE season SET settled_at = %s WHERE id = %s"
_TO_GIVE: Final = """
    SELECT place.member_id, place.room, rank, move, prize, coalesce(standing.division, ''), member.status,
        member.erased_at IS NOT NULL
    FROM season_place place JOIN member ON member.id = place.member_id
    LEFT JOIN league_standing standing ON standing.member_id = place.member_id AND standing.league = %s
    WHERE season_id = %s AND given_at IS NULL AND (prize IS NOT NULL OR move <> 0)
    ORDER BY place.member_id, place.room LIMIT %s
"""
_GIVEN: Final = """
    UPDATE season_place SET given_at = %s FROM unnest(%s::bigint[], %s::text[]) AS its (member_id, room)
    WHERE season_place.member_id = its.member_id AND season_place.room = its.room AND season_id = %s
"""


_JOIN_PLACES: Final = """
    UPDATE season_place SET member_id = %(survivor)s
    FROM season
    WHERE season.id = season_id AND member_id = %(member)s AND ranked_at IS NULL
        AND NOT EXISTS (SELECT FROM season_place own WHERE own.member_id = %(survivor)s AND own.season_id = season.id)
"""
_JOIN_DIVISIONS: Final = """
    INSERT INTO league_standing (member_id, league, club_id, division, since)
    SELECT %(survivor)s, league, club_id, division, since FROM league_standing WHERE member_id = %(member)s
    ON CONFLICT DO NOTHING
"""


class Season(NamedTuple):
    """A season as it is kept."""

    id: int
    club_id: int
    part: Part
    code: str
    start: date
    ends_at: datetime
    settles_at: datetime
    version: int
    opened_at: datetime
    ranked_at: datetime | None
    settled_at: datetime | None


class Coming(NamedTuple):
    """A season that nobody has opened yet."""

    part: Part
    code: str
    start: date
    ends_at: datetime
    settles_at: datetime
    version: int


class Outcome(NamedTuple):
    """What a ranked member has to get: a prize by its number, a move by a division, or both."""

    member_id: int
    room: str
    rank: int
    move: int
    prize: int | None
    division: str
    """Of a league: where the member is now."""
    status: str
    erased: bool


def contests(bylaws: Bylaws) -> dict[Key, tuple[Period, Term]]:
    """What of a version has seasons: over which periods, and when they are settled."""
    found: dict[Key, tuple[Period, Term]] = {
        ("board", code): (its.period, its.settles)
        for code, its in bylaws.leaderboards.items()
        if its.prizes and its.period
    }
    return found | {("league", code): (its.each, its.settles) for code, its in bylaws.game.leagues.items()}


def prizes_of(bylaws: Bylaws, season: Season) -> Sequence[Prize]:
    """The prizes of what a season is of."""
    if season.part == "board":
        return bylaws.leaderboards[season.code].prizes
    return bylaws.game.leagues[season.code].prizes


def to_open(conn: Connection, terms: Programme, now: datetime) -> list[Coming]:
    """The present season of each contest, and after downtime those that passed meanwhile."""
    keys = contests(terms.at(now))
    if not keys:
        return []
    latest: dict[Key, datetime] = {(part, code): at for part, code, at in conn.execute(_LATEST, [terms.club_id])}
    return [its for key in keys for its in _after(terms, key, latest.get(key), now)]


def _after(terms: Programme, key: Key, latest: datetime | None, now: datetime) -> Iterator[Coming]:
    """Seasons from the last one on, each by the version in force when it began; at first the present one."""
    at, calendar = latest + INSTANT if latest else now, terms.calendar
    while at <= now:
        bylaws = terms.at(at)
        contest = contests(bylaws).get(key)
        if contest is None:  # there was none then; there is one now
            at = now
            continue
        period, settles = contest
        span = calendar.span(period, calendar.moment(at).day)
        assert span.start
        ends_at = calendar.instant(calendar.next_start(period, span.start)) - INSTANT
        yield Coming(*key, span.start, ends_at, settles.ends(ends_at, calendar), bylaws.version)
        at = ends_at + INSTANT


def open_(conn: Connection, club_id: int, its: Coming, now: datetime) -> Season | None:
    """Open a season; None where somebody else has."""
    asked = [club_id, its.part, its.code, its.start, its.ends_at, its.settles_at, its.version, now]
    row = conn.execute(_OPEN, asked).fetchone()
    return Season(*row) if row else None


def due(conn: Connection, club_id: int, now: datetime) -> list[Season]:
    """Seasons that are to be settled, in the order in which they were to be."""
    return [Season(*row) for row in conn.execute(_DUE, [club_id, now])]


def under_way(conn: Connection, club_id: int, now: datetime) -> list[Season]:
    """Seasons of leagues that are not over: whoever comes is seated in them."""
    return [Season(*row) for row in conn.execute(_SEATED, [club_id, now])]


def locked(conn: Connection, season_id: int) -> Season:
    """A season, locked."""
    row = conn.execute(_LOCK, [season_id]).fetchone()
    assert row
    return Season(*row)


def of_period(conn: Connection, club_id: int, key: Key, start: date) -> Season | None:
    """The season of a period, if it was opened."""
    row = conn.execute(_OF, [club_id, *key, start]).fetchone()
    return Season(*row) if row else None


def sizes(conn: Connection, season_id: int) -> dict[str, int]:
    """How many are seated in each group, by its name."""
    return dict(conn.execute(_SIZES, [season_id]).fetchall())


def seat(conn: Connection, season_id: int, rows: Sequence[tuple[int, str, str]]) -> None:
    """Seat members: each with the group and the division."""
    conn.execute(_SEAT, [season_id, *columns(rows)])


def note_winners(conn: Connection, season_id: int, rows: Sequence[tuple[int, str, int, int, int | None]]) -> None:
    """Note the places of a board that win: member, room, rank, score and prize."""
    if rows:
        conn.execute(_WON, [season_id, *columns(rows)])


def note_ranks(conn: Connection, season_id: int, rows: Sequence[tuple[int, int, int, int, int | None]]) -> None:
    """Note the places of a league: member, rank, score, move and prize."""
    conn.execute(_RANK, [*columns(rows), season_id])


def stand(conn: Connection, season: Season, rows: Sequence[tuple[int, str]], now: datetime) -> None:
    """Note in which division of a league members are from now on."""
    if rows:
        conn.execute(_STAND, [season.code, season.club_id, now, *columns(rows)])


def ranked(conn: Connection, season: Season, now: datetime) -> None:
    """From now on its places are fixed."""
    conn.execute(_RANKED, [now, season.id])


def settled(conn: Connection, season: Season, now: datetime) -> None:
    """Everything of it is given."""
    conn.execute(_SETTLED, [now, season.id])


def to_give(conn: Connection, season: Season, most: int) -> list[Outcome]:
    """The next members who have something to get."""
    return [Outcome(*row) for row in conn.execute(_TO_GIVE, [season.code, season.id, most])]


def given(conn: Connection, season: Season, places: Sequence[tuple[int, str]], now: datetime) -> None:
    """Note who got what they had to get, each in their room."""
    conn.execute(_GIVEN, [now, *columns(places), season.id])


def join(conn: Connection, survivor: int, member_id: int) -> None:
    """Let a survivor play on in another's groups and divisions, where they have none of their own."""
    conn.execute(_JOIN_PLACES, {"survivor": survivor, "member": member_id})
    conn.execute(_JOIN_DIVISIONS, {"survivor": survivor, "member": member_id})
