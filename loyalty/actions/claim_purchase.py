"""Claim a purchase that waits: for a member, or by a person who lets a late one be judged after all."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Final

from loyalty import absent, outbox
from loyalty.actions.judge_sales import Place, judge_places
from loyalty.actions.return_purchases import again
from loyalty.cases import from_sent
from loyalty.config import settings
from loyalty.db import retried, transaction
from loyalty.errors import Conflict, Fault, Invalid
from loyalty.merged import lines
from loyalty.outcome import Outcome
from loyalty.rewards.codes import taken_out
from loyalty.rules import MemberRef
from loyalty.values import Text
from loyalty.versions import Connection, programme
from loyalty.whose import resolve

_ASIDE: Final = """
    SELECT store_id, receipt, member_id, sent FROM set_aside
    WHERE id = %s AND club_id = %s AND type = 'purchase' FOR UPDATE
"""
_GONE: Final = "SELECT member_id FROM purchase WHERE id = %s AND club_id = %s"
_CLAIMED: Final = "UPDATE purchase SET claimed_as = nextval('event_id') WHERE member_id = %s AND id = %s"
_RECEIPT: Final = "UPDATE receipt SET member_id = %s WHERE store_id = %s AND receipt = %s"
"""Its digest stays: the till that sent it without a member may send it again."""


def claim_purchase(club_id: int, purchase_id: int, member: MemberRef | None, now: datetime) -> Outcome:
    """Judge a purchase that waits by its own time, for a member; what came back of it meanwhile comes back now.

    Raises:
        NotFound: no such purchase, or no such member.
        Invalid: nobody is named, and the purchase names nobody.
        Conflict: it is another member's.
    """
    outcome = _claim(club_id, purchase_id, member, now)
    outbox.wake()
    return outcome


@retried
def _claim(club_id: int, purchase_id: int, member: MemberRef | None, now: datetime) -> Outcome:
    with transaction() as conn:
        member_id = _member(conn, club_id, member) if member else None
        row = conn.execute(_ASIDE, [purchase_id, club_id]).fetchone()
        if row is None:
            return _claimed_before(conn, club_id, purchase_id, member_id)
        store_id, receipt, own, form = row
        if own is not None:
            own = _member(conn, club_id, MemberRef("id", str(own)))  # who may have been merged since
        if member_id is None and own is None:
            raise Invalid.at("/member", Text("Say whose purchase this is.", "بگویید این خرید از آنِ کیست."))
        if member_id is not None and own not in (None, member_id):
            raise _other()
        owner = own if member_id is None else member_id
        purchase = from_sent(form, MemberRef("id", str(owner)))
        purchase = replace(purchase, codes=taken_out(purchase.codes, club_id, settings().secret_key))
        place = Place(purchase, b"", store_id, owner, purchase_id)
        judge_places(conn, programme(conn, club_id), [place], now)
        conn.execute("DELETE FROM set_aside WHERE id = %s", [purchase_id])
        conn.execute(_CLAIMED, [owner, purchase_id])
        conn.execute(_RECEIPT, [owner, store_id, receipt])
        again(conn, club_id, purchase_id, now)
        assert place.outcome
        return place.outcome


def _member(conn: Connection, club_id: int, member: MemberRef) -> int:
    found = resolve(conn, club_id, {member})
    if member not in found:
        raise absent.member()
    return found[member]


def _claimed_before(conn: Connection, club_id: int, purchase_id: int, member_id: int | None) -> Outcome:
    row = conn.execute(_GONE, [purchase_id, club_id]).fetchone()
    if row is None:
        raise absent.purchase()
    if member_id not in lines(conn, [row[0]])[row[0]]:
        raise _other()
    return Outcome("repeated", "", purchase_id, member_id)


def _other() -> Conflict:
    taken = Text("This purchase is another member's.", "این خرید از آنِ عضو دیگری است.")
    return Conflict(taken, [Fault("/member", taken)])
