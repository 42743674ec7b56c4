"""The demo club's year, told to the engine part by part: every sale before what came of it, most of them together.

A part is one transaction and is told once, wherever telling it was broken off. Within it only a member's own events
wait for each other, as in an import: sales, then returns and what else happened, then the sales after that.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import datetime
from enum import IntEnum
from typing import Final

from loyalty.actions.adjust_points import Adjustment, adjust_points
from loyalty.actions.answer_once import Answer, answer_once
from loyalty.actions.claim_purchase import claim_purchase
from loyalty.actions.merge_members import merge_members
from loyalty.actions.pay_from_wallet import Payment, pay_from_wallet
from loyalty.actions.record_purchases import record_purchases
from loyalty.actions.return_purchases import return_purchases
from loyalty.actions.settle_all_returns import settle_all_returns
from loyalty.actions.transfer_points import transfer_points
from loyalty.errors import Problem
from loyalty.hands import End
from loyalty.outcome import CHUNK
from loyalty.queries import members, purchases
from loyalty.queries.wallets import wallets
from loyalty.rules.facts import MemberRef, Purchase, Tender
from seed.happenings import ByHand, Claimed, ComesBack, Gift, Happening, Merged, Pays, PutRight
from seed.shoppers import CALENDAR

Event = Purchase | Happening

_PART: Final = 2 * CHUNK
"""Sales told together: about a month's."""
WALLET: Final = "cashback"
_TENDER: Final = "wallet"
_COIN: Final = 10_000
_LEAST: Final = 50_000
"""Nobody pays less than this from the cashback."""
_SHARE: Final = 2
"""At most one part in so many of a sale is paid from it."""


def tell(club_id: int, sales: Sequence[Purchase], happenings: Sequence[Happening], told: Callable[[int], None]) -> None:
    """Tell a club what was bought and what happened besides, both in order; `told` hears how many sales are done."""
    done = 0
    for number, events in enumerate(parts(sales, happenings)):
        told(done)
        _tell_once(club_id, f"demo year, part {number}", events)
        done += sum(isinstance(event, Purchase) for event in events)
    told(done)


def parts(sales: Sequence[Purchase], happenings: Sequence[Happening]) -> Iterator[list[Event]]:
    """The events in order and in parts: each begins with what is done by hand.

    What is done by hand happens when it is recorded, so everything before it must be told.
    """
    both: list[Event] = sorted([*happenings, *sales], key=_at)
    part: list[Event] = []
    count = 0
    for event in both:
        by_hand = isinstance(event, ByHand)
        if count == _PART or (by_hand and count):
            yield part
            part, count = [], 0
        part.append(event)
        count += isinstance(event, Purchase)
    yield part


def _at(event: Event) -> datetime:
    return event.occurred_at if isinstance(event, Purchase) else event.at


def _tell_once(club_id: int, key: str, events: list[Event]) -> None:
    begins = _at(events[0])
    midnight = CALENDAR.instant(CALENDAR.moment(begins).day)

    def act() -> Answer:
        settle_all_returns(club_id, midnight, begins)  # as every night; the sales to come then find little left to do
        teller = _Teller(club_id, _at(events[-1]))
        for layer in _layers(events):
            teller.tell(layer)
        return Answer(200, "{}")

    answer_once(club_id, key, hashlib.sha256(key.encode()).digest(), act, _at(events[-1]))


def _layers(events: Iterable[Event]) -> list[list[Event]]:
    """Events in layers of one kind each, in which nobody's event comes before one that it follows."""
    layers: defaultdict[int, list[Event]] = defaultdict(list)
    reached: dict[object, int] = {}
    for event in events:
        about = _about(event)
        earliest = max(reached.get(one, 0) for one in about)
        layer = earliest + (_kind(event) - earliest) % len(_Kind)
        layers[layer].append(event)
        reached |= dict.fromkeys(about, layer)
    return [layers[number] for number in sorted(layers)]


class _Kind(IntEnum):
    """What is told together."""

    SALES = 0
    RETURNS = 1
    ONE_BY_ONE = 2


def _kind(event: Event) -> _Kind:
    if isinstance(event, Purchase):
        return _Kind.SALES
    return _Kind.RETURNS if isinstance(event, ComesBack) else _Kind.ONE_BY_ONE


