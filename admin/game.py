"""The game as it goes: badges and challenges with their levels of effort, and who leads the boards."""

from __future__ import annotations

from typing import Final, NamedTuple

from flask import render_template
from flask.typing import ResponseReturnValue

from admin.blueprint import admin, club
from loyalty import web
from loyalty.config import now
from loyalty.errors import NotFound, Unavailable
from loyalty.queries.bylaws import in_force
from loyalty.queries.effort import effort
from loyalty.queries.leaderboard import LeaderboardView, leaderboard
from loyalty.values import Text

PLACES: Final = 5
VERDICTS: Final = {
    "fine": Text("fine", "به‌جا"),
    "too_easy": Text("too easy", "زیادی آسان"),
    "too_hard": Text("too hard", "زیادی سخت"),
    "dead": Text("dead", "بی‌جان"),
    "too_early": Text("too early to tell", "هنوز زود است"),
}


class Board(NamedTuple):
    """A board with its first places; None while it is being filled."""

    title: Text
    view: LeaderboardView | None


@admin.route("/clubs/<club>/game")
def club_game() -> ResponseReturnValue:
    """How hard the game is, and who leads it."""
    here, at = club(), now()
    try:
        bylaws = in_force(here.id, at).bylaws
    except NotFound:
        return render_template("admin/no_bylaws.html")
    boards = [Board(its.title, _first(code)) for code, its in bylaws.leaderboards.items() if its.scope == "club"]
    return render_template("admin/game.html", effort=effort(here.id, at), boards=boards, verdicts=VERDICTS)


def _first(code: str) -> LeaderboardView | None:
    try:
        return leaderboard(club().id, code, now(), limit=PLACES, lang=web.lang())
    except Unavailable:
        return None
