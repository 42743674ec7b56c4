"""What followed from what a member has lost: the events that a badge, a challenge or a tier had brought about."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from loyalty.arrays import array
from loyalty.rules.occasions import BADGE_EARNED, CHALLENGE_COMPLETED, TIER_REACHED
from loyalty.rules.story import STORY_END
from loyalty.rules.winning import PRIZE
from loyalty.versions import Connection, Programme

_FOLLOWED: Final = """
    SELECT id, member_id, type, data, key, root FROM event
    WHERE member_id = ANY(%s::bigint[]) AND root IS NOT NULL ORDER BY id
"""


@dataclass(slots=True)
class Losses:
    """What one member has lost, each with the event that had brought it."""

    badges: list[tuple[str, int, int]] = field(default_factory=list)
    """(badge, level, event)"""
    challenges: list[tuple[str, int]] = field(default_factory=list)
    steps: tuple[str, ...] = ()
    """Tiers that are not stood on any more."""


@dataclass(frozen=True, slots=True)
class Follower:
    """An event that followed from others."""

    id: int
    member_id: int
    type: str
    data: Mapping[str, Any]
    key: str
    root: int


def any_follow(terms: Programme) -> bool:
    """Whether anything follows from anything under any version."""
    return any(bylaws.following for bylaws in terms.versions)


def followers(
    conn: Connection, losses: Mapping[int, Losses], owners: Mapping[int, Iterable[int]]
) -> dict[int, list[int]]:
    """By member: the events that followed from what is lost, and what followed from these; in their order.

    `owners` are, by member, those whose events may be meant: the member, and who was merged into it.
    """
    lost = {id_: its for id_, its in losses.items() if its.badges or its.challenges or its.steps}
    if not lost:
        return {}
    whose = {owner: id_ for id_ in lost for owner in (id_, *owners.get(id_, ()))}
    told: dict[int, list[Follower]] = {}
    for row in conn.execute(_FOLLOWED, [array(whose)]):
        told.setdefault(whose[row[1]], []).append(Follower(*row))
    return {id_: [its.id for its in of_losses(lost[id_], found)] for id_, found in told.items()}


def of_losses(lost: Losses, told: list[Follower]) -> list[Follower]:
    """Those of a member's events that followed from what is lost. Pure."""
    roots = {its.id: its.root or its.id for its in told}

    def root(event: int) -> int:
        return roots.get(event, event)

    badges = {(code, level, root(event)) for code, level, event in lost.badges}
    runs = {(code, root(event)) for code, event in lost.challenges}
    ends = {root for _, root in runs}
    latest = {its.data["tier"]: its for its in told if its.type == TIER_REACHED.type}
    gone = []
    for its in told:
        if (
            (its.type == BADGE_EARNED.type and (its.data["badge"], its.data["level"], its.root) in badges)
            or (its.type == CHALLENGE_COMPLETED.type and (its.data["challenge"], its.root) in runs)
            or (its.type == PRIZE and its.data["prize"] == STORY_END and its.root in ends)
            or (its.type == TIER_REACHED.type and its.data["tier"] in lost.steps and latest[its.data["tier"]] is its)
        ):
            gone.append(its)
    keys = tuple(f"{its.key}/" for its in gone)
    named = {its.id for its in gone}
    return [its for its in told if its.id in named or (keys and its.key.startswith(keys))]
