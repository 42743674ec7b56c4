"""At which midnights a review may find something new: when a counted day leaves a window, or a period begins."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from loyalty.rehearsal.remembered import Remembered
from loyalty.rehearsal.stage import Stage
from loyalty.rules.member import MemberFacts

_DAY = timedelta(days=1)
Seen = tuple[int, list[tuple[int, int]]]
"""What a version sees on a day: its number, and which of the counted days lie in each of its windows."""


def days_of_change(
    stage: Stage, history: Remembered, who: Callable[[], MemberFacts], first: date, last: date
) -> Iterator[date]:
    """The days from the first to the last on which a review may move a member to whom nothing else happens meanwhile.

    Windows only ever move on, so what is seen alike on two days is seen alike on all days between. A step down may be
    followed by another on the next day: as many days are looked at after a change as there are steps.
    """
    day, before = first, None
    while day <= last:
        bylaws = stage.at(stage.calendar.instant(day), who().id)
        more = len(bylaws.steps)
        while more >= 0 and day <= last:
            yield day
            now = _seen(stage, history, who(), day)
            more = len(bylaws.steps) if now != before else more - 1
            if bylaws.member_reads:  # ages and days that come near change by themselves
                more = len(bylaws.steps)
            day, before = day + _DAY, now
        day = _next(stage, history, who(), before, day, last)


def _next(stage: Stage, history: Remembered, member: MemberFacts, before: Seen | None, day: date, last: date) -> date:
    """The first day from `day` on which something else is seen; the day after the last one if there is none."""
    if day > last or _seen(stage, history, member, last) == before:
        return last + _DAY
    while day < last:
        middle = day + (last - day) // 2
        if _seen(stage, history, member, middle) == before:
            day = middle + _DAY
        else:
            last = middle
    return day


def _seen(stage: Stage, history: Remembered, member: MemberFacts, day: date) -> Seen:
    bylaws = stage.at(stage.calendar.instant(day), member.id)
    since = bylaws.since(member.tier_since, member.joined_at)
    return bylaws.version, [history.within(ask) for ask in bylaws.asks(day, since)]
