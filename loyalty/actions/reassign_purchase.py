"""Give a purchase that was recorded for the wrong member to the right one."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from loyalty import absent, outbox
from loyalty.actions.record_purchases import record
from loyalty.actions.return_purchases import take_back
from loyalty.actions.void_purchase import undo
from loyalty.db import retried, transaction
from loyalty.errors import Conflict, Fault
from loyalty.merged import lines as goes_on
from loyalty.outcome import Outcome
from loyalty.returns import Return, ReturnedLine
from loyalty.rules import MemberRef
from loyalty.rules.returned import Left
from loyalty.sold import Sold, read_sold
from loyalty.values import Text
from loyalty.versions import Connection, programme
from loyalty.whose import resolve

_STORE: Final = "SELECT code FROM store WHERE id = %s"


def reassign_purchase(club_id: int, purchase_id: int, member: MemberRef, reason: str, now: datetime) -> Outcome:
    """Undo a purchase and record it anew for another member, judged by its own time; what came back stays so.

    Answers the new recording, which has a number of its own.

    Raises:
        NotFound: no such purchase, or no such member.
        Conflict: it is that member's already, or was undone.
    """
    outcome = _reassign(club_id, purchase_id, member, reason, now)
    outbox.wake()
    return outcome


@retried
def _reassign(club_id: int, purchase_id: int, member: MemberRef, reason: str, now: datetime) -> Outcome:
    with transaction() as conn:
        found = resolve(conn, club_id, {member})
        if member not in found:
            raise absent.member()
        sold = read_sold(conn, programme(conn, club_id), [purchase_id]).get(purchase_id)
        if sold is None:
            raise absent.purchase()
        if found[member] in goes_on(conn, [sold.owner])[sold.owner]:
            raise Conflict(_OWN, [Fault("/member", _OWN)])
        undo(conn, club_id, purchase_id, reason, now, cards=False)
        outcome = _anew(conn, club_id, sold, found[member], now)
        back = _what_came_back(sold, f"reassigned {purchase_id}", reason)
        if back and outcome.id:
            [answer] = take_back(conn, club_id, [(outcome.id, back)], now)
            if answer.problem:
                raise answer.problem
        return outcome


def _anew(conn: Connection, club_id: int, sold: Sold, member_id: int, now: datetime) -> Outcome:
    row = conn.execute(_STORE, [sold.store_id]).fetchone()
    assert row
    purchase = replace(sold.purchase, store=row[0], member=MemberRef("id", str(member_id)))
    [outcome] = record(conn, club_id, [purchase], now)
    if outcome.problem:
        raise outcome.problem
    return outcome


def _what_came_back(sold: Sold, key: str, reason: str) -> Return | None:
    """All that came back of a purchase so far, as one return."""
    purchase, left = sold.purchase, sold.left
    if left == Left.of(purchase):
        return None
    whole = Return(key, "", purchase.occurred_at, reason=reason, debt="allow")
    if left == Left.nothing(purchase):
        return whole._replace(all=True)
    if not purchase.lines:
        return whole._replace(amount=purchase.net - (left.net or 0))
    lines = (ReturnedLine(line.line, line.quantity - left.lines[line.line]) for line in purchase.lines)
    return whole._replace(lines=tuple(line for line in lines if line.quantity))


_OWN: Final = Text("This purchase is that member's already.", "این خرید همین حالا هم از آنِ همین عضو است.")
