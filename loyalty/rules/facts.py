"""What an event says: a purchase as the till sent it, checked and normalised. Pure values."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date, datetime
from typing import Any, Final, Literal, NamedTuple

from loyalty.calendars import Calendar, Moment

IdentifierKind = Literal["id", "card", "phone", "external_id"]


class MemberRef(NamedTuple):
    """A member as named by a till: by engine id, card, phone (E.164) or external id. `value` is normalised."""

    kind: IdentifierKind
    value: str


class Line(NamedTuple):
    """One line of a receipt. `quantity` in thousandths; `gross` and `net` are of the whole line, in minor units."""

    line: str
    sku: str
    quantity: int
    gross: int
    net: int
    category: str | None = None
    brand: str | None = None
    tags: tuple[str, ...] = ()


class Tender(NamedTuple):
    """A means of payment: `type` is free text such as `cash` or `card`; `amount` in minor units."""

    type: str
    amount: int


@dataclass(frozen=True, slots=True)
class Purchase:
    """A purchase: `gross` and `net` are the basket's; with lines they are the lines' sums. `occurred_at` is aware."""

    receipt: str
    store: str
    occurred_at: datetime
    currency: str
    gross: int
    net: int
    member: MemberRef | None = None
    lines: tuple[Line, ...] = ()
    tenders: tuple[Tender, ...] = ()
    channel: str | None = None
    cashier: str | None = None
    attributes: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Facts:
    """What a version of the bylaws sees of one event: the purchase, and the member before it.

    `counts` answers the version's `reads` in their order, at the event's own day; `standing` the same at the member's
    latest day, where tiers and badges stand (the same list unless the event is late).
    """

    purchase: Purchase
    moment: Moment
    calendar: Calendar
    tier: str | None
    rank: int
    """The tier's place on the version's ladder; -1 for none."""
    counts: list[int]
    standing: list[int]
    standing_day: date
    standing_tier: str | None
    standing_rank: int
    """Where the member stands now; differs from `tier` and `rank` where the event is late."""
    badges: dict[str, int]
    values: dict[str, Any]
    """The member's attributes, age and years that the version reads; absent ones are missing."""
    active: bool = True
    active_days: int = 0
    """Bits by place among the live counters: counters of days for which the event's day is counted already."""
    budgets: dict[tuple[str, date], int] | None = None
    """What is left of limits that all members share; None grants whatever is asked (before reserving)."""
    whole: int = field(init=False)
    """The mask of the whole basket; a basket without lines counts as one nameless line."""

    def __post_init__(self) -> None:
        self.whole = (1 << (len(self.purchase.lines) or 1)) - 1

    def with_counts(self, counts: list[int]) -> Facts:
        """The same with other answers to the version's `reads`."""
        after = object.__new__(Facts)
        for name in _NAMES:
            setattr(after, name, getattr(self, name))
        after.counts = counts
        return after

    def month_day(self) -> tuple[int, int]:
        """Month and day of the month in the club's calendar."""
        _, month, day = self.calendar.parts(self.moment.day)
        return month, day

    def basket(self, measure: str, mask: int) -> int:
        """The sum of `net`, `gross` or `quantity` (thousandths) over the lines of a mask."""
        purchase = self.purchase
        if mask == self.whole and measure != "quantity":
            return purchase.net if measure == "net" else purchase.gross
        place, total = _PLACES[measure], 0
        for line in purchase.lines:
            if mask & 1:
                total += line[place]  # type: ignore[operator]
            mask >>= 1
        return total


_NAMES: Final = tuple(its.name for its in fields(Facts))
_PLACES: Final = {name: Line._fields.index(name) for name in ("quantity", "gross", "net")}
