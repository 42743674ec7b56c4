"""The ladder of tiers: what each step asks of who comes up and of who holds it, and for how long it is held."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal

from loyalty.calendars import Calendar
from loyalty.rules.conditions.history import CounterIs
from loyalty.rules.conditions.logic import All, Any
from loyalty.rules.facts import Facts
from loyalty.rules.kinds import Condition
from loyalty.rules.terms import Term
from loyalty.rules.windows import Since, Window
from loyalty.values import Text

Demote = Literal["to_qualified", "one_step", "never"]
DEMOTES: Final[tuple[Demote, ...]] = ("to_qualified", "one_step", "never")
Promote = Literal["at_once", "at_review"]
PROMOTES: Final[tuple[Promote, ...]] = ("at_once", "at_review")
Review = Literal["month", "year"]
REVIEWS: Final[tuple[Review, ...]] = ("month", "year")


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the ladder; without needs everybody stands on it."""

    code: str
    title: Text
    needs: Condition | None
    keep: Condition | None = None
    """What is asked of who holds it, where that is something else."""
    holds_for: Term | None = None
    """How long it is held once earned; None is while qualified."""
    grace: Term | None = None
    """How long it is held beyond that."""
    demote: Demote = "to_qualified"
    kept: Condition | None = field(init=False)
    """What is asked of who holds it; None: it is never lost."""
    earned: Condition | None = field(init=False)
    """What is asked of who comes up."""
    lasting: bool = field(init=False)
    """Whether it may be held without being qualified for."""

    def __post_init__(self) -> None:
        put = object.__setattr__
        # Who has just reached a tier has done nothing since: while qualified, such needs are asked on the way up alone.
        needs = None if self.holds_for is None and counts_since_tier(self.needs) else self.needs
        kept = None if self.demote == "never" else self.keep or needs
        # Who lost a tier regains it when it could be kept again, not because its needs still hold.
        again = None if counts_since_tier(self.keep) else self.keep
        put(self, "kept", kept)
        put(self, "earned", All((self.needs, again)) if self.needs and again else self.needs)
        put(self, "lasting", kept is not None and bool(self.holds_for or self.grace))

    def is_earned(self, facts: Facts) -> bool:
        """Whether somebody who stands below it reaches it."""
        return self.earned is None or self.earned.holds(facts)

    def is_kept(self, facts: Facts) -> bool:
        """Whether somebody who holds it, or stands above it, is still qualified for it."""
        return self.kept is None or self.kept.holds(facts)


@dataclass(frozen=True, slots=True)
class Tiers:
    """The ladder, lowest first, and when it is looked at."""

    ladder: tuple[Step, ...]
    promote: Promote = "at_once"
    review: Review | None = None
    """At the last instant of which period members are looked at; None is at every midnight."""
    returns: str = "at_review"
    """When a return moves tier and badges: `at_review`, `at_once` or never (`keep`)."""
    lasting: bool = field(init=False)
    """Whether some step may be held without being qualified for."""
    daily: bool = field(init=False)
    """Whether time alone, apart from the ends of terms, may move a member at a midnight."""

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "lasting", any(step.lasting for step in self.ladder))
        falls = any(step.kept and not step.holds_for for step in self.ladder)
        rises = any(step.earned is not None and _may_rise(step.earned) for step in self.ladder)
        put(self, "daily", self.review is None and (falls or rises))


def counters(condition: Condition | None) -> Iterator[CounterIs]:
    """Every counter that a condition reads."""
    if isinstance(condition, CounterIs):
        yield condition
    for part in condition.parts() if condition else ():
        yield from counters(part)


def looks_back(condition: Condition, day: date, calendar: Calendar, since: Since | None) -> date | None:
    """The last day on which one of a condition's windows still holds a day; None where none ever moves past it."""
    ends = [_last_day(its.over, day, calendar, since) for its in counters(condition)]
    return max((end for end in ends if end), default=None)


def _last_day(over: Window, day: date, calendar: Calendar, since: Since | None) -> date | None:
    match over.kind:
        case "last" | "this" | "membership_year":
            return over.around(day, calendar, since).end
        case "previous":
            return calendar.span(over.period, day).end
        case _:
            return None


def counts_since_tier(condition: Condition | None) -> bool:
    """Whether a condition counts from the day on which the tier was reached."""
    return any(its.over.kind == "since_tier" for its in counters(condition))


def _may_rise(condition: Condition) -> bool:
    """Whether it may come to hold by itself, as days pass; a sum that must be high enough never does."""
    if isinstance(condition, CounterIs):
        moves_on = condition.over.kind in ("previous", "membership_year")
        return moves_on or condition.bounds.high is not None
    if isinstance(condition, All | Any):
        return any(_may_rise(part) for part in condition.parts())
    return True
