"""What members present with a sale: codes and rewards that they redeem become offers; what was used is noted after it.

Members are locked before, codes after them. A code that is no good stops no sale; a reward that cannot be had does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final

from loyalty import absent
from loyalty.cases import Case
from loyalty.errors import Fault, Invalid, Problem
from loyalty.gather import Locked
from loyalty.hands import close, open_up
from loyalty.holding import Sold
from loyalty.in_hand import opened_redemption
from loyalty.issuing import Issuer
from loyalty.redeeming import Asked, Terms, redeem
from loyalty.rewards import catalogue, code_uses
from loyalty.rewards.catalogue import Reward
from loyalty.rewards.code_uses import Sale, Use
from loyalty.rewards.codes import hidden, is_secret
from loyalty.rewards.shown_codes import Book, Code
from loyalty.rules import Purchase
from loyalty.rules.discounting import Offer
from loyalty.rules.facts import PRESENTED
from loyalty.values import QUANTITY_SCALE, Text
from loyalty.versions import Connection, Programme

_NOT_HERE: Final = Text(
    "Only discounts, and goods that the shop sells, are redeemed with a purchase.",
    "تنها تخفیف، و کالایی که فروشگاه می‌فروشد، همراه خرید دریافت می‌شود.",
)
_NO_MEMBER: Final = Text(
    "Only a member who is named redeems, and not a purchase that waits for a person.",
    "تنها عضوی که نام برده شده پاداش می‌گیرد، و نه با خریدی که در انتظار بررسی است.",
)
_NOT_IN_BASKET: Final = Text("The basket does not hold so many of it.", "این تعداد از آن در سبد نیست.")
_TOO_SMALL: Final = Text("The basket is too small for it.", "مبلغ خرید برای آن کافی نیست.")
_ALL_USED: Final = """
    SELECT coalesce(bool_and(used >= uses), true) FROM code WHERE member_id = %s AND redemption_id = %s
