"""A leaderboard as members see it: a page of places, or the places around one member."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, NamedTuple

import redis
import structlog

from loyalty.calendars import Calendar, Period
from loyalty.db import connection
from loyalty.errors import Invalid, NotFound, Unavailable
from loyalty.gamification import teams
from loyalty.gamification.boards import board_of
from loyalty.gamification.leaderboards import EVER, WHOLE, Board, Page, complete, page
from loyalty.queries.called import Called, called
from loyalty.queries.friends import among_friends
from loyalty.queries.rooms import chosen_room, rooms_of
from loyalty.valkey import valkey
from loyalty.values import Lang, Text
from loyalty.versions import programme

log = structlog.get_logger()

NO_TEAM: Final = 0
NOBODY: Final = Page(0, 0, [], None)
NOT_YET: Final = Text(
    "This leaderboard is being filled again. Please look once more in a minute.",
    "این جدول رده‌بندی در حال پر شدن دوباره است. لطفاً یک دقیقهٔ دیگر دوباره نگاه کنید.",
)


class PlaceView(NamedTuple):
    """A member's place; `name` is an alias, or the first name with an initial."""

    rank: int
    name: str
    avatar: str | None
    score: int
    me: bool


class RoomView(NamedTuple):
    """A part of a board that is ranked by itself: a store, an audience, a tier or a division."""

    code: str
    title: Text


class LeaderboardView(NamedTuple):
    """Places of one period. `unit` says what the scores are: `money`, `quantity`, `times`, `days` or `count`."""

    code: str
    title: Text
    unit: str
    scope: RoomView | None
    """The room whose places these are; None where all are ranked together."""
    scopes: list[RoomView]
    """All its rooms."""
    period: str
    """The period's label (1405-08, 2026-Q3); `ever` for a board without periods."""
    period_start: date | None
    period_end: date | None
    """The last local day, included."""
    items: list[PlaceView]
    me: PlaceView | None
    """The place of the member asked for; None where they have no score, or do not wish to be listed."""
    next: int | None
    """The cursor of the page below."""


def leaderboard(
    club_id: int,
    code: str,
    now: datetime,
    *,
    period: str = "current",
    scope: str | None = None,
    around: int | None = None,
    limit: int = 10,
    cursor: int | None = None,
    lang: Lang = "fa",
) -> LeaderboardView:
    """`limit` places from the top, from below a `cursor`, or around a member (by engine id).

    Of a board that ranks by rooms `scope` says which: a store, an audience, a tier or a division, by its code; left out
    it is the member's own.

    Raises:
        NotFound: the bylaws in force have no such board.
        Invalid: `period` is neither `current`, `previous` nor the label of one of its periods; there is no such room,
            or none is asked for and no member either.
        Unavailable: Valkey is away, or was emptied and the board is not filled again yet.
    """
    conn = connection()
    club = programme(conn, club_id)
    bylaws = club.at(now)
    terms = bylaws.leaderboards.get(code)
    if terms is None:
        raise NotFound(
            Text("This club has no leaderboard {code}.", "این باشگاه جدول رده‌بندی {code} ندارد.").with_(code=code)
        )
    board = board_of(club, bylaws, terms)
    start = asked_start(terms.period, club.calendar, period, now)
    if board.teams and around is not None:
        own = teams.of_member(conn, around)
        around = own.id if own else NO_TEAM
    titles: dict[str, Text] = {}
    room: str | None = WHOLE
    if terms.kept:
        titles = rooms_of(conn, club, bylaws, board)
        room = chosen_room(conn, club, board, titles, scope, around, start, now)
        offset = max(cursor, 0) if cursor is not None else 0 if around is None else None
        found = NOBODY if room is None else _page(board, start, room, limit, offset, around)
    else:
        found = among_friends(conn, board, start, around, limit)
    rooms = [RoomView(code, title) for code, title in titles.items() if board.scope != "club"]
    ids = [place.member_id for place in found.places] + ([found.me.member_id] if found.me else [])
    named = (
        {id_: Called(name, None) for id_, name in teams.names(conn, ids).items()} if board.teams else called(ids, lang)
    )
    items = [
        PlaceView(p.rank, *named[p.member_id], p.score, found.me is not None and p.member_id == found.me.member_id)
        for p in found.places
    ]
    below = found.offset + len(items)
    span = board.span(start)
    return LeaderboardView(
        code=code,
        title=terms.title,
        unit=bylaws.unit(bylaws.counters[terms.counter]),
        scope=next((its for its in rooms if its.code == room), None),
        scopes=rooms,
        period=board.label(start),
        period_start=span.start,
        period_end=span.end if terms.period else None,
        items=items,
        me=PlaceView(found.me.rank, *named[found.me.member_id], found.me.score, True) if found.me else None,
        next=below if items and below < found.total else None,
    )


def asked_start(each: Period | None, calendar: Calendar, period: str, now: datetime) -> date:
    """The first day of the period that is asked for, of those `each` of which makes a ranking; None is for ever.

    Raises:
        Invalid: it is neither `current`, `previous` nor the label of one of them.
    """
    today = calendar.moment(now).day
    if each is None:
        if period not in ("current", "ever"):
            raise Invalid.at(
                "/period",
                Text("This leaderboard counts for ever; it has no periods.", "این جدول همیشگی است و دوره ندارد."),
            )
        return EVER
    if period == "current":
        return calendar.start_of(each, today)
    if period == "previous":
        first = calendar.previous(each, today).start
        assert first is not None
        return first
    try:
        return calendar.parse_label(each, period)
    except ValueError:
        example = calendar.label(each, today)
        raise Invalid.at(
            "/period",
            Text(
                "Ask for current, previous, or a period such as {example}.",
                "«current»، «previous» یا نام دوره‌ای مانند {example} را بنویسید.",
            ).with_(example=example),
        ) from None


def _page(board: Board, start: date, room: str, size: int, offset: int | None, around: int | None) -> Page:
    try:
        store = valkey()
        if complete(store, board):
            return page(store, board, start, room, size=size, offset=offset, member_id=around)
    except redis.RedisError as error:
        log.warning("leaderboard.unavailable", board=board.identity, reason=str(error))
    raise Unavailable(NOT_YET)
