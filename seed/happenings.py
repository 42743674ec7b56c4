"""What happens in the demo club besides buying: goods come back, cashback pays, cards are forgotten and found."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime, timedelta
from random import Random
from typing import Final, NamedTuple

from loyalty.errors import Invalid
from loyalty.returns import Return, ReturnedLine, left_after
from loyalty.rules.facts import Line, Purchase
from loyalty.rules.returned import Left
from loyalty.values import QUANTITY_SCALE
from seed.shoppers import CALENDAR, DAYS, SHOPS, Shop, Shopper, constant

_COMES_BACK: Final = 0.03
_WHOLE: Final = 0.15
"""Of the purchases that come back, those of which nothing is kept."""
_REST_LATER: Final = 0.12
"""Of those that come back in part, those whose rest follows."""
_LATE: Final = 0.08
"""Of the returns, those that a shop takes although the fourteen days are over."""
_SAYS_WHY: Final = 0.6
_WHY: Final = ("بسته‌بندی آسیب دیده بود", "به‌اشتباه خریده شد", "طعمش پسند نشد", "تاریخ مصرفش نزدیک بود", "کالا خراب بود")
_PAYS: Final = 0.02
"""Of the sales, those at which somebody would like to pay from the cashback."""
_FORGOTTEN: Final = 0.004
"""Of the sales at a till, those to whose buyer the card came to mind too late."""
_REMEMBERED: Final = 0.55


class Pays(NamedTuple):
    """At the till: what the cashback has for this sale pays a part of it."""

    at: datetime
    purchase: Purchase


class ComesBack(NamedTuple):
    """A part or all of a purchase is returned."""

    at: datetime
    purchase: Purchase
    asked: Return


class Claimed(NamedTuple):
    """Somebody brings the receipt of a sale that was recorded without a card."""

    at: datetime
    purchase: Purchase
    member: str
    """External id, here as below."""


class PutRight(NamedTuple):
    """Somebody of the club gives or takes by hand."""

    at: datetime
    member: str
    wallet: str
    amount: int
    reason: str
    good_for: timedelta | None
    """None is as the wallet's terms say."""


class Gift(NamedTuple):
    """A member gives points to another."""

    at: datetime
    member: str
    to: str
    amount: int
    reason: str


class Merged(NamedTuple):
    """Two cards of one person become one."""

    at: datetime
    member: str
    to: str
    reason: str


ByHand = PutRight | Gift | Merged
Happening = Pays | ComesBack | Claimed | ByHand


def forgetful(random: Random, sales: Sequence[Purchase]) -> list[Purchase]:
    """The sales, a few of them without their buyer's card."""
    return [
        replace(sale, member=None) if random.random() < _FORGOTTEN and sale.cashier is not None else sale
        for sale in sales
    ]


def happenings(
    random: Random, members: Sequence[Shopper], sales: Sequence[tuple[str, Purchase]], start: date
) -> list[Happening]:
    """All that happens in the year that begins on a day, in order; a sale stands beside its buyer's external id."""
    shown = members[0].external_id
    today = start + timedelta(days=DAYS - 1)
    found: list[Happening] = [*_by_hand(random, members, today)]
    back: list[_Back] = []
    for buyer, sale in sales:
        chances = [random.random() for _ in range(3)]
        if sale.member is None:
            if chances[0] < _REMEMBERED:
                found.append(Claimed(sale.occurred_at + timedelta(hours=random.randrange(3, 120)), sale, buyer))
            continue
        if chances[1] < _PAYS:
            found.append(Pays(sale.occurred_at, sale))
        if chances[2] < _COMES_BACK:
            back.extend(_coming_back(random, sale))
    back.extend(_yesterday(random, [sale for buyer, sale in sales if buyer == shown], today))
    found.extend(_numbered(back))
    return sorted(found, key=lambda one: one.at)


class _Back(NamedTuple):
    at: datetime
    sale: Purchase
    lines: tuple[ReturnedLine, ...]
    """None of them: all that is left."""
    why: str | None


def _coming_back(random: Random, sale: Purchase) -> Iterator[_Back]:
    """A purchase that comes back: at once, in part, or part by part."""
    whole = random.random() < _WHOLE or len(sale.lines) == 1
    yield (first := _back(random, sale, sale.occurred_at, () if whole else _some(random, sale.lines)))
    if not whole and random.random() < _REST_LATER:
        yield _back(random, sale, first.at, ())


