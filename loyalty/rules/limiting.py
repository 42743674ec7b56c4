"""What limits leave of an amount: those of its article, then those of its wallet."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from loyalty.rules.awards.discount import Discount
from loyalty.rules.awards.multiply import Multiply
from loyalty.rules.facts import Facts
from loyalty.rules.kinds import Earning
from loyalty.rules.limits import Limit
from loyalty.rules.parts import Article
from loyalty.rules.ruling import Given, Ruling


def limited(
    article: Article, award: Earning | Multiply | Discount, facts: Facts, base: int, asked: int, before: list[Given]
) -> tuple[int, int]:
    """(base, amount) that the article's limits leave, after what its earlier awards of this event took."""
    amount = asked
    for limit in article.limits:
        if limit.of == "times":
            if limit.room(facts, 0) < 1:
                return base, 0
        elif award.wallet == limit.wallet:
            own = [given for given in before if given.wallet == limit.wallet] if before else before
            if limit.of == "points":
                room = limit.room(facts, sum([given.amount for given in own]) if own else 0)
                amount = room if room < amount else amount
            elif base > (room := limit.room(facts, sum([given.base for given in own]) if own else 0)):
                base = room
                amount = min(amount, award.amount(base))
    return base, amount


def use(
    article: Article, facts: Facts, ruling: Ruling, amount: int, base: int, wallet: str, before: list[Given]
) -> None:
    """Note what an amount uses of limits that all members share."""
    for limit in article.shared:
        if not amount or (limit.of != "times" and limit.wallet != wallet):
            continue
        used = amount if limit.of == "points" else base if limit.of == "base" else int(not before)
        key = limit.budget(facts)
        ruling.uses[key] = ruling.uses.get(key, 0) + used


class Caps:
    """The limits of wallets while one event is judged: whatever articles give, in the order in which they give it."""

    def __init__(
        self, limits: Mapping[str, tuple[Limit, ...]], facts: Facts, uses: dict[tuple[str, date], int]
    ) -> None:
        self.limits = limits
        self.facts = facts
        self.uses = uses
        self.gave: dict[str, int] = {}

    def cut(self, wallet: str, amount: int) -> int:
        """What the wallet's limits leave of an amount more."""
        gave = self.gave.get(wallet, 0)
        limits = self.limits.get(wallet, ())
        for limit in limits:
            amount = min(amount, limit.room(self.facts, gave))
        self.gave[wallet] = gave + amount
        for limit in limits if amount else ():
            if limit.shared:
                key = limit.budget(self.facts)
                self.uses[key] = self.uses.get(key, 0) + amount
        return amount
