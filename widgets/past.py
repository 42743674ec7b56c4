"""A member against their own last three months, as bars and one sentence."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from loyalty import formats
from loyalty.queries.bylaws import in_force
from loyalty.queries.clubs import ClubView
from loyalty.queries.past import PastView, past
from loyalty.values import Text
from widgets.progress import measured

MONTHS: Final = 4
"""This one, and the three before."""
FIRST_MONTH: Final = Text(
    "This is your first month. From the next one on you see here how you compare.",
    "این نخستین ماه شماست؛ از ماه بعد این‌جا خود را با گذشته‌تان می‌سنجید.",
)


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
    bylaws = in_force(club.id, now, member_id).bylaws
    boards = [board.counter for board in bylaws.leaderboards.values()]
    counter = next(iter([*boards, *bylaws.counters]), None)
    if counter is None:
        return None
    found = past(club.id, member_id, counter, "month", now, limit=MONTHS)
    longest = max(1, *(item.value for item in found.items))
    bars = []
    for n, item in enumerate(found.items):
        _, month, _ = club.calendar.parts(item.start)
        name = formats.MONTHS[club.calendar.system][month - 1]
        length, whole = (max(0, value) * 100 // longest for value in (item.so_far, item.value))
        bars.append(Bar(name, item.so_far, length, whole, n == 0))
    return OwnPast(found.name, found.unit, found.days, bars, _verdict(found, club))


def _verdict(found: PastView, club: ClubView) -> Text:
    if found.average is None:
        return FIRST_MONTH
    ahead = found.items[0].so_far - found.average
    if ahead == 0:
        return Text(
            "You are exactly where you are on average by this day of the month.",
            "تا این روز ماه درست به اندازهٔ میانگین خودتان هستید.",
        )
    said = Text(*(measured(abs(ahead), found.unit, club, lang) for lang in ("en", "fa")))
    if ahead > 0:
        words = Text(
            "You are ahead of your own average by this day of the month: {said} more.",
            "تا این روز ماه از میانگین خودتان جلوترید: {said} بیشتر.",
        )
    else:
        words = Text(
            "{said} to go to your own average by this day of the month.",
            "{said} تا میانگین خودتان در این روز ماه مانده است.",
        )
    return words.with_(said=said)
