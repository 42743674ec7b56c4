"""Who the demo club's members are and when they shop: a made-up but lifelike year.

Everything comes from one seeded generator, so the same day gives the same year. Weeks swell to Thursday and Friday, the
year to Yalda and Nowruz; a few members shop every other day, most now and then, and some have stopped coming.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Final, NamedTuple

from loyalty import cards
from loyalty.calendars import Calendar
from loyalty.enrolment import Enrolment
from seed.names import FAMILIES, MEN, WOMEN

MEMBERS: Final = 640
DAYS: Final = 366
"""Local days of history, today included."""
CALENDAR: Final = Calendar("Asia/Tehran", "jalali")
SEED: Final = "anar"


class Shop(NamedTuple):
    """A branch or the web shop: how much of the business it does, and how busy each hour is."""

    code: str
    name: str
    short: str
    share: int
    hours: tuple[int, ...]

    @property
    def is_web(self) -> bool:
        """Whether nobody stands at a till."""
        return self.code == "web"


_BRANCH_HOURS: Final = (0, 0, 0, 0, 0, 0, 0, 2, 4, 6, 8, 9, 8, 5, 4, 5, 7, 10, 12, 12, 9, 5, 2, 0)
_WEB_HOURS: Final = (6, 3, 1, 0, 0, 0, 1, 2, 3, 5, 6, 6, 6, 5, 5, 5, 6, 6, 7, 8, 10, 12, 12, 10)
SHOPS: Final = (
    Shop("tajrish", "شعبهٔ تجریش", "TJ", 28, _BRANCH_HOURS),
    Shop("vanak", "شعبهٔ ونک", "VN", 24, _BRANCH_HOURS),
    Shop("narmak", "شعبهٔ نارمک", "NK", 20, _BRANCH_HOURS),
    Shop("karaj", "شعبهٔ کرج", "KJ", 12, _BRANCH_HOURS),
    Shop("web", "فروشگاه اینترنتی", "WB", 16, _WEB_HOURS),
)


class Habit(NamedTuple):
    """A kind of shopper: its share of the members, purchases a year, and lines of a basket on average."""

    share: int
    least: int
    most: int
    lines: int


HABITS: Final = (
    Habit(8, 60, 110, 4),
    Habit(28, 26, 48, 5),
    Habit(34, 9, 18, 5),
    Habit(20, 3, 7, 4),
    Habit(10, 1, 2, 3),
)
_REGULAR: Final = HABITS[1]
_LAPSED: Final = 0.13
_FOUNDING: Final = 0.55
"""Of the members, those who joined when the club began."""

_AWAKE: Final = 12
"""Members who order at night, the one that the demo shows among them."""
_WEEKDAY: Final = {5: 85, 6: 80, 0: 80, 1: 90, 2: 110, 3: 175, 4: 145}
"""How busy a day of the week is; 5 is Saturday, 3 and 4 are Thursday and Friday."""


class Shopper(NamedTuple):
    """A member and how they shop; `first` and `last` are days counted from the start of the year."""

    enrolment: Enrolment
    habit: Habit
    home: int
    """The usual shop's place among `SHOPS`."""
    first: int
    last: int

    @property
    def external_id(self) -> str:
        """What the shops call the member."""
        assert self.enrolment.external_id
        return self.enrolment.external_id


class Visit(NamedTuple):
    """One shopping trip: when (UTC), who and where, by place."""

    at: datetime
    shopper: int
    shop: int


def first_day(now: datetime) -> date:
    """The local day on which the year up to `now` begins."""
    return CALENDAR.moment(now).day - timedelta(days=DAYS - 1)


