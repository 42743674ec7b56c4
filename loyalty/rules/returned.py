"""Returns: what a purchase gives for what is kept of it, by the same version, with the facts frozen at the sale. Pure.

Whatever was returned before, and in whatever steps, only what is kept in total matters: so any split ends alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from loyalty.rules.bylaws import Bylaws
from loyalty.rules.evaluate import award
from loyalty.rules.facts import Facts, Purchase, Tender
from loyalty.rules.feeding import Labels, feeds, given_to
from loyalty.rules.ruling import Given
from loyalty.rules.running import Moved


@dataclass(frozen=True, slots=True)
class Left:
    """How much is left of a purchase: of each line (thousandths), or of a basket without lines its net amount.

    Of such a basket None means that nothing is left of it; one of net 0 can still be there.
    """

    lines: Mapping[str, int] = field(default_factory=dict)
    net: int | None = None

    @classmethod
    def of(cls, purchase: Purchase) -> Left:
        """All of it."""
        if purchase.lines:
            return cls({line.line: line.quantity for line in purchase.lines})
        return cls(net=purchase.net)

    @classmethod
    def nothing(cls, purchase: Purchase) -> Left:
        """Nothing of it."""
        return cls(dict.fromkeys((line.line for line in purchase.lines), 0))

    def form(self) -> dict[str, Any]:
        """As it is stored."""
        return {"lines": dict(self.lines)} if self.lines else {"net": self.net}

    @classmethod
    def from_form(cls, form: Mapping[str, Any]) -> Left:
        """As it was stored."""
        return cls(form.get("lines", {}), form.get("net"))


def kept(purchase: Purchase, left: Left) -> Purchase | None:
    """The purchase as if only what is left had been bought; None where that is nothing.

    A line's kept amount is floor(amount × kept quantity ÷ quantity); what each tender paid goes down with the net.
    """
    if not purchase.lines:
        if left.net is None:
            return None
        gross = purchase.gross * left.net // purchase.net if purchase.net else purchase.gross
        return replace(purchase, net=left.net, gross=gross, tenders=_tenders(purchase, left.net))
    lines = tuple(
        line._replace(quantity=rest, net=line.net * rest // line.quantity, gross=line.gross * rest // line.quantity)
        for line in purchase.lines
        if (rest := left.lines[line.line])
    )
    if not lines:
        return None
    net, gross = sum(line.net for line in lines), sum(line.gross for line in lines)
    return replace(purchase, lines=lines, net=net, gross=gross, tenders=_tenders(purchase, net))


def _tenders(purchase: Purchase, net: int) -> tuple[Tender, ...]:
    """What each tender paid of what is kept: what was paid in points and money comes back alike, in proportion."""
    if not purchase.net:
        return purchase.tenders
    return tuple(its._replace(amount=its.amount * net // purchase.net) for its in purchase.tenders)


@dataclass(frozen=True, slots=True)
class Standing:
    """What a recorded purchase stands for: what it gave and still gives, and what it adds to counters and limits."""

    awards: tuple[Given, ...]
    feeds: tuple[int, ...]
    uses: Mapping[tuple[str, date], int]
    labels: Mapping[int, Mapping[str, int]] = field(default_factory=dict)
    """What it adds to counters that are kept by label."""

    def at(self, place: int) -> Iterable[tuple[str, int]]:
        """What it adds to one counter, by label."""
        if events := self.feeds[place]:
            yield "", events
        yield from self.labels.get(place, {}).items()

    def moved(self, after: Standing) -> list[Moved]:
        """What changes of counters if it stands for something else."""
        found = [
            Moved(place, "", new - old)
            for place, (old, new) in enumerate(zip(self.feeds, after.feeds, strict=True))
            if new != old
        ]
        for place in self.labels.keys() | after.labels.keys():
            old, new = self.labels.get(place, {}), after.labels.get(place, {})
            found += [
                Moved(place, label, change)
                for label in sorted(old.keys() | new.keys())
                if (change := new.get(label, 0) - old.get(label, 0))
            ]
        return found


def awards_for(bylaws: Bylaws, facts: Facts, given: tuple[Given, ...]) -> tuple[Given, ...]:
    """What the articles give for what is kept; `facts` hold that, `given` is what they gave at the sale.

    Of a limit that all members share a return never takes more than the sale did.
    """
    return tuple(award(bylaws, replace(facts, budgets=dict(uses(bylaws, facts, given)))))


def standing(bylaws: Bylaws, sold: Facts, kept_facts: Facts | None, awards: tuple[Given, ...]) -> Standing:
    """What a purchase stands for: `sold` are the facts of the sale, `kept_facts` those of what is kept of it."""
    if not sold.active:
        return Standing(awards, (0,) * len(bylaws.live), {})
    plain, labels = feeds(bylaws, sold, kept_facts, awards)
    return Standing(awards, tuple(plain), uses(bylaws, sold, awards), labels)


def undone(bylaws: Bylaws, sold: Facts, awards: tuple[Given, ...]) -> Standing:
    """What a purchase that was a mistake stands for: nothing at all, not even that it was made.

    `awards` are what badges gave with it, until these are looked at, and its share of running totals.
    """
    plain, labels = [0] * len(bylaws.live), Labels()
    given_to(bylaws, sold, awards, plain, labels)
    return Standing(awards, tuple(plain), {}, labels)


def came_off(before: Purchase | None, after: Purchase | None) -> tuple[int, int]:
    """(gross, net) by which what is kept of a purchase became less."""
    was = (before.gross, before.net) if before else (0, 0)
    rest = (after.gross, after.net) if after else (0, 0)
    return was[0] - rest[0], was[1] - rest[1]


def uses(bylaws: Bylaws, facts: Facts, awards: tuple[Given, ...]) -> dict[tuple[str, date], int]:
    """What an event takes of limits that all members share."""
    found: dict[tuple[str, date], int] = {}
    for limit in bylaws.budgets():
        gave = [given for given in awards if limit.limits(given) and not bylaws.is_total(given)]
        own = [given for given in gave if given.wallet == limit.wallet]
        if limit.of == "times":
            amount = int(bool(gave))
        else:
            amount = sum(given.amount if limit.of == "points" else given.base for given in own)
        if amount:
            key = limit.budget(facts)
            found[key] = found.get(key, 0) + amount
    return found
