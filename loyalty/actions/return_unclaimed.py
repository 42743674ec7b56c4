"""Return what nobody has claimed yet: noted, and taken into account when the purchase is claimed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from loyalty import absent
from loyalty.cases import from_sent
from loyalty.errors import Conflict, Fault, Invalid, Problem
from loyalty.returning import TAKEN, Answer
from loyalty.returns import Return, left_after, stored_return
from loyalty.rewards import gift_cards
from loyalty.rewards.card_charges import come_back, paid_for
from loyalty.rewards.card_moves import Sale
from loyalty.rules import Purchase
from loyalty.rules.returned import Left, came_off, kept
from loyalty.take_back import Taken
from loyalty.values import Text
from loyalty.versions import Connection

_ASIDE: Final = (
    "SELECT id, store_id, sent FROM set_aside WHERE id = %s AND club_id = %s AND type = 'purchase' FOR UPDATE"
)
_EARLIER: Final = "SELECT key, kind, occurred_at, content FROM purchase_return WHERE purchase_id = %s ORDER BY id"
_KNOWN: Final = """
    SELECT id, purchase_id, digest, outcome FROM purchase_return WHERE store_id = %s AND key = %s AND kind = 'return'
"""
_INSERT: Final = """
    INSERT INTO purchase_return (id, club_id, member_id, purchase_id, store_id, key, digest, kind, occurred_at,
        recorded_at, gross, net, content, outcome, settled)
    VALUES (nextval('event_id'), %s, NULL, %s, %s, %s, %s, 'return', %s, %s, %s, %s, %s, %s, true) RETURNING id
"""


def return_unclaimed(conn: Connection, club_id: int, purchase_id: int, asked: Return, now: datetime) -> Answer:
    """Note what comes back of a purchase that waits, in an open transaction."""
    row = conn.execute(_ASIDE, [purchase_id, club_id]).fetchone()
    if row is None:
        return Answer("refused", purchase_id, problem=absent.purchase())
    _, store_id, form = row
    known = conn.execute(_KNOWN, [store_id, asked.key]).fetchone()
    if known:
        id_, its, digest, outcome = known
        if its == purchase_id and bytes(digest) == asked.digest(purchase_id):
            return Answer("repeated", purchase_id, id_, taken=Taken.from_stored(outcome))
        return Answer("refused", purchase_id, problem=Conflict(TAKEN, [Fault("/return", TAKEN)]))
    purchase = from_sent(form, None)
    before = left_of(purchase, earlier(conn, purchase_id))
    try:
        if asked.occurred_at < purchase.occurred_at:
            raise Invalid.at("/occurred_at", Text("This lies before the purchase.", "این پیش از خود خرید است."))
        after = left_after(purchase, before, asked)
    except Problem as problem:
        return Answer("refused", purchase_id, problem=problem)
    gross, net = came_off(kept(purchase, before), kept(purchase, after))
    back = to_cards(conn, club_id, purchase, store_id, kept(purchase, after), asked.occurred_at, now)
    taken = Taken(gross=gross, net=net, cards=back)
    said = json.dumps(asked.content(), ensure_ascii=False), json.dumps(taken.stored())
    values = [purchase_id, store_id, asked.key, asked.digest(purchase_id), asked.occurred_at, now, gross, net, *said]
    made = conn.execute(_INSERT, [club_id, *values]).fetchone()
    assert made
    return Answer("recorded", purchase_id, made[0], taken=taken)


def to_cards(
    conn: Connection,
    club_id: int,
    purchase: Purchase,
    store_id: int,
    rest: Purchase | None,
    at: datetime,
    now: datetime,
) -> list[tuple[str, int]]:
    """Give back to gift cards what they paid of what is not kept of a purchase that waits; nobody has to claim it."""
    paid = paid_for(conn, club_id, {0: Sale(purchase.receipt, store_id)}).get(0, [])
    back = come_back(paid, purchase, rest, at, now)
    gift_cards.write(conn, club_id, {its.card.id: its.card for its in paid}.values(), now)
    return back


def earlier(conn: Connection, purchase_id: int) -> list[Return]:
    """What came back of a purchase so far, in the order of recording."""
    return [stored_return(*row) for row in conn.execute(_EARLIER, [purchase_id])]


def left_of(purchase: Purchase, returns: Iterable[Return]) -> Left:
    """What returns leave of a purchase."""
    left = Left.of(purchase)
    for one in returns:
        left = left_after(purchase, left, one)
    return left
