"""What multipliers give: (by - 1) × what their lines alone would have earned so far."""

from __future__ import annotations

from loyalty.rules.awards.multiply import Multiply
from loyalty.rules.bylaws import Article
from loyalty.rules.facts import Facts
from loyalty.rules.kinds import Earning
from loyalty.rules.ruling import Given

Multiplying = tuple[Article, tuple[tuple[int, Multiply], ...]]
"""An article with what it multiplies, each with its place."""


class Multipliers:
    """The multipliers of one event, taken in document order.

    `compound` multiplies what earlier multipliers gave too; `add` only what articles earned; under `highest` each line
    belongs to its highest multiplier alone.
    """

    def __init__(
        self, stacking: str, multiplying: list[Multiplying], facts: Facts, earned: list[tuple[Given, Earning]]
    ) -> None:
        self.facts = facts
        self.compound = stacking == "compound"
        self.earned = earned
        self.own = _own_lines(multiplying, facts) if stacking == "highest" else None
        self.done: list[tuple[str, Multiply, int, int]] = []
        """Each multiplier so far: its article, the award, its lines, and the amount that limits left it."""

    def next(self, article: Article, place: int, award: Multiply) -> tuple[int, int]:
        """(what its lines earned so far, what it asks to give on top)."""
        mask = self.own[article.no, place] if self.own is not None else _lines(award, self.facts)
        self.done.append((article.no, award, mask, 0))
        base = self._earned(len(self.done) - 1, mask, award)
        return base, award.amount(base)

    def gave(self, amount: int) -> None:
        """Note what limits left of the last one."""
        self.done[-1] = (*self.done[-1][:3], amount)

    def _earned(self, before: int, mask: int, asking: Multiply) -> int:
        """What the lines of a mask alone would have earned before a multiplier, into its wallet."""
        if not mask:
            return 0
        facts, total = self.facts, 0
        for given, award in self.earned:
            if given.wallet != asking.wallet or (asking.articles and given.article not in asking.articles):
                continue
            total += given.amount if mask == facts.whole else min(given.amount, award.reckon(facts, mask)[1])
        if self.compound:
            for place, (article, earlier, its, gave) in enumerate(self.done[:before]):
                if earlier.wallet != asking.wallet or (asking.articles and article not in asking.articles):
                    continue
                shared = mask & its
                total += gave if shared == its else min(gave, earlier.amount(self._earned(place, shared, earlier)))
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
