"""The parts of a version as objects: wallets, articles, badges, leaderboards."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Final, Literal, NamedTuple, TypeVar

from loyalty.calendars import Calendar, Period
from loyalty.formats import Unit
from loyalty.rules.awards.discount import Discount
from loyalty.rules.awards.effects import Forfeit, GiveBadge, GiveMessage, GiveStatus, GiveTier, HandOut
from loyalty.rules.awards.multiply import Multiply
from loyalty.rules.earning import Earn, earner, multiplier
from loyalty.rules.facts import Facts
from loyalty.rules.kinds import MEMBER, Award, Condition, Earning
from loyalty.rules.limits import Limit
from loyalty.rules.occasions import PURCHASE, REFERRAL, Occasion
from loyalty.rules.paying import Pays
from loyalty.rules.prizes import LATE, Prize, named_prizes
from loyalty.rules.tables import chosen
from loyalty.rules.terms import Term
from loyalty.rules.windows import Window
from loyalty.rules.winning import NamedPrize
from loyalty.values import Rounding, Text


@dataclass(frozen=True, slots=True)
class ClubTerms:
    """What is fixed when the club is created."""

    name: Text
    currency: str
    display: str | None
    calendar: Calendar
    unit: Unit


@dataclass(frozen=True, slots=True)
class Wallet:
    """A purse of points or of money."""

    code: str
    unit: str
    name: Text
    rounds: Rounding
    matures: Term | None = None
    """When what is earned may be spent; at once where there is none."""
    expires: Term | None = None
    """When a lot expires or, counted from activity, the whole wallet lapses; never where there is none."""
    spend: Literal["soonest_expiry", "oldest", "own"] = "soonest_expiry"
    debt: Literal["allow", "clamp", "refuse"] = "allow"
    transfers: bool = False
    """Whether members may give each other of it."""
    limits: tuple[Limit, ...] = ()
    """How much articles give into it at most."""
    pays: Pays | None = None
    same_sale: bool = False
    """Whether it may be spent in the sale that earns it."""

    @property
    def lots_expire(self) -> Term | None:
        """The term of each lot; a wallet that lapses as a whole has none."""
        return None if self.expires is None or self.expires.from_activity else self.expires

    def worth(self, amount: int) -> int | None:
        """What an amount is worth in money, floored; None of points that pay nothing: they have no price."""
        if self.unit == "money":
            return amount
        return self.pays.worth(amount) if self.pays else None


OF_THINGS: Final = Wallet("", "points", Text("", ""), "floor", spend="own", debt="clamp")
"""How things are kept: a return takes those that it gave, and nothing of those that were used already."""


class Running(NamedTuple):
    """A running total that an article keeps: by its number and the award's place in its `give`."""

    no: str
    place: int
    award: Earning
    counts: int
    """Where what it counts stands among the version's reads."""
    gave: int
    """Where what it gave so far does."""


