"""What follows from what in a version; that nothing follows from itself, nor at the end of too long a chain. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Final

from loyalty.rules.awards.effects import GiveBadge, GiveTier, HandOut
from loyalty.rules.conditions.event import EventIs
from loyalty.rules.conditions.history import CounterIs
from loyalty.rules.conditions.logic import All
from loyalty.rules.counters import POINTS, Counter
from loyalty.rules.goals import Counted
from loyalty.rules.kinds import Award, Condition, Earning
from loyalty.rules.occasions import BADGE_EARNED, CHALLENGE_COMPLETED, OF_TIERS
from loyalty.rules.reading import Node
from loyalty.rules.running import DEPTH
from loyalty.values import Text

if TYPE_CHECKING:
    from loyalty.rules.bylaws import Bylaws

Part = tuple[str, str]
"""A part of a version: `article`, `badge`, `challenge`, `streak`, `story` or `tiers`, and its number or code."""
TIERS: Final[Part] = ("tiers", "")
STORY: Final[Part] = ("story", "")


def brings(bylaws: Bylaws) -> dict[Part, set[Part]]:
    """By part: the parts that it may bring about."""
    found: dict[Part, set[Part]] = {TIERS: set()}
    found |= {part: set() for part, _ in _givers(bylaws)}
    for part, give in _givers(bylaws):
        for award in give:
            found[part] |= set(_given(bylaws, part, award))
    for article in bylaws.articles:
        for part in _causes(bylaws, article.on.type, article.condition):
            found[part].add(("article", article.no))
    for counter in {*bylaws.counters.values()}:
        for part in _causes(bylaws, counter.of, counter.condition):
            found[part] |= set(_reading(bylaws, counter))
    if bylaws.game.story:
        for chapter in bylaws.game.story.chapters:
            for code in chapter.challenges:
                found["challenge", code].add(STORY)
    return found


def no_circles_follow(bylaws: Bylaws, root: Node) -> None:
    """Note a fault at every part that leads back to itself, or that stands too deep to be judged."""
    edges = brings(bylaws)
    round_ = {part for part, brought in edges.items() if part in _reached(edges, brought)}
    for part in round_:
        if part not in (TIERS, STORY):
            _node(bylaws, root, part).bad(_ROUND)
    if round_:
        return
    causes: dict[Part, list[Part]] = {}
    for part, brought in edges.items():
        for other in brought:
            causes.setdefault(other, []).append(part)
    depths: dict[Part, int] = {}
    for part in edges:
        if _depth(causes, part, depths) > DEPTH and part[0] == "article":
            _node(bylaws, root, part).bad(_DEEP)


_ROUND: Final = Text(
    "What this gives leads back to it: it would go on without end.",
    "آنچه این می‌دهد به خودش بازمی‌گردد: پایانی نخواهد داشت.",
)
_DEEP: Final = Text(
    f"Occasions follow from one another at most {DEPTH} deep.",
    "رویدادهایی که از هم پیروی می‌کنند حداکثر تا سه لایه پیش می‌روند.",
)


def _node(bylaws: Bylaws, root: Node, part: Part) -> Node:
    """Where a part is written."""
    kind, name = part
    sections = root.mapping()
    if kind == "article":
        place = next(n for n, its in enumerate(bylaws.articles) if its.no == name)
        return sections["articles"].items()[place]
    return sections[f"{kind}s"].mapping()[name]


def _givers(bylaws: Bylaws) -> Iterator[tuple[Part, tuple[Award, ...]]]:
    for article in bylaws.articles:
        yield ("article", article.no), article.give
    for code, badge in bylaws.badges.items():
        yield ("badge", code), tuple(award for level in badge.levels for award in level.give)
    for code, challenge in bylaws.challenges.items():
        yield ("challenge", code), challenge.give
    for code, streak in bylaws.streaks.items():
        yield ("streak", code), tuple(award for milestone in streak.milestones for award in milestone.give)
    story = bylaws.game.story
    yield STORY, story.end.give if story and story.end else ()


def _given(bylaws: Bylaws, part: Part, award: Award) -> Iterator[Part]:
    """What an award of a part may bring about by itself."""
    if isinstance(award, GiveBadge):
        yield "badge", award.value
    elif isinstance(award, HandOut):
        yield "challenge", award.challenge
    elif isinstance(award, GiveTier):
        yield TIERS
    elif isinstance(award, Earning):
        kind, name = part
        for counter in bylaws.counters.values():
            its = counter.of == POINTS and counter.wallet in (None, award.wallet)
            if its and (not counter.articles or (kind == "article" and name in counter.articles)):
                yield from _reading(bylaws, counter)


def _causes(bylaws: Bylaws, occasion: str, condition: Condition | None) -> list[Part]:
    """The parts from which an occasion follows, as far as a condition leaves it open."""
    if occasion in OF_TIERS:
        return [TIERS]
    for type_, kind, codes in (
        (BADGE_EARNED.type, "badge", bylaws.badges),
        (CHALLENGE_COMPLETED.type, "challenge", bylaws.challenges),
    ):
        if occasion == type_:
            named = _named(condition, kind)
            return [(kind, code) for code in codes if named is None or code in named]
    return []


def _named(condition: Condition | None, field: str) -> set[str] | None:
    """The values that a condition leaves of a field of the event; None for all."""
    if isinstance(condition, EventIs) and condition.field.name == field and condition.values:
        return set(condition.values)
    if isinstance(condition, All):
        some = [its for part in condition.parts() if (its := _named(part, field)) is not None]
        return set.intersection(*some) if some else None
    return None


def _reading(bylaws: Bylaws, counter: Counter) -> Iterator[Part]:
    """The parts that are reached by a counter."""
    for code, badge in bylaws.badges.items():
        if badge.counter is not None and bylaws.counters[badge.counter] == counter:
            yield "badge", code
    for code, challenge in bylaws.challenges.items():
        if any(isinstance(its, Counted) and its.counter == counter for its in challenge.measures):
            yield "challenge", code
    for code, streak in bylaws.streaks.items():
        if streak.definition == counter:
            yield "streak", code
    for step in bylaws.steps:
        if any(bylaws.counters.get(name) == counter for its in (step.needs, step.kept) for name in _counted(its)):
            yield TIERS


def _counted(condition: Condition | None) -> Iterator[str]:
    """The counters that a condition reads."""
    if isinstance(condition, CounterIs):
        yield condition.name
    for part in condition.parts() if condition else ():
        yield from _counted(part)


def _reached(edges: dict[Part, set[Part]], parts: Iterable[Part]) -> set[Part]:
    found: set[Part] = set()
    left = list(parts)
    while left:
        part = left.pop()
        if part not in found:
            found.add(part)
            left += edges.get(part, ())
    return found


def _depth(causes: dict[Part, list[Part]], part: Part, known: dict[Part, int]) -> int:
    """How many articles that follow from something stand in the longest chain that ends with a part."""
    if part not in known:
        before = causes.get(part, [])
        known[part] = int(part[0] == "article" and bool(before)) + max(
            (_depth(causes, its, known) for its in before), default=0
        )
    return known[part]
