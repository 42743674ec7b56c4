"""A version of the bylaws as objects, ready to judge. Immutable but for the live counters it is bound to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Final, NamedTuple, TypeVar

from loyalty.calendars import Calendar, Period, Span
from loyalty.formats import Unit
from loyalty.rules.awards.effects import GiveBadge, GiveMessage
from loyalty.rules.awards.multiply import Multiply
from loyalty.rules.counters import Counter
from loyalty.rules.facts import Facts
from loyalty.rules.kinds import Award, Condition, Earning
from loyalty.rules.limits import Limit
from loyalty.rules.windows import Window
from loyalty.values import Lang, Rounding, Text

DAYS_REMEMBERED: Final = 4000

K = TypeVar("K")
V = TypeVar("V")
Test = Callable[[Facts], bool]


class Read(NamedTuple):
    """A counter over a window, as some part of this version reads it."""

    counter: Counter
    over: Window
    around: bool = False
    """Later days of the window count too, as limits want it."""

    def span(self, day: date, calendar: Calendar) -> Span:
        """The days to add up for an event on a day."""
        return self.over.around(day, calendar) if self.around else self.over.span(day, calendar)


class Ask(NamedTuple):
    """A figure that must be known: a live counter (by place) over days, or, `raw`, the events of one day."""

    place: int
    span: Span
    raw: bool = False


class Moved(NamedTuple):
    """A read that an event adds to, by its place among the reads; its counter's place, and whether that counts days."""

    read: int
    place: int
    of_days: bool


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


