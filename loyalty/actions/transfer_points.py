"""Give of one's wallet to another member, where the bylaws allow it."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from loyalty.db import retried, transaction
from loyalty.errors import Invalid
from loyalty.hands import opened
from loyalty.ledger.lots import Cause
from loyalty.moving import move
from loyalty.rules.facts import MemberRef
from loyalty.values import Shown, Text
from loyalty.whose import named

_NOT_ALLOWED: Final = Text(
    "The bylaws do not let members give each other of this wallet.",
    "اساسنامه اجازه نمی‌دهد اعضا از این کیف به یکدیگر بدهند.",
)
_ONESELF: Final = Text("This is the giver.", "این خودِ دهنده است.")


class Transferred(NamedTuple):
    """What was given to whom, and what the giver has after it."""

    id: int
    to: int
    wallet: str
    amount: int
    wallets: dict[str, Shown]


@retried
def transfer_points(
    club_id: int, member_id: int, to: MemberRef, wallet: str, amount: int, reason: str | None, now: datetime
) -> Transferred:
    """Move an amount from one member to another: lots keep their ends and the time at which they were earned.

    Raises:
        NotFound: the club has no such member.
        Invalid: no such wallet, one that allows no transfers, or giver and receiver are the same.
        Conflict: the standing of one of them does not allow it.
        InsufficientBalance: there is too little.
    """
    with transaction() as conn:
        receiver = named(conn, club_id, to, "/to")
        if receiver == member_id:
            raise Invalid.at("/to", _ONESELF)
        with opened(club_id, [member_id, receiver], now, now) as hands:
            if not hands.wallet(wallet).transfers:
                raise Invalid.at("/wallet", _NOT_ALLOWED)
            hands.allowed(member_id, "spends", "/member")
            hands.allowed(receiver, "earns", "/to")
            (event_id,) = hands.numbers(1)
            move(hands, Cause(event_id, now), (member_id, receiver), wallet, amount)
            said = reason or ""
            hands.note(
                [
                    (member_id, event_id, "transfer", wallet, -amount, said, receiver, False),
                    (receiver, event_id, "transfer", wallet, amount, said, member_id, False),
                ]
            )
            return Transferred(event_id, receiver, wallet, amount, hands.shown(member_id))
