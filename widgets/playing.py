"""Chance and collecting on the page of a member's path: spins to turn, sets with their pieces, trades of doubles."""

from __future__ import annotations

from typing import Final

from flask import redirect, request, url_for

from loyalty import web
from loyalty.actions.trade_pieces import accept_trade, offer_piece, withdraw_trade
from loyalty.actions.turn_spin import turn_spin
from loyalty.actions.update_member import update_member
from loyalty.config import now, settings
from loyalty.errors import Problem
from loyalty.queries import sets, spins
from loyalty.queries.clubs import ClubView
from loyalty.queries.members import MemberView
from loyalty.queries.spins import TurnView
from loyalty.rules import MemberRef
from loyalty.rules.modes import MODES
from widgets.member import Page, for_a_member, pages, shown_path

LONGEST: Final = 60


@pages.post("/mode")
@for_a_member
def choose_mode(club: ClubView, member: MemberView) -> Page:
    """Choose between the game and the figures alone."""
    chosen = request.form.get("mode", "")
    if chosen in MODES:
        update_member(club.id, member.id, {"mode": chosen}, now())
    return redirect(url_for("member.home", club_code=club.code), 303)


@pages.post("/spins/<code>")
@for_a_member
def turn(club: ClubView, member: MemberView, code: str) -> Page:
    """Turn a spin, and show what it came to."""
    try:
        its = turn_spin(club.id, code, MemberRef("id", str(member.id)), now(), settings().secret_key)
    except Problem as problem:
        return shown_path(club, member, problem=problem.detail), problem.status
    came: TurnView = spins.turned(club.id, code, its, now())
    return shown_path(club, member, turned=(code, came))


@pages.post("/trades")
@for_a_member
def offer(club: ClubView, member: MemberView) -> Page:
    """Offer a piece for another to everybody."""
    code, gives, wants = (request.form.get(name, "")[:LONGEST] for name in ("set", "gives", "wants"))
    try:
        offer_piece(club.id, MemberRef("id", str(member.id)), code, gives, wants, None, now())
    except Problem as problem:
        return shown_path(club, member, problem=problem.detail), problem.status
    return _back(club)


@pages.post("/trades/<int:trade>/<act>")
@for_a_member
def settle(club: ClubView, member: MemberView, trade: int, act: str) -> Page:
    """Accept an offer, or withdraw one's own."""
    mine = {its.id for its in sets.trades(club.id, member.id, now(), web.lang()) if its.mine}
    try:
        if act == "accept":
            accept_trade(club.id, trade, MemberRef("id", str(member.id)), now())
        elif trade in mine:
            withdraw_trade(club.id, trade, now())
    except Problem as problem:
        return shown_path(club, member, problem=problem.detail), problem.status
    return _back(club)


def _back(club: ClubView) -> Page:
    return redirect(url_for("member.path", club_code=club.code, _anchor="sets"), 303)