def _about(event: Event) -> list[object]:
    """Whom and which sale an event is about: two that share one of them keep their order."""
    match event:
        case Purchase():
            return [(event.store, event.receipt), *([event.member.value] if event.member else [])]
        case Pays() | ComesBack():
            return _about(event.purchase)
        case Claimed():
            return [*_about(event.purchase), event.member]
        case PutRight():
            return [event.member]
        case Gift() | Merged():
            return [event.member, event.to]


class _Teller:
    """Calls the actions for the events of one part, which are recorded at its end."""

    def __init__(self, club_id: int, now: datetime) -> None:
        self._club_id = club_id
        self._now = now
        self._paid: dict[tuple[str, str], int] = {}

    def tell(self, layer: Sequence[Event]) -> None:
        """Events of one kind: sales together, returns together, all else one by one."""
        self._record([event for event in layer if isinstance(event, Purchase)])
        self._take_back([event for event in layer if isinstance(event, ComesBack)])
        for event in layer:
            match event:
                case Pays():
                    self._pay(event)
                case Claimed():
                    claim_purchase(self._club_id, self._id_of(event.purchase), _ref(event.member), self._now)
                case PutRight():
                    self._put_right(event)
                case Gift():
                    self._give(event)
                case Merged():
                    merge_members(self._club_id, self._member(event.member), _ref(event.to), event.reason, event.at)

    def _record(self, sales: Sequence[Purchase]) -> None:
        sales = [_paid_with(sale, self._paid.get((sale.store, sale.receipt), 0)) for sale in sales]
        _sound(outcome.problem for outcome in record_purchases(self._club_id, sales, self._now))

    def _take_back(self, returns: Sequence[ComesBack]) -> None:
        asked = [(self._id_of(one.purchase), one.asked) for one in returns]
        _sound(answer.problem for answer in return_purchases(self._club_id, asked, self._now) if asked)

    def _pay(self, wish: Pays) -> None:
        """Pay what the cashback has, up to its share of the sale; the sale is recorded next."""
        sale = wish.purchase
        assert sale.member
        there = self._available(sale.member.value, WALLET, wish.at)
        amount = min(there, sale.net // _SHARE) // _COIN * _COIN
        if amount >= _LEAST:
            payment = Payment(sale.member, amount, sale.receipt, sale.store, occurred_at=wish.at)
            pay_from_wallet(self._club_id, WALLET, payment, self._now)
            self._paid[sale.store, sale.receipt] = amount

    def _put_right(self, one: PutRight) -> None:
        """Give, or take of what is there."""
        member_id = self._member(one.member)
        amount = max(one.amount, -self._available(one.member, one.wallet, one.at))
        until: End = one.at + one.good_for if one.good_for else "by_terms"
        adjust_points(self._club_id, member_id, Adjustment(one.wallet, amount, one.reason, None, until), one.at)

    def _give(self, gift: Gift) -> None:
        """Give, unless there is too little."""
        if self._available(gift.member, "points", gift.at) >= gift.amount:
            giver = self._member(gift.member)
            transfer_points(self._club_id, giver, _ref(gift.to), "points", gift.amount, gift.reason, gift.at)

    def _available(self, member: str, wallet: str, at: datetime) -> int:
        found = wallets(self._club_id, self._member(member), at)
        return next(one.available for one in found if one.code == wallet)

    def _member(self, external_id: str) -> int:
        found = members.member_id_of(self._club_id, _ref(external_id))
        assert found
        return found

    def _id_of(self, sale: Purchase) -> int:
        return purchases.id_of_receipt(self._club_id, sale.store, sale.receipt)


def _ref(external_id: str) -> MemberRef:
    return MemberRef("external_id", external_id)


def _paid_with(sale: Purchase, amount: int) -> Purchase:
    """A sale of which an amount was paid from the wallet: the last tender is so much less."""
    if not amount:
        return sale
    *before, last = sale.tenders
    return replace(sale, tenders=(*before, Tender(_TENDER, amount), Tender(last.type, last.amount - amount)))


def _sound(problems: Iterable[Problem | None]) -> None:
    for problem in problems:
        if problem:
            raise problem
