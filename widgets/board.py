"""A leaderboard around one member, in words and figures a person reads: for the member's page and for the elements."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from loyalty import formats
from loyalty.calendars import Calendar
from loyalty.errors import NotFound, Unavailable
from loyalty.queries.bylaws import in_force
from loyalty.queries.clubs import ClubView
from loyalty.queries.leaderboard import LeaderboardView, PlaceView, leaderboard
from loyalty.values import Lang, Text

EVER = Text("Since the club began", "از آغاز باشگاه")


class BoardView(NamedTuple):
    """A board around the member; `items` is None while Valkey can't tell, and empty where nobody has a score."""

    code: str
    title: Text
    unit: str
    scope: Text | None
    """The room whose places these are; None where all are ranked together."""
    period: Text
    items: list[PlaceView] | None
    mine: PlaceView | None


def boards_around(club: ClubView, member_id: int, now: datetime, *, limit: int, lang: Lang) -> list[BoardView]:
    """Every board of the bylaws in force, around the member; none in a club without bylaws."""
    try:
        terms = in_force(club.id, now).bylaws.leaderboards
    except NotFound:
        return []
    return [board_around(club, code, member_id, now, limit=limit, lang=lang) for code in terms]


def board_around(
    club: ClubView,
    code: str,
    member_id: int,
    now: datetime,
    *,
    limit: int,
    lang: Lang,
    period: str = "current",
    scope: str | None = None,
) -> BoardView:
    """One board, around the member, in the period that holds `now` and the member's own room, if no others are named.

    Raises:
        NotFound: the bylaws have no such board.
        Invalid: the board has no such period or room.
    """
    try:
        found = leaderboard(club.id, code, now, period=period, scope=scope, around=member_id, limit=limit, lang=lang)
    except Unavailable:
        title = in_force(club.id, now).bylaws.leaderboards[code].title
        return BoardView(code, title, "count", None, Text("", ""), None, None)
    room = found.scope.title if found.scope else None
    words = period_words(found, club.calendar)
    return BoardView(code, found.title, found.unit, room, words, found.items, found.me)


def period_words(board: LeaderboardView, calendar: Calendar) -> Text:
    """The period as one says it: «آبان ۱۴۰۵», `1405`, or its first and last day."""
    start, end = board.period_start, board.period_end
    if start is None or end is None:
        return EVER
    year, month, _ = calendar.parts(start)
    if board.period == calendar.label("month", start):
        name = formats.MONTHS[calendar.system][month - 1]
        return Text(*(formats.digits(f"{name.to(lang)} {year}", lang) for lang in ("en", "fa")))
    if board.period == calendar.label("year", start):
        return Text(str(year), formats.digits(str(year), "fa"))
    if start == end:
        return Text(formats.day(start, calendar, "en"), formats.day(start, calendar, "fa"))
    return Text("{from_} to {until}", "{from_} تا {until}").with_(
        from_=Text(formats.day(start, calendar, "en"), formats.day(start, calendar, "fa")),
        until=Text(formats.day(end, calendar, "en"), formats.day(end, calendar, "fa")),
    )
