"""Moving an amount of a wallet from one member to another: lots keep their ends and when they were earned."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Final

from loyalty.errors import Conflict, Fault
from loyalty.hands import Open
from loyalty.ledger.lots import PLACES, Cause
from loyalty.rules.things import is_thing
from loyalty.values import Text

_TOO_MANY: Final = Text(
    "This would move too many small amounts at once; give less at a time.",
    "این مقدار از بخش‌های ریز بسیار زیادی تشکیل شده است؛ هر بار کمتر بدهید.",
)


def move(hands: Open, cause: Cause, between: tuple[int, int], wallet: str, amount: int) -> None:
    """Move an amount from the first of two members, whose purses are open, to the second.

    Raises:
        InsufficientBalance: there is too little.
        Conflict: it is made of too many small amounts.
    """
    giver, receiver = (hands.purse(id_, wallet) for id_ in between)
    hands.spend(giver, cause, "moved", amount)
    parts: Counter[tuple[datetime, datetime | None]] = Counter()
    for its in giver.log:
        if its.cause is cause and its.lot is not None:
            parts[its.lot.earned_at, its.lot.expires_at] += its.amount
    if len(parts) > PLACES:
        raise Conflict(_TOO_MANY, [Fault("/amount", _TOO_MANY)])
    for (earned_at, expires_at), part in parts.items():
        hands.deposit(receiver, cause, "moved", part, receiver.new_lot(cause.event_id, earned_at, None, expires_at))
    if not is_thing(wallet):  # things lie still: nothing of them lapses
        for purse in (giver, receiver):
            hands.active(purse, cause.at)
