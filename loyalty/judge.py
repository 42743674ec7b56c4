"""Between gather and apply: judge the cases of a chunk in their order, facts folding forward."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Protocol

from loyalty.calendars import Calendar
from loyalty.cases import Case
from loyalty.rules import Bylaws, evaluate, review
from loyalty.rules.history import Counted, MemberFacts, Unknown, standing_day
from loyalty.rules.reviewing import overdue

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


class Versions(Protocol):
    """The versions of a club."""

    @property
    def calendar(self) -> Calendar:
        """The club's."""

    def at(self, instant: datetime, member_id: int | None = None) -> Bylaws:
        """The version in force at an instant."""


class Past(Versions, Protocol):
    """What a tier review looks back on: the versions, and what was counted on any day."""

    def days(self, ids: Collection[int], /) -> Mapping[int, Counted]:
        """Of some members all that is counted, by day: answers any ask."""


def judge(
    cases: Sequence[Case], before: Mapping[int, MemberFacts], past: Past, shared: Shared
) -> dict[int, MemberFacts]:
    """Judge every case of members as they were before; returns the members as they leave the chunk.

    Where a review that was due reads more days than were gathered, they are read for all such members at once and the
    chunk is judged anew; and once more where less of a shared limit is granted than wanted.
    """
    members, unknown = _fold(cases, before, past, None)
    if unknown:
        days = past.days(unknown)
        before = {**before, **{id_: replace(before[id_], history=days[id_]) for id_ in unknown}}
        members, _ = _fold(cases, before, past, None)
    wanted, most = _wanted(cases)
    if wanted:
        granted = shared.reserve(wanted, most)
        if granted != wanted:
            left = dict(granted)
            members, _ = _fold(cases, before, past, left)
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
    cases: Sequence[Case], before: Mapping[int, MemberFacts], past: Past, budgets: Left | None
) -> tuple[dict[int, MemberFacts], set[int]]:
    """(the members after it, those whose history does not reach for what was due of them)."""
    members, unknown = dict(before), set[int]()
    for case in cases:
        id_ = case.member_id
        if id_ not in unknown:
            try:
                members[id_] = judge_one(case, members[id_], past, budgets)
            except Unknown:
                unknown.add(id_)
    return members, unknown


def judge_one(case: Case, member: MemberFacts, versions: Versions, budgets: Left | None = None) -> MemberFacts:
    """Judge one case of a member, once what was due of the tier before it is done; returns the member after it.

    `budgets` is what is left of limits that all members share, and becomes less; None grants whatever is asked.

    Raises:
        Unknown: what was due reads more than the member's history answers.
    """
    bylaws, event, calendar = case.bylaws, case.event, versions.calendar
    standing = standing_day(member, case.moment, calendar)
    facts = member.facts(bylaws, event, case.moment, standing)
    case.reviews = ()
    if standing == case.moment.day and overdue(bylaws, member, facts, event.occurred_at):
        member, case.reviews = review(partial(versions.at, member_id=member.id), member, event.occurred_at)
        facts = member.facts(bylaws, event, case.moment, standing)
    if budgets is not None:
        facts.budgets = {limit.budget(facts): budgets.get(limit.budget(facts), 0) for limit in bylaws.budgets()}
    ruling = evaluate(bylaws, facts)
    if budgets is not None:
        for key, used in ruling.uses.items():
            budgets[key] -= used
    case.facts, case.ruling = facts, ruling
    after = member.after(bylaws, facts, ruling)
    case.moved_at = after.tier_since if ruling.tier_to != ruling.tier_from else None
    return after
