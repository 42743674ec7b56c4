"""Leaderboards."""

from __future__ import annotations

from typing import Any, Final

from flask import Response
from marshmallow import Schema, fields

from loyalty.config import now
from loyalty.queries import leaderboard as boards
from loyalty.queries import seasons
from loyalty.queries.members import one
from loyalty.queries.paging import MAX_LIMIT, id_after
from loyalty.rest.access import caller
from loyalty.rest.answers import at, both, many, next_page, text, whole
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.reply import lang, reply, shown
from loyalty.schemas.fields import MAX_ID, Base, Figure, Words
from loyalty.schemas.said import told
from loyalty.values import Text

blp = Blueprint(
    Text("Leaderboards", "جدول‌های رده‌بندی"),
    __name__,
    Text(
        "Who leads by a counter of the bylaws. Members who don't wish to be listed are not.",
        "چه کسی در یکی از شمارنده‌های اساسنامه پیش است. کسی که نخواهد، در جدول نمی‌آید.",
    ),
)

PLACES: Final = 10


class BoardQuery(Base):
    """Which places of which period."""

    period = Words(
        20,
        load_default="current",
        metadata=told("current, previous, or a label as in 1405-08.", "current، previous یا نام دوره مانند 1405-08."),
    )
    scope = Words(
        64,
        metadata=told(
            "Which store, audience, tier or division, by its code; the member's own, if left out.",
            "کد فروشگاه، گروه، سطح یا دسته؛ اگر نباشد، بخش خود عضو.",
        ),
    )
    limit = Figure(1, MAX_LIMIT, load_default=PLACES)
    cursor = Words(18, metadata=told("The `next` of the page before.", "مقدار next صفحهٔ پیش."))
    around = Figure(1, MAX_ID, metadata=told("A member's id: the places around.", "شناسهٔ عضو: رتبه‌های پیرامون او."))


class PlaceSchema(Schema):
    """A member's place."""

    rank = whole(metadata={"minimum": 1})
    name = text(metadata={"example": "سارا م."})
    avatar = text(allow_none=True)
    score = whole()
    me = fields.Boolean(required=True)


class RoomSchema(Schema):
    """A part of a board that is ranked by itself."""

    code = text()
    title = both()


class BoardSchema(Schema):
    """Places of one period."""

    code = text()
    title = both()
    unit = text(
        metadata=told(
            "What the scores are: money, quantity, times, days or count.",
            "جنس امتیازها: money، quantity، times، days یا count.",
        )
    )
    scope = fields.Nested(
        RoomSchema,
        required=True,
        allow_none=True,
        metadata=told("Null where all are ranked together.", "اگر همه با هم رده‌بندی شوند null است."),
    )
    scopes = many(RoomSchema)
    period = text(metadata={"example": "1405-08"})
    period_start = fields.Date(required=True, allow_none=True)
    period_end = fields.Date(required=True, allow_none=True)
    items = many(PlaceSchema)
    me = fields.Nested(PlaceSchema, required=True, allow_none=True)
    next = next_page()


class WinnersQuery(Base):
    """Of which period."""

    period = Words(
        20,
        load_default="previous",
        metadata=told("current, previous, or a label as in 1405-08.", "current، previous یا نام دوره مانند 1405-08."),
    )


class PrizeWinnerSchema(Schema):
    """A place that has won."""

    rank = whole(metadata={"minimum": 1})
    name = text(metadata={"example": "سارا م."})
    avatar = text(allow_none=True)
    score = whole()
    gives = both()


class WinnersSchema(Schema):
    """Who has won a period."""

    code = text()
    period = text(metadata={"example": "1405-08"})
    period_start = fields.Date(required=True)
    period_end = fields.Date(required=True)
    settles_at = at(allow_none=True, metadata=told("Null before it begins.", "پیش از آغاز دوره null است."))
    settled_at = at(allow_none=True, metadata=told("Null as long as it is not.", "تا نهایی نشده null است."))
    items = many(PrizeWinnerSchema)


@blp.operation(
    "GET",
    "/leaderboards/<code>/winners",
    Text("Winners of a leaderboard", "برندگان یک جدول رده‌بندی"),
    Text(
        "Who has won a period. It is settled once, when no till can be late any more; what comes later moves the board,"
        " never a prize.",
        "چه کسانی یک دوره را برده‌اند. هر دوره یک بار نهایی می‌شود، وقتی دیگر هیچ صندوقی نمی‌تواند دیر برسد؛ آنچه"
        " پس از آن بیاید جدول را جابه‌جا می‌کند، نه جایزه را.",
    ),
    {200: WinnersSchema},
    query=WinnersQuery,
)
def winners(query: dict[str, Any], code: str) -> Response:
    """Who has won a period."""
    return reply(seasons.winners(caller().club_id, code, now(), period=query["period"], lang=lang()))


@blp.operation(
    "GET",
    "/leaderboards/<code>",
    Text("A leaderboard", "یک جدول رده‌بندی"),
    Text("The places of a period, from the top or around a member.", "رتبه‌های یک دوره، از بالا یا پیرامون یک عضو."),
    {200: BoardSchema},
    query=BoardQuery,
)
def leaderboard(query: dict[str, Any], code: str) -> Response:
    """The places of a period, from the top or around a member."""
    club_id, around = caller().club_id, query.get("around")
    if around is not None:
        one(club_id, around)
    view = boards.leaderboard(
        club_id,
        code,
        now(),
        period=query["period"],
        scope=query.get("scope"),
        around=around,
        limit=query["limit"],
        cursor=id_after(query.get("cursor")),
        lang=lang(),
    )
    return reply(shown(view) | {"next": None if view.next is None else str(view.next)})
