"""A member against their own past, as bars and one sentence: for the member's page and for the elements."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from loyalty import formats
from loyalty.calendars import Calendar, Period
from loyalty.queries.bylaws import in_force
from loyalty.queries.clubs import ClubView
from loyalty.queries.past import PastView, PeriodView, past
from loyalty.values import Text
from widgets.progress import measured

MONTHS: Final = 4
"""This one, and the three before."""
FIRST_MONTH: Final = Text(
    "This is your first month. From the next one on you see here how you compare.",
    "این نخستین ماه شماست؛ از ماه بعد این‌جا خود را با گذشته‌تان می‌سنجید.",
)
NOTHING_BEFORE: Final = Text("There is nothing earlier to compare with yet.", "هنوز دورهٔ پیشینی برای سنجش نیست.")


class Bar(NamedTuple):
    """A month; lengths are percentages of the longest."""

    name: Text
    so_far: int
    """What its first days came to, as many as this month has had."""
    length: int
    whole: int
    """The length of all of it."""
    now: bool


class OwnPast(NamedTuple):
    """The months, this one first, and how it compares."""

    name: Text
    unit: str
    days: int
    bars: list[Bar]
    verdict: Text


def own_past(club: ClubView, member_id: int, now: datetime) -> OwnPast | None:
    """By the counter that the club's first leaderboard ranks by, else by its first; None where nothing is counted."""
    counter = counter_of(club, member_id, now)
    if counter is None:
        return None
    found = past(club.id, member_id, counter, "month", now, limit=MONTHS)
    longest = max(1, *(item.value for item in found.items))
    bars = []
    for n, item in enumerate(found.items):
        name = period_name(item, "month", club.calendar)
        length, whole = (max(0, value) * 100 // longest for value in (item.so_far, item.value))
        bars.append(Bar(name, item.so_far, length, whole, n == 0))
    return OwnPast(found.name, found.unit, found.days, bars, verdict(found, club))


def counter_of(club: ClubView, member_id: int, now: datetime) -> str | None:
    """By what a member is set against their past unless told: as the first leaderboard, or the first counter."""
    bylaws = in_force(club.id, now, member_id).bylaws
    boards = [board.counter for board in bylaws.leaderboards.values()]
    return next(iter([*boards, *bylaws.counters]), None)


def period_name(item: PeriodView, by: Period, calendar: Calendar) -> Text:
    """A month by its name; a day by its date, and a week by its first day's."""
    if by == "month":
        return formats.MONTHS[calendar.system][calendar.parts(item.start)[1] - 1]
    return Text(formats.day(item.start, calendar, "en"), formats.day(item.start, calendar, "fa"))


def verdict(found: PastView, club: ClubView) -> Text:
    """How the present period compares with the mean of as much of the listed ones before."""
    if found.average is None:
        return FIRST_MONTH if found.by == "month" else NOTHING_BEFORE
    ahead = found.items[0].so_far - found.average
    if ahead == 0:
        return Text(
            "You are exactly at your own average by this point.",
            "تا این‌جا درست به اندازهٔ میانگین خودتان هستید.",
        )
    said = Text(*(measured(abs(ahead), found.unit, club, lang) for lang in ("en", "fa")))
    if ahead > 0:
        words = Text(
            "You are ahead of your own average by this point: {said} more.",
            "تا این‌جا از میانگین خودتان جلوترید: {said} بیشتر.",
        )
    else:
        words = Text(
            "{said} to go to your own average by this point.",
            "{said} تا میانگین خودتان در چنین زمانی مانده است.",
        )
    return words.with_(said=said)
