"""Raffles: what can be won, tickets, and draws that anyone can check."""

from __future__ import annotations

from datetime import date
from tempfile import SpooledTemporaryFile
from typing import Any, Final

from flask import Response
from werkzeug.wsgi import FileWrapper

from loyalty import absent
from loyalty.actions.draw_raffles import commit_draws
from loyalty.actions.tell_public_value import tell_public_source, tell_public_value
from loyalty.calendars import parse_date
from loyalty.config import now, settings
from loyalty.errors import Invalid
from loyalty.formats import latin_digits
from loyalty.queries import raffles
from loyalty.queries.raffles import DrawView, RaffleView
from loyalty.rest.access import caller
from loyalty.rest.answers_raffle import (
    DrawSchema,
    DrawsSchema,
    RaffleSchema,
    RafflesOfMemberSchema,
    RafflesSchema,
)
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.fields import PageQuery
from loyalty.rest.members import MEMBER
from loyalty.rest.reply import reply
from loyalty.schemas.fields import Base, Inner, Words
from loyalty.schemas.said import told
from loyalty.schemas.segment import TitleBody
from loyalty.values import Text

blp = Blueprint(
    Text("Raffles", "قرعه‌کشی‌ها"),
    __name__,
    Text(
        "Tickets are given by articles and rewards; each draw is committed to before, and can be checked after.",
        "بلیت‌ها را ماده‌ها و پاداش‌ها می‌دهند؛ هر قرعه‌کشی پیشاپیش متعهد می‌شود و پس از انجام می‌توان آن را آزمود.",
    ),
)

RAFFLE: Final = "/raffles/<code>"
DRAW: Final = f"{RAFFLE}/draws/<day>"
_CSV: Final = "text/csv"
_IN_MEMORY: Final = 1 << 20


class PublicBody(Base):
    """Before the closing `source`, after it `value`."""

    source = Inner(
        TitleBody,
        metadata=told(
            "Which value: one that comes from outside and that nobody can know before the closing.",
            "چه مقداری؛ مقداری از بیرون که پیش از بسته شدن هیچ‌کس نمی‌داند.",
        ),
    )
    value = Words(500, metadata=told("The value itself.", "خود مقدار.", example="2345678.9"))


@blp.operation(
    "GET",
    "/raffles",
    Text("List raffles", "فهرست قرعه‌کشی‌ها"),
    Text("The raffles of the bylaws in force.", "قرعه‌کشی‌های آیین‌نامهٔ جاری."),
    {200: RafflesSchema},
)
def listed() -> Response:
    """The raffles of the bylaws in force."""
    views = raffles.every(caller().club_id, now())
    if any(_to_commit(view) for view in views):
        commit_draws(caller().club_id, now())
        views = raffles.every(caller().club_id, now())
    return reply({"items": [_shown(view) for view in views]})


@blp.operation(
    "GET",
    RAFFLE,
    Text("A raffle", "یک قرعه‌کشی"),
    Text(
        "What can be won; the draw to come with its commitment; the last one with seed, entries digest and winners.",
        "آنچه می‌توان برد؛ قرعه‌کشی پیش رو با تعهد آن؛ و آخرین قرعه‌کشی با دانه، چکیدهٔ فهرست و برندگان.",
    ),
    {200: RaffleSchema},
)
def one(code: str) -> Response:
    """A raffle. Whoever asks first finds it committed to."""
    view = raffles.one(caller().club_id, code, now())
    if _to_commit(view):
        commit_draws(caller().club_id, now())
        view = raffles.one(caller().club_id, code, now())
    return reply(_shown(view))


@blp.operation(
    "GET",
    f"{RAFFLE}/draws",
    Text("Draws of a raffle", "نوبت‌های یک قرعه‌کشی"),
    Text("Newest first.", "از تازه‌ترین."),
    {200: DrawsSchema},
    query=PageQuery,
)
def draws(query: dict[str, Any], code: str) -> Response:
    """The draws of a raffle."""
    raffles.one(caller().club_id, code, now())
    page = raffles.page(caller().club_id, code, query["limit"], query.get("cursor"))
    return reply({"items": [_drawn(view) for view in page.items], "next": page.next})


@blp.operation(
    "GET",
    DRAW,
    Text("A draw", "یک نوبت قرعه‌کشی"),
    Text("The draw at the end of a day.", "قرعه‌کشی پایان یک روز."),
    {200: DrawSchema},
)
def draw(code: str, day: str) -> Response:
    """A draw."""
    return reply(_drawn(raffles.draw(caller().club_id, code, _day(day))))


