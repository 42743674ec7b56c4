"""Undo a purchase that was a mistake: as if returned in full, and as if it had never been made; its receipt is free."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyalty import outbox
from loyalty.actions.return_purchases import take_back
from loyalty.db import retried, transaction
from loyalty.returning import Answer
from loyalty.returns import Return
from loyalty.take_back import Taken
from loyalty.versions import Connection

_FORGET: Final = "DELETE FROM set_aside WHERE id = %s AND club_id = %s RETURNING store_id, receipt"
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


def undo(conn: Connection, club_id: int, purchase_id: int, reason: str, now: datetime) -> Answer:
    """`void_purchase` inside a transaction that is open already."""
    waiting = conn.execute(_FORGET, [purchase_id, club_id]).fetchone()
    if waiting:
        conn.execute(_FREE, waiting)
        return Answer("recorded", purchase_id, taken=Taken())
    asked = Return(str(purchase_id), "", now, all=True, reason=reason, debt="allow", kind="void")
    [answer] = take_back(conn, club_id, [(purchase_id, asked)], now)
    if answer.problem:
        raise answer.problem
    return answer