@dataclass(frozen=True, slots=True)
class Article:
    """A numbered article: on a purchase, if its condition holds, it gives."""

    no: str
    title: Text
    condition: Condition | None
    give: tuple[Award, ...]
    limits: tuple[Limit, ...]
    from_: date | None
    until: date | None
    earnings: tuple[tuple[int, Earning], ...] = field(init=False)
    multipliers: tuple[tuple[int, Multiply], ...] = field(init=False)
    granted: tuple[str, ...] = field(init=False)
    messages: tuple[Text, ...] = field(init=False)
    shared: tuple[Limit, ...] = field(init=False)
    """Its limits that all members share."""

    def __post_init__(self) -> None:
        put = object.__setattr__
        put(self, "earnings", tuple((i, a) for i, a in enumerate(self.give) if isinstance(a, Earning)))
        put(self, "multipliers", tuple((i, a) for i, a in enumerate(self.give) if isinstance(a, Multiply)))
        put(self, "granted", tuple(a.value for a in self.give if isinstance(a, GiveBadge)))
        put(self, "messages", tuple(a.value for a in self.give if isinstance(a, GiveMessage)))
        put(self, "shared", tuple(limit for limit in self.limits if limit.per == "club"))

    def in_force(self, day: date) -> bool:
        """Whether a local day lies within `from` and `until`, both included."""
        return (self.from_ is None or self.from_ <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the ladder; without needs everybody stands on it."""

    code: str
    title: Text
    needs: Condition | None


@dataclass(frozen=True, slots=True)
class Tiers:
    """The ladder, lowest first, and how one goes down it."""

    ladder: tuple[Step, ...]
    demote: str


@dataclass(frozen=True, slots=True)
class BadgeLevelTerms:
    """What a level asks of the counter, and what reaching it gives."""

    at: int
    give: tuple[Award, ...]


@dataclass(frozen=True, slots=True)
class Badge:
    """A badge: by a counter's levels, by a condition on a purchase, or handed out by an article."""

    code: str
    title: Text
    secret: bool
    counter: str | None = None
    over: Window | None = None
    unit: str = "count"
    index: int = -1
    levels: tuple[BadgeLevelTerms, ...] = ()
    condition: Condition | None = None

    @property
    def height(self) -> int:
        """How many levels there are."""
        return len(self.levels)


@dataclass(frozen=True, slots=True)
class Leaderboard:
    """A ranking by a counter over a period; `period` None is ever."""

    code: str
    title: Text
    counter: str
    period: Period | None
    ties: str


@dataclass(slots=True)
class Bylaws:
    """One version. `reads` says what facts it needs; `live` are the counters that every event feeds."""

    version: int
    club: ClubTerms
    wallets: dict[str, Wallet]
    counters: dict[str, Counter]
    counter_names: dict[str, Text]
    articles: tuple[Article, ...]
    tiers: Tiers | None
    badges: dict[str, Badge]
    leaderboards: dict[str, Leaderboard]
    stacking: str
    reads: tuple[Read, ...]
    member_reads: frozenset[str]
    ranks: dict[str, int] = field(init=False)
    live: tuple[Counter, ...] = field(init=False)
    feeds: tuple[int, ...] = field(init=False)
    """For each read, the place of its counter among `live`."""
    of_days: tuple[int, ...] = field(init=False)
    """The places of the live counters of days."""
    of_events: tuple[tuple[int, Counter], ...] = field(init=False)
    """The live counters that an event itself feeds, with their places."""
    of_articles: dict[str, tuple[tuple[int, Counter], ...]] = field(init=False)
    """By article: the live counters that its awards feed, with their places."""
    steps: tuple[Step, ...] = field(init=False)
    """The ladder of tiers; empty where there is none."""
    top: int = field(init=False)
    """The rank of its highest step; -1 where there is none."""
    sentences: dict[tuple[Lang, int], str] = field(init=False, default_factory=dict)
    """Conditions, by `id`, as they were said once."""
    _asks: dict[date, tuple[Ask, ...]] = field(init=False)
    _moved: dict[tuple[date, date], tuple[Moved, ...]] = field(init=False)
    _in_force: dict[date, tuple[tuple[Article, Test | None], ...]] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self.steps = self.tiers.ladder if self.tiers else ()
        self.top = len(self.steps) - 1
        self.ranks = {step.code: rank for rank, step in enumerate(self.steps)}
        self.bind(self.own_counters())

    def own_counters(self) -> tuple[Counter, ...]:
        """Every counter that this version names or reads, each once."""
        return tuple(dict.fromkeys([*self.counters.values(), *(read.counter for read in self.reads)]))

    def bind(self, live: tuple[Counter, ...]) -> None:
        """Take the club's live counters: those of every version, this one's among them."""
        places = {counter: place for place, counter in enumerate(live)}
        self.live = live
        self.of_days = tuple(place for place, counter in enumerate(live) if counter.measure == "days")
        self._asks, self._moved = {}, {}
        self.feeds = tuple(places[read.counter] for read in self.reads)
        self.of_events = tuple((place, counter) for place, counter in enumerate(live) if counter.of != "given")
        by_article: dict[str, list[tuple[int, Counter]]] = {}
        for place, counter in enumerate(live):
            for article in counter.articles:
                by_article.setdefault(article, []).append((place, counter))
        self.of_articles = {article: tuple(fed) for article, fed in by_article.items()}

    def in_force(self, day: date) -> tuple[tuple[Article, Test | None], ...]:
        """The articles that hold on a local day, each with what tests its condition, if it has one."""
        found = self._in_force.get(day)
        if found is None:
            found = tuple(
                (article, article.condition.holds if article.condition else None)
                for article in self.articles
                if article.in_force(day)
            )
            self._in_force = _remembered(self._in_force, day, found)
        return found

    def moved(self, day: date, standing: date) -> tuple[Moved, ...]:
        """Which of the counters that this version names, read from the day a member stands on, hold an event's day."""
        found = self._moved.get((day, standing))
        if found is None:
            named = frozenset(self.counters.values())
            found = tuple(
                Moved(index, ask.place, ask.place in self.of_days)
                for index, (read, ask) in enumerate(zip(self.reads, self.asks(standing), strict=True))
                if read.counter in named and ask.span.holds(day)
            )
            self._moved = _remembered(self._moved, (day, standing), found)
        return found

    def asks(self, day: date) -> tuple[Ask, ...]:
        """What judging an event on a day reads, in the order of `reads`."""
        found = self._asks.get(day)
        if found is None:
            calendar = self.club.calendar
            pairs = zip(self.reads, self.feeds, strict=True)
            found = tuple(Ask(place, read.span(day, calendar)) for read, place in pairs)
            self._asks = _remembered(self._asks, day, found)
        return found

    def day_asks(self, day: date) -> list[Ask]:
        """For each live counter of days: whether the day is counted already."""
        span = Span(day, day)
        return [Ask(place, span, raw=True) for place in self.of_days]

    def first_tier(self) -> str | None:
        """Where everybody stands who has done nothing yet."""
        if self.tiers and self.tiers.ladder[0].needs is None:
            return self.tiers.ladder[0].code
        return None

    def budgets(self) -> list[Limit]:
        """The limits that all members share."""
        return [limit for article in self.articles for limit in article.shared]


def _remembered(known: dict[K, V], key: K, value: V) -> dict[K, V]:
    """What is known with one thing more; too much is forgotten, in a new dictionary: other threads read the old."""
    if len(known) >= DAYS_REMEMBERED:
        known = {}
    known[key] = value
    return known
