"""Pay a sale from a wallet: in money, or in points by what the bylaws say that they pay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from loyalty.db import retried, transaction
from loyalty.errors import Fault, InsufficientBalance, Invalid
from loyalty.hands import Open, opened
from loyalty.holding import LASTS, HoldNow, Sold, place
from loyalty.rules.explain import both
from loyalty.rules.facts import MemberRef
from loyalty.rules.parts import Wallet
from loyalty.stores import store_id
from loyalty.values import Text
from loyalty.whose import named

_POINTS: Final = Text(
    "This wallet holds points, and the bylaws do not let them pay.",
    "در این کیف امتیاز است و آیین‌نامه پرداخت با آن را نگفته است.",
)
_OWN: Final = Text(
    "What a sale earns does not pay the sale itself; beside that there is {rest}.",
    "آنچه با یک خرید به دست می‌آید بهای همان خرید را نمی‌پردازد؛ جز آن {rest} هست.",
)
_SALE: Final = """
    SELECT id FROM purchase WHERE member_id = %s AND receipt = %s AND (store_id = %s OR %s::bigint IS NULL)
        AND voided_at IS NULL ORDER BY id LIMIT 1
"""
_BOUNDS: Final = Text("One payment takes {bounds} of it.", "با هر پرداخت {bounds} از آن کم می‌شود.")


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment at the till: `receipt` and `store` name the sale, so that a return of it finds the payment."""

    member: MemberRef
    amount: int
    """In money, in minor units."""
    receipt: str
    store: str | None = None
    hold: bool = False
    """Whether the amount is only set apart, until the till captures or voids it."""
    occurred_at: datetime | None = None
    """None is now."""


@retried
def pay_from_wallet(club_id: int, wallet: str, payment: Payment, now: datetime) -> HoldNow:
    """Spend of a member's wallet what pays an amount of a sale, or hold it for fifteen minutes.

    Raises:
        NotFound: the club has no such member.
        Invalid: no such wallet or store, a wallet of points that do not pay, or less or more than one payment may take.
        Conflict: the member's standing does not allow spending.
        InsufficientBalance: there is too little, or only what the sale itself earned.
    """
    at = payment.occurred_at or now
    with transaction() as conn:
        member_id = named(conn, club_id, payment.member, "/member")
        sold = Sold(payment.receipt, store_id(conn, club_id, payment.store))
        with opened(club_id, [member_id], at, now) as hands:
            taken = _taken(hands, hands.wallet(wallet), payment.amount)
            until = max(at, now) + LASTS if payment.hold else None
            return place(hands, member_id, wallet, taken, until, sold, _kept_out(hands, member_id, wallet, taken, sold))


def _kept_out(hands: Open, member_id: int, wallet: str, amount: int, sold: Sold) -> int | None:
    """The sale that is paid, where it is recorded already: unless the wallet says so, what it earned does not pay it.

    Raises:
        InsufficientBalance: without that there is too little.
    """
    if hands.bylaws.wallets[wallet].same_sale:
        return None
    row = hands.conn.execute(_SALE, [member_id, sold.receipt, sold.store_id, sold.store_id]).fetchone()
    if row is None:
        return None
    purse = hands.purse(member_id, wallet)
    rest: int = purse.available_but(row[0])
    if rest < amount <= purse.available:
        said = _OWN.with_(rest=both(hands.bylaws, lambda voice: voice.worth(rest, wallet)))
        raise InsufficientBalance(said, [Fault("/amount", said)])
    return int(row[0])


def _taken(hands: Open, wallet: Wallet, money: int) -> int:
    """How much of a wallet pays an amount of money."""
    pays = wallet.pays
    if pays is None:
        if wallet.unit != "money":
            raise Invalid.at("/wallet", _POINTS)
        return money
    taken = pays.takes(money)
    if not pays.allows(taken):
        bounds = both(hands.bylaws, lambda voice: pays.bounds(wallet.code, voice))
        raise Invalid.at("/amount", _BOUNDS.with_(bounds=bounds))
    return taken
