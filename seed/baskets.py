"""What the demo club's members put in their baskets, and what the tills make of it."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from functools import cached_property
from itertools import accumulate
from random import Random
from typing import Final, NamedTuple

from loyalty.rules.facts import Line, MemberRef, Purchase, Tender
from loyalty.values import QUANTITY_SCALE
from seed.catalogue import BREAD, CATEGORIES, NOWRUZ, NUTS, PRODUCTS, YALDA, Product
from seed.happenings import Happening, forgetful, happenings
from seed.names import CASHIERS
from seed.shoppers import CALENDAR, SEED, SHOPS, Shop, Shopper, first_day, shoppers, visits

CURRENCY: Final = "IRR"
_COIN: Final = 1000
"""Tills round to a thousand rial."""
_RISE: Final = 22
"""Thousandths by which prices were lower for each month back."""
_MOST_LINES: Final = 18
_CASHIERS_EACH: Final = 3


class Year(NamedTuple):
    """The demo club's history."""

    shoppers: list[Shopper]
    purchases: list[Purchase]
    """In the order in which they happened."""
    happenings: list[Happening]
    """What happened besides, in order too."""


def year(now: datetime) -> Year:
    """The members and all they bought and did, from a year before the local day of `now` up to that instant."""
    random = Random(SEED)  # noqa: S311 - lifelike, not secret
    start = first_day(now)
    members = shoppers(random, start)
    tills = _Tills(random, CALENDAR.moment(now).day)
    tastes = [_Taste(random) for _ in members]
    trips = visits(random, members, start)
    rung_up = [
        tills.ring_up(members[visit.shopper], tastes[visit.shopper], SHOPS[visit.shop], visit.at) for visit in trips
    ]
    purchases = forgetful(random, rung_up)
    buyers = [members[visit.shopper].external_id for visit in trips]
    besides = happenings(random, members, list(zip(buyers, purchases, strict=True)), start)
    # All of the day is told before it is cut off at the instant: so a later hour only goes on.
    return Year(
        members, [one for one in purchases if one.occurred_at <= now], [one for one in besides if one.at <= now]
    )


class _Taste:
    """What one member likes: two categories more than the others, and at the feasts what belongs to them."""

    def __init__(self, random: Random) -> None:
        self.favourites = set(random.sample(CATEGORIES, 2))

    @cached_property
    def plain(self) -> list[int]:
        return self._weights(None)

    @cached_property
    def yalda(self) -> list[int]:
        return self._weights(YALDA)

    @cached_property
    def nowruz(self) -> list[int]:
        return self._weights(NOWRUZ)

    def on(self, day: date) -> list[int]:
        """Cumulative weights of the products."""
        _, month, dom = CALENDAR.parts(day)
        if (month == 9 and dom >= 22) or (month == 10 and dom == 1):
            return self.yalda
        return self.nowruz if month == 12 and dom >= 10 else self.plain

    def _weights(self, feast: str | None) -> list[int]:
        return list(
            accumulate(
                product.wanted * (2 if product.category in self.favourites else 1) * (5 if feast in product.tags else 1)
                for product in PRODUCTS
            )
        )


class _Tills:
    """The tills of all shops: they number receipts by shop and day, and price what is put on them."""

    def __init__(self, random: Random, today: date) -> None:
        self._random = random
        self._today = today
        self._rung_up = Counter[str]()

    def ring_up(self, shopper: Shopper, taste: _Taste, shop: Shop, at: datetime) -> Purchase:
        day = CALENDAR.moment(at).day
        lines = self._lines(shopper, taste, day)
        net = sum(line.net for line in lines)
        return Purchase(
            receipt=self._receipt(shop, day),
            store=shop.code,
            occurred_at=at,
            currency=CURRENCY,
            gross=sum(line.gross for line in lines),
            net=net,
            member=MemberRef("external_id", shopper.external_id),
            lines=lines,
            tenders=self._tenders(shop, net),
            channel=self._random.choices(("web", "app"), (2, 1))[0] if shop.is_web else "pos",
            cashier=None if shop.is_web else self._cashier(shop),
        )

    def _receipt(self, shop: Shop, day: date) -> str:
        series = f"{shop.short}-{CALENDAR.label('day', day).replace('-', '')[2:]}"
        self._rung_up[series] += 1
        return f"{series}-{self._rung_up[series]:03}"

    def _lines(self, shopper: Shopper, taste: _Taste, day: date) -> tuple[Line, ...]:
        wanted = min(_MOST_LINES, 1 + int(self._random.expovariate(1 / shopper.habit.lines)))
        picked = dict.fromkeys(self._random.choices(PRODUCTS, cum_weights=taste.on(day), k=wanted))
        return tuple(self._line(number, product, day) for number, product in enumerate(picked, start=1))

    def _line(self, number: int, product: Product, day: date) -> Line:
        quantity = self._quantity(product)
        gross = _to_coin(self._price(product, day) * quantity // QUANTITY_SCALE)
        off = self._random.choices((0, 5, 10, 15, 20), (86, 4, 5, 3, 2))[0]
        net = _to_coin(gross * (100 - off) // 100)
        return Line(str(number), product.sku, quantity, gross, net, product.category, product.brand, product.tags)

    def _quantity(self, product: Product) -> int:
        """In thousandths; scales show steps of five grams."""
        if product.sold == "kilo":
            least, most = (150, 700) if product.category == NUTS else (400, 2600)
            return self._random.randrange(least, most, 5)
        pieces = (1, 2, 3, 5) if product.category == BREAD else (1, 1, 1, 2)
        return self._random.choice(pieces) * QUANTITY_SCALE

    def _price(self, product: Product, day: date) -> int:
        """What it cost then: prices rose every month since."""
        months = (self._today - day).days // 30
        return _to_coin(product.price * (1000 - _RISE * months) // 1000)

    def _tenders(self, shop: Shop, net: int) -> tuple[Tender, ...]:
        if shop.is_web:
            return (Tender("online", net),)
        how = self._random.choices(("card", "cash", "both"), (84, 11, 5))[0]
        if how != "both":
            return (Tender(how, net),)
        cash = _to_coin(net // 3)
        return Tender("cash", cash), Tender("card", net - cash)

    def _cashier(self, shop: Shop) -> str:
        own = SHOPS.index(shop) * _CASHIERS_EACH
        return CASHIERS[own + self._random.randrange(_CASHIERS_EACH)]


def _to_coin(amount: int) -> int:
    return amount // _COIN * _COIN
