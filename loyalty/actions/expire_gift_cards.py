"""Enter what ended with gift cards into their books; nobody could pay with these any more, entered or not."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyalty.db import connection, retried, transaction
from loyalty.rewards import gift_cards

MOST: Final = 500
_ANY: Final = """
    SELECT EXISTS (SELECT FROM gift_card WHERE club_id = %s AND balance > 0 AND expires_at < %s)
"""


def any_card_over(club_id: int, at: datetime) -> bool:
    """Whether the end of a card with something on it has passed at an instant."""
    row = connection().execute(_ANY, [club_id, at]).fetchone()
    return row == (True,)


def expire_gift_cards(club_id: int, at: datetime) -> None:
    """Let what is on cards go whose end has passed at an instant, some hundreds to a transaction."""
    while _some(club_id, at) == MOST:
        pass


@retried
def _some(club_id: int, at: datetime) -> int:
    with transaction() as conn:
        cards = gift_cards.due(conn, club_id, at, MOST)
        for card in cards:
            card.settle(at)
        gift_cards.write(conn, club_id, cards, at)
        return len(cards)
