"""A member's streaks: how long each is, the longest there was, and what bridges the next gap."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from loyalty.db import connection
from loyalty.queries.members import one
from loyalty.rules.explain import both
from loyalty.rules.history import ByDay
from loyalty.rules.phrase import plain
from loyalty.rules.streak_sentences import streak_phrase
from loyalty.rules.streaks import Streak, best, by_period, ending, periods
from loyalty.rules.voice import Voice
from loyalty.streaks import EVER, days_of, milestones
from loyalty.values import Text
from loyalty.versions import programme


class StreakView(NamedTuple):
    """A streak as its member sees it."""

    code: str
    title: Text
    how: Text
    every: str
    length: int
    """Of the streak that ends with this period or the one before."""
    best: int
    freezes_left: int
    milestone: int | None
    """The next one; None once all are reached."""
    reached: tuple[int, ...]


def streaks(club_id: int, member_id: int, now: datetime) -> list[StreakView]:
    """Every streak of the version in force, as it stands for a member.

    Raises:
        NotFound: the club has no such member.
    """
    member_id = one(club_id, member_id).id
    conn = connection()
    terms = programme(conn, club_id)
    bylaws, today = terms.at(now, member_id), terms.calendar.moment(now).day
    if not bylaws.streaks:
        return []
    days: dict[int, ByDay] = {}
    for place, _, day, label, value in conn.execute(
        *days_of(terms, {(place, member_id): EVER for _, place in bylaws.streaks_fed})
    ):
        days.setdefault(place, {})[day, label] = value
    reached = milestones(conn, [member_id]).get(member_id, {})

    def how(streak: Streak) -> Text:
        def say(voice: Voice) -> str:
            return plain(streak_phrase(streak, voice))

        return both(bylaws, say)

    views = []
    for streak, place in bylaws.streaks_fed:
        found = periods(streak, by_period(streak, days.get(place, {}), terms.calendar))
        length, freezes_left = ending(streak, found, today, terms.calendar)
        own = tuple(sorted(reached.get(streak.code, ())))
        following = next((its.at for its in streak.milestones if its.at not in own), None)
        longest = max(length, best(streak, found, terms.calendar))
        views.append(
            StreakView(
                streak.code,
                streak.title,
                how(streak),
                streak.every,
                length,
                longest,
                freezes_left,
                following,
                own,
            )
        )
    return views
