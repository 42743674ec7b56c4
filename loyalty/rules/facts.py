"""What an event says: a purchase as the till sent it, or something else, checked and normalised. Pure values."""

from __future__ import annotations

from collections.abc import Callable, Set
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal, NamedTuple

from loyalty.calendars import Calendar, Moment
from loyalty.rules.windows import Since

if TYPE_CHECKING:
    from loyalty.rules.discounting import Offer
    from loyalty.rules.ruling import Given, Off
    from loyalty.rules.runs import Run
    from loyalty.rules.streaks import ByPeriod

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


class CardTyped(NamedTuple):
    """A gift card as a cashier types or scans it."""

    code: str
    pin: str | None = None


class CardShown(NamedTuple):
    """A gift card as somebody showed it, by keyed hashes: past the edge nobody needs its code or PIN."""

    digest: bytes
    pin: bytes | None = None


class Tender(NamedTuple):
    """A means of payment: `type` is free text such as `cash` or `card`; `amount` in minor units."""

    type: str
    amount: int
    card: str | None = None
    """Of a gift card that is charged with the purchase: what it is recognised by, which alone is kept."""
    shown: CardTyped | CardShown | None = None
    """That card, until it is charged."""


GIFT_CARD: Final = "gift_card"
STORED_VALUE: Final = frozenset({"wallet", GIFT_CARD})
"""Tenders of money that the club holds already: what they pay is not paid anew."""


HIDDEN: Final = "…"
"""What a presented code begins with where it is kept by its end alone, because only its holder knows it."""
PRESENTED: Final = "presented"
"""Under what name facts keep the codes that were presented: each as it is kept, with its id, or 0 if it is no good."""
PURCHASE: Final = "purchase"
"""The type of the event that has a basket."""


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
    codes: tuple[str, ...] = ()
    """Codes that the member presented."""
    redeem: tuple[tuple[str, int], ...] = ()
    """Rewards that the member redeems with it: code and quantity."""
    type: ClassVar[str] = PURCHASE

    @property
    def paid(self) -> int:
        """The net amount less what wallets and gift cards paid, never below nothing."""
        return max(0, self.net - self.tendered(STORED_VALUE))

    def tendered(self, types: Set[str]) -> int:
        """What tenders of some types paid."""
        return sum([tender.amount for tender in self.tenders if tender.type in types])


@dataclass(frozen=True, slots=True)
class Event:
    """An event other than a purchase: of a type that the bylaws declare, or an occasion that the club itself finds.

    `attributes` are its fields; `key` is its source's own and tells a repeat; the club's own source has no name.
    """

    type: str
    occurred_at: datetime
    key: str = ""
    source: str = ""
    store: str = ""
    """The store whose till told of it, if one did."""
    member: MemberRef | None = None
    attributes: dict[str, Any] = field(default_factory=dict)
    lines: ClassVar[tuple[Line, ...]] = ()
    tenders: ClassVar[tuple[Tender, ...]] = ()
    gross: ClassVar[int] = 0
    net: ClassVar[int] = 0
    paid: ClassVar[int] = 0
    codes: ClassVar[tuple[str, ...]] = ()
    channel: ClassVar[str | None] = None
    cashier: ClassVar[str | None] = None

    def tendered(self, _: Set[str]) -> int:
        """Nothing is paid with it."""
        return 0


Happening = Purchase | Event
"""Whatever is judged: an event without a basket has nothing in it."""
NO_EVENT: Final = Event("", datetime(1970, 1, 1, tzinfo=UTC))
"""A stand-in where only the member is looked at."""


class Setting(NamedTuple):
    """What many events have in common, so that it can be looked at once for all of them."""

    day: date
    weekday: int
    """0 is Monday."""
    calendar: Calendar
    rank: int
    """The place of the member's tier on the ladder, as in `Facts`."""


AS_SHOWN: Final = -2
"""A rank that is that of the tier which the member is shown."""