def _back(random: Random, sale: Purchase, since: datetime, lines: tuple[ReturnedLine, ...]) -> _Back:
    days = random.randrange(15, 40) if random.random() < _LATE else random.randrange(1, 12)
    why = random.choice(_WHY) if random.random() < _SAYS_WHY else None
    return _Back(_open(random, sale, CALENDAR.moment(since).day + timedelta(days=days)), sale, lines, why)


def _some(random: Random, lines: Sequence[Line]) -> tuple[ReturnedLine, ...]:
    """One line or two, and of several pieces perhaps only one."""
    picked = random.sample(lines, min(len(lines) - 1, random.choice((1, 1, 2))))
    return tuple(ReturnedLine(line.line, _how_much(random, line)) for line in sorted(picked))


def _how_much(random: Random, line: Line) -> int:
    pieces, rest = divmod(line.quantity, QUANTITY_SCALE)
    return line.quantity if rest or random.random() < 0.5 else random.randint(1, pieces) * QUANTITY_SCALE


def _open(random: Random, sale: Purchase, day: date) -> datetime:
    """A time of a day at which the sale's shop is open."""
    hour = random.choices(range(24), _shop(sale).hours)[0]
    return CALENDAR.instant(day, hour * 60 + random.randrange(60))


def _yesterday(random: Random, sales: Sequence[Purchase], today: date) -> list[_Back]:
    """What the shown member brought back yesterday, so that her page always has a return to show."""
    several = [sale for sale in sales if len(sale.lines) > 1 and sale.member is not None]
    before = [sale for sale in several if CALENDAR.moment(sale.occurred_at).day < today - timedelta(days=1)]
    if not before:
        return []
    sale = before[-1]
    dearest = max(sale.lines, key=lambda line: line.net)
    lines = (ReturnedLine(dearest.line, dearest.quantity),)
    return [_Back(_open(random, sale, today - timedelta(days=1)), sale, lines, _WHY[0])]


def _numbered(back: Sequence[_Back]) -> list[ComesBack]:
    """Returns under numbers of their shops, a series for each day; what came back already stays away."""
    found, numbers = [], Counter[str]()
    left: dict[tuple[str, str], Left] = {}
    for at, sale, lines, why in sorted(back, key=lambda one: one.at):
        series = f"{_shop(sale).short}-M{CALENDAR.label('day', CALENDAR.moment(at).day).replace('-', '')[2:]}"
        asked = Return(f"{series}-{numbers[series] + 1:02}", sale.store, at, lines, all=not lines, reason=why)
        key = sale.store, sale.receipt
        with suppress(Invalid):
            left[key] = left_after(sale, left.get(key) or Left.of(sale), asked)
            numbers[series] += 1
            found.append(ComesBack(at, sale, asked))
    return found


def _shop(sale: Purchase) -> Shop:
    return next(shop for shop in SHOPS if shop.code == sale.store)


_SORRY: Final = "پوزش برای دیر رسیدن سفارش"
_SHELF: Final = "جبران اختلاف قیمت قفسه و صندوق"
_ASKED: Final = "سپاس برای پاسخ به نظرسنجی"


def _by_hand(random: Random, members: Sequence[Shopper], today: date) -> list[ByHand]:
    """What people do with each other's points, and the club by hand: the shown member has a share in most of it."""

    def ago(days: int, hour: int) -> datetime:
        return CALENDAR.instant(today - timedelta(days=days), hour * 60 + random.randrange(60))

    shown, twice = members[0].external_id, members[-1].external_id
    person, friend, *others = [one.external_id for one in constant(members)]
    some = random.sample(others, 6)
    return [
        PutRight(ago(200, 10), shown, "points", 150, _SORRY, timedelta(days=60)),
        PutRight(ago(37, 12), shown, "points", 40, _ASKED, None),
        PutRight(ago(36, 9), shown, "points", -40, "امتیاز نظرسنجی دو بار داده شده بود", None),
        PutRight(ago(150, 11), some[0], "cashback", 250_000, _SHELF, None),
        PutRight(ago(118, 16), some[1], "points", 100, _SORRY, timedelta(days=90)),
        PutRight(ago(75, 10), some[2], "points", 60, _ASKED, None),
        PutRight(ago(52, 13), some[3], "cashback", 180_000, _SHELF, None),
        PutRight(ago(9, 15), some[4], "points", 100, _SORRY, timedelta(days=90)),
        Gift(ago(64, 18), shown, friend, 250, "تولدت مبارک"),
        Gift(ago(17, 20), some[5], shown, 120, "برای شیرینی مهمانی"),
        Merged(ago(140, 10), twice, person, "کارت دوم همان عضو"),
    ]
