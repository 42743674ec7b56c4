"""What is answered of a gift card after something was done with it, and how little on it is refused."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from loyalty.errors import Fault, InsufficientBalance
from loyalty.formats import number
from loyalty.rewards.card_moves import Card
from loyalty.values import Text

_LITTLE: Final = Text("Only {left} is left on this gift card.", "تنها {left} در این کارت هدیه مانده است.")


class CardNow(NamedTuple):
    """Where a card stands after something was done with it."""

    id: int
    hint: str
    amount: int
    """How much was charged, refunded or put on it."""
    balance: int
    expires_at: datetime | None
    blocked: bool = False
    again: bool = False
    """Whether it had been done before, and nothing was done now."""

    @classmethod
    def of(cls, card: Card, amount: int = 0) -> CardNow:
        """As it stands now."""
        return cls(card.id, card.hint, amount, card.balance, card.expires_at, card.blocked_at is not None)


def refuse_little(left: int, path: str = "/amount") -> InsufficientBalance:
    """There is less on a good card; whoever can pay with it is told how much."""
    said = Text(*(_LITTLE.to(lang).format(left=number(left, lang)) for lang in ("en", "fa")))
    return InsufficientBalance(said, [Fault(path, said)])
