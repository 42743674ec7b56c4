"""Judge purchases that have their places in a batch, with the codes and rewards that members present on them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from loyalty.actions.judge_cases import judge_cases
from loyalty.arrays import array
from loyalty.card_tenders import Tendered, pay_by_cards
from loyalty.cases import Case
from loyalty.config import settings
from loyalty.errors import Problem
from loyalty.gather import Locked, lock
from loyalty.issuing import Issuer
from loyalty.outcome import Outcome
from loyalty.presenting import Showing, book_of, note_uses, presented, redeem_with, show_codes
from loyalty.rewards.code_uses import Sale
from loyalty.rewards.shown_codes import Book
from loyalty.rules import Purchase
from loyalty.versions import Connection, Programme

_FREE: Final = "DELETE FROM receipt WHERE event_id = ANY(%s::bigint[]) AND club_id = %s"


@dataclass(slots=True)
class Place:
    """Where a purchase stands in its chunk: refused, waiting, or on its way to be judged."""

    purchase: Purchase
    digest: bytes
    store_id: int = 0
    member_id: int | None = None
    id: int = 0
    outcome: Outcome | None = None
    key: tuple[int, str] = field(default=(0, ""))
    showing: Showing | None = None
    """What is presented on it, if anything is."""

    def refuse(self, problem: Problem) -> None:
        """Turn this one away; the others go on."""
        self.outcome = Outcome("refused", self.purchase.receipt, problem=problem)

    def sale(self, terms: Programme) -> Case:
        """Itself on its way to be judged, under the version then in force."""
        assert self.member_id is not None
        at = self.purchase.occurred_at
        bylaws = terms.at(at, self.member_id)
        case = Case(self.purchase, self.store_id, self.member_id, bylaws, terms.calendar.moment(at), self.id)
        if self.showing:
            case.offers, case.presented = tuple(self.showing.offers), presented(self.showing)
        return case


def turn_away(conn: Connection, terms: Programme, places: Sequence[Place], refused: Mapping[int, Problem]) -> None:
    """Refuse purchases whose receipts were taken already, by their numbers: they are free again, as if never sent."""
    if not refused:
        return
    conn.execute(_FREE, [array(refused), terms.club_id])
    for place in places:
        number = place.outcome.id if place.outcome else place.id
        if number is not None and number in refused:  # also what came twice in the same batch
            place.refuse(refused[number])


def judge_places(conn: Connection, terms: Programme, places: Sequence[Place], now: datetime) -> None:
    """Judge purchases whose members are known, and let them have what these give; one that cannot redeem is refused."""
    book = _looked_up(conn, terms, places)
    for group in _apart(places, book):
        if any(place.showing for place in group):
            _present(conn, terms, group, book, now)
        judged = [place for place in group if place.outcome is None]
        if judged:
            _judge(conn, terms, judged, book, now)


def _looked_up(conn: Connection, terms: Programme, places: Sequence[Place]) -> Book | None:
    """The codes that are presented, under lock after the members; None where there are none."""
    for place in places:
        if place.purchase.codes or place.purchase.redeem:
            sale = Sale(place.store_id, place.purchase.receipt, place.member_id, place.purchase.occurred_at)
            place.showing = Showing(place.purchase, sale)
    showings = [place.showing for place in places if place.showing]
    if not any(its.purchase.codes for its in showings):
        return None
    lock(conn, terms.club_id, {place.member_id for place in places if place.member_id is not None})
    return book_of(conn, terms.club_id, showings, settings().secret_key)


def _judge(conn: Connection, terms: Programme, places: Sequence[Place], book: Book | None, now: datetime) -> None:
    sales = [place.sale(terms) for place in places]
    judge_cases(conn, terms, sales, now)
    shown = [(place.showing, sale) for place, sale in zip(places, sales, strict=True) if place.showing]
    if book and shown:
        note_uses(conn, terms.club_id, book, shown, now)
    for place, sale in zip(places, sales, strict=True):
        place.outcome = Outcome.recorded(place.purchase.receipt, sale)


def _apart(places: Sequence[Place], book: Book | None) -> Iterator[list[Place]]:
    """Groups of a batch that are judged one after the other, so that each sees what the one before has used.

    A new one begins with a sale that redeems, and where more could be used of a code than is left.
    """
    group: list[Place] = []
    claimed: Counter[tuple[int | None, int | None]] = Counter()
    for place in places:
        asks = _claims(place, book)
        if group and (place.purchase.redeem or any(claimed[what] >= left for what, left in asks.items())):
            yield group
            group, claimed = [], Counter()
        group.append(place)
        claimed.update(asks.keys())
    if group:
        yield group


def _claims(place: Place, book: Book | None) -> dict[tuple[int | None, int | None], int]:
    return book.claims(place.showing.purchase.codes, place.showing.sale) if book and place.showing else {}


def _present(conn: Connection, terms: Programme, group: Sequence[Place], book: Book | None, now: datetime) -> None:
    """Lock the members of a group, look at what they present, and redeem what they ask for."""
    members = lock(conn, terms.club_id, {place.member_id for place in group if place.member_id is not None})
    if book:
        show_codes(book, [place.showing for place in group if place.showing])
    refused: dict[int, Problem] = {}
    for place in group:
        if place.showing is None:
            continue
        place.purchase = place.showing.purchase
        if place.purchase.redeem:
            problem = _redeem(conn, terms, place, members, Issuer(settings().secret_key), now)
            if problem is not None:
                refused[place.id] = problem
    turn_away(conn, terms, group, refused)


def _redeem(
    conn: Connection, terms: Programme, place: Place, members: dict[int, Locked], issuer: Issuer, now: datetime
) -> Problem | None:
    """Charge the gift cards that pay a sale and redeem what it asks for, all of it or nothing."""
    assert place.showing
    assert place.member_id is not None
    try:
        with conn.transaction():
            for why in pay_by_cards(conn, terms.club_id, [Tendered(place.purchase, place.store_id)], now).values():
                raise why
            redeem_with(conn, terms, place.showing, members[place.member_id], issuer, now)
    except Problem as problem:
        return problem
    return None