def shoppers(random: Random, start: date) -> list[Shopper]:
    """The members; the first is the one that the demo shows."""
    everybody = [(first, family) for family in FAMILIES for first in (*WOMEN, *MEN)]
    named = [everybody[0], *random.sample(everybody[1:], MEMBERS - 1)]
    found = []
    for number, (given, family) in enumerate(named, start=1):
        shown = number == 1
        habit = _REGULAR if shown else random.choices(HABITS, [habit.share for habit in HABITS])[0]
        first = 0 if shown or random.random() < _FOUNDING else random.randrange(1, DAYS - 8)
        lapsed = not shown and random.random() < _LAPSED and first < DAYS - 120
        last = random.randrange(first + 30, DAYS - 60) if lapsed else DAYS - 1
        joined = CALENDAR.instant(start + timedelta(days=first - 1), random.randrange(9 * 60, 21 * 60))
        enrolment = Enrolment(
            external_id=f"{given.latin}.{family.latin}",
            phone=f"+98900000{number:04}",  # no operator has given out this block
            card=cards.with_check("".join(random.choices(cards.ALPHABET, k=cards.LENGTH - 1))),
            name=f"{given.fa} {family.fa}",
            birthday=_birthday(random) if random.random() < 0.7 else None,
            attributes={"city": random.choices(("تهران", "کرج"), (5, 1))[0]},
            consents={"sms": random.random() < 0.8, "email": random.random() < 0.3},
            lang="fa",
            on_boards=shown or random.random() < 0.96,
            joined_at=joined,
        )
        home = random.choices(range(len(SHOPS)), [shop.share for shop in SHOPS])[0]
        found.append(Shopper(enrolment, habit, home, first, last))
    return [*found[:-1], _second_card(found[-1], found)]


def constant(members: Sequence[Shopper]) -> list[Shopper]:
    """Members besides the shown one who have shopped often from the first day to the last."""
    often = HABITS[:2]
    return [one for one in members[1:-1] if one.habit in often and one.first == 0 and one.last == DAYS - 1]


def _second_card(other: Shopper, members: Sequence[Shopper]) -> Shopper:
    """A member in the place of another: somebody who has a card already and took a second one, used for half a year."""
    person = constant(members)[0]
    enrolment = replace(
        other.enrolment,
        external_id=f"{person.external_id}.2",
        name=person.enrolment.name,
        birthday=person.enrolment.birthday,
        joined_at=person.enrolment.joined_at,
    )
    return Shopper(enrolment, HABITS[3], person.home, 0, DAYS // 2)


def visits(random: Random, members: list[Shopper], start: date) -> list[Visit]:
    """Every shopping trip of the year, in the order of time."""
    busy = [_busy(start + timedelta(days=day)) for day in range(DAYS)]
    until = [0, *accumulate(busy)]  # of the year's business, what is done before a day
    found = []
    for number, shopper in enumerate(members):
        low, high = until[shopper.first], until[shopper.last + 1]
        share = (high - low) / until[-1]
        times = max(1, round(random.randint(shopper.habit.least, shopper.habit.most) * share))
        for _ in range(times):
            day = bisect(until, random.randrange(low, high)) - 1
            shop = shopper.home if random.random() < 0.72 else random.randrange(len(SHOPS))
            hour = random.choices(range(24), SHOPS[shop].hours)[0]
            at = CALENDAR.instant(start + timedelta(days=day), hour * 60 + random.randrange(60))
            found.append(Visit(at + timedelta(seconds=random.randrange(60)), number, shop))
    return sorted(found + _late_orders(random, members, start + timedelta(days=DAYS - 1)))


def _late_orders(random: Random, members: list[Shopper], today: date) -> list[Visit]:
    """What is ordered just after midnight, so that no board is bare on the first morning of a month."""
    web = next(place for place, shop in enumerate(SHOPS) if shop.is_web)
    awake = [number for number, shopper in enumerate(members) if shopper.last == DAYS - 1][:_AWAKE]
    return [Visit(CALENDAR.instant(today, random.randrange(1, 60)), number, web) for number in awake]


def _birthday(random: Random) -> date:
    return date(1950, 1, 1) + timedelta(days=random.randrange(57 * 365))


def _busy(day: date) -> int:
    _, month, dom = CALENDAR.parts(day)
    return _WEEKDAY[day.weekday()] * _feast(month, dom) // 100


def _feast(month: int, dom: int) -> int:
    """How busy the year's feasts make a day, in percent."""
    match month:
        case 12 if dom >= 15:  # the shopping for Nowruz
            return 130 + 7 * (dom - 15)
        case 1 if dom <= 4:  # families visit each other, shops are half closed
            return 35
        case 1 if dom <= 13:
            return 70
        case 9 if dom >= 25:  # Yalda is the night after the last day of Azar
            return 120 + 25 * (dom - 25)
    return 100