"""


@dataclass(slots=True)
class Showing:
    """A sale with what is presented on it, on its way to be judged."""

    purchase: Purchase
    sale: Sale
    offers: list[Offer] = field(default_factory=list)
    codes: list[Code] = field(default_factory=list)
    """Those of the presented codes that are good."""
    told: list[tuple[str, int]] = field(default_factory=list)
    """Every code that was presented, as it is kept, with its id; 0 where it is no good."""
    problem: Problem | None = None


def book_of(
    conn: Connection, club_id: int, showings: Sequence[Showing], instance_key: str, *, lock: bool = True
) -> Book | None:
    """The codes that some sales present; None where they present none.

    `lock=False` only reads: for quotes.
    """
    typed = {code for its in showings for code in its.purchase.codes}
    return Book(conn, club_id, typed, [its.sale for its in showings], instance_key, lock=lock) if typed else None


def show_codes(book: Book, showings: Sequence[Showing]) -> None:
    """Let good codes be offers; a code that only its holder knows is kept as its end."""
    for its in showings:
        for text in its.purchase.codes:
            code = book.good(text, its.sale, its.codes)
            kept = hidden(text) if is_secret(text) and not (code and code.shared) else text
            its.told.append((kept, code.id if code else 0))
            if code and code not in its.codes:
                its.codes.append(code)
                its.offers += [offer] if (offer := code.offer()) else []
        its.purchase = replace(its.purchase, codes=tuple(dict.fromkeys(kept for kept, _ in its.told)))


def redeem_with(
    conn: Connection, terms: Programme, showing: Showing, member: Locked, issuer: Issuer, now: datetime
) -> None:
    """Redeem the rewards that a sale asks for; what cannot be had is the showing's problem, and nothing is written.

    Raises:
        Problem: one of them cannot be had.
    """
    at, sale = showing.purchase.occurred_at, showing.sale
    rewards = redeemable(conn, terms, showing.purchase)
    hands = open_up(conn, terms.club_id, {member.id: member}, at, now)
    for code, quantity in showing.purchase.redeem:
        terms_ = Terms(sold=Sold(sale.receipt, sale.store_id))
        got = redeem(hands, member.id, Asked(code, quantity), terms_, issuer)
        showing.offers.append(offered(rewards[code], quantity, got.id))
    close(hands)


def redeemable(conn: Connection, terms: Programme, purchase: Purchase) -> dict[str, Reward]:
    """The rewards that a purchase asks for, by their codes.

    Raises:
        NotFound: the club has no such reward.
        Invalid: one of them cannot be had with this basket.
    """
    rewards = catalogue.by_code(conn, terms.club_id, {code for code, _ in purchase.redeem})
    for place, (code, quantity) in enumerate(purchase.redeem):
        if code not in rewards:
            raise absent.reward()
        lacks = _lacks(purchase, rewards[code].kind, rewards[code].content, quantity)
        if lacks:
            raise Invalid([Fault(f"/redeem/{place}/reward", lacks)])
    return rewards


def offered(reward: Reward, quantity: int = 1, id_: int = 0) -> Offer:
    """What a discount, or goods that the shop sells, promise on a sale with which they are redeemed."""
    discount = reward.content.get("discount") or {"cheapest_free": quantity, "where": {"sku": reward.content["sku"]}}
    return Offer(f"redeem:{id_}", reward.title, discount)


def on_a_sale(reward: Reward) -> bool:
    """Whether a reward can be redeemed with a purchase at all."""
    return reward.kind == "discount" or (reward.kind in ("goods", "experience") and "sku" in reward.content)


def _lacks(purchase: Purchase, kind: str, content: dict[str, Any], quantity: int) -> Text | None:
    """What keeps a reward from being redeemed with a purchase."""
    if kind == "discount":
        return _TOO_SMALL if purchase.net < int(content["discount"].get("min_basket", 0)) else None
    if kind not in ("goods", "experience") or "sku" not in content:
        return _NOT_HERE
    units = sum(line.quantity // QUANTITY_SCALE for line in purchase.lines if line.sku == content["sku"])
    return None if units >= quantity else _NOT_IN_BASKET


def cannot_wait() -> Problem:
    """Why a purchase that waits to be judged cannot redeem."""
    return Invalid.at("/redeem", _NO_MEMBER)


def note_uses(
    conn: Connection, club_id: int, book: Book, judged: Sequence[tuple[Showing, Case]], now: datetime
) -> None:
    """Write down which of the good codes judged sales used; one that was reserved and not used is given back."""
    used: list[tuple[Code, Sale]] = []
    uses: list[Use] = []
    idle: list[tuple[Code, Sale]] = []
    for showing, case in judged:
        assert case.ruling
        off = {its.by: its.amount for its in case.ruling.discounts}
        for code in showing.codes:
            if code.by in off or code.offer() is None:
                used.append((code, showing.sale))
                uses.append(code.use(showing.sale, off.get(code.by, 0)))
            elif book.is_used_on(code, showing.sale):
                idle.append((code, showing.sale))
    code_uses.use(conn, club_id, uses)
    book.note(uses)
    use_redemptions(conn, club_id, used, now)
    for code, sale in idle:
        unuse(conn, club_id, code.use(sale, 0), code.redemption_id, now)


def use_redemptions(conn: Connection, club_id: int, used: Sequence[tuple[Code, Sale]], now: datetime) -> None:
    """Let the redemptions whose codes were used be used on those sales."""
    fresh = [its for its in used if its[0].redemption_id is not None and its[0].status == "issued"]
    last = {code.redemption_id: place for place, (code, _) in enumerate(fresh)}
    for place, (code, sale) in enumerate(fresh):
        assert code.redemption_id is not None
        row = conn.execute(_ALL_USED, [code.member_id, code.redemption_id]).fetchone()
        with opened_redemption(club_id, code.redemption_id, now, "issued") as hand:
            whole = row == (True,) and last[code.redemption_id] == place
            hand.use(Sold(sale.receipt, sale.store_id), whole=whole)


def unuse(conn: Connection, club_id: int, use: Use, redemption_id: int | None, now: datetime) -> None:
    """Give back the use of a code on a sale that did not come to it.

    Raises:
        Conflict: its redemption is not used on that sale.
    """
    if redemption_id is not None:
        with opened_redemption(club_id, redemption_id, now, None) as hand:
            hand.unuse(use.sale.receipt)
    code_uses.give_back(conn, [use], now)


def presented(showing: Showing) -> dict[str, list[tuple[str, int]]]:
    """What a case keeps of it among its facts."""
    return {PRESENTED: showing.told} if showing.told else {}
