"""Change by hand what a member has, with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

from loyalty.db import retried
from loyalty.errors import Invalid
from loyalty.hands import End, Open, opened
from loyalty.ledger.lots import Cause, Purse
from loyalty.values import Shown, Text

_ENDED: Final = Text("This end has passed already.", "این پایان پیش‌تر گذشته است.")
_ONLY_GIVEN: Final = Text("Only what is given has this.", "تنها مقداری که داده می‌شود این را دارد.")


@dataclass(frozen=True, slots=True)
class Adjustment:
    """An amount to give (or, negative, to take), and why. What `counts` is as if the member had earned it."""

    wallet: str
    amount: int
    reason: str
    earned_at: datetime | None = None
    """None is now."""
    expires_at: End = "by_terms"
    counts: bool = False


class Adjusted(NamedTuple):
    """What was done, and what the member has after it."""

    id: int
    wallet: str
    amount: int
    wallets: dict[str, Shown]


@retried
def adjust_points(club_id: int, member_id: int, adjustment: Adjustment, now: datetime) -> Adjusted:
    """Give a member an amount in a lot of its own, which pays what is owed first; or take one as spending would.

    Raises:
        NotFound: the club has no such member.
        Invalid: no such wallet, or an end that has passed.
        InsufficientBalance: more is to be taken than is there.
    """
    wallet, amount = adjustment.wallet, adjustment.amount
    with opened(club_id, [member_id], now, now) as hands:
        hands.wallet(wallet)
        (event_id,) = hands.numbers(1)
        purse = hands.purse(member_id, wallet)
        if amount > 0:
            _give(hands, purse, event_id, adjustment)
        else:
            _take(hands, purse, event_id, adjustment)
        hands.note([(member_id, event_id, "adjustment", wallet, amount, adjustment.reason, None, adjustment.counts)])
        return Adjusted(event_id, wallet, amount, hands.shown(member_id))


def _give(hands: Open, purse: Purse, event_id: int, adjustment: Adjustment) -> None:
    at = adjustment.earned_at or hands.at
    if isinstance(adjustment.expires_at, datetime) and adjustment.expires_at < hands.at:
        raise Invalid.at("/expires_at", _ENDED)
    lot = purse.new_lot(event_id, at, None, hands.lot_end(purse.wallet, at, adjustment.expires_at))
    hands.deposit(purse, Cause(event_id, at), _other_side(adjustment), adjustment.amount, lot)
    if adjustment.counts:
        hands.active(purse, at)
    hands.wake(purse)


def _take(hands: Open, purse: Purse, event_id: int, adjustment: Adjustment) -> None:
    for name, given in (
        ("earned_at", adjustment.earned_at is not None),
        ("expires_at", adjustment.expires_at != "by_terms"),
    ):
        if given:
            raise Invalid.at(f"/{name}", _ONLY_GIVEN)
    hands.spend(purse, Cause(event_id, hands.at), _other_side(adjustment), -adjustment.amount)


def _other_side(adjustment: Adjustment) -> str:
    return "issued" if adjustment.counts else "adjusted"
