"""A version of the bylaws as objects, ready to judge. Immutable but for the live counters it is bound to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final, TypeVar

from loyalty.calendars import Span
from loyalty.rules.awards.discount import Discount
from loyalty.rules.awards.effects import HandOut
from loyalty.rules.awards.multiply import Multiply
from loyalty.rules.challenges import Challenge
from loyalty.rules.counters import Counter
from loyalty.rules.events import EventType
from loyalty.rules.facts import Facts, Happening, Setting
from loyalty.rules.game import Game
from loyalty.rules.kinds import Award, Earning
from loyalty.rules.ladder import Step, Tiers
from loyalty.rules.limits import Limit, stock_of
from loyalty.rules.membership import Membership
from loyalty.rules.occasions import FOLLOWING, PLAIN, Occasion
from loyalty.rules.parts import (
    Article,
    Audience,
    Badge,
    BadgeLevelTerms,
    ClubTerms,
    Leaderboard,
    Running,
    Wallet,
)
from loyalty.rules.plan import Plan, Planner
from loyalty.rules.reads import Ask, Moved, Read
from loyalty.rules.ruling import Given, giver
from loyalty.rules.streaks import Streak
from loyalty.rules.terms import Term
from loyalty.rules.things import is_thing, raffle_of, reward_of
from loyalty.rules.windows import Since
from loyalty.rules.winning import NamedPrize
from loyalty.values import Lang, Text

__all__ = [
    "Article",
    "Ask",
    "Audience",
    "Badge",
    "BadgeLevelTerms",
    "Bylaws",
    "ClubTerms",
    "Leaderboard",
    "Moved",
    "Read",
    "Step",
    "Tiers",
    "Wallet",
]

DAYS_REMEMBERED: Final = 4000
RETURN_WINDOW: Final = Term("days", 14)

K = TypeVar("K")
V = TypeVar("V")
Feeding = tuple[list[int], tuple[tuple[int, Callable[[Facts], int]], ...]]
"""What an event adds to every live counter whatever it holds, by place; and what tells what it adds to the others."""
Lot = tuple[datetime | None, datetime | None]
"""When a lot matures and when it expires; None is at once, and never."""


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
    event_reads: frozenset[str]
    """What it reads of the member and of an event besides counters, by the names of `known.py`."""
    membership: dict[str, Membership]
    """What each standing of a member means, `active` too."""
    events: dict[str, EventType] = field(default_factory=dict)
    """The types of events that it declares."""
    return_window: Term | None = RETURN_WINDOW
    """How long a purchase waits before others get what it gives them; None: not at all."""
    game: Game = field(default_factory=Game)
    audiences: dict[str, Audience] = field(default_factory=dict)
    audience_reads: frozenset[str] = frozenset()
    """The audiences that its parts ask for."""
    challenges: dict[str, Challenge] = field(default_factory=dict)
    streaks: dict[str, Streak] = field(default_factory=dict)
    steadily: bool = field(init=False)
    """Whether tiers are earned at once and held while qualified: then nothing but needs that come to hold matters."""
    ranks: dict[str, int] = field(init=False)
    live: tuple[Counter, ...] = field(init=False)
    feeds: tuple[int, ...] = field(init=False)
    """For each read, the place of its counter among `live`."""
    of_days: tuple[int, ...] = field(init=False)
    """The places of the live counters of days."""
    streaks_fed: tuple[tuple[Streak, int], ...] = field(init=False)
    """The streaks, each with the place of its counter among the live ones."""
    fed_by: dict[str, tuple[tuple[int, Counter], ...]] = field(init=False)
    """By type of event: the live counters that such an event itself feeds, with their places; without `labelled`."""
    feeding: dict[str, Feeding] = field(init=False)
    """By type of event: how it feeds them."""
    labelled: tuple[tuple[int, Counter], ...] = field(init=False)
    """The live counters that are kept by label, with their places."""
    gated: tuple[tuple[int, Counter], ...] = field(init=False)
    """The live counters of what articles gave that look at the event too, with their places."""
    things: tuple[int, ...] = field(init=False)
    """The places among the reads of those that count different things."""
    running: tuple[Running, ...] = field(init=False)
    """The running totals that its articles keep."""
    of_articles: dict[str, tuple[tuple[int, int | None, str | None], ...]] = field(init=False)
    """By article: the live counters that its awards feed, by place, what they take, and of which wallet alone."""
    capped: dict[str, tuple[Limit, ...]] = field(init=False)
    """The limits of wallets that have any."""
    contested: bool = field(init=False)
    """Whether articles may shut one another out."""
    personal: bool = field(init=False)
    """Whether a window that it reads begins with a day of the member's life."""
    drastic: bool = field(init=False)
    """Whether some article changes a member's standing or lets a wallet lapse."""
    discounting: bool = field(init=False)
    """Whether some article takes something off the basket."""
    circling: bool = field(init=False)
    """Whether what badges, challenges, streaks and prizes give feeds counters."""
    lifting: bool = field(init=False)
    """Whether some article gives a tier or hands out a challenge."""
    following: bool = field(init=False)
    """Whether anything may follow from a ruling: see `following.py`."""
    passing: bool = field(init=False)
    """Whether some article gives to others than the member."""
    occasions: dict[str, Occasion] = field(init=False)
    """By type of event: the occasions that its articles, badges and counters wait for."""
    steps: tuple[Step, ...] = field(init=False)
    """The ladder of tiers; empty where there is none."""
    top: int = field(init=False)
    """The rank of its highest step; -1 where there is none."""
    sentences: dict[tuple[Lang, int], str] = field(init=False, default_factory=dict)
    """Conditions, by `id`, as they were said once."""
    prizes: dict[str, NamedPrize] = field(init=False)
    """What the club may give by itself, by name."""
    _given: dict[tuple[str, int], Earning | Multiply | Discount] = field(init=False)
    """What gives, by its name in rulings and its place there."""
    _totals: frozenset[tuple[str, int]] = field(init=False)
    lots_end: bool = field(init=False)
    """Whether anything given matures or expires."""
    _asks: dict[tuple[date, Since | None], tuple[Ask, ...]] = field(init=False)
    _moved: dict[date | tuple[date, date, Since | None], Moved] = field(init=False)
    _moves: dict[Moved, Moved] = field(init=False)
    """Each once, however many days have it."""
    _planner: Planner = field(init=False)
    _plans: dict[tuple[date, int, str], Plan] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        of_boards = [its for board in self.leaderboards.values() for its in board.named_prizes()]
        self.prizes = {its.name: its for its in [*of_boards, *self.game.prizes()]}
        self.contested = any(article.group or article.exclusive for article in self.articles)
        self.personal = any(read.over.personal for read in self.reads)
        self.drastic = any(article.statuses or article.forfeits for article in self.articles)
        self.discounting = any(article.discounts for article in self.articles)
        self.lifting = any(article.tiers or article.handed for article in self.articles)
        self.passing = any(article.passed for article in self.articles)
        waiting = [article.on for article in self.articles]
        waiting += [badge.on for badge in self.badges.values() if badge.condition]
        waiting += [PLAIN[its.of] for its in self.counters.values() if its.of in PLAIN]
        self.occasions = {its.type: its for its in waiting}
        story = self.game.story
        self.following = bool(
            self.lifting
            or story
            or FOLLOWING.keys() & self.occasions.keys()
            or any(isinstance(its, HandOut) for _, give in self.gifts() for its in give)
        )
        self.steps = self.tiers.ladder if self.tiers else ()
        self.top = len(self.steps) - 1
        self.steadily = self.tiers is not None and self.tiers.promote == "at_once" and not self.tiers.lasting
        self.ranks = {step.code: rank for rank, step in enumerate(self.steps)}
        self._given = {
            (name, place): award
            for name, give in self.gifts()
            for place, award in enumerate(give)
            if isinstance(award, Earning | Multiply | Discount)
        }
        self.capped = {code: wallet.limits for code, wallet in self.wallets.items() if wallet.limits}
        self.capped |= {its.wallet: (stock_of(its.wallet),) for its in self._given.values() if reward_of(its.wallet)}
        terms = [term for wallet in self.wallets.values() for term in (wallet.matures, wallet.lots_expire)]
        terms += [term for award in self._given.values() for term in (award.matures, award.expires)]
        self.lots_end = any(terms) or bool(self.game.raffles)
        needs = [step.earned for step in self.steps]
        badges = list(self.badges.values())
        self._planner = Planner(self.articles, badges, needs, self.stacking, bool(self.capped))
        self.things = tuple(n for n, read in enumerate(self.reads) if read.counter.distinct and read.label is None)
        self.running = tuple(total for article in self.articles for total in article.totals)
        self._totals = frozenset((its.no, its.place) for its in self.running)
        self.bind(self.own_counters())

    def gifts(self) -> list[tuple[str, tuple[Award, ...]]]:
        """What gives, under the name that rulings give it."""
        badges = [(badge.code, n, level) for badge in self.badges.values() for n, level in enumerate(badge.levels, 1)]
        return [
            *((article.no, article.give) for article in self.articles),
            *((f"badge:{code}:{n}", level.give) for code, n, level in badges),
            *((f"challenge:{its.code}", its.give) for its in self.challenges.values()),
            *((f"streak:{its.code}:{at}", give) for its in self.streaks.values() for at, give in its.milestones),
            *((its.name, its.give) for its in self.prizes.values()),
        ]

    def given_wallets(self) -> set[str]:
        """The wallets into which anything gives."""
        return {award.wallet for award in self._given.values()}

    @property
    def returns(self) -> str:
        """When a return moves tier and badges: `at_review`, `at_once` or never (`keep`)."""
        return self.tiers.returns if self.tiers else "at_review"

    def award(self, given: Given) -> Earning | Multiply | Discount:
        """The award that gave an amount under this version."""
        return self._given[giver(given.article) if given.is_gift else given.article, given.award]

    def is_total(self, given: Given) -> bool:
        """Whether an amount belongs to a running total."""
        return (given.article, given.award) in self._totals

    def unit(self, counter: Counter) -> str:
        """What a counter's figures are; what was given is in its wallet's unit."""
        of_money = counter.wallet in self.wallets and self.wallets[counter.wallet].unit == "money"
        return "money" if of_money and counter.measure == "amount" else counter.unit

    def lot_terms(self, given: Given, at: datetime) -> Lot:
        """When what an award gives at an instant matures and expires: by its own terms, else its wallet's."""
        if not self.lots_end:
            return None, None
        award = self.award(given)
        return self._lot(given.wallet, at, award.matures, award.expires)

    def wallet_terms(self, wallet: str, at: datetime) -> Lot:
        """When what a wallet gets at an instant, otherwise than by an award, would mature and expire."""
        return self._lot(wallet, at, None, None) if self.lots_end else (None, None)

    def some_expires(self, wallet: str) -> bool:
        """Whether a wallet may hold lots that expire, by its own term or an award's."""
        own = any(award.expires for award in self._given.values() if award.wallet == wallet)
        return own or self.wallets[wallet].lots_expire is not None

    def _lot(self, wallet: str, at: datetime, matures: Term | None, expires: Term | None) -> Lot:
        if is_thing(wallet):
            return None, self._drawn(wallet, at)
        purse, calendar = self.wallets[wallet], self.club.calendar
        matures, expires = matures or purse.matures, expires or purse.lots_expire
        return matures.ends(at, calendar) if matures else None, expires.ends(at, calendar) if expires else None

    def _drawn(self, wallet: str, at: datetime) -> datetime | None:
        """The last instant of tickets that come at an instant: the end of the day on which they are drawn."""
        raffle = self.game.raffles.get(raffle_of(wallet) or "")
        return raffle.drawn(at, self.club.calendar) if raffle else None

    def own_counters(self) -> tuple[Counter, ...]:
        """Every counter that this version names or reads, each once."""
        return tuple(dict.fromkeys([*self.counters.values(), *(read.counter for read in self.reads)]))

    def bind(self, live: tuple[Counter, ...]) -> None:
        """Take the club's live counters: those of every version, this one's among them."""
        places = {counter: place for place, counter in enumerate(live)}
        self.live = live
        self.labelled = tuple((place, counter) for place, counter in enumerate(live) if counter.by)
        self.gated = tuple(
            (place, its) for place, its in enumerate(live) if its.type is None and (its.by or its.condition)
        )
        self.of_days = tuple(
            place for place, counter in enumerate(live) if counter.measure == "days" and not counter.by
        )
        self._asks, self._moved, self._moves = {}, {}, {}
        self.streaks_fed = tuple((its, places[its.definition]) for its in self.streaks.values())
        self.feeds = tuple(places[read.counter] for read in self.reads)
        gifts = self.gifts()
        by_type: dict[str, list[tuple[int, Counter]]] = {}
        by_article: dict[str, list[tuple[int, int | None, str | None]]] = {name: [] for name, _ in gifts}
        for place, counter in enumerate(live):
            if counter.type is not None and not counter.by:
                by_type.setdefault(counter.type, []).append((place, counter))
            of_any = [name for name, _ in gifts] if counter.type is None else []
            for article in counter.articles or of_any:
                only = {award.wallet for (no, _), award in self._given.items() if no == article} == {counter.wallet}
                wallet = None if only else counter.wallet
                by_article.setdefault(article, []).append((place, counter.takes, wallet))
        self.fed_by = {type_: tuple(fed) for type_, fed in by_type.items()}
        self.feeding = {type_: _feeding(fed, len(live)) for type_, fed in by_type.items()}
        self.of_articles = {article: tuple(fed) for article, fed in by_article.items()}
        self.circling = any(by_article[name] for name, _ in gifts if ":" in name)

    def plan(self, facts: Facts, type_: str | None = None) -> Plan:
        """What may hold for events such as this; or for those of another type, under the same circumstances."""
        key = facts.moment.day, facts.rank, type_ or facts.event.type
        found = self._plans.get(key)
        if found is None:
            setting = Setting(facts.moment.day, facts.moment.weekday, self.club.calendar, facts.rank)
            found = self._planner.plan(key[2], setting)
            self._plans = _remembered(self._plans, key, found)
        return found

    def feed_given(self, feeds: list[int], awards: Iterable[Given]) -> None:
        """Add what awards feed to the live counters."""
        fed_by = self.of_articles
        for given in awards:
            fed = fed_by.get(given[0])
            if fed is None:  # not by its own name: all runs of a challenge are one giver
                fed = fed_by.get(giver(given[0]), ())
            for place, takes, wallet in fed:
                if wallet is None or wallet == given[2]:
                    if takes is not None:
                        feeds[place] += given[takes]  # type: ignore[operator]
                    elif given[3] > 0:
                        feeds[place] = 1

    def since(self, tier_since: datetime | None, joined_at: datetime) -> Since | None:
        """From when a member's own windows count; None where this version reads no such window."""
        if not self.personal:
            return None
        moment = self.club.calendar.moment
        return Since(moment(tier_since).day if tier_since else None, moment(joined_at).day)

    def moved(self, day: date, standing: date, since: Since | None = None) -> Moved:
        """Which of the counters that this version names, read from the day a member stands on, hold an event's day."""
        key = day if since is None and day == standing else (day, standing, since)  # most events are not late
        found = self._moved.get(key)
        if found is None:
            named = frozenset(self.counters.values())
            holding = [
                (index, ask.place)
                for index, (read, ask) in enumerate(zip(self.reads, self.asks(standing, since), strict=True))
                if read.counter in named and ask.span.holds(day)
            ]
            labelled = {place for place, _ in self.labelled}
            found = Moved(
                tuple(pair for pair in holding if pair[1] not in self.of_days and pair[1] not in labelled),
                tuple(pair for pair in holding if pair[1] in self.of_days),
                tuple(pair for pair in holding if pair[1] in labelled),
            )
            found = self._moves.setdefault(found, found)
            self._moved = _remembered(self._moved, key, found)
        return found

    def asks(self, day: date, since: Since | None = None) -> tuple[Ask, ...]:
        """What judging an event on a day reads, in the order of `reads`; `since` as this version tells it."""
        found = self._asks.get((day, since))
        if found is None:
            calendar = self.club.calendar
            pairs = zip(self.reads, self.feeds, strict=True)
            found = tuple(
                Ask(
                    place,
                    read.span(day, calendar, since),
                    False,
                    read.label,
                    read.label is None and read.counter.distinct,
                )
                for read, place in pairs
            )
            self._asks = _remembered(self._asks, (day, since), found)
        return found

    def day_asks(self, day: date) -> list[Ask]:
        """For each live counter of days: whether the day is counted already."""
        span = Span(day, day)
        return [Ask(place, span, raw=True) for place in self.of_days]

    def label_asks(self, event: Happening, day: date, *asked: tuple[Ask, ...]) -> Iterator[Ask]:
        """What is known already of an event's labels: of days whether they are active, of things in what is asked."""
        for place, counter in self.labelled:
            labels = counter.labels(event)
            if counter.measure == "days":
                yield from (Ask(place, Span(day, day), True, label) for label in labels)
            elif counter.distinct:
                for asks in asked:
                    of_it = (asks[n].span for n in self.things if asks[n].place == place)
                    yield from (Ask(place, span, False, label) for span in of_it for label in labels)

    def first_tier(self) -> str | None:
        """Where everybody stands who has done nothing yet."""
        if self.tiers and self.tiers.ladder[0].needs is None:
            return self.tiers.ladder[0].code
        return None

    def rank(self, tier: str | None) -> int:
        """A tier's place on the ladder; one that it does not know is where everybody begins, -1 is below the ladder."""
        return self.ranks.get(tier or "", -1 if self.first_tier() is None else 0)

    def passed(self, before: str | None, after: str | None) -> tuple[str, ...]:
        """The steps that a move up reaches, the lowest first; none for a move down."""
        return tuple(step.code for step in self.steps[self.rank(before) + 1 : self.rank(after) + 1])

    def awaits(self, occasion: Occasion) -> bool:
        """Whether anything waits for an occasion."""
        return occasion.type in self.occasions

    def budgets(self) -> list[Limit]:
        """The limits that all members share."""
        own = [limit for limits in self.capped.values() for limit in limits if limit.shared]
        return [*(limit for article in self.articles for limit in article.shared), *own]


def _feeding(fed: Iterable[tuple[int, Counter]], live: int) -> Feeding:
    always, told = [0] * live, []
    for place, counter in fed:
        feed = counter.feeder()
        if isinstance(feed, int):
            always[place] = feed
        else:
            told.append((place, feed))
    return always, tuple(told)


def _remembered(known: dict[K, V], key: K, value: V) -> dict[K, V]:
    """What is known with one thing more; too much is forgotten, in a new dictionary: other threads read the old."""
    if len(known) >= DAYS_REMEMBERED:
        known = {}
    known[key] = value
    return known