@blp.operation(
    "GET",
    f"{DRAW}/entries",
    Text("The entries of a draw", "شرکت‌کنندگان یک قرعه‌کشی"),
    Text(
        "Once it is closed: a line `holder,tickets` for each holder, in the order of holders. SHA-256 of this very file"
        " is `entries_digest`.",
        "پس از بسته شدن: برای هر دارندهٔ بلیت یک سطر holder,tickets به ترتیب holder. SHA-256 همین فایل entries_digest"
        " است.",
    ),
    {200: {"type": "string"}},
    media_type=_CSV,
)
def entries(code: str, day: str) -> Response:
    """The list of entries, to be kept and checked: whole before the first byte goes out."""
    document = SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115 - the response closes it
    for line in raffles.entries(caller().club_id, code, _day(day)):
        document.write(line)
    length = document.tell()
    document.seek(0)
    response = Response(FileWrapper(document), mimetype=_CSV, direct_passthrough=True)
    response.content_length = length
    return response


@blp.operation(
    "PUT",
    f"{DRAW}/public",
    Text("Mix in a public value", "افزودن مقدار همگانی"),
    Text(
        "Before the closing say with `source` which value, that nobody can know yet, is mixed in: the draw then waits"
        " for it. After the closing tell it with `value`: then it is drawn. The same value again changes nothing.",
        "پیش از بسته شدن با source بگویید چه مقداری، که هنوز کسی نمی‌داند، به کار می‌رود؛ قرعه‌کشی منتظر آن می‌ماند. پس از"
        " بسته شدن با value خود مقدار را بگویید؛ آن‌گاه قرعه‌کشی انجام می‌شود. تکرار همان مقدار چیزی را عوض نمی‌کند.",
    ),
    {200: DrawSchema},
    body=PublicBody,
)
def public(body: dict[str, Any], code: str, day: str) -> Response:
    """Announce a public value, or tell it."""
    if ("source" in body) == ("value" in body):
        raise Invalid.at("", Text("Either “source” or “value”.", "یا «source» یا «value»."))
    club_id, on = caller().club_id, _day(day)
    if "source" in body:
        tell_public_source(club_id, code, on, body["source"], now())
    else:
        tell_public_value(club_id, code, on, body["value"], now())
    return reply(_drawn(raffles.draw(club_id, code, on)))


@blp.operation(
    "GET",
    f"{MEMBER}/raffles",
    Text("A member's raffles", "قرعه‌کشی‌های یک عضو"),
    Text(
        "Tickets of the draw to come, of how many in all, under which pseudonym; and what was won before.",
        "بلیت‌های قرعه‌کشی پیش رو، از چند بلیت، با چه نام مستعاری؛ و آنچه پیش‌تر برده شده است.",
    ),
    {200: RafflesOfMemberSchema},
)
def of_member(member_id: int) -> Response:
    """A member's tickets, odds and prizes."""
    held = raffles.of_member(caller().club_id, member_id, now(), settings().secret_key)
    won = [[{"day": day, "gives": gives} for day, gives in its.won] for its in held]
    return reply({"items": [its._asdict() | {"won": prizes} for its, prizes in zip(held, won, strict=True)]})


def _day(written: str) -> date:
    try:
        return parse_date(latin_digits(written))
    except ValueError:
        raise absent.draw() from None


def _to_commit(view: RaffleView) -> bool:
    return view.awaited and view.next is None


def _shown(view: RaffleView) -> dict[str, Any]:
    draws = {name: _drawn(its) if its else None for name, its in (("next", view.next), ("last", view.last))}
    return {"code": view.code, "title": view.title, "text": view.text, **draws}


def _drawn(view: DrawView) -> dict[str, Any]:
    its = view.its
    return {
        "raffle": its.raffle,
        "day": its.day,
        "ends_at": its.ends_at,
        "status": view.status,
        "prizes": view.prizes,
        "tickets": view.tickets,
        "commitment": its.commitment.hex(),
        "committed_at": its.committed_at,
        "public": {"source": its.public_source, "value": its.public_value} if its.public_source else None,
        "closed_at": its.closed_at,
        "entries_digest": its.digest.hex() if its.digest else None,
        "holders": its.holders,
        "drawn_at": its.drawn_at,
        "seed": its.seed.hex() if its.seed else None,
        "winners": None if its.winners is None else [_winner(won) for won in its.winners],
    }


def _winner(won: dict[str, Any]) -> dict[str, Any]:
    """A winner; who it is only the club is told."""
    return won if caller().kind == "server" else {name: it for name, it in won.items() if name != "member"}
