"""On what occasion an article gives: a purchase, or another event of a type that the club declares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from loyalty.rules.facts import PURCHASE as PURCHASE_TYPE
from loyalty.rules.reading import Node, one_of
from loyalty.values import Text


@dataclass(frozen=True, slots=True)
class Occasion:
    """What an article waits for: the events of a `type`. `each` and `one` follow “with” (and «با») in sentences."""

    type: str
    each: Text
    one: Text

    @property
    def has_basket(self) -> bool:
        """Whether there is a basket to look at."""
        return self.type == PURCHASE_TYPE


PURCHASE: Final = Occasion(PURCHASE_TYPE, Text("each purchase", "هر خرید"), Text("one purchase", "یک خرید"))


def read_occasion(node: Node) -> Occasion:
    """`on: purchase`, or a declared type of event."""
    if node.value == PURCHASE_TYPE:
        return PURCHASE
    declared = node.reading.events
    if not isinstance(node.value, str) or node.value not in declared:
        raise node.bad(one_of([PURCHASE_TYPE, *declared]))
    title = declared[node.value].title
    return Occasion(node.value, Text(f"each {title.en}", f"هر {title.fa}"), Text(f"one {title.en}", f"یک {title.fa}"))
