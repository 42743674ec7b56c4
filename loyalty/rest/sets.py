"""Sets to collect, and trades of their pieces."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from loyalty.actions.trade_pieces import accept_trade, offer_piece, withdraw_trade
from loyalty.config import now
from loyalty.queries import sets
from loyalty.queries.members import one
from loyalty.rest.access import caller
from loyalty.rest.answers import at, both, many, text, whole
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.members import MEMBER
from loyalty.rest.once import Done
from loyalty.rest.reply import lang, reply
from loyalty.schemas.fields import MAX_ID, Base, Figure, Words
from loyalty.schemas.people import Ref
from loyalty.schemas.said import told
from loyalty.values import Text

blp = Blueprint(
    Text("Sets", "مجموعه‌ها"),
    __name__,
    Text(
        "Things to collect. Pieces are given by articles, badges, challenges and spins; doubles may be traded where the"
        " bylaws allow it.",
        "چیزهایی برای گردآوری. تکه‌ها را ماده‌ها، نشان‌ها، چالش‌ها و گردونه‌ها می‌دهند؛ هر جا آیین‌نامه اجازه دهد،"
        " تکراری‌ها را می‌توان دادوستد کرد.",
    ),
)


class PieceSchema(Schema):
    """A piece, and how many of it the member has."""

    code = text()
    title = both()
    number = whole(metadata=told("How many the member has.", "چند تا نزد عضو است."))


class SetSchema(Schema):
    """A set as a member has it."""

    code = text()
    title = both()
    how = both()
    trade = fields.Boolean(required=True)
    pieces = many(PieceSchema)
    share = whole(metadata=told("A floored percentage; 100 means whole.", "درصد، رو به پایین گرد شده؛ ۱۰۰ یعنی کامل."))
    completed_at = at(allow_none=True)


class SetsSchema(Schema):
    """The sets of a club."""

    items = many(SetSchema)


class TradesQuery(Base):
    """Whose."""

    member = Figure(1, MAX_ID, required=True)


class TradeSchema(Schema):
    """An offer: who gives which piece for which."""

    id = whole()
    member = whole()
    name = text()
    mine = fields.Boolean(required=True)
    to = whole(allow_none=True, metadata=told("Null for everybody.", "برای همه null است."))
    set = text()
    gives = fields.Nested(PieceSchema, required=True)
    wants = fields.Nested(PieceSchema, required=True)
    until = at()


class TradesSchema(Schema):
    """Open offers."""

    items = many(TradeSchema)


class OfferBody(Base):
    """Who gives which piece for which, and to whom."""

    member = Ref(required=True)
    set = Words(60, required=True)
    gives = Words(60, required=True)
    wants = Words(60, required=True)
    to = Ref(allow_none=True, metadata=told("Everybody, if left out.", "اگر نباشد، همه."))


class OfferedSchema(Schema):
    """The offer."""

    id = whole()


class AcceptBody(Base):
    """Who accepts."""

    member = Ref(required=True)


@blp.operation(
    "GET",
    f"{MEMBER}/sets",
    Text("A member's sets", "مجموعه‌های عضو"),
    Text("Every set, and how many of each piece the member has.", "همهٔ مجموعه‌ها و شمار هر تکه نزد عضو."),
    {200: SetsSchema},
)
def of_member(member_id: int) -> Response:
    """Every set, as the member has it."""
    one(caller().club_id, member_id)
    return reply({"items": sets.sets(caller().club_id, member_id, now())})


@blp.operation(
    "GET",
    "/trades",
    Text("Open offers", "پیشنهادهای باز"),
    Text(
        "The offers that a member has made or may accept, the latest first.",
        "پیشنهادهایی که عضو داده یا می‌تواند بپذیرد، از تازه‌ترین.",
    ),
    {200: TradesSchema},
    query=TradesQuery,
)
def listed(query: dict[str, Any]) -> Response:
    """Open offers."""
    one(caller().club_id, query["member"])
    return reply({"items": sets.trades(caller().club_id, query["member"], now(), lang())})


@blp.operation(
    "POST",
    "/trades",
    Text("Offer a piece", "پیشنهاد یک تکه"),
    Text(
        "Offers a piece for another of the same set; it stands for 14 days.",
        "تکه‌ای را در برابر تکه‌ای دیگر از همان مجموعه پیشنهاد می‌دهد؛ ۱۴ روز برقرار است.",
    ),
    {201: OfferedSchema},
    body=OfferBody,
    repeatable=True,
)
def offer(body: dict[str, Any]) -> Done:
    """Offer a piece."""
    club_id = caller().club_id
    return Done(
        {"id": offer_piece(club_id, body["member"], body["set"], body["gives"], body["wants"], body.get("to"), now())}
    )


@blp.operation(
    "POST",
    "/trades/<int:trade>/accept",
    Text("Accept an offer", "پذیرفتن پیشنهاد"),
    Text("Both pieces change hands at once.", "هر دو تکه هم‌زمان دست‌به‌دست می‌شوند."),
    {204: None},
    body=AcceptBody,
)
def accept(body: dict[str, Any], trade: int) -> Response:
    """Accept an offer."""
    accept_trade(caller().club_id, trade, body["member"], now())
    return Response(status=204)


@blp.operation(
    "POST",
    "/trades/<int:trade>/withdraw",
    Text("Withdraw an offer", "پس گرفتن پیشنهاد"),
    Text("Done again it changes nothing.", "تکرار آن چیزی را عوض نمی‌کند."),
    {204: None},
)
def withdraw(trade: int) -> Response:
    """Withdraw an offer."""
    withdraw_trade(caller().club_id, trade, now())
    return Response(status=204)
