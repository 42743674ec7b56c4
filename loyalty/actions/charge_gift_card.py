"""Pay with a gift card at the till."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyalty import absent
from loyalty.carded import CardNow, refuse_little
from loyalty.db import retried, transaction
from loyalty.errors import Conflict, Fault
from loyalty.rewards import gift_cards
from loyalty.rewards.card_charges import charges
from loyalty.rewards.card_moves import Sale
from loyalty.rules.facts import CardShown
from loyalty.values import Text

_OTHER: Final = Text(
    "This card paid another amount for this receipt already.", "این کارت پیش‌تر برای همین رسید مبلغ دیگری پرداخته است."
)
_CAME_BACK: Final = Text(
    "What this card paid for this receipt was refunded. A new sale has a new receipt.",
    "آنچه این کارت برای این رسید پرداخته بود برگشت خورده است. فروش تازه رسید تازه‌ای دارد.",
)


@retried
def charge_gift_card(club_id: int, shown: CardShown, amount: int, sale: Sale, now: datetime) -> CardNow:
    """Take an amount off a card for a sale. The same amount for the same sale again is the first charge, done once.

    Raises:
        CardRefused: no such card, the wrong PIN, blocked, or over.
        InsufficientBalance: less is on it; naming what is.
        Conflict: it paid another amount for that sale, or what it paid was refunded.
    """
    with transaction() as conn:
        card = gift_cards.presented(conn, club_id, shown)
        before = charges(conn, card, sale)
        if before:
            last = before[-1]
            if last.amount != amount:
                raise Conflict(_OTHER, [Fault("/amount", _OTHER)])
            if not last.left:
                raise Conflict(_CAME_BACK, [Fault("/receipt", _CAME_BACK)])
            return CardNow(card.id, card.hint, amount, last.balance, last.expires_at, again=True)
        if not card.good_at(now):
            raise absent.gift_card()
        if not card.charge(amount, sale, now):
            raise refuse_little(card.balance)
        gift_cards.write(conn, club_id, [card], now)
        return CardNow.of(card, amount)
