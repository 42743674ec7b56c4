"""Counters: what the club counts of its members' events, net of returns, per local day and label."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal

from loyalty.rules.facts import PLACES as AMOUNTS
from loyalty.rules.facts import PURCHASE, Facts, Line
from loyalty.rules.filters import LineFilter
from loyalty.rules.known import FIELD, event_values
from loyalty.values import Text

if TYPE_CHECKING:
    from loyalty.rules.facts import Happening
    from loyalty.rules.kinds import Condition

Measure = Literal["amount", "gross", "paid", "quantity", "times", "days", "sum", "distinct", "base"]
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
PLACES: Final = {key: Line._fields.index(key) for key in ("sku", "category", "brand")}
"""Where a line tells what it may be counted by."""
OF_LINES: Final = frozenset(PLACES)
"""Labels that each line of a basket has for itself."""
POINTS: Final = "points"
"""What counters of given amounts are `of`."""
_LONGEST: Final = 100
"""Characters of a label: what is longer is no name of anything."""


@dataclass(frozen=True, slots=True)
class Counter:
    """A definition: `of` purchases, lines (then `where` may narrow them), events of a type, or of what articles gave.

    Equal definitions are the same counter in every version; the digest is its identity.
    """

    of: str
    """`purchases`, `lines`, `points`, or a type of event."""
    measure: Measure
    where: LineFilter | None = None
    articles: tuple[str, ...] = ()
    """Of points: the articles that gave them; none means any."""
    wallet: str | None = None
    returned_too: bool = False
    """Counts a purchase even if it is returned later (for `nth_purchase`)."""
    adds: str | None = None
    """The field that `sum` adds up."""
    by: str = ""
    """What it is kept apart by (a label: `store`, `sku` …, `field:NAME`), or of which it counts different ones."""
    if_: str = ""
    """The condition of an event that it counts, as it is written in the document."""
    condition: Condition | None = field(default=None, compare=False, repr=False)
    reads: frozenset[str] = field(default=frozenset(), compare=False, repr=False)
    """What the condition reads of an event, by the names of `known.py`."""

    def definition(self) -> dict[str, Any]:
        """The definition as a document: what is stored, and what the digest is taken of."""
        form: dict[str, Any] = {"of": self.of, "measure": self.measure}
        if self.where:
            form["where"] = self.where.canonical()
        if self.articles:
            form["articles"] = list(self.articles)
        for name in ("wallet", "returned_too", "adds", "by"):
            if value := getattr(self, name):
                form[name] = value
        if self.if_:
            form["if"] = json.loads(self.if_)
        return form

    @property
    def digest(self) -> bytes:
        """The identity: 16 bytes of SHA-256 over the canonical definition."""
        return hashlib.sha256(written(self.definition()).encode()).digest()[:16]

    @property
    def unit(self) -> str:
        """What its figures are: `money`, `quantity`, `times`, `days` or `count`."""
        if self.of == POINTS and self.measure == "amount":
            return "count"
        return UNITS.get(self.measure, "count")

    @property
    def type(self) -> str | None:
        """The type of the events that feed it; None for one of what is given."""
        return PURCHASE if self.of in ("purchases", "lines") else None if self.of == POINTS else self.of

    @property
    def distinct(self) -> bool:
        """Whether it counts different things: a figure over days is not the sum of theirs."""
        return self.measure == "distinct"

    @property
    def fields(self) -> set[str]:
        """The fields of events that it reads, by name."""
        read = {name[len(FIELD) :] for name in {self.by, *self.reads} if name.startswith(FIELD)}
        return read if self.adds is None else {*read, self.adds}

    def counts(self, facts: Facts) -> bool:
        """Whether an event meets its condition. Read from the event alone, whichever version judges it."""
        if self.condition is None:
            return True
        if self.reads:
            known = event_values(self.reads, facts.event)
            facts = facts.with_values(
                {**known, **{name: facts.values[name] for name in self.reads & facts.values.keys()}}
            )
        return self.condition.holds(facts)

    def feed(self, facts: Facts) -> int:
        """What an event of its type adds; to a counter of days 1, which makes the day active."""
        if self.condition is not None and not self.counts(facts):
            return 0
        if self.of == "purchases":
            if self.measure == "amount":
                return facts.event.net
            if self.measure in ("times", "days"):
                return 1
        return self._worth(facts, self._mask(facts))

    def feeds(self, facts: Facts) -> dict[str, int]:
        """What an event of its type adds, by label; the empty one where the label is not told."""
        mask = self._mask(facts) if self.counts(facts) else 0
        if not mask:
            return {}
        if self.by not in OF_LINES:
            return {self.label(facts): self._worth(facts, mask)}
        masks: dict[str, int] = {}
        place, bit = PLACES.get(self.by, 0), 1
        for line in facts.event.lines:
            if mask & bit:
                label = _label(line[place])
                masks[label] = masks.get(label, 0) | bit
            bit += bit
        return {label: self._worth(facts, its) for label, its in (masks or {"": mask}).items()}

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
                return self.where.total(AMOUNTS["net" if self.measure == "amount" else self.measure])
        return 1 if self.of != "lines" and self.measure in ("times", "days") else self.feed

    @property
    def takes(self) -> int | None:
        """Which field of a `Given` a counter of what is given adds up; None where it counts that anything was."""
        return {"amount": 3, "base": 4}.get(self.measure)

    def label(self, facts: Facts) -> str:
        """The label of a whole event."""
        return self._of_event(facts.event, facts.values)

    def labels(self, event: Happening) -> set[str]:
        """Every label under which an event may count."""
        if self.type not in (None, event.type):
            return set()
        if self.by not in OF_LINES:
            return {self._of_event(event, {})}
        place = PLACES[self.by]
        return {_label(line[place]) for line in event.lines} or {""}

    def _of_event(self, event: Happening, values: Mapping[str, Any]) -> str:
        known = values.get(self.by)
        return _label(event_values([self.by], event).get(self.by) if known is None else known)

    def _mask(self, facts: Facts) -> int:
        if self.of != "lines":
            return facts.whole
        if self.where:
            return self.where.mask(facts)
        return facts.whole if facts.event.lines else 0

    def _worth(self, facts: Facts, mask: int) -> int:
        if not mask:
            return 0
        if self.measure in ("times", "days", "distinct"):
            return 1
        if self.adds is not None:
            return self._field(facts)
        return facts.basket("net" if self.measure == "amount" else self.measure, mask)

    def _field(self, facts: Facts) -> int:
        name = f"{FIELD}{self.adds}"
        value = facts.values.get(name, facts.event.attributes.get(str(self.adds)))
        return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else 0


def _label(value: Any) -> str:
    """A value as a label; what is no word or number is no label."""
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)[:_LONGEST] if isinstance(value, str | int) else ""


def written(form: Any) -> str:
    """A document in the one way in which it is compared."""
    return json.dumps(form, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


PURCHASES_EVER: Final = Counter("purchases", "times", returned_too=True)
"""Counts every purchase made, returned later or not: what `nth_purchase` reads."""
