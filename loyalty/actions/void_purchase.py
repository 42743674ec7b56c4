"""Undo a purchase that was a mistake: as if returned in full, and as if it had never been made; its receipt is free."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyalty import outbox
from loyalty.actions.return_purchases import take_back
from loyalty.actions.return_unclaimed import to_cards
from loyalty.cases import from_sent
from loyalty.db import retried, transaction
from loyalty.returning import Answer
from loyalty.returns import Return
from loyalty.take_back import Taken
from loyalty.versions import Connection

_FORGET: Final = (
    "DELETE FROM set_aside WHERE id = %s AND club_id = %s AND type = 'purchase' RETURNING store_id, receipt, sent"
)
_FREE: Final = "DELETE FROM receipt WHERE store_id = %s AND receipt = %s"


def void_purchase(club_id: int, purchase_id: int, reason: str, now: datetime) -> Answer:
    """Undo a purchase; what was spent meanwhile is owed. One that nobody claimed, or came too late, is forgotten.

    Raises:
        NotFound: no such purchase.
        Conflict: it was undone before, for another reason.
    """
    answer = _void(club_id, purchase_id, reason, now)
    outbox.wake()
    return answer


@retried
def _void(club_id: int, purchase_id: int, reason: str, now: datetime) -> Answer:
    with transaction() as conn:
        return undo(conn, club_id, purchase_id, reason, now)


def undo(conn: Connection, club_id: int, purchase_id: int, reason: str, now: datetime, *, cards: bool = True) -> Answer:
    """`void_purchase` inside a transaction that is open already; without `cards` what these paid stays paid."""
    waiting = conn.execute(_FORGET, [purchase_id, club_id]).fetchone()
    if waiting:
        store_id, receipt, sent = waiting
        conn.execute(_FREE, [store_id, receipt])
        back = to_cards(conn, club_id, from_sent(sent, None), store_id, None, now, now)
        return Answer("recorded", purchase_id, taken=Taken(cards=back))
    asked = Return(str(purchase_id), "", now, all=True, reason=reason, debt="allow", kind="void")
    [answer] = take_back(conn, club_id, [(purchase_id, asked)], now, cards=cards)
    if answer.problem:
        raise answer.problem
    return answer
