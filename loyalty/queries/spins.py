"""Spins with their stated odds, and when a member's next turn is."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

from loyalty.actions.turn_spin import Turned
from loyalty.db import connection
from loyalty.rules import Bylaws
from loyalty.rules.explain import both
from loyalty.rules.phrase import plain
from loyalty.rules.spins import Spin
from loyalty.values import Text
from loyalty.versions import programme

_LATEST: Final = "SELECT spin, max(start) FROM spin_turn WHERE member_id = %s GROUP BY spin"


class OddView(NamedTuple):
    """What comes with a chance, both in words."""

    chance: Text
    gives: Text
    share: float
    """Of one, for a drawing."""
    wins: bool
    """Whether anything is won."""


class SpinView(NamedTuple):
    """A spin as a member sees it."""

    code: str
    title: Text
    how: Text
    odds: list[OddView]
    left: int
    """Turns that the member has now."""
    next_at: datetime
    """When the next period begins."""


class TurnView(NamedTuple):
    """What a turn came to."""

    id: int
    member: int
    odd: int
    """Which of the odds, from 1."""
    won: bool
    gives: Text
    next_at: datetime


def spins(club_id: int, member_id: int, now: datetime) -> list[SpinView]:
    """Every spin of the bylaws in force for a member."""
    conn = connection()
    terms = programme(conn, club_id)
    bylaws, calendar = terms.at(now, member_id), terms.calendar
    had = dict(conn.execute(_LATEST, [member_id]).fetchall()) if bylaws.game.spins else {}
    today = calendar.moment(now).day
    return [
        SpinView(
            code,
            its.title,
            both(bylaws, lambda voice, its=its: plain(its.phrase(voice))),  # type: ignore[misc]
            list(_odds(bylaws, its)),
            int(had.get(code) != calendar.start_of(its.each, today)),
            calendar.instant(calendar.next_start(its.each, today)),
        )
        for code, its in bylaws.game.spins.items()
    ]


def turned(club_id: int, code: str, its: Turned, now: datetime) -> TurnView:
    """What a turn came to, in words."""
    terms = programme(connection(), club_id)
    bylaws, calendar = terms.version(its.version), terms.calendar
    spin = bylaws.game.spins[code]
    odd = list(_odds(bylaws, spin))[its.odd - 1]
    next_at = calendar.instant(calendar.next_start(spin.each, calendar.moment(now).day))
    return TurnView(its.event_id, its.member_id, its.odd, odd.wins, odd.gives, next_at)


def _odds(bylaws: Bylaws, spin: Spin) -> Iterator[OddView]:
    for n, odd in enumerate(spin.odds, 1):
        chance = both(bylaws, lambda voice, n=n: spin.said_chance(n, voice))  # type: ignore[misc]
        gives = both(bylaws, lambda voice, n=n: spin.said_gifts(n, voice))  # type: ignore[misc]
        yield OddView(chance, gives, float(odd.chance), bool(odd.give))
