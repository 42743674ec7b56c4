"""Put more money on a gift card."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyalty import absent, acts
from loyalty.acts import By
from loyalty.carded import CardNow
from loyalty.db import retried, transaction
from loyalty.errors import Conflict, Fault
from loyalty.rewards import gift_cards
from loyalty.rewards.card_charges import charges
from loyalty.rewards.card_moves import Sale
from loyalty.rewards.gift_cards import Which
from loyalty.values import Text

_OTHER: Final = Text(
    "Another amount was put on this card with this receipt.", "با همین رسید مبلغ دیگری به این کارت افزوده شده است."
)


@retried
def top_up_gift_card(
    club_id: int, which: Which, amount: int, by: By, now: datetime, sale: Sale | None = None
) -> CardNow:
    """Put an amount on a good card; its end stays. With a `sale` the same amount again was put on it before.

    Raises:
        CardRefused: no such card, the wrong PIN, blocked, or over.
        Conflict: another amount was sold with that receipt.
    """
    with transaction() as conn:
        card = gift_cards.named(conn, club_id, which)
        before = charges(conn, card, sale, "topped_up") if sale else []
        if before:
            if before[0].amount != amount:
                raise Conflict(_OTHER, [Fault("/amount", _OTHER)])
            return CardNow(card.id, card.hint, amount, before[0].balance, before[0].expires_at, again=True)
        if not card.good_at(now):
            raise absent.gift_card()
        card.top_up(amount, now, sale)
        gift_cards.write(conn, club_id, [card], now)
        acts.note(conn, club_id, by, "gift_card.topped_up", now, card=card.id, amount=amount)
        return CardNow.of(card, amount)
