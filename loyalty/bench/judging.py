"""Judging alone: `rules.evaluate` without reasons, against the same bylaws written by hand as one function."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from loyalty.bench.baskets import document, sent
from loyalty.bench.by_hand import by_hand
from loyalty.bench.instance import Running
from loyalty.bench.report import Row, Side
from loyalty.bench.timeline import timeline
from loyalty.rules import Bylaws, Facts, evaluate, load

GOAL: Final = 0.33
MEMBERS: Final = 100
PURCHASES: Final = 2_000
"""Twenty of each member: by then limits, tiers and badges are at work."""
TURN: Final = 50
"""Purchases that one side judges before it is the other's turn."""


def facts_of(bylaws: Bylaws, purchases: int = PURCHASES, members: int = MEMBERS) -> list[Facts]:
    """The facts of so many purchases, each after the ones before it."""
    found = [judged.sale.facts for judged in timeline(bylaws, sent(purchases, members), members)]
    return [facts for facts in found if facts is not None]


def difference(bylaws: Bylaws, all_facts: Sequence[Facts]) -> str | None:
    """Where the two do not give the same; None when they agree on every purchase."""
    for facts in all_facts:
        ruling, hand = evaluate(bylaws, facts), by_hand(facts)
        for name, ours, its in (
            ("awards", ruling.awards, hand.awards),
            ("badges", ruling.badges, hand.badges),
            ("tier", ruling.tier_to, hand.tier),
            ("messages", ruling.messages, hand.messages),
            ("feeds", ruling.feeds, hand.feeds),
        ):
            if ours != its:
                return f"{name} of the purchase at {facts.event.occurred_at}: {ours} by us, {its} by hand"
    return None


def measure(_: Running, seconds: float) -> Row:
    """Ours and the function by hand in turns.

    Raises:
        AssertionError: they do not give the same awards.
    """
    bylaws = load(document(), 1)
    all_facts = facts_of(bylaws)
    wrong = difference(bylaws, all_facts)
    assert wrong is None, wrong
    ours, hand = fastest(((lambda facts: evaluate(bylaws, facts), all_facts), (by_hand, all_facts)), seconds)
    return Row(
        "judging",
        "judging alone",
        "20 articles",
        Side("ours", PURCHASES, ours, {"judging": ours}),
        [Side("by hand", PURCHASES, hand, {"judging": hand}, goal=GOAL)],
        f"the same awards, badges, tiers, messages and counts on {PURCHASES:,} purchases",
    )


def fastest(sides: Sequence[tuple[Callable[[Any], Any], Sequence[Any]]], seconds: float) -> list[float]:
    """The seconds that each side, a judge with what it is told of every purchase, takes for all of them.

    Sides take turns, over and over, by few purchases at a time; the best turn of each counts: what disturbs a turn only
    makes it slower. Each goes first as often as the other: whoever comes second finds the purchases in the processor's
    cache.
    """
    starts = range(0, len(sides[0][1]), TURN)
    best = [[float("inf")] * len(starts) for _ in sides]
    turns = list(zip(best, sides, strict=True))
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or best[-1][-1] == float("inf"):
        turns.reverse()
        for place, start in enumerate(starts):
            for times, (judge, everything) in turns:
                times[place] = min(times[place], _turn(judge, everything[start : start + TURN]))
    return [sum(times) for times in best]


def _turn(judge: Callable[[Any], Any], part: Sequence[Any]) -> float:
    """Seconds."""
    # Facts without what they have found out about themselves.
    fresh = [replace(its) if isinstance(its, Facts) else its for its in part]
    gc.disable()  # as timeit does: what one side leaves is not swept up in the other's turn
    try:
        begun = time.perf_counter()
        for its in fresh:
            judge(its)
        return time.perf_counter() - begun
    finally:
        gc.enable()
