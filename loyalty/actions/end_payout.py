"""Note what the bank made of a payout: it was paid, or it failed and the amount comes back."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyalty import payouts
from loyalty.db import connection, retried
from loyalty.errors import Conflict
from loyalty.holding import HoldNow, opened_hold
from loyalty.values import Text

_NOT_FILED: Final = Text("It is in no file for the bank yet.", "هنوز در فایلی برای بانک نیامده است.")
_ENDED: Final = {
    "paid": Text("It was paid already.", "پیش‌تر پرداخت شده است."),
    "failed": Text("It failed already, and the amount came back.", "پیش‌تر ناموفق شده و مبلغ برگشته است."),
}


@retried
def payout_paid(club_id: int, payout_id: int, now: datetime) -> HoldNow:
    """Spend what is held: the bank has paid it.

    Raises:
        NotFound: the club has no such payout.
        Conflict: no file for the bank has it yet, or it ended already.
    """
    _refuse(payouts.status(connection(), club_id, payout_id), "paid", "failed")
    with opened_hold(club_id, payout_id, now, "held", None, payout=True) as taken:
        if payouts.status(taken.hands.conn, club_id, payout_id) != "filed":
            raise Conflict(_NOT_FILED)
        payouts.end(taken.hands.conn, taken.hold.member_id, payout_id, "paid", None, now)
        return taken.spend()


@retried
def payout_failed(club_id: int, payout_id: int, reason: str, now: datetime) -> HoldNow:
    """Bring the amount back to its lots: the bank did not pay it, sent it back, or it was called off before.

    Raises:
        NotFound: the club has no such payout.
        Conflict: it failed already.
    """
    status = payouts.status(connection(), club_id, payout_id)
    _refuse(status, "failed")
    held, given_back = ("spent", "reversed") if status == "paid" else ("held", "released")
    with opened_hold(club_id, payout_id, now, held, None, payout=True) as taken:
        payouts.end(taken.hands.conn, taken.hold.member_id, payout_id, "failed", reason, now)
        return taken.give_back(given_back)


def _refuse(status: str, *ended: str) -> None:
    if status in ended:
        raise Conflict(_ENDED[status])
