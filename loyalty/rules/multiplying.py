"""What multipliers give: (by - 1) × what their lines alone would have earned so far."""

from __future__ import annotations

from typing import NamedTuple

from loyalty.rules.awards.multiply import Earned, Multiply
from loyalty.rules.bylaws import Article
from loyalty.rules.facts import Facts

Multiplying = tuple[Article, tuple[tuple[int, Multiply], ...]]
"""An article with what it multiplies, each with its place."""


class Done(NamedTuple):
    """A multiplier that had its turn: its article, the award, its lines, and the amount that limits left it."""

    article: str
    award: Multiply
    mask: int
    gave: int


class Multipliers:
    """The multipliers of one event, taken in document order.

    `compound` multiplies what earlier multipliers gave too; `add` only what articles earned; under `highest` each line
    belongs to its highest multiplier alone.
    """

    __slots__ = ("compound", "done", "earned", "facts", "own")

    def __init__(self, stacking: str, multiplying: list[Multiplying], facts: Facts, earned: Earned) -> None:
        self.facts = facts
        self.compound = stacking == "compound"
        self.earned = earned
        self.own = _own_lines(multiplying, facts) if stacking == "highest" else None
        self.done: list[Done] = []

    def lines(self, article: Article, place: int, award: Multiply) -> int:
        """The mask of the lines that a multiplier multiplies."""
        return self.own[article.no, place] if self.own is not None else _lines(award, self.facts)

    def base(self, mask: int, asking: Multiply, before: int | None = None) -> int:
        """What the lines of a mask alone earned so far (or before an earlier multiplier) into a multiplier's wallet."""
        if not mask:
            return 0
        total = asking.of_earned(self.earned, self.facts, mask)
        if self.compound:
            for place, (no, earlier, its, gave) in enumerate(self.done[:before]):
                if asking.sees(no, earlier.wallet):
                    shared = mask & its
                    total += gave if shared == its else min(gave, earlier.amount(self.base(shared, earlier, place)))
        return total


def _lines(award: Multiply, facts: Facts) -> int:
    return award.lines.mask(facts) if award.lines else facts.whole


def _own_lines(multiplying: list[Multiplying], facts: Facts) -> dict[tuple[str, int], int]:
    """The lines of each multiplier where every line belongs to its highest one alone."""
    found = [(article.no, place, award) for article, awards in multiplying for place, award in awards]
    own: dict[tuple[str, int], int] = {}
    free: dict[str, int] = {}
    for no, place, award in sorted(found, key=lambda item: -item[2].by):  # stable: document order among equals
        taken, lines = free.get(award.wallet, 0), _lines(award, facts)
        own[no, place] = lines & ~taken
        free[award.wallet] = taken | lines
    return own
