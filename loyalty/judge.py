"""Between gather and apply: judge the cases of a chunk in their order, facts folding forward."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from loyalty.calendars import Calendar
from loyalty.cases import Case
from loyalty.rules import evaluate, reviewed
from loyalty.rules.history import MemberFacts, standing_day

Budget = dict[tuple[str, date], int]


class Left(Protocol):
    """What is left of limits that all members share; a `Budget` is one."""

    def get(self, key: tuple[str, date], default: int, /) -> int:
        """What is left of one in its period."""

    def __getitem__(self, key: tuple[str, date], /) -> int: ...

    def __setitem__(self, key: tuple[str, date], left: int, /) -> None: ...


class Shared(Protocol):
    """Limits that all members share, where they are kept."""

    def reserve(self, wanted: Budget, most: Budget) -> Budget:
        """Take what is wanted as far as there is room; answers what was granted."""

    def release(self, unused: Budget) -> None:
        """Give back what was granted and not used."""


def judge(
    cases: Sequence[Case], before: Mapping[int, MemberFacts], calendar: Calendar, shared: Shared
) -> dict[int, MemberFacts]:
    """Judge every case of members as they were before; returns the members as they leave the chunk.

    Where less of a shared limit is granted than wanted, the chunk is judged once more with what was granted.
    """
    members = _fold(cases, before, calendar, None)
    wanted, most = _wanted(cases)
    if wanted:
        granted = shared.reserve(wanted, most)
        if granted != wanted:
            left = dict(granted)
            members = _fold(cases, before, calendar, left)
            shared.release({key: unused for key, unused in left.items() if unused})
    return members


def _wanted(cases: Sequence[Case]) -> tuple[Budget, Budget]:
    """(what the first judging used of shared limits, how much each gives at most)."""
    wanted: Budget = {}
    most: Budget = {}
    for case in cases:
        if not (case.ruling and case.facts and case.ruling.uses):
            continue
        for key, used in case.ruling.uses.items():
            wanted[key] = wanted.get(key, 0) + used
        for limit in case.bylaws.budgets():
            most[limit.budget(case.facts)] = limit.at_most
    return wanted, most


def _fold(
    cases: Sequence[Case], before: Mapping[int, MemberFacts], calendar: Calendar, budgets: Left | None
) -> dict[int, MemberFacts]:
    members = dict(before)
    for case in cases:
        members[case.member_id] = judge_one(case, members[case.member_id], calendar, budgets)
    return members


def judge_one(case: Case, member: MemberFacts, calendar: Calendar, budgets: Left | None = None) -> MemberFacts:
    """Judge one case of a member, whose tier is reviewed first if a day began since; returns the member after it.

    `budgets` is what is left of limits that all members share, and becomes less; None grants whatever is asked.
    """
    standing = standing_day(member, case.moment, calendar)
    facts = member.facts(case.bylaws, case.event, case.moment, standing)
    case.review = None
    if standing == case.moment.day and case.bylaws.tiers and _day_has_turned(member, standing, calendar):
        tier = reviewed(case.bylaws, facts)
        if tier != facts.tier:
            case.review = facts.tier, tier
            member = member.on_tier(tier, calendar.instant(standing))
            facts = member.facts(case.bylaws, case.event, case.moment, standing)
    if budgets is not None:
        facts.budgets = {limit.budget(facts): budgets.get(limit.budget(facts), 0) for limit in case.bylaws.budgets()}
    ruling = evaluate(case.bylaws, facts)
    if budgets is not None:
        for key, used in ruling.uses.items():
            budgets[key] -= used
    case.facts, case.ruling = facts, ruling
    after = member.after(case.bylaws, facts, ruling)
    case.moved_at = after.tier_since if ruling.tier_to != ruling.tier_from else None
    return after


def _day_has_turned(member: MemberFacts, day: date, calendar: Calendar) -> bool:
    return member.latest_at is not None and calendar.moment(member.latest_at).day < day
