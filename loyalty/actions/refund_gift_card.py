"""Give back onto a gift card what it paid for a sale, or a part of it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyalty import absent
from loyalty.carded import CardNow
from loyalty.db import retried, transaction
from loyalty.errors import Invalid
from loyalty.formats import number
from loyalty.rewards import gift_cards
from loyalty.rewards.card_charges import charges
from loyalty.rewards.card_moves import Sale
from loyalty.rules.facts import CardShown
from loyalty.values import Text

_NOTHING: Final = Text("This card paid nothing for this receipt.", "این کارت برای این رسید چیزی نپرداخته است.")
_MORE: Final = Text(
    "Of what this card paid for this receipt, {left} can still come back.",
    "از آنچه این کارت برای این رسید پرداخته، {left} دیگر می‌تواند برگردد.",
)


@retried
def refund_gift_card(club_id: int, shown: CardShown, amount: int, sale: Sale, now: datetime) -> CardNow:
    """Put back at most what a card paid for a sale. Its end moves to thirty days from now, if that was nearer or past.

    Raises:
        CardRefused: no such card, the wrong PIN, or blocked.
        Invalid: it paid nothing for that sale, or less.
    """
    with transaction() as conn:
        card = gift_cards.presented(conn, club_id, shown)
        if card.blocked_at is not None:
            raise absent.gift_card()
        paid = charges(conn, card, sale)
        if not paid:
            raise Invalid.at("/receipt", _NOTHING)
        left = sum(its.left for its in paid)
        if amount > left:
            raise Invalid.at(
                "/amount", Text(*(_MORE.to(lang).format(left=number(left, lang)) for lang in ("en", "fa")))
            )
        rest = amount
        for its in paid:
            if part := min(rest, its.left):
                card.refund(part, its.n, sale, now, now)
                rest -= part
        gift_cards.write(conn, club_id, [card], now)
        return CardNow.of(card, amount)
