"""Between gather and apply: judge the cases of a chunk in their order, facts folding forward."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from functools import partial
from typing import Protocol

from loyalty.calendars import Calendar
from loyalty.cases import Case
from loyalty.rules import Bylaws, Event, evaluate, review
from loyalty.rules.discounting import discounted
from loyalty.rules.following import follows, of_move
from loyalty.rules.history import Counted, Unknown
from loyalty.rules.member import MemberFacts, standing_day
from loyalty.rules.reviewing import Move, overdue
from loyalty.rules.running import DEPTH
from loyalty.rules.runs import HANDED_OUT

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
    for case in (its for root in cases for its in root.whole()):
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
    """Judge one case of a member, once what was due of the tier before it is done, and what follows from it.

    Returns the member after all that.

    `budgets` is what is left of limits that all members share, and becomes less; None grants whatever is asked.

    Raises:
        Unknown: what was due reads more than the member's history answers.
    """
    bylaws, event, calendar = case.bylaws, case.event, versions.calendar
    standing = standing_day(member, case.moment, calendar)
    facts = member.facts(bylaws, event, case.moment, standing)
    case.reviews, case.due, case.followed = (), [], []
    if standing == case.moment.day and overdue(bylaws, member, facts, event.occurred_at):
        member, case.reviews = review(partial(versions.at, member_id=member.id), member, event.occurred_at)
        member, case.due = judge_moves(case.reviews, member, case.store_id, versions, budgets)
        standing = standing_day(member, case.moment, calendar)
        facts = member.facts(bylaws, event, case.moment, standing)
    if budgets is not None:
        facts.budgets = {limit.budget(facts): budgets.get(limit.budget(facts), 0) for limit in bylaws.budgets()}
    if case.presented:
        facts.values |= case.presented
    if bylaws.discounting or case.offers:
        facts.offers = case.offers
        facts = discounted(bylaws, facts)
    ruling = evaluate(bylaws, facts)
    if budgets is not None:
        for key, used in ruling.uses.items():
            budgets[key] -= used
    case.facts, case.ruling = facts, ruling
    after = member.after(bylaws, facts, ruling)
    case.moved_at = after.tier_since if ruling.tier_to != ruling.tier_from else None
    if bylaws.following and case.depth < DEPTH:
        root = case.id if case.root is None else case.root
        for told in follows(bylaws, facts, ruling, after):
            its = _next(told, _path(case), root, case.depth + 1, member.id, case.store_id, bylaws, calendar)
            case.followed.append(its)
            after = judge_one(its, after, versions, budgets)
    return after


def judge_moves(
    moves: Sequence[Move], member: MemberFacts, store_id: int | None, versions: Versions, budgets: Left | None = None
) -> tuple[MemberFacts, list[Case]]:
    """Judge what follows from tiers that moved without an event; the member after it, and the cases."""
    cases = from_moves(moves, member.id, store_id, versions)
    for its in cases:
        member = judge_one(its, member, versions, budgets)
    return member, cases


def from_moves(moves: Sequence[Move], member_id: int, store_id: int | None, versions: Versions) -> list[Case]:
    """What follows from tiers that moved without an event, on its way to be judged."""
    cases = []
    for move in moves:
        bylaws = versions.at(move.at, member_id)
        path = f"{member_id}@{move.at.isoformat()}"
        for told in of_move(bylaws, move.before, move.after, move.at) if bylaws.following else ():
            cases.append(_next(told, path, 0, 1, member_id, store_id, bylaws, versions.calendar))
    return cases


def _path(case: Case) -> str:
    """The key of an event that followed says from what."""
    return str(case.id) if case.root is None else case.event.key  # type: ignore[union-attr]


def _next(
    told: Event,
    path: str,
    root: int,
    depth: int,
    member_id: int,
    store_id: int | None,
    bylaws: Bylaws,
    calendar: Calendar,
) -> Case:
    """An event that follows, on its way to be judged."""
    key = f"{path}/{told.type}:{told.key}"
    attributes = told.attributes | ({"run": key} if told.type == HANDED_OUT else {})
    event = replace(told, key=key, attributes=attributes)
    store = store_id if told.store else None
    return Case(event, store, member_id, bylaws, calendar.moment(event.occurred_at), root=root, depth=depth)
