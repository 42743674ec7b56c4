"""Gift cards that pay with the purchase itself: charged in its transaction, or the purchase is refused."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, NamedTuple

from loyalty import absent
from loyalty.carded import refuse_little
from loyalty.errors import Conflict, Fault, Problem
from loyalty.rewards import gift_cards
from loyalty.rewards.card_charges import charged_for
from loyalty.rewards.card_moves import Card, Sale
from loyalty.rewards.gift_cards import opens
from loyalty.rules.facts import CardShown, Purchase
from loyalty.values import Text
from loyalty.versions import Connection

_OTHER: Final = Text(
    "This card paid another amount for this receipt already.", "این کارت پیش‌تر برای همین رسید مبلغ دیگری پرداخته است."
)

Open = dict[int, list[int]]
"""By card: the amounts that it paid for a receipt before, and that did not come back."""


class Tendered(NamedTuple):
    """A purchase whose receipt is taken, and of which store it is."""

    purchase: Purchase
    store_id: int

    @property
    def sale(self) -> Sale:
        """What its cards pay."""
        return Sale(self.purchase.receipt, self.store_id)


def cards_of(purchase: Purchase) -> list[CardShown]:
    """The gift cards that were shown to pay a purchase."""
    return [its.shown for its in purchase.tenders if isinstance(its.shown, CardShown)]


def pay_by_cards(conn: Connection, club_id: int, sold: Sequence[Tendered], now: datetime) -> dict[int, Problem]:
    """Charge the cards that pay some purchases, one purchase after the other; answers why some are refused, by place.

    What a card paid for the very receipt before the purchase came is its payment, and not taken again. A refused
    purchase has charged nothing. In a fixed number of statements.
    """
    cards = gift_cards.by_digest(conn, club_id, {its.digest for each in sold for its in cards_of(each.purchase)})
    before: dict[int, Open] = {}
    for its in charged_for(conn, club_id, [each.sale for each in sold]):
        if its.amount > its.refunded:
            before.setdefault(its.place, {}).setdefault(its.card_id, []).append(its.amount)
    refused: dict[int, Problem] = {}
    for place, each in enumerate(sold):
        own = {its.digest: cards[its.digest] for its in cards_of(each.purchase) if its.digest in cards}
        marks = [(card, card.mark()) for card in own.values()]
        try:
            _pay(each, own, before.get(place, {}), now)
        except Problem as problem:
            refused[place] = problem
            for card, mark in marks:
                card.back_to(mark)
    gift_cards.write(conn, club_id, cards.values(), now)
    return refused


def _pay(sold: Tendered, cards: Mapping[bytes, Card], before: Open, now: datetime) -> None:
    """Charge the cards of one purchase, in memory.

    Raises:
        CardRefused: no such card, the wrong PIN, blocked, or over.
        InsufficientBalance: less is on it.
        Conflict: it paid another amount for this receipt already.
    """
    for place, tender in enumerate(sold.purchase.tenders):
        if not isinstance(tender.shown, CardShown):
            continue
        card = cards.get(tender.shown.digest)
        if not opens(card, tender.shown):
            raise _refused(place)
        assert card
        if paid := before.get(card.id):
            if tender.amount not in paid:
                raise Conflict(_OTHER, [Fault(f"/tenders/{place}/amount", _OTHER)])
            paid.remove(tender.amount)
            continue
        if not card.good_at(now):
            raise _refused(place)
        if tender.amount and not card.charge(tender.amount, sold.sale, sold.purchase.occurred_at):
            raise refuse_little(card.balance, f"/tenders/{place}/amount")


def _refused(place: int) -> Problem:
    problem = absent.gift_card()
    problem.faults = [Fault(f"/tenders/{place}", problem.detail)]
    return problem
