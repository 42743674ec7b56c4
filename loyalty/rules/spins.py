"""Spins: a turn of chance with stated odds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Final

from loyalty.calendars import Period
from loyalty.rules.gifts import GIFTS, said_gifts
from loyalty.rules.kinds import Award
from loyalty.rules.leagues import EACH
from loyalty.rules.phrase import Phrase
from loyalty.rules.prizes import prize_name
from loyalty.rules.reading import Node
from loyalty.rules.types import RATIO, TITLE, Field, Reads, read_fields
from loyalty.rules.voice import Voice
from loyalty.rules.windows import PERIOD_NAMES
from loyalty.rules.winning import NamedPrize
from loyalty.values import Text

MILLIONTHS: Final = 10**6
"""A chance that is no whole number of them is told as a fraction, not as a percentage."""


@dataclass(frozen=True, slots=True)
class Odd:
    """What comes with a chance; without `give` nothing is won."""

    chance: Fraction
    give: tuple[Award, ...] = ()
    fields: ClassVar[tuple[Field, ...]] = (
        Field("chance", RATIO, Text("Chance", "احتمال")),
        Field("give", GIFTS, Text("Give", "بده"), ()),
    )


@dataclass(frozen=True, slots=True)
class Spin:
    """A member may spin once `each` period; the chances make exactly one together."""

    title: Text
    odds: tuple[Odd, ...]
    each: Period = "day"
    fields: ClassVar[tuple[Field, ...]] = (
        Field("title", TITLE, Text("Title", "عنوان")),
        Field("odds", Reads("odds", lambda node: _odds(node)), Text("Odds", "احتمال‌ها")),
        Field("each", EACH, Text("Once each", "یک بار در هر"), "day"),
    )

    def turn(self, draw: bytes) -> int:
        """Which of its odds a draw of 32 bytes comes to, from 1: the draw is a fraction of one, the odds share it."""
        drawn, reached = Fraction(int.from_bytes(draw), 1 << (8 * len(draw))), Fraction(0)
        for n, odd in enumerate(self.odds, 1):
            reached += odd.chance
            if drawn < reached:
                return n
        raise ValueError("the odds make less than one")

    def named_prizes(self, code: str) -> Iterator[NamedPrize]:
        """What it may give by the names that rulings give it; what wins nothing, too."""
        for n, odd in enumerate(self.odds, 1):
            said = Text("Spin “{s}”", "گردونهٔ «{s}»").with_(s=self.title)
            yield NamedPrize(prize_name("spin", code, n), said, odd.give)

    def said_chance(self, n: int, voice: Voice) -> str:
        """The chance of one of its odds, from 1: a percentage, or a fraction where that would not be exact."""
        chance = self.odds[n - 1].chance
        return voice.percent(chance) if MILLIONTHS % chance.denominator == 0 else voice.ratio(chance)

    def said_gifts(self, n: int, voice: Voice) -> str:
        """What one of its odds gives."""
        return said_gifts(self.odds[n - 1].give, voice) or voice.pick("nothing", "هیچ")

    def phrase(self, voice: Voice) -> Phrase:
        """`One spin each day: 10% for 100 points and 90% for nothing.`"""
        each = voice.when(voice.text(PERIOD_NAMES[self.each]))
        said = []
        for n, _ in enumerate(self.odds, 1):
            chance, gifts = self.said_chance(n, voice), self.said_gifts(n, voice)
            said.append(voice.pick(f"{chance} for {gifts}", f"به احتمال {chance}، {gifts}"))
        odds = voice.then(voice.listed(said))
        if voice.lang == "fa":
            return ("در هر", each, "یک بار می‌توان گردونه را چرخاند:", odds, ".")
        return ("One spin each", each, ":", odds, ".")


def _odds(node: Node) -> tuple[Odd, ...]:
    odds: tuple[Odd, ...] = node.every(lambda its: Odd(**read_fields(its, Odd.fields)), least=2)
    for odd, child in zip(odds, node.items(), strict=True):
        if not odd.chance:
            raise child.bad(Text("A chance above zero is expected.", "احتمال باید بیش از صفر باشد."))
    total = sum(odd.chance for odd in odds)
    if total != 1:
        left = Text(f"{total}", f"{total}")
        raise node.bad(
            Text(
                "The chances make {n} together; they must make exactly 1 (100%), what wins nothing included.",
                "احتمال‌ها روی هم {n} است؛ باید درست ۱ (۱۰۰٪) شود، آنچه چیزی نمی‌برد هم به حساب می‌آید.",
            ).with_(n=left)
        )
    return odds


def read_spin(_: str, node: Node) -> Spin:
    """A spin."""
    return Spin(**read_fields(node, Spin.fields))
