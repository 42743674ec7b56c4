"""Block a gift card that was lost or stolen, and let it be good again."""

from __future__ import annotations

from datetime import datetime

from loyalty import acts
from loyalty.acts import By
from loyalty.carded import CardNow
from loyalty.db import retried, transaction
from loyalty.rewards import gift_cards
from loyalty.rewards.gift_cards import Which


@retried
def block_gift_card(club_id: int, which: Which, by: By, now: datetime, *, blocked: bool = True) -> CardNow:
    """Let nobody pay with a card, or let it be good again; what is on it stays. Done again it changes nothing.

    Raises:
        CardRefused: no such card, or the wrong PIN.
    """
    with transaction() as conn:
        card = gift_cards.named(conn, club_id, which)
        if blocked:
            card.block(now)
        else:
            card.unblock(now)
        if card.log:
            gift_cards.write(conn, club_id, [card], now)
            acts.note(conn, club_id, by, "gift_card.blocked" if blocked else "gift_card.unblocked", now, card=card.id)
        return CardNow.of(card)
