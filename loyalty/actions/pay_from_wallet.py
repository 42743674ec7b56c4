"""Pay a sale from a wallet in money."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from loyalty.db import retried, transaction
from loyalty.errors import Invalid
from loyalty.hands import opened
from loyalty.holding import LASTS, HoldNow, Sold, place
from loyalty.rules.facts import MemberRef
from loyalty.values import Text
from loyalty.versions import Connection
from loyalty.whose import named

_POINTS: Final = Text(
    "This wallet holds points; one pays from a wallet of money.",
    "در این کیف امتیاز است؛ تنها از کیف پول می‌توان پرداخت کرد.",
)
_NO_STORE: Final = Text("There is no such store.", "چنین فروشگاهی نیست.")


@dataclass(frozen=True, slots=True)
class Payment:
    """A payment at the till: `receipt` and `store` name the sale, so that a return of it finds the payment."""

    member: MemberRef
    amount: int
    receipt: str
    store: str | None = None
    hold: bool = False
    """Whether the amount is only set apart, until the till captures or voids it."""
    occurred_at: datetime | None = None
    """None is now."""


@retried
def pay_from_wallet(club_id: int, wallet: str, payment: Payment, now: datetime) -> HoldNow:
    """Spend an amount of a member's wallet for a sale, or hold it for fifteen minutes.

    Raises:
        NotFound: the club has no such member.
        Invalid: no such wallet or store, or a wallet of points.
        Conflict: the member's standing does not allow spending.
        InsufficientBalance: there is too little.
    """
    at = payment.occurred_at or now
    with transaction() as conn:
        member_id = named(conn, club_id, payment.member, "/member")
        sold = Sold(payment.receipt, _store(conn, club_id, payment.store))
        with opened(club_id, [member_id], at, now) as hands:
            if hands.wallet(wallet).unit != "money":
                raise Invalid.at("/wallet", _POINTS)
            until = max(at, now) + LASTS if payment.hold else None
            return place(hands, member_id, wallet, payment.amount, until, sold)


def _store(conn: Connection, club_id: int, code: str | None) -> int | None:
    if code is None:
        return None
    row = conn.execute("SELECT id FROM store WHERE club_id = %s AND code = %s", [club_id, code]).fetchone()
    if row is None:
        raise Invalid.at("/store", _NO_STORE)
    return int(row[0])
