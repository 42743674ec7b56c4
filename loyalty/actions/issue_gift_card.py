"""Issue a gift card of the club's own."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyalty import acts
from loyalty.acts import By
from loyalty.db import transaction
from loyalty.errors import Invalid
from loyalty.rewards import gift_cards
from loyalty.rewards.gift_cards import IssuedCard, NewCard
from loyalty.values import Text

_PAST: Final = Text("This lies in the past.", "این در گذشته است.")


def issue_gift_card(club_id: int, new: NewCard, instance_key: str, by: By, now: datetime) -> IssuedCard:
    """Put money on a new card; its code and PIN are told this once.

    Raises:
        Invalid: its end has passed already.
    """
    if new.expires_at is not None and new.expires_at <= now:
        raise Invalid.at("/expires_at", _PAST)
    with transaction() as conn:
        (card,) = gift_cards.issue(conn, club_id, [new], instance_key, str(by), now)
        acts.note(conn, club_id, by, "gift_card.issued", now, card=card.id, amount=card.amount)
        return card
