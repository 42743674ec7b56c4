"""Cancellations that name no original: which purchases of the member they take back. Pure.

A cancelled line takes from lines of the same code and exactly the same unit price, those of the newest earlier purchase
first, and never more of a line than is still kept. What finds no such line is left, with the reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import NamedTuple

from loyalty.returns import Return, ReturnedLine
from loyalty.rules.facts import MemberRef
from loyalty.values import Text

LineOf = tuple[int, str]
"""A purchase's id and the name of one of its lines."""


class CancelledLine(NamedTuple):
    """A line that is taken back. `quantity` in thousandths; `net` is of the whole line, in minor units."""

    sku: str
    quantity: int
    net: int


@dataclass(frozen=True, slots=True)
class Cancellation:
    """What a shop's books call a cancelling invoice: `key` is once per store, `occurred_at` is aware."""

    key: str
    store: str
    occurred_at: datetime
    lines: tuple[CancelledLine, ...]
    member: MemberRef | None = None


class Bought(NamedTuple):
    """A line as it was sold to the member: a candidate. `quantity` in thousandths; `net` of the whole line."""

    purchase_id: int
    occurred_at: datetime
    line: str
    sku: str
    quantity: int
    net: int

    def costs_as(self, other: CancelledLine) -> bool:
        """Whether a unit of both has the same price, exactly."""
        return self.net * other.quantity == other.net * self.quantity


class Reason(Enum):
    """Why a cancelled line, or a part of it, takes nothing back."""

    NO_CUSTOMER = Text("The cancellation names no customer.", "این ابطال مشتری ندارد.")
    NOT_BOUGHT = Text("The customer had not bought this before.", "مشتری پیش از این چنین کالایی نخریده بود.")
    OTHER_PRICE = Text(
        "The customer had bought this before, but at another price.",
        "مشتری پیش از این همین کالا را خریده بود، ولی به قیمتی دیگر.",
    )
    MORE = Text(
        "More is cancelled than the customer still keeps of it at this price.",
        "بیش از آنچه مشتری به این قیمت خریده و هنوز نگه داشته، باطل شده است.",
    )


class Piece(NamedTuple):
    """What is taken back of one purchase."""

    purchase_id: int
    lines: tuple[ReturnedLine, ...]
    places: tuple[int, ...]
    """Which of the cancellation's lines it answers, or a part of them."""


class Left(NamedTuple):
    """What of the cancellation's line at `place` takes nothing back; `quantity` in thousandths."""

    place: int
    quantity: int
    reason: Reason


class Match(NamedTuple):
    """What a cancellation comes to; it is complete where nothing is left."""

    pieces: tuple[Piece, ...]
    left: tuple[Left, ...]

    def taken(self) -> dict[LineOf, int]:
        """How much of which lines, to be added to what was taken before."""
        return {(piece.purchase_id, line.line): line.quantity for piece in self.pieces for line in piece.lines}


def match(cancellation: Cancellation, bought: Iterable[Bought], taken: Mapping[LineOf, int]) -> Match:
    """Find what a cancellation takes back of the member's lines, in any order, of which `taken` came back before."""
    newest_first = sorted(
        (each for each in bought if each.occurred_at <= cancellation.occurred_at),
        key=lambda each: (each.occurred_at, each.purchase_id),
        reverse=True,
    )
    took: Counter[LineOf] = Counter()
    places: dict[int, dict[int, None]] = {}
    left: list[Left] = []
    for place, line in enumerate(cancellation.lines):
        known = [each for each in newest_first if each.sku == line.sku]
        same = [each for each in known if each.costs_as(line)]
        missing = line.quantity
        for each in same:
            its = each.purchase_id, each.line
            part = min(missing, each.quantity - taken.get(its, 0) - took[its])
            if part > 0:
                took[its] += part
                places.setdefault(each.purchase_id, {})[place] = None
                missing -= part
        if missing:
            left.append(Left(place, missing, _why(cancellation, known, same)))
    return Match(_pieces(took, places), tuple(left))


def returns(cancellation: Cancellation, matched: Match) -> list[tuple[int, Return]]:
    """The match's pieces as returns, each with its purchase: the cancellation's key names the first, others follow it.

    A cancellation has happened; where its points were spent meanwhile, they are owed.
    """
    return [
        (
            piece.purchase_id,
            Return(
                key=cancellation.key if number == 1 else f"{cancellation.key}/{number}",
                store=cancellation.store,
                occurred_at=cancellation.occurred_at,
                lines=piece.lines,
                reason=cancellation.key,
                debt="allow",
            ),
        )
        for number, piece in enumerate(matched.pieces, start=1)
    ]


def _why(cancellation: Cancellation, known: Sequence[Bought], same: Sequence[Bought]) -> Reason:
    if cancellation.member is None:
        return Reason.NO_CUSTOMER
    if not known:
        return Reason.NOT_BOUGHT
    return Reason.MORE if same else Reason.OTHER_PRICE


def _pieces(took: Counter[LineOf], places: dict[int, dict[int, None]]) -> tuple[Piece, ...]:
    lines: dict[int, list[ReturnedLine]] = {}
    for (purchase_id, line), quantity in took.items():
        lines.setdefault(purchase_id, []).append(ReturnedLine(line, quantity))
    return tuple(Piece(purchase_id, tuple(its), tuple(places[purchase_id])) for purchase_id, its in lines.items())
