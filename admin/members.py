"""Members: found by whatever they are known by, and one of them in full."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from flask import render_template, request
from flask.typing import ResponseReturnValue

from admin.blueprint import admin, club
from loyalty import cards
from loyalty.config import now
from loyalty.errors import NotFound, Unavailable
from loyalty.queries import figures, members, purchases, standing
from loyalty.queries.leaderboard import leaderboard
from loyalty.queries.names import Names, names
from loyalty.queries.statement import by_event, statement
from loyalty.queries.wallets import wallets
from loyalty.values import Text

PER_PAGE = 25
LINES = 20
LATEST = 5

STATUSES = {
    "active": Text("active", "فعال"),
    "suspended": Text("suspended", "معلق"),
    "left": Text("left", "جداشده"),
    "expelled": Text("expelled", "اخراج‌شده"),
    "deceased": Text("deceased", "درگذشته"),
}


def nameless() -> Names:
    """Names for a club without bylaws."""
    return Names(0, {}, {}, {}, {}, None)


@admin.route("/clubs/<club>/members")
def club_members() -> ResponseReturnValue:
    """A list that narrows as one types; digits of three scripts are the same."""
    at, here = now(), club()
    wanted = request.args.get("q", "").strip()[:100]
    found = members.page(here.id, wanted or None, PER_PAGE, request.args.get("cursor"))
    return render_template(
        "admin/members.html",
        q=wanted,
        found=found,
        first="cursor" not in request.args,
        figures=figures.of_members(here.id, [member.id for member in found.items], at),
        nothing=figures.NOTHING,
        names=names(here.id, at) or nameless(),
        statuses=STATUSES,
        card_shown=cards.shown,
    )


@admin.route("/clubs/<club>/members/<int:member_id>")
def club_member(member_id: int) -> ResponseReturnValue:
    """One member from all sides."""
    at, here = now(), club()
    member = members.one(here.id, member_id)
    before = request.args.get("before", type=int)
    lines, further = statement(here.id, member_id, limit=LINES, cursor=before)
    return render_template(
        "admin/member.html",
        member=member,
        heir=members.find(here.id, "id", str(member_id)) if member.merged_into else None,
        names=names(here.id, at) or nameless(),
        figures=figures.of_members(here.id, [member_id], at).get(member_id, figures.NOTHING),
        tier=standing.tier(here.id, member_id, at),
        wallets=wallets(here.id, member_id, at),
        badges=standing.badges(here.id, member_id, at),
        events=by_event(lines),
        further=further,
        first=before is None,
        latest=purchases.page(here.id, member_id=member_id, limit=LATEST),
        boards=_places(here.id, member_id, at),
        statuses=STATUSES,
        card_shown=cards.shown,
    )


class Place(NamedTuple):
    """A member's rank on a board; None where they are not listed."""

    title: Text
    rank: int | None
    away: bool
    """The board can't be read for a moment."""


def _places(club_id: int, member_id: int, at: datetime) -> list[Place]:
    """Where the member stands on each board of the current period."""
    out = []
    for code, title in (names(club_id, at) or nameless()).boards.items():
        try:
            me = leaderboard(club_id, code, at, around=member_id, limit=1).me
            out.append(Place(title, me.rank if me else None, False))
        except (Unavailable, NotFound):
            out.append(Place(title, None, True))
    return out
