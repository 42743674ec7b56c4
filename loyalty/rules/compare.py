"""Conditions held against each other: whether one implies another, and whether two can hold together. Pure.

Only what can be proven is said: of kinds that are not known here, nothing is.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from loyalty.rules.bounds import Bounds
from loyalty.rules.conditions.audience import AudienceIs
from loyalty.rules.conditions.event import EventIs
from loyalty.rules.conditions.history import CounterIs, NthPurchase
from loyalty.rules.conditions.logic import All, Any, NoneOf
from loyalty.rules.conditions.member import MemberIs, TierIs
from loyalty.rules.conditions.time import Dates, Weekday
from loyalty.rules.filters import LineFilter
from loyalty.rules.kinds import Condition
from loyalty.rules.windows import EVER

AnyOf = Any | AudienceIs
"""What holds where one of its parts does: an audience, where its own condition does."""


def implies(one: Condition | None, other: Condition | None) -> bool:
    """Whether the other certainly holds wherever the one does. None always holds."""
    if other is None or one == other or _always(other):
        return True
    if one is None:
        return False
    if isinstance(one, AnyOf):
        return all(implies(part, other) for part in one.parts())
    if isinstance(other, All):
        return all(implies(one, part) for part in other.value)
    if isinstance(other, AnyOf):
        return any(implies(one, part) for part in other.parts())
    if isinstance(one, All):
        return any(implies(part, other) for part in one.value)
    if isinstance(one, CounterIs) and isinstance(other, CounterIs) and (one.name, one.of) == (other.name, other.of):
        grows = other.over == EVER and other.bounds.high is None
        return (one.over == other.over or grows) and _inside(one.bounds, other.bounds)
    return False


def apart(one: Condition | None, other: Condition | None) -> bool:
    """Whether the two certainly never hold together."""
    if one is None or other is None:
        return (one is not None and never(one)) or (other is not None and never(other))
    for a, b in ((one, other), (other, one)):
        if isinstance(a, AnyOf):
            return all(apart(part, b) for part in a.parts())
        if isinstance(a, All):
            return never(a) or any(apart(part, b) for part in a.value)
        if isinstance(a, NoneOf):
            return any(implies(b, part) for part in a.value)
    return _leaves_apart(one, other)


def never(condition: Condition) -> bool:
    """Whether a condition certainly never holds, whatever happens."""
    if isinstance(condition, AnyOf):
        return all(never(part) for part in condition.parts())
    if isinstance(condition, All):
        parts = condition.value
        return any(never(part) for part in parts) or any(
            apart(part, later) for place, part in enumerate(parts) for later in parts[place + 1 :]
        )
    return isinstance(condition, NoneOf) and any(_always(part) for part in condition.value)


def _always(condition: Condition) -> bool:
    if isinstance(condition, All):
        return all(_always(part) for part in condition.value)
    if isinstance(condition, AnyOf):
        return any(_always(part) for part in condition.parts())
    return isinstance(condition, CounterIs) and condition.bounds.low <= 0 and condition.bounds.high is None


def _inside(one: Bounds, other: Bounds) -> bool:
    """Whether every figure within the one is within the other."""
    return one.low >= other.low and (other.high is None or (one.high is not None and one.high <= other.high))


def _disjoint(one: Bounds, other: Bounds) -> bool:
    return (one.high is not None and one.high < other.low) or (other.high is not None and other.high < one.low)


def _leaves_apart(one: Condition, other: Condition) -> bool:
    match one, other:
        case CounterIs(), CounterIs():
            return (one.name, one.of, one.over) == (other.name, other.of, other.over) and _disjoint(
                one.bounds, other.bounds
            )
        case TierIs(), TierIs():
            return _ranks_apart(one, other)
        case Weekday(), Weekday():
            return one.days.isdisjoint(other.days)
        case Dates(from_=date() as first, until=date() as last), Dates(from_=date() as start, until=date() as end):
            return last < start or end < first
        case MemberIs(bounds=Bounds() as ours), MemberIs(bounds=Bounds() as theirs):
            # An attribute may have several values, of which one is enough.
            return one.about == other.about in ("age", "years") and _disjoint(ours, theirs)
        case EventIs(), EventIs():
            return one.field == other.field and _fields_apart(one, other)
        case NthPurchase(), NthPurchase():
            return not (one.every or other.every) and one.n != other.n
    return _values_apart(one, other)


def _fields_apart(one: EventIs, other: EventIs) -> bool:
    if one.values and other.values:
        return set(one.values).isdisjoint(other.values)
    return bool(one.bounds and other.bounds and _disjoint(one.bounds, other.bounds))


def _values_apart(one: Condition, other: Condition) -> bool:
    """Two of a kind that is one of several words, as `store` and `channel` are."""
    ours, theirs = getattr(one, "value", None), getattr(other, "value", None)
    if one.kind not in ("store", "channel") or one.kind != other.kind:
        return False
    return isinstance(ours, Iterable) and isinstance(theirs, Iterable) and set(ours).isdisjoint(theirs)


def _ranks_apart(one: TierIs, other: TierIs) -> bool:
    def least(tier: TierIs) -> int:
        return 0 if tier.word == "at_most" else tier.rank

    def most(tier: TierIs) -> float:
        return float("inf") if tier.word == "at_least" else tier.rank

    return most(one) < least(other) or most(other) < least(one)


def lines_apart(one: LineFilter | None, other: LineFilter | None) -> bool:
    """Whether no line of a receipt can be meant by both; None means every line."""
    if one is None or other is None:
        return False
    ours, theirs = dict(one.keys), dict(other.keys)
    return any(
        ours[key].isdisjoint(theirs[key]) for key in ("sku", "category", "brand") if key in ours and key in theirs
    )