@dataclass(slots=True)
class Facts:
    """What a version of the bylaws sees of one event: what happened, and the member before it.

    `counts` answers the version's `reads` in their order, at the event's own day; `standing` the same at the member's
    latest day, where tiers and badges stand (the same list unless the event is late).
    """

    event: Happening
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
    """What else the version reads of the member and of the event (see `known.py`); what is not known is missing."""
    active: bool = True
    active_days: int = 0
    """Bits by place among the live counters: counters of days for which the event's day is counted already."""
    active_labels: frozenset[tuple[int, str]] = frozenset()
    """The same of counters of days kept by label: (place, label)."""
    present: frozenset[tuple[int, str]] = frozenset()
    """(place among the reads, label): of different things, those of this event that the window holds already."""
    budgets: dict[tuple[str, date], int] | None = None
    """What is left of limits that all members share; None grants whatever is asked (before reserving)."""
    standing_since: Since | None = None
    """From when the member's own windows count where they stand now; only while an event is judged."""
    runs: tuple[Run, ...] = ()
    """The runs that the event serves, before it; only while it is judged: of the past they are counted anew."""
    streaks: dict[str, ByPeriod] = field(default_factory=dict)
    """By streak: what was counted in each period; only while the event is judged."""
    milestones: dict[str, list[int]] = field(default_factory=dict)
    """By streak: the milestones that the member has reached already."""
    earned_rank: int = AS_SHOWN
    """Where the member stands by what is earned: below `standing_rank` where a higher tier was given by hand."""
    offers: tuple[Offer, ...] = ()
    """What codes and redeemed rewards promise on this sale."""
    sent: Facts | None = None
    """Where discounts were taken off: the same of the basket as it was sent."""
    offs: tuple[Off, ...] = ()
    """What was taken off, in its order."""
    off_awards: tuple[Given, ...] = ()
    off_uses: dict[tuple[str, date], int] = field(default_factory=dict)
    """The same as articles gave it, and what that took of limits that all members share."""
    whole: int = field(init=False)
    """The mask of the whole basket; a basket without lines counts as one nameless line."""
    labels: Labels | None = field(init=False, default=None, repr=False, compare=False)
    """The lines by what they are labelled with, once somebody has asked for it."""

    def __post_init__(self) -> None:
        if self.earned_rank == AS_SHOWN:
            self.earned_rank = self.standing_rank
        self.whole = (1 << (len(self.event.lines) or 1)) - 1

    def labelled(self) -> Labels:
        """The lines by category, brand and tag, for all filters that look after the first."""
        categories: dict[str | None, int] = {}
        brands: dict[str | None, int] = {}
        tagged: dict[str | None, int] = {}
        bit = 1
        for line in self.event.lines:
            category, brand = line[5], line[6]  # by place: taking a named tuple apart takes longer
            categories[category] = categories.get(category, 0) | bit
            if brand is not None:
                brands[brand] = brands.get(brand, 0) | bit
            for tag in line[7]:
                tagged[tag] = tagged.get(tag, 0) | bit
            bit += bit
        self.labels = found = categories, brands, tagged
        return found

    def with_counts(self, counts: list[int]) -> Facts:
        """The same with other answers to the version's `reads`."""
        after = self._again()
        after.counts = counts
        return after

    def with_values(self, values: dict[str, Any]) -> Facts:
        """The same with other values."""
        after = self._again()
        after.values = values
        return after

    def _again(self) -> Facts:
        again = object.__new__(Facts)
        for name in _NAMES:
            setattr(again, name, getattr(self, name))
        return again

    def basket(self, measure: str, mask: int) -> int:
        """The sum of `net`, `gross` or `quantity` (thousandths) over the lines of a mask, or their share of `paid`."""
        event = self.event
        if mask == self.whole and measure != "quantity":
            return event.net if measure == "net" else event.gross if measure == "gross" else event.paid
        place = PLACES.get(measure)
        if place is None:
            return self.share(event.paid, mask)
        return self.total(place, mask)

    def total(self, place: int, mask: int) -> int:
        """The sum of what stands at a place (see `PLACES`) of the lines of a mask.

        Of net amounts at most the basket's: a discount of the basket is of no line.
        """
        lines, total = self.event.lines, 0
        while mask and lines:
            last = mask.bit_length() - 1
            total += lines[last][place]  # type: ignore[operator]
            mask ^= 1 << last
        return total if place != NET or total <= self.event.net else self.event.net

    def share(self, amount: int, mask: int) -> int:
        """What of an amount falls to the lines of a mask, by their net amounts, floored."""
        if mask == self.whole:
            return amount
        net = self.event.net
        return amount * self.basket("net", mask) // net if net else 0


Labels = tuple[dict[str | None, int], dict[str | None, int], dict[str | None, int]]
"""Masks of lines by category, by brand and by tag."""
NET: Final = Line._fields.index("net")
CATEGORY, BRAND, TAG = range(3)
"""Places in `Labels`."""


Test = Callable[[Facts, list[int]], bool]
"""Whether something holds over the facts of an event, with other answers to the version's `reads` than theirs."""

_NAMES: Final = tuple(its.name for its in fields(Facts))
PLACES: Final = {name: Line._fields.index(name) for name in ("quantity", "gross", "net")}
