"""Leagues."""

from __future__ import annotations

from typing import Any, Final

from flask import Response
from marshmallow import Schema, fields

from loyalty.config import now
from loyalty.queries import seasons
from loyalty.queries.members import one
from loyalty.rest.access import caller
from loyalty.rest.answers import at, both, many, text, whole
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.leaderboards import PlaceSchema
from loyalty.rest.reply import lang, reply
from loyalty.schemas.fields import MAX_ID, Base, Figure, Words
from loyalty.schemas.said import told
from loyalty.values import Text

blp = Blueprint(
    Text("Leagues", "لیگ‌ها"),
    __name__,
    Text(
        "Small groups of members of about equal strength. When a season is settled the first rise a division, and the"
        " last go down one.",
        "گروه‌های کوچکی از اعضای هم‌توان. وقتی یک دور نهایی شود، نفرهای نخست یک دسته بالا می‌روند و نفرهای آخر یک"
        " دسته پایین می‌آیند.",
    ),
)

_ZONES: Final = {"enum": ["up", "stay", "down"]}


class LeagueQuery(Base):
    """Whose group, in which season."""

    member = Figure(1, MAX_ID, required=True, metadata=told("A member's id.", "شناسهٔ عضو."))
    period = Words(
        20,
        load_default="current",
        metadata=told("current, previous, or a label as in 1405-08.", "current، previous یا نام دوره مانند 1405-08."),
    )


class LeaguePlaceSchema(PlaceSchema):
    """A place in a group."""

    zone = text(metadata=_ZONES | told("Where it leads, as it stands.", "آنچه این رتبه، اگر بماند، به آن می‌رسد."))


class LeagueSchema(Schema):
    """A member's group in a season; without a seat there are no items."""

    code = text()
    title = both()
    how = both()
    unit = text()
    period = text(metadata={"example": "1405-08"})
    period_start = fields.Date(required=True)
    period_end = fields.Date(required=True)
    settles_at = at(allow_none=True)
    settled_at = at(allow_none=True, metadata=told("Null as long as it is not.", "تا نهایی نشده null است."))
    division = text(metadata={"example": "bronze"})
    division_title = both()
    divisions = fields.List(both(), required=True, metadata=told("The lowest first.", "از پایین به بالا."))
    step = whole(metadata=told("The division's place among them, from 1.", "جای دسته میان آن‌ها، از ۱."))
    up = whole(metadata=told("How many of this group rise.", "چند نفر از این گروه بالا می‌روند."))
    down = whole(metadata=told("How many go down.", "چند نفر پایین می‌آیند."))
    items = many(LeaguePlaceSchema)
    me = fields.Nested(LeaguePlaceSchema, required=True, allow_none=True)


@blp.operation(
    "GET",
    "/leagues/<code>/mine",
    Text("A member's group in a league", "گروه یک عضو در لیگ"),
    Text(
        "Everybody in the member's group, in order. Who is active gets a seat when a season begins, or within the hour"
        " of the first score; nobody plays alone.",
        "همهٔ هم‌گروهی‌های عضو به ترتیب. هر عضو فعال در آغاز دور، یا تا یک ساعت پس از نخستین امتیازش، جای خود را"
        " می‌یابد؛ هیچ‌کس تنها بازی نمی‌کند.",
    ),
    {200: LeagueSchema},
    query=LeagueQuery,
)
def mine(query: dict[str, Any], code: str) -> Response:
    """Everybody in the member's group, in order."""
    club_id = caller().club_id
    one(club_id, query["member"])
    return reply(seasons.league(club_id, code, query["member"], now(), period=query["period"], lang=lang()))
