"""Sets that a member collects, and the offers of pieces that concern them."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, NamedTuple

from loyalty.actions.complete_sets import pieces
from loyalty.db import connection
from loyalty.queries.called import called
from loyalty.rules import Bylaws
from loyalty.rules.explain import both
from loyalty.rules.phrase import plain
from loyalty.rules.things import piece_wallet
from loyalty.values import Lang, Text
from loyalty.versions import programme

_DONE: Final = "SELECT collection, completed_at FROM set_done WHERE member_id = %s"
_OFFERS: Final = """
    SELECT id, member_id, to_id, collection, gives, wants, until_at FROM trade
    WHERE club_id = %(club)s AND status = 'open' AND until_at >= %(now)s
        AND (member_id = %(me)s OR to_id = %(me)s OR to_id IS NULL)
    ORDER BY id DESC LIMIT %(most)s
"""
_MOST: Final = 100


class PieceView(NamedTuple):
    """A piece, and how many of it a member has."""

    code: str
    title: Text
    number: int


class SetView(NamedTuple):
    """A set as a member has it."""

    code: str
    title: Text
    how: Text
    trade: bool
    pieces: list[PieceView]
    share: int
    """The floored percentage of its pieces of which the member has one."""
    completed_at: datetime | None


class TradeView(NamedTuple):
    """An offer: who gives which piece for which."""

    id: int
    member: int
    name: str
    mine: bool
    to: int | None
    set: str
    gives: PieceView
    wants: PieceView
    until: datetime


def sets(club_id: int, member_id: int, now: datetime) -> list[SetView]:
    """The sets of the bylaws in force, as a member has them."""
    conn = connection()
    bylaws = programme(conn, club_id).at(now, member_id)
    if not bylaws.game.sets:
        return []
    had = pieces(conn, [member_id]).get(member_id, {})
    done = dict(conn.execute(_DONE, [member_id]).fetchall())
    found = []
    for code, its in bylaws.game.sets.items():
        mine = [PieceView(p.code, p.title, had.get(piece_wallet(code, p.code), 0)) for p in its.pieces]
        share = sum(piece.number > 0 for piece in mine) * 100 // len(mine)
        how = both(bylaws, lambda voice, its=its: plain(its.phrase(voice)))  # type: ignore[misc]
        found.append(SetView(code, its.title, how, its.trade, mine, share, done.get(code)))
    return found


def trades(club_id: int, member_id: int, now: datetime, lang: Lang) -> list[TradeView]:
    """The open offers that a member has made or may accept, the latest first."""
    conn = connection()
    bylaws = programme(conn, club_id).at(now, member_id)
    rows = conn.execute(_OFFERS, {"club": club_id, "me": member_id, "now": now, "most": _MOST}).fetchall()
    had = pieces(conn, [member_id]).get(member_id, {}) if rows else {}
    names = called([row[1] for row in rows], lang)
    return [_trade(bylaws, row, names[row[1]].name, member_id, had) for row in rows]


def _trade(bylaws: Bylaws, row: tuple[Any, ...], name: str, me: int, had: dict[str, int]) -> TradeView:
    id_, member_id, to_id, code, gives, wants, until = row
    its = bylaws.game.sets.get(code)

    def piece(which: str) -> PieceView:
        known = its.piece(which) if its else None
        return PieceView(which, known.title if known else Text(which, which), had.get(piece_wallet(code, which), 0))

    return TradeView(id_, member_id, name, member_id == me, to_id, code, piece(gives), piece(wants), until)
