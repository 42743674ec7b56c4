"""The arithmetic of discounts: what one takes off a basket or its lines. Pure; amounts in minor units, quantities in
thousandths.

A discount with `where`, and every one that makes units free, lowers lines, and the basket by as much; any other lowers
the basket alone. Nothing goes below zero.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import NamedTuple

from loyalty.rules.awards.discount import Discount, Free
from loyalty.rules.facts import Facts, Line, Purchase
from loyalty.values import QUANTITY_SCALE


class Taken(NamedTuple):
    """What a discount takes off: of the basket in all, and of that from which line, by its place."""

    amount: int
    lines: tuple[tuple[int, int], ...] = ()
    """Nothing here where the basket alone is lowered."""


NOTHING = Taken(0)


@dataclass(slots=True)
class Left:
    """What is left of a basket while discounts are taken off it, one after the other."""

    facts: Facts
    """Of the basket as it was sent: filters look at its lines."""
    net: int = field(init=False)
    nets: list[int] = field(init=False)

    def __post_init__(self) -> None:
        self.net = self.facts.event.net
        self.nets = [line.net for line in self.facts.event.lines]

    def tries(self, discount: Discount) -> Taken:
        """What a discount would take off what is left."""
        if discount.min_basket is not None and self.net < discount.min_basket:
            return NOTHING
        if discount.free is not None:
            return self._capped(discount, self._free(discount, discount.free))
        if discount.where is None:
            return Taken(min(self.net, _off(discount, self.net)))
        places = self._places(discount)
        base = sum(self.nets[place] for place in places)
        off = min(base, self.net, _off(discount, base))
        return Taken(off, self._spread(off, base, places)) if off else NOTHING

    def takes(self, taken: Taken) -> None:
        """Take something off."""
        self.net -= taken.amount
        for place, amount in taken.lines:
            self.nets[place] -= amount

    def lowered(self) -> Purchase:
        """The purchase with what is left."""
        event = self.facts.event
        assert isinstance(event, Purchase)
        lines = tuple(Line(*line[:4], net, *line[5:]) for line, net in zip(event.lines, self.nets, strict=True))
        return replace(event, lines=lines, net=self.net)

    def _places(self, discount: Discount) -> list[int]:
        mask = discount.where.mask(self.facts) if discount.where else self.facts.whole
        return [place for place in range(len(self.nets)) if mask >> place & 1]

    def _spread(self, off: int, base: int, places: list[int]) -> tuple[tuple[int, int], ...]:
        """An amount over lines in proportion, floored; what is left over goes to the first that have room."""
        parts = {place: self.nets[place] * off // base for place in places}
        over = off - sum(parts.values())
        for place in places:
            more = min(over, self.nets[place] - parts[place])
            parts[place] += more
            over -= more
        return tuple((place, part) for place, part in parts.items() if part)

    def _free(self, discount: Discount, free: Free) -> Taken:
        """Whole units of lines, the dearest first: of each so many the last are free, or of all of them once."""
        units = [(self._price(place), place, self._units(place)) for place in self._places(discount)]
        units = sorted((its for its in units if its[2]), key=lambda its: (-its[0], its[1]))
        count = sum(many for _, _, many in units)
        parts, begins = [], 0
        for price, place, many in units:
            ends = begins + many
            part = price * (_free_before(ends, count, free) - _free_before(begins, count, free))
            begins = ends
            if part:
                parts.append((place, part))
        off = sum(part for _, part in parts)
        return Taken(min(off, self.net), tuple(parts))

    def _price(self, place: int) -> int:
        return self.nets[place] * QUANTITY_SCALE // self.facts.event.lines[place].quantity

    def _units(self, place: int) -> int:
        return self.facts.event.lines[place].quantity // QUANTITY_SCALE

    def _capped(self, discount: Discount, taken: Taken) -> Taken:
        """At most so much: what is too much comes off the cheapest lines last made free."""
        most = taken.amount if discount.at_most is None else min(taken.amount, discount.at_most)
        return cut(taken, most)


def cut(taken: Taken, most: int) -> Taken:
    """No more than so much of what a discount takes off."""
    if taken.amount <= most or not taken.lines:
        return Taken(min(taken.amount, most), taken.lines)
    left, parts = most, []
    for place, amount in taken.lines:
        part = min(left, amount)
        left -= part
        if part:
            parts.append((place, part))
    return Taken(most, tuple(parts))


def _free_before(position: int, count: int, free: Free) -> int:
    """How many of the first units, the dearest first, are free: the last of each full `of`; without it, of all."""
    if free.of is None:
        return max(0, position - max(0, count - free.free))
    position = min(position, count // free.of * free.of)
    return position // free.of * free.free + max(0, position % free.of - (free.of - free.free))


def _off(discount: Discount, base: int) -> int:
    off = discount.off(base)
    if off is None:
        return 0
    amount = off.amount if off.share is None else base * off.share.numerator // off.share.denominator
    return amount if discount.at_most is None else min(amount, discount.at_most)
