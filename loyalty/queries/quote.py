"""What a basket would earn: judged like a purchase, and nothing is written."""

from __future__ import annotations

from loyalty.budgets import NoBudgets
from loyalty.cases import Case
from loyalty.db import connection
from loyalty.errors import CurrencyMismatch, Fault, Invalid, NotFound
from loyalty.gather import gather
from loyalty.judge import judge
from loyalty.post import post
from loyalty.queries.answer import Judged
from loyalty.recall import Recall
from loyalty.rules import Happening, Purchase
from loyalty.values import Text
from loyalty.versions import Connection, Programme, programme
from loyalty.whose import resolve


def quote(club_id: int, purchase: Purchase) -> Judged:
    """The ruling that a purchase would get.

    Raises:
        Invalid: no such store, or no member is named.
        NotFound: no such member.
        CurrencyMismatch: not the club's currency.
    """
    conn = connection()
    terms = programme(conn, club_id)
    if purchase.member is None:
        raise Invalid.at("/member", Text("A quote is for a member.", "پیش‌نمایش برای یک عضو است."))
    store_id, member_id = store_and_member(conn, terms, purchase)
    assert member_id is not None
    at = purchase.occurred_at
    sale = Case(purchase, store_id, member_id, terms.at(at, member_id), terms.calendar.moment(at))
    gathered = gather(conn, terms, [sale], lock=False)
    judge([sale], gathered.members, Recall(conn, terms), NoBudgets(conn, club_id))
    post([sale], gathered.chests)
    assert sale.ruling
    assert sale.facts
    return Judged(None, sale.ruling, sale.facts, sale.wallets, sale.bylaws)


def store_and_member(conn: Connection, terms: Programme, event: Happening) -> tuple[int | None, int | None]:
    """The ids of the store and the member, if any, of a purchase or another event that is not recorded.

    Raises:
        Invalid: no such store.
        NotFound: no such member.
        CurrencyMismatch: not the club's currency.
    """
    if isinstance(event, Purchase) and event.currency != terms.currency:
        message = Text(f"The club keeps {terms.currency}.", f"واحد پول باشگاه {terms.currency} است.")
        raise CurrencyMismatch(message, [Fault("/currency", message)])
    asked = [terms.club_id, event.store]
    store = conn.execute("SELECT id FROM store WHERE club_id = %s AND code = %s", asked).fetchone()
    if store is None and (event.store or isinstance(event, Purchase)):
        raise Invalid.at("/store", Text("There is no such store.", "چنین فروشگاهی نیست."))
    store_id = store[0] if store else None
    if event.member is None:
        return store_id, None
    member_id = resolve(conn, terms.club_id, {event.member}).get(event.member)
    if member_id is None:
        message = Text("There is no such member.", "چنین عضوی نیست.")
        raise NotFound(message, [Fault("/member", message)])
    return store_id, member_id