@dataclass(frozen=True, slots=True)
class Article:
    """A numbered article: on an occasion, if its condition holds, it gives."""

    no: str
    title: Text
    condition: Condition | None
    give: tuple[Award, ...]
    limits: tuple[Limit, ...]
    from_: date | None
    until: date | None
    group: str | None = None
    """Of articles in one group only the one that gives most holds."""
    priority: int = 0
    exclusive: bool = False
    """Where it gives something, articles of lower priority do not hold."""
    on: Occasion = PURCHASE
    totals: tuple[Running, ...] = ()
    """Its running totals: they look at every event that moves their counter."""
    earnings: tuple[tuple[int, Earning], ...] = field(init=False)
    """What it earns from the event, each with its place; without its running totals."""
    passed: tuple[tuple[int, Earning], ...] = field(init=False)
    """What it gives to others than the member, or later than at once."""
    multipliers: tuple[tuple[int, Multiply], ...] = field(init=False)
    discounts: tuple[tuple[int, Discount], ...] = field(init=False)
    granted: tuple[str, ...] = field(init=False)
    tiers: tuple[GiveTier, ...] = field(init=False)
    """The tiers that it lets the member stand on."""
    handed: tuple[HandOut, ...] = field(init=False)
    """The challenges that it hands out."""
    messages: tuple[Text, ...] = field(init=False)
    statuses: tuple[str, ...] = field(init=False)
    """Into what standing it puts the member."""
    forfeits: tuple[str, ...] = field(init=False)
    """The wallets that lapse."""
    shared: tuple[Limit, ...] = field(init=False)
    """Its limits that all members share."""
    only_earns: bool = field(init=False)
    """Whether it gives nothing but what it earns."""
    tabled: bool = field(init=False)
    """Whether a rate of it is a table."""
    earn: Earn | None = field(init=False, repr=False, compare=False)
    """What lets it earn at once; None where that takes more, or where it earns nothing."""
    multiply: Earn | None = field(init=False, repr=False, compare=False)
    """What lets it multiply where nothing else does; None where that takes more, or where it multiplies nothing."""

    def __post_init__(self) -> None:
        put = object.__setattr__
        earnings = [(i, a) for i, a in enumerate(self.give) if isinstance(a, Earning) and not a.total]
        later = self.on == REFERRAL
        put(self, "earnings", tuple((i, a) for i, a in earnings if a.to == MEMBER and not later))
        put(self, "passed", tuple((i, a) for i, a in earnings if a.to != MEMBER or later))
        put(self, "multipliers", tuple((i, a) for i, a in enumerate(self.give) if isinstance(a, Multiply)))
        put(self, "discounts", tuple((i, a) for i, a in enumerate(self.give) if isinstance(a, Discount)))
        put(self, "granted", tuple(a.value for a in self.give if isinstance(a, GiveBadge)))
        put(self, "tiers", tuple(a for a in self.give if isinstance(a, GiveTier)))
        put(self, "handed", tuple(a for a in self.give if isinstance(a, HandOut)))
        put(self, "statuses", tuple(a.value for a in self.give if isinstance(a, GiveStatus)))
        put(self, "forfeits", tuple(a.value for a in self.give if isinstance(a, Forfeit)))
        put(self, "messages", tuple(a.value for a in self.give if isinstance(a, GiveMessage)))
        put(self, "only_earns", all(isinstance(award, Earning) for award in self.give))
        put(self, "tabled", any(isinstance(a, Earning | Multiply) and a.table for a in self.give))
        put(self, "earn", earner(self.no, self.earnings, self.limits))
        first = not (self.earnings and self.limits)  # or its own earnings have taken of its limits before
        put(self, "multiply", multiplier(self.no, self.multipliers, self.limits) if first else None)
        put(self, "shared", tuple(limit for limit in self.limits if limit.shared))

    @property
    def gives_amounts(self) -> bool:
        """Whether it gives amounts, not badges and messages alone."""
        return bool(self.earnings or self.passed or self.multipliers or self.totals or self.discounts)

    def sees(self, facts: Facts) -> Facts:
        """On which facts its condition is judged: one with a discount looks at the basket as it was sent."""
        return facts.sent if self.discounts and facts.sent is not None else facts

    def earns(self, facts: Facts) -> tuple[tuple[int, Earning], ...]:
        """What it earns for an event, each with its place: by the rates that hold."""
        return _holding(self.earnings, facts) if self.tabled else self.earnings

    def multiplies(self, facts: Facts) -> tuple[tuple[int, Multiply], ...]:
        """What it multiplies for an event, each with its place: by the rates that hold."""
        return _holding(self.multipliers, facts) if self.tabled else self.multipliers

    def in_force(self, day: date) -> bool:
        """Whether a local day lies within `from` and `until`, both included."""
        return (self.from_ is None or self.from_ <= day) and (self.until is None or day <= self.until)


A = TypeVar("A", Earning, Multiply)


def _holding(awards: tuple[tuple[int, A], ...], facts: Facts) -> tuple[tuple[int, A], ...]:
    return tuple((place, one) for place, award in awards if (one := chosen(award, facts)) is not None)


@dataclass(frozen=True, slots=True)
class Audience:
    """A named part of the members: those for whom its condition holds."""

    code: str
    title: Text
    condition: Condition


@dataclass(frozen=True, slots=True)
class BadgeLevelTerms:
    """What a level asks of the counter, and what reaching it gives."""

    at: int
    give: tuple[Award, ...]


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge: by a counter's levels, by a condition on an event, or handed out by an article."""

    code: str
    title: Text
    secret: bool
    counter: str | None = None
    over: Window | None = None
    unit: str = "count"
    index: int = -1
    levels: tuple[BadgeLevelTerms, ...] = ()
    condition: Condition | None = None
    on: Occasion = PURCHASE
    """On what occasion the condition is looked at."""
    family: Text | None = None
    """What it belongs together with: badges of a family stand side by side, and are drawn in one colour."""
    steps: tuple[int, ...] = field(init=False)
    """What its levels ask of the counter, each more than the one before."""
    height: int = field(init=False)
    """How many levels there are."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "steps", tuple(level.at for level in self.levels))
        object.__setattr__(self, "height", len(self.levels))


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """A ranking by a counter over a period; `period` None is ever."""

    code: str
    title: Text
    counter: str
    period: Period | None
    ties: str
    scope: str = "club"
    """Among whom: the `club`; each `store`, `audience`, `tier` or division of a `league` by itself; or `friends`."""
    league: str | None = None
    by: str = "member"
    """Who is ranked: each `member`, or each `team`."""
    prizes: tuple[Prize, ...] = ()
    """What its first places get of each period, once that is settled."""
    settles: Term = LATE
    """How long after its last instant a period is settled."""

    @property
    def kept(self) -> bool:
        """Whether it is kept in order all the time; that among friends is put together for whoever looks."""
        return self.scope != "friends"

    def named_prizes(self) -> Iterator[NamedPrize]:
        """Its prizes by the names that rulings give them."""
        said = Text("Leaderboard “{r}”, prize {n}", "جدول «{r}»، جایزهٔ {n}")
        return named_prizes("board", self.code, said, self.title, self.prizes)
