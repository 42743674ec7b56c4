"""`pays` of a wallet: what it is worth at the till, and how much of it one payment takes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from loyalty.rules.reading import Node
from loyalty.rules.types import MONEY, POSITIVE, Field, read_fields
from loyalty.rules.voice import Voice
from loyalty.values import Text


@dataclass(frozen=True, slots=True)
class Pays:
    """So many points pay so much money; a wallet in money pays as it is. `at_least` and `at_most`, included, are in the
    wallet's own unit, for one payment."""

    points: int | None = None
    money: int | None = None
    at_least: int | None = None
    at_most: int | None = None
    fields: ClassVar[tuple[Field, ...]] = (
        Field("points", POSITIVE, Text("Points", "امتیاز"), None),
        Field("money", MONEY, Text("Money", "پول"), None),
        Field("at_least", POSITIVE, Text("At least", "دست‌کم"), None),
        Field("at_most", POSITIVE, Text("At most", "حداکثر"), None),
    )

    def takes(self, money: int) -> int:
        """How much of the wallet pays an amount of money: of points no fewer than it is worth."""
        if self.points is None or self.money is None:
            return money
        return -(-money * self.points // self.money)

    def worth(self, amount: int) -> int:
        """How much money an amount of the wallet pays at most: the inverse of `takes`, floored."""
        return amount if self.points is None or self.money is None else amount * self.money // self.points

    def allows(self, amount: int) -> bool:
        """Whether one payment may take so much of the wallet."""
        return (self.at_least or 0) <= amount <= (self.at_most or amount)

    def bounds(self, wallet: str, voice: Voice) -> str:
        """`at least 500 points and at most 5,000 points`; empty where there are none."""
        points = voice.bylaws.wallets[wallet].unit == "points"
        least, most = (
            "" if its is None else voice.worth(its, wallet) if points else voice.money(its)
            for its in (self.at_least, self.at_most)
        )
        bounds = [voice.pick(f"at least {least}", f"دست‌کم {least}")] if least else []
        bounds += [voice.pick(f"at most {most}", f"حداکثر {most}")] if most else []
        return voice.listed(bounds) if bounds else ""

    def say(self, wallet: str, voice: Voice) -> str:
        """`At the till, 100 points pay 10,000 toman. One payment takes at least 500 points of it.`"""
        said = self.bounds(wallet, voice)
        takes = voice.pick(f"One payment takes {said} of it.", f"با هر پرداخت {said} از آن کم می‌شود.") if said else ""
        if self.points is None or self.money is None:
            return takes
        worth, money, verb = (
            voice.worth(self.points, wallet),
            voice.money(self.money),
            "pays" if self.points == 1 else "pay",
        )
        rate = voice.pick(
            f"At the till, {worth} {verb} {money}.", f"هنگام خرید، هر {worth} به جای {money} پذیرفته می‌شود."
        )
        return f"{rate} {takes}".strip()


def read_pays(node: Node, unit: str) -> Pays:
    """What a wallet of a unit pays."""
    pays = Pays(**read_fields(node, Pays.fields))
    if unit == "points" and not (pays.points and pays.money):
        raise node.bad(
            Text(
                "How much money how many points pay: “points” with “money”.",
                "چند امتیاز به جای چه مبلغی است: «points» همراه «money».",
            )
        )
    if unit == "money" and (pays.points or pays.money):
        raise node.bad(Text("A wallet in money pays as it is.", "کیف پول به همان مبلغ خود پرداخت می‌کند."))
    if unit == "money" and not (pays.at_least or pays.at_most):
        raise node.bad(Text("“at_least” or “at_most” is expected.", "«at_least» یا «at_most» لازم است."))
    if pays.at_least and pays.at_most and pays.at_least > pays.at_most:
        raise node.bad(Text("The least is more than the most.", "«at_least» بیش از «at_most» است."))
    return pays
