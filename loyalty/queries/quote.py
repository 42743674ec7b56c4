"""What a basket would earn: judged like a purchase, and nothing is written."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from loyalty.budgets import NoBudgets
from loyalty.cases import Case
from loyalty.config import settings
from loyalty.db import connection
from loyalty.errors import CurrencyMismatch, Fault, Invalid, NotFound
from loyalty.gather import gather
from loyalty.judge import judge
from loyalty.post import post
from loyalty.presenting import Showing, book_of, offered, on_a_sale, presented, redeemable, show_codes
from loyalty.queries.answer import Judged
from loyalty.queries.rewards import RewardView, seen_by
from loyalty.recall import Recall
from loyalty.rewards import catalogue
from loyalty.rewards.code_uses import Sale
from loyalty.rewards.refusals import Refusal
from loyalty.rewards.shown_codes import promised
from loyalty.rules import Happening, Purchase
from loyalty.rules.discounting import lacking, tries
from loyalty.rules.voice import Voice
from loyalty.values import Text
from loyalty.versions import Connection, Programme, programme
from loyalty.whose import resolve

_IN_HAND: Final = """
    SELECT id, promise, expires_at FROM redemption
    WHERE member_id = %s AND status = 'issued' AND (expires_at IS NULL OR expires_at >= %s) ORDER BY id DESC LIMIT %s
"""
MOST: Final = 100
"""Rewards that a quote looks at."""


class Quoted(NamedTuple):
    """The ruling that a purchase would get, and what the member could redeem with it."""

    judged: Judged
    rewards: list[RewardOnBasket]
    yours: list[InHand]


class InHand(NamedTuple):
    """A discount, or goods of this basket, that the member has in hand: what showing its code would take off."""

    redemption: int
    title: Text
    off: int
    expires_at: datetime | None


class RewardOnBasket(NamedTuple):
    """A reward of the catalogue on a basket: what it would take off, and every reason why it cannot be had."""

    view: RewardView
    off: int


def quote(club_id: int, purchase: Purchase) -> Quoted:
    """The ruling that a purchase would get, with the codes and rewards that it asks for; nothing is written.

    Raises:
        Invalid: no such store, or no member is named; or a reward cannot be had with this basket.
        NotFound: no such member, or no such reward.
        CurrencyMismatch: not the club's currency.
        Conflict, LimitReached, OutOfStock, InsufficientBalance: a reward that it asks for cannot be had.
    """
    conn = connection()
    terms = programme(conn, club_id)
    if purchase.member is None:
        raise Invalid.at("/member", Text("A quote is for a member.", "پیش‌نمایش برای یک عضو است."))
    store_id, member_id = store_and_member(conn, terms, purchase)
    assert member_id is not None
    at = purchase.occurred_at
    sale = Case(purchase, store_id, member_id, terms.at(at, member_id), terms.calendar.moment(at))
    _present(conn, terms, sale)
    gathered = gather(conn, terms, [sale], lock=False)
    judge([sale], gathered.members, Recall(conn, terms), NoBudgets(conn, club_id))
    post(list(sale.whole()), gathered.chests)
    assert sale.ruling
    assert sale.facts
    judged = Judged(None, sale.ruling, sale.facts, sale.wallets_after, sale.bylaws, sale.told)
    return Quoted(judged, _rewards(club_id, sale), _in_hand(conn, sale))


def _present(conn: Connection, terms: Programme, sale: Case) -> None:
    """Let the codes and rewards that a basket asks for be offers on it."""
    purchase = sale.purchase
    showing = Showing(purchase, Sale(sale.store_id or 0, purchase.receipt, sale.member_id, purchase.occurred_at))
    book = book_of(conn, terms.club_id, [showing], settings().secret_key, lock=False)
    if book:
        show_codes(book, [showing])
    if purchase.redeem:
        rewards = redeemable(conn, terms, purchase)
        asked = [rewards[code] for code, _ in purchase.redeem]
        for view, (_, quantity) in zip(
            seen_by(terms.club_id, sale.member_id, asked, purchase.occurred_at), purchase.redeem, strict=True
        ):
            for refusal in view.because:
                raise refusal.problem()
            showing.offers.append(offered(view.reward, quantity))
    sale.offers, sale.presented = tuple(showing.offers), presented(showing)


def _rewards(club_id: int, sale: Case) -> list[RewardOnBasket]:
    """The discounts and goods of the catalogue, those first that take off most: open ones, then the others."""
    assert sale.facts
    asked = {code for code, _ in sale.purchase.redeem}
    some = [its for its in catalogue.offered(connection(), club_id, MOST) if on_a_sale(its) and its.code not in asked]
    found = []
    for view in seen_by(club_id, sale.member_id, some, sale.event.occurred_at):
        offer = offered(view.reward)
        off = tries(sale.facts, offer)
        if off is None:
            lacks = Text(*(lacking(Voice(lang, sale.bylaws), sale.facts, offer) for lang in ("en", "fa")))
            view = view._replace(open=False, because=[*view.because, Refusal("basket", lacks)])
        found.append(RewardOnBasket(view, off.amount if off else 0))
    return sorted(found, key=lambda its: (not its.view.open, -its.off, its.view.reward.code))


def _in_hand(conn: Connection, sale: Case) -> list[InHand]:
    """What the member has in hand that would take something off this basket, the best first."""
    assert sale.facts
    found = []
    for id_, promise, ends in conn.execute(_IN_HAND, [sale.member_id, sale.event.occurred_at, MOST]):
        offer = promised(f"redemption:{id_}", promise)
        off = tries(sale.facts, offer) if offer else None
        if off is not None:
            found.append(InHand(id_, off.title, off.amount, ends))
    return sorted(found, key=lambda its: -its.off)


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
