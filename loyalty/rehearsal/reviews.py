"""At which midnights a review may find something new: when a counted day leaves a window, or a period begins."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from loyalty.rehearsal.remembered import Remembered
from loyalty.rehearsal.stage import Stage
from loyalty.rules.history import MemberFacts

_DAY = timedelta(days=1)


def days_of_change(stage: Stage, member: MemberFacts, history: Remembered, first: date, last: date) -> Iterator[date]:
    """The days from the first to the last on which a review may move the member; the member may change meanwhile.

    A step down may be followed by another on the next day, so a day after a change is looked at as well.
    """
    if member.latest_at is None:
        return
    counts: list[int] | None = None
    again = 0
    day = first
    while day <= last:
        bylaws = stage.at(stage.calendar.instant(day))
        if not bylaws.tiers:
            day += _DAY
            continue
        now = [history.over(ask) for ask in bylaws.asks(day)]
        if now != counts or bylaws.member_reads:
            again = len(bylaws.steps)
        if again:
            yield day
            again -= 1
        counts = now
        day += _DAY
