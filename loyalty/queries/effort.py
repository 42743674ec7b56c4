"""Levels of effort: which badges and challenges are too easy, too hard or dead, by what members really did."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple

from loyalty.db import connection
from loyalty.formats import number
from loyalty.gamification.rarity import ACTIVE, count
from loyalty.rules import Bylaws
from loyalty.values import Text
from loyalty.versions import programme

Verdict = Literal["fine", "too_easy", "too_hard", "dead", "too_early"]
EASY: Final = 80
"""Percent: what more than so many reach asks too little."""
RARE: Final = 1
"""Percent of active members: a badge that fewer hold asks too much."""
FEW: Final = 5
"""Percent of runs that are over: a challenge of which fewer are completed asks too much."""
ENOUGH: Final = 30
"""Active members, or runs that are over, of which one can tell anything."""
ASLEEP: Final = timedelta(days=90)
"""What nobody reached for so long is dead."""

_LEVELS: Final = """
    SELECT code, level, count(*), max(earned_at),
        percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM earned_at - joined_at) / 86400)
    FROM badge_level JOIN member ON member.id = badge_level.member_id
    WHERE member.club_id = %(club)s AND merged_into IS NULL AND erased_at IS NULL AND status = 'active'
        AND latest_at >= %(since)s
    GROUP BY code, level
"""
_RUNS: Final = """
    SELECT challenge, count(*), count(completed_at),
        count(*) FILTER (WHERE completed_at IS NULL AND until_at < %(now)s), max(completed_at)
    FROM challenge_run JOIN member ON member.id = challenge_run.member_id
    WHERE challenge_run.club_id = %(club)s AND merged_into IS NULL GROUP BY challenge
"""


class BadgeEffort(NamedTuple):
    """A level of a badge, among active members."""

    code: str
    title: Text
    level: int
    holders: int
    share: int
    """The floored percentage of active members who hold it."""
    days: int | None
    """The median of days from joining to it; None where nobody has it."""
    latest_at: datetime | None
    verdict: Verdict
    why: Text


class ChallengeEffort(NamedTuple):
    """A challenge, by all its runs."""

    code: str
    title: Text
    runs: int
    completed: int
    missed: int
    """Runs that ended without being completed."""
    share: int | None
    """The floored percentage of those that are over which were completed."""
    latest_at: datetime | None
    verdict: Verdict
    why: Text


class EffortView(NamedTuple):
    """What a club asks of its members, and how many manage it."""

    active: int
    badges: list[BadgeEffort]
    challenges: list[ChallengeEffort]


def effort(club_id: int, now: datetime) -> EffortView:
    """The badges and challenges of the version in force; a fixed number of statements."""
    conn = connection()
    bylaws = programme(conn, club_id).at(now)
    active = count(conn, club_id, now).active
    asked = {"club": club_id, "since": now - ACTIVE, "now": now}
    levels = {(code, level): rest for code, level, *rest in conn.execute(_LEVELS, asked)}
    runs = {code: rest for code, *rest in conn.execute(_RUNS, asked)}
    return EffortView(active, list(_badges(bylaws, active, levels, now)), list(_challenges(bylaws, runs, now)))


def _badges(bylaws: Bylaws, active: int, levels: dict[Any, Any], now: datetime) -> Iterator[BadgeEffort]:
    for badge in bylaws.badges.values():
        for level in range(1, badge.height + 1):
            holders, latest_at, days = levels.get((badge.code, level), (0, None, None))
            share = holders * 100 // active if active else 0
            verdict, why = _of_badge(active, share, latest_at, now)
            median = None if days is None else max(0, int(days))
            yield BadgeEffort(badge.code, badge.title, level, holders, share, median, latest_at, verdict, why)


def _of_badge(active: int, share: int, latest_at: datetime | None, now: datetime) -> tuple[Verdict, Text]:
    if active < ENOUGH:
        return "too_early", _early(active)
    if share > EASY:
        return "too_easy", _said("{n}% of active members have it.", "{n}٪ اعضای فعال آن را دارند.", share)
    if latest_at is None or now - latest_at > ASLEEP:
        return "dead", _said(
            "Nobody has earned it for {n} days.", "{n} روز است کسی آن را نگرفته است.", _quiet(latest_at, now)
        )
    if share < RARE:
        return "too_hard", _said(
            "Fewer than {n}% of active members have it.", "کمتر از {n}٪ اعضای فعال آن را دارند.", RARE
        )
    return "fine", _said("{n}% of active members have it.", "{n}٪ اعضای فعال آن را دارند.", share)


def _challenges(bylaws: Bylaws, runs: dict[str, Any], now: datetime) -> Iterator[ChallengeEffort]:
    for challenge in bylaws.challenges.values():
        all_, completed, missed, latest_at = runs.get(challenge.code, (0, 0, 0, None))
        over = completed + missed
        share = completed * 100 // over if over else None
        verdict, why = _of_challenge(over, share, latest_at, now)
        yield ChallengeEffort(challenge.code, challenge.title, all_, completed, missed, share, latest_at, verdict, why)


def _of_challenge(over: int, share: int | None, latest_at: datetime | None, now: datetime) -> tuple[Verdict, Text]:
    if share is None or over < ENOUGH:
        return "too_early", _said("Only {n} runs are over.", "تنها {n} دور پایان یافته است.", over)
    if latest_at is None or now - latest_at > ASLEEP:
        return "dead", _said(
            "Nobody has completed it for {n} days.", "{n} روز است کسی آن را کامل نکرده است.", _quiet(latest_at, now)
        )
    if share > EASY:
        return "too_easy", _said("{n}% of runs are completed.", "{n}٪ دورها کامل می‌شود.", share)
    if share < FEW:
        return "too_hard", _said("Only {n}% of runs are completed.", "تنها {n}٪ دورها کامل می‌شود.", share)
    return "fine", _said("{n}% of runs are completed.", "{n}٪ دورها کامل می‌شود.", share)


def _quiet(latest_at: datetime | None, now: datetime) -> int:
    return ASLEEP.days if latest_at is None else (now - latest_at).days


def _early(active: int) -> Text:
    return _said("Only {n} members are active.", "تنها {n} عضو فعال است.", active)


def _said(en: str, fa: str, n: int) -> Text:
    return Text(en, fa).with_(n=Text(number(n, "en"), number(n, "fa")))
