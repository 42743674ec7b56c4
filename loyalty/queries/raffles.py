"""Raffles as anyone may see them: what can be won, the draw to come with its commitment, and past draws with proof."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final, NamedTuple

from loyalty import absent, drums
from loyalty.db import connection
from loyalty.queries.paging import Page, cut, id_after
from loyalty.rewards import draws
from loyalty.rewards.drawing import lines
from loyalty.rewards.draws import Draw, Pseudonyms
from loyalty.rules import Bylaws
from loyalty.rules.explain import both
from loyalty.rules.gifts import said_gifts
from loyalty.rules.phrase import plain
from loyalty.rules.prizes import Prize
from loyalty.rules.raffles import Raffle
from loyalty.values import Text
from loyalty.versions import Programme, programme

_OF_RAFFLE: Final = f"{draws.OF_CLUB} AND raffle = %s"
_NEXT: Final = f"{_OF_RAFFLE} AND ends_at >= %s ORDER BY ends_at LIMIT 1"
_LAST: Final = f"{_OF_RAFFLE} AND ends_at < %s ORDER BY ends_at DESC LIMIT 1"
_PAGE: Final = f"{_OF_RAFFLE} AND (%s::bigint IS NULL OR id < %s) ORDER BY id DESC LIMIT %s"
_WON: Final = f"{_OF_RAFFLE} AND winners @> %s::jsonb ORDER BY ends_at DESC LIMIT %s"
_REMEMBERED: Final = 12
"""Of so many draws a member is told what was won."""


class PrizeView(NamedTuple):
    """What so many winners get each."""

    prize: int
    gives: Text
    winners: int


class DrawView(NamedTuple):
    """A draw with what is known of it by now."""

    its: Draw
    prizes: list[PrizeView]
    tickets: int
    """How many there are so far; once it is closed, how many take part."""

    @property
    def status(self) -> str:
        """`open` until its last instant, then `closed` until it is drawn, then `drawn`."""
        return "open" if self.its.closed_at is None else "closed" if self.its.drawn_at is None else "drawn"


class RaffleView(NamedTuple):
    """A raffle, the draw to come and the one before it."""

    code: str
    title: Text
    text: Text
    next: DrawView | None
    last: DrawView | None
    awaited: bool
    """Whether the bylaws in force have a draw to come: then it is to be committed to, if it is not yet."""


class HeldView(NamedTuple):
    """What a member has of the draw to come, and won before."""

    raffle: str
    title: Text
    day: date
    ends_at: datetime
    tickets: int
    of: int
    """All tickets there are so far."""
    holder: str | None
    """The member's pseudonym in that draw."""
    won: list[tuple[date, Text]]


def one(club_id: int, code: str, now: datetime) -> RaffleView:
    """A raffle of the bylaws in force, or one that was drawn before.

    Raises:
        NotFound: there is and was none of that code.
    """
    conn, terms = connection(), programme(connection(), club_id)
    last = conn.execute(_LAST, [club_id, code, now]).fetchone()
    to_come = conn.execute(_NEXT, [club_id, code, now]).fetchone()
    bylaws = terms.at(now)
    raffle = bylaws.game.raffles.get(code)
    if raffle is None:
        row = to_come or last
        if row is None:
            raise absent.raffle()
        bylaws = terms.version(draws.from_row(row).version)
        raffle = bylaws.game.raffles[code]
        awaited = False
    else:
        awaited = raffle.drawn(now, terms.calendar) >= now
    next_, past = (_view(terms, draws.from_row(row)) if row else None for row in (to_come, last))
    return RaffleView(code, raffle.title, said(bylaws, raffle), next_, past, awaited)


def every(club_id: int, now: datetime) -> list[RaffleView]:
    """The raffles of the bylaws in force, in their order."""
    terms = programme(connection(), club_id)
    return [one(club_id, code, now) for code in terms.at(now).game.raffles]


def page(club_id: int, code: str, limit: int, cursor: str | None = None) -> Page[DrawView]:
    """The draws of a raffle, the newest first."""
    after = id_after(cursor)
    terms = programme(connection(), club_id)
    rows = connection().execute(_PAGE, [club_id, code, after, after, limit + 1]).fetchall()
    return cut([_view(terms, draws.from_row(row)) for row in rows], limit, lambda view: str(view.its.id))


def draw(club_id: int, code: str, day: date) -> DrawView:
    """A draw.

    Raises:
        NotFound: there is none at the end of that day.
    """
    found = draws.of_day(connection(), club_id, code, day)
    if found is None:
        raise absent.draw()
    return _view(programme(connection(), club_id), found)


def entries(club_id: int, code: str, day: date) -> Iterator[bytes]:
    """The list of entries of a draw that is closed, line by line.

    Raises:
        NotFound: there is none, or none yet.
    """
    found = draws.of_day(connection(), club_id, code, day)
    if found is None or found.closed_at is None:
        raise absent.draw()
    return lines(draws.entries(connection(), found))


def of_member(club_id: int, member_id: int, now: datetime, instance_key: str) -> list[HeldView]:
    """What a member has in each raffle of the bylaws in force that has a draw to come, and won in it.

    Raises:
        NotFound: the club has no such member.
    """
    conn, terms = connection(), programme(connection(), club_id)
    if not conn.execute("SELECT 1 FROM member WHERE club_id = %s AND id = %s", [club_id, member_id]).fetchone():
        raise absent.member()
    found = []
    for code, raffle in terms.at(now).game.raffles.items():
        ends_at = raffle.drawn(now, terms.calendar)
        won = list(_won(terms, code, member_id))
        if ends_at < now and not won:
            continue
        day = terms.calendar.moment(ends_at).day
        its = draws.of_day(conn, club_id, code, day)
        named = Pseudonyms(club_id, its, instance_key).of(member_id).hex() if its else None
        own, of = drums.of_member(conn, member_id, code, ends_at), drums.in_all(conn, club_id, code, ends_at)
        found.append(HeldView(code, raffle.title, day, ends_at, own, of, named, won))
    return found


def said(bylaws: Bylaws, raffle: Raffle) -> Text:
    """When a raffle is drawn, among whom, and what is to be won."""
    return both(bylaws, lambda voice: plain(raffle.phrase(voice)))


def _view(terms: Programme, its: Draw) -> DrawView:
    bylaws = terms.version(its.version)
    prizes = bylaws.game.raffles[its.raffle].prizes
    tickets = its.tickets
    if tickets is None:
        tickets = drums.in_all(connection(), terms.club_id, its.raffle, its.ends_at)
    return DrawView(its, [_prize(bylaws, n, prize) for n, prize in enumerate(prizes, 1)], tickets)


def _prize(bylaws: Bylaws, n: int, prize: Prize) -> PrizeView:
    return PrizeView(n, both(bylaws, lambda voice: said_gifts(prize.give, voice)), prize.winners)


def _won(terms: Programme, code: str, member_id: int) -> Iterator[tuple[date, Text]]:
    asked = [terms.club_id, code, f'[{{"member": {member_id}}}]', _REMEMBERED]
    for row in connection().execute(_WON, asked):
        its = draws.from_row(row)
        bylaws = terms.version(its.version)
        for won in its.winners or ():
            if won["member"] == member_id:
                prize = bylaws.game.raffles[code].prizes[won["prize"] - 1]
                yield its.day, _prize(bylaws, won["prize"], prize).gives
