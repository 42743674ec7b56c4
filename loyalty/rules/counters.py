"""Counters: what the club counts of its members' events, net of returns, per local day."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from loyalty.rules.facts import PLACES, PURCHASE, Facts
from loyalty.rules.filters import LineFilter, read_filter
from loyalty.rules.reading import Node, Reading
from loyalty.values import Text

if TYPE_CHECKING:
    pass

Measure = Literal["amount", "gross", "paid", "quantity", "times", "days", "base"]
MEASURES: Final[dict[str, Text]] = {
    "amount": Text("net amount", "مبلغ خالص"),
    "gross": Text("amount before discount", "مبلغ پیش از تخفیف"),
    "paid": Text("amount paid without wallets and gift cards", "مبلغ پرداختی بدون کیف و کارت هدیه"),
    "quantity": Text("quantity", "تعداد"),
    "times": Text("times", "دفعات"),
    "days": Text("days", "روزها"),
}
UNITS: Final = {
    "amount": "money",
    "gross": "money",
    "paid": "money",
    "quantity": "quantity",
    "times": "times",
    "days": "days",
}


@dataclass(frozen=True, slots=True)
class Counter:
    """A definition: `of` purchases or lines (then `where` may narrow them), or of what some articles gave, or any.

    Equal definitions are the same counter in every version; the digest is its identity.
    """

    of: str
    """`purchases`, `lines`, `given`, or a type of event."""
    measure: Measure
    where: LineFilter | None = None
    articles: tuple[str, ...] = ()
    wallet: str | None = None
    returned_too: bool = False
    """Counts a purchase even if it is returned later (for `nth_purchase`)."""

    def definition(self) -> dict[str, Any]:
        """The definition as a document: what is stored, and what the digest is taken of."""
        form: dict[str, Any] = {"of": self.of, "measure": self.measure}
        if self.where:
            form["where"] = self.where.canonical()
        if self.articles:
            form["articles"] = list(self.articles)
        if self.wallet:
            form["wallet"] = self.wallet
        if self.returned_too:
            form["returned_too"] = True
        return form

    @property
    def digest(self) -> bytes:
        """The identity: 16 bytes of SHA-256 over the canonical definition."""
        canonical = json.dumps(self.definition(), sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).digest()[:16]

    @property
    def unit(self) -> str:
        """What its figures are: `money`, `quantity`, `times`, `days` or `count`."""
        return UNITS.get(self.measure, "count") if self.of != "given" or self.measure == "times" else "count"

    @property
    def type(self) -> str | None:
        """The type of the events that feed it; None for one of what is given."""
        return PURCHASE if self.of in ("purchases", "lines") else None if self.of == "given" else self.of

    def feed(self, facts: Facts) -> int:
        """What an event of its type adds; to a counter of days 1, which makes the day active."""
        event = facts.event
        if self.of == "purchases":
            if self.measure == "amount":
                return event.net
            if self.measure == "gross":
                return event.gross
            if self.measure in ("quantity", "paid"):
                return facts.basket(self.measure, facts.whole)
            return 1
        if self.of != "lines":
            return 1
        mask = self.where.mask(facts) if self.where else (facts.whole if event.lines else 0)
        if self.measure in ("times", "days"):
            return 1 if mask else 0
        return facts.basket("net" if self.measure == "amount" else self.measure, mask) if mask else 0

    def feeder(self) -> Callable[[Facts], int] | int:
        """`feed` as a function, or what it always adds; nothing is presumed of a counter that is more than this."""
        if self != Counter(self.of, self.measure, self.where, returned_too=self.returned_too):
            return self.feed
        if self.of == "purchases" and self.measure == "amount":
            return lambda facts: facts.event.net
        if self.of == "lines" and self.where:
            if self.measure in ("times", "days"):
                mask = self.where.mask
                return lambda facts: 1 if mask(facts) else 0
            if self.measure != "paid":
                return self.where.total(PLACES["net" if self.measure == "amount" else self.measure])
        return 1 if self.of != "lines" and self.measure in ("times", "days") else self.feed

    @property
    def takes(self) -> int | None:
        """Which field of a `Given` a counter of what is given adds up; None where it counts that anything was."""
        return {"amount": 3, "base": 4}.get(self.measure)


PURCHASES_EVER: Final = Counter("purchases", "times", returned_too=True)
"""Counts every purchase made, returned later or not: what `nth_purchase` reads."""


def read_counter(node: Node) -> Counter:
    """A counter of the document: `{of: purchases | lines | EVENT, where?, measure}`."""
    found = node.fields(["of", "measure"], ["where"])
    events = node.reading.events
    of = found["of"].choice(("purchases", "lines", *events))
    measure = found["measure"].choice(("times", "days") if of in events else tuple(MEASURES))
    where = None
    if "where" in found:
        if of != "lines":
            raise found["where"].bad(
                Text(
                    "Only a counter of lines can be narrowed by where.", "«where» تنها برای شمارندهٔ ردیف‌ها (lines) است."
                )
            )
        where = read_filter(found["where"])
    return Counter(of, measure, where)  # type: ignore[arg-type]


def stored_counter(definition: Mapping[str, Any]) -> Counter:
    """A counter from its stored definition, the inverse of `Counter.definition`."""
    where = definition.get("where")
    return Counter(
        definition["of"],
        definition["measure"],
        read_filter(Node(where, "", Reading())) if where else None,
        tuple(definition.get("articles", ())),
        definition.get("wallet"),
        definition.get("returned_too", False),
    )
