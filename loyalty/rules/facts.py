"""What an event says: a purchase as the till sent it, checked and normalised. Pure values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, NamedTuple

IdentifierKind = Literal["id", "card", "phone", "external_id"]


class MemberRef(NamedTuple):
    """A member as named by a till: by engine id, card, phone (E.164) or external id. `value` is normalised."""

    kind: IdentifierKind
    value: str


class Line(NamedTuple):
    """One line of a receipt. `quantity` in thousandths; `gross` and `net` are of the whole line, in minor units."""

    line: str
    sku: str
    quantity: int
    gross: int
    net: int
    category: str | None = None
    brand: str | None = None
    tags: tuple[str, ...] = ()


class Tender(NamedTuple):
    """A means of payment: `type` is free text such as `cash` or `card`; `amount` in minor units."""

    type: str
    amount: int


@dataclass(frozen=True, slots=True)
class Purchase:
    """A purchase: `gross` and `net` are the basket's; with lines they are the lines' sums. `occurred_at` is aware."""

    receipt: str
    store: str
    occurred_at: datetime
    currency: str
    gross: int
    net: int
    member: MemberRef | None = None
    lines: tuple[Line, ...] = ()
    tenders: tuple[Tender, ...] = ()
    channel: str | None = None
    cashier: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
