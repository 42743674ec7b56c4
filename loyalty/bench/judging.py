"""Judging alone: `rules.evaluate` without reasons, against the same bylaws written by hand as one function."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import Any, Final

from loyalty.bench.baskets import document, sent
from loyalty.bench.by_hand import by_hand
from loyalty.bench.report import Row, Side
from loyalty.bench.timeline import timeline
from loyalty.rules import Bylaws, Facts, evaluate, load

GOAL: Final = 0.33
MEMBERS: Final = 100
PURCHASES: Final = 2_000
"""Twenty of each member: by then limits, tiers and badges are at work."""


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
                return f"{name} of {facts.purchase.receipt}: {ours} by us, {its} by hand"
    return None


def measure(seconds: float) -> Row:
    """Both in turns, over and over; the best turn of each counts, as what disturbs a turn only makes it slower.

    Raises:
        AssertionError: they do not give the same awards.
    """
    bylaws = load(document(), 1)
    all_facts = facts_of(bylaws)
    wrong = difference(bylaws, all_facts)
    assert wrong is None, wrong
    ours: list[tuple[float, float]] = []
    hand: list[tuple[float, float]] = []
    end = time.perf_counter() + seconds
    while time.perf_counter() < end or len(ours) < 3:
        ours.append(_turn(lambda facts: evaluate(bylaws, facts), all_facts))
        hand.append(_turn(by_hand, all_facts))
    return Row(
        "judging",
        "judging alone",
        "purchases",
        _side("ours", ours),
        [_side("by hand", hand, GOAL)],
        f"the same awards, badges, tiers, messages and counts on {len(all_facts):,} purchases",
    )


def _side(name: str, turns: list[tuple[float, float]], goal: float | None = None) -> Side:
    wall, cpu = min(wall for wall, _ in turns), min(cpu for _, cpu in turns)
    return Side(name, PURCHASES, wall, {"judging": cpu}, goal=goal)


def _turn(judge: Callable[[Facts], Any], all_facts: Sequence[Facts]) -> tuple[float, float]:
    """(wall, processor) seconds."""
    for facts in all_facts:
        facts.masks.clear()
    wall, cpu = time.perf_counter(), time.process_time()
    for facts in all_facts:
        judge(facts)
    return time.perf_counter() - wall, time.process_time() - cpu
