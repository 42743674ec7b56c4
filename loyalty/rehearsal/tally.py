"""What one member's history came to, rehearsed or recorded: sums that can be added and compared."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, TypeVar

from loyalty.ledger.lots import Move
from loyalty.rules.ruling import Given, giver

K = TypeVar("K", bound=Hashable)
WalletArticle = tuple[str, str]
"""A wallet and an article's number, `badge:CODE:LEVEL`, `streak:CODE:AT` or `challenge:CODE`; or nothing for what none
of them gave."""

FIGURES: Final = ("issued", "taken_back", "spent", "expired", "outstanding", "debt", "short")
"""Of a wallet. `short` is what members really spent and would not have had."""
_ENDS: Final = frozenset({"expired", "spent"})
_LOTS: Final = frozenset({"pending", "available", "held"})


@dataclass(slots=True)
class Side:
    """One side of the comparison, of a member or of many."""

    wallets: dict[str, dict[str, int]] = field(default_factory=dict)
    articles: Counter[WalletArticle] = field(default_factory=Counter)
    """What was issued, less what was taken back."""
    times: Counter[str] = field(default_factory=Counter)
    """Purchases to which an article gave something."""
    ups: int = 0
    downs: int = 0
    tiers: Counter[str] = field(default_factory=Counter)
    """Members by the tier on which they end."""
    badges: Counter[tuple[str, int]] = field(default_factory=Counter)
    """Levels that were reached and not lost."""
    given: dict[WalletArticle, int] = field(default_factory=dict)
    """What is noted and not added up yet."""

    def wallet(self, code: str) -> dict[str, int]:
        """A wallet's figures."""
        found = self.wallets.get(code)
        if found is None:
            found = self.wallets[code] = dict.fromkeys(FIGURES, 0)
        return found

    def gave(self, awards: Iterable[Given]) -> None:
        """Note what articles gave into lots in the span; `add_up` adds it to the figures."""
        given = self.given
        for article, _, wallet, amount, _, _ in awards:
            key = wallet, article
            given[key] = given.get(key, 0) + amount

    def add_up(self) -> None:
        """Add what was noted to the figures."""
        for (code, article), amount in self.given.items():
            wallet = self.wallet(code)
            wallet["outstanding"] += amount
            wallet["issued"] += amount
            self.articles[code, giver(article)] += amount
        self.given.clear()

    def moved(self, moves: Iterable[Move], since: datetime, until: datetime) -> None:
        """Add what moved; of what lies outside of the span only what is left of it counts."""
        for cause, code, source, target, amount, _ in moves:
            wallet = self.wallets.get(code) or self.wallet(code)
            if source in _LOTS:
                if target in _LOTS:
                    continue
                wallet["outstanding"] -= amount
            elif target in _LOTS:
                wallet["outstanding"] += amount
            if source == "debt":
                wallet["debt"] += amount
            elif target == "debt":
                wallet["debt"] -= amount
            if since <= cause.at < until:
                self._counted(wallet, giver(cause.article or ""), code, source, target, amount)

    def _counted(self, wallet: dict[str, int], article: str, code: str, source: str, target: str, amount: int) -> None:
        if source == "issued":
            wallet["issued"] += amount
            self.articles[code, article] += amount
        elif target == "issued":
            wallet["taken_back"] += amount
            self.articles[code, article] -= amount
        if source in _ENDS:
            wallet[source] -= amount
        elif target in _ENDS:
            wallet[target] += amount

    def tier_moved(self, before: int, after: int) -> None:
        """Add a move between two ranks of a ladder."""
        self.ups += after > before
        self.downs += after < before

    def add(self, other: Side) -> None:
        """Add another member's."""
        for code, figures in other.wallets.items():
            add(self.wallet(code), figures)
        add(self.articles, other.articles)
        add(self.times, other.times)
        self.ups += other.ups
        self.downs += other.downs
        add(self.tiers, other.tiers)
        add(self.badges, other.badges)

    def ended_elsewhere(self) -> None:
        """Forget where the member ended: it went on as another."""
        self.tiers.clear()
        self.badges.clear()

    def net(self, wallet: str) -> int:
        """What a wallet was given in the span, less what was taken back."""
        figures = self.wallets.get(wallet)
        return figures["issued"] - figures["taken_back"] if figures else 0

    def same(self, other: Side) -> bool:
        """Whether a member gets and becomes the same on both."""
        return (self.articles, self.tiers, self.badges) == (other.articles, other.tiers, other.badges)


def add(sums: dict[K, int], more: Mapping[K, int]) -> None:
    """Add to sums; for a few names that is quicker than `Counter.update`."""
    for name, value in more.items():
        sums[name] = sums.get(name, 0) + value
