"""What cards have paid for sales and has not come back: found with the cards locked, so that it stays true."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple, TypeVar

from loyalty.arrays import columns
from loyalty.rewards import gift_cards
from loyalty.rewards.card_moves import Card, Kind, Sale
from loyalty.rules import Purchase
from loyalty.versions import Connection

K = TypeVar("K", bound=Hashable)

_CHARGES: Final = """
    SELECT asked.place, entry.card_id, entry.n, -entry.amount,
        coalesce((SELECT sum(amount) FROM gift_card_entry back
            WHERE back.card_id = entry.card_id AND back.of_n = entry.n), 0)::bigint
    FROM unnest(%s::int[], %s::text[], %s::bigint[]) AS asked (place, receipt, store_id)
    JOIN gift_card_entry entry ON entry.receipt = asked.receipt AND entry.store_id = asked.store_id
    WHERE entry.kind = 'charged' AND entry.club_id = %s
    ORDER BY asked.place, entry.card_id, entry.n
"""
_OF_CARD: Final = """
    SELECT n, abs(amount), coalesce((SELECT sum(amount) FROM gift_card_entry back
            WHERE back.card_id = entry.card_id AND back.of_n = entry.n), 0)::bigint, balance, expires_at
    FROM gift_card_entry entry
    WHERE card_id = %s AND receipt = %s AND store_id IS NOT DISTINCT FROM %s AND kind = %s ORDER BY n
"""


class Charge(NamedTuple):
    """One charge of a card for a sale, or what it was topped up with, and how the card stood after it."""

    n: int
    amount: int
    refunded: int
    balance: int
    expires_at: datetime | None

    @property
    def left(self) -> int:
        """How much of it can still be given back."""
        return self.amount - self.refunded


class Charged(NamedTuple):
    """One charge of some card, for the sale at a place of those that were asked about."""

    place: int
    card_id: int
    n: int
    amount: int
    refunded: int


@dataclass(slots=True)
class Paid:
    """What a locked card paid of a sale, and how much of that came back."""

    card: Card
    sale: Sale
    n: int
    amount: int
    refunded: int

    def come_back(self, net: int, rest: int | None, at: datetime, now: datetime) -> int:
        """Give back its share of what is not kept: `rest` is the net amount that is, None where nothing is left.

        Only the total matters, so any split of a return ends alike. Answers how much came back.
        """
        share = 0 if rest is None else self.amount * rest // net if net else self.amount
        amount = self.amount - share - self.refunded
        if amount <= 0:
            return 0
        self.card.refund(amount, self.n, self.sale, at, now)
        self.refunded += amount
        return amount


def come_back(
    paid: Iterable[Paid], sold: Purchase, rest: Purchase | None, at: datetime, now: datetime
) -> list[tuple[str, int]]:
    """Give back to cards their share of what is not kept of a sale: hints and amounts, where something came back."""
    kept = rest.net if rest else None
    back = [(its.card.hint, its.come_back(sold.net, kept, at, now)) for its in paid]
    return [(hint, amount) for hint, amount in back if amount]


def charges(conn: Connection, card: Card, sale: Sale, kind: Kind = "charged") -> list[Charge]:
    """What a locked card was charged for a sale, or topped up with it, the oldest first."""
    return [Charge._make(row) for row in conn.execute(_OF_CARD, [card.id, sale.receipt, sale.store_id, kind])]


def charged_for(conn: Connection, club_id: int, sales: Sequence[Sale]) -> list[Charged]:
    """What any cards were charged for some sales; it stays true of those that are locked."""
    if not sales:
        return []
    rows = [(place, *sale) for place, sale in enumerate(sales)]
    return [Charged._make(row) for row in conn.execute(_CHARGES, [*columns(rows), club_id])]


def paid_for(conn: Connection, club_id: int, sales: Mapping[K, Sale]) -> dict[K, list[Paid]]:
    """What cards paid of some sales, each under its key, with the cards locked; one statement where none did."""
    keys, asked = list(sales), list(sales.values())
    found = charged_for(conn, club_id, asked)
    if not found:
        return {}
    cards = gift_cards.by_id(conn, club_id, [its.card_id for its in found])
    paid: dict[K, list[Paid]] = {}
    for its in charged_for(conn, club_id, asked):
        if its.card_id in cards:  # of one that pays this very sale at this moment nothing comes back yet
            one = Paid(cards[its.card_id], asked[its.place], its.n, its.amount, its.refunded)
            paid.setdefault(keys[its.place], []).append(one)
    return paid
