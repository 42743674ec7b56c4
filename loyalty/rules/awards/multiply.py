"""`multiply`: makes what the basket, or some lines of it, earned so many times as much."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import ClassVar, Self

from loyalty.rules.facts import Facts
from loyalty.rules.filters import LineFilter, read_filter
from loyalty.rules.kinds import Award, Earning
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node
from loyalty.rules.ruling import Given
from loyalty.rules.tables import Table, rate_or_table
from loyalty.rules.types import RATIO, WORD, Field, Many, NameOf, ratio
from loyalty.rules.voice import Voice, ezafe
from loyalty.values import Rounding, Text, rounded

Earned = list[tuple[Given, Earning]]
"""What an event earned by its lines, each with the award that gave it."""


@dataclass(frozen=True, slots=True)
class Multiply(Award):
    """`multiply: {by: "2", of: {lines: {category: dairy}}}`: (by - 1) times what its lines alone earned so far."""

    by: Fraction
    lines: LineFilter | None
    articles: frozenset[str]
    wallet: str
    rounds: Rounding
    table: Table | None = None
    follows: ClassVar[bool] = False
    parts: tuple[int, int] = field(init=False, repr=False, compare=False)
    """Numerator and denominator of by - 1: what it gives on top."""
    variants: tuple[Self | None, ...] = field(init=False, repr=False, compare=False)
    """Itself by each rate of its table; None where that multiplies nothing."""
    kind: ClassVar[str] = "multiply"
    of_basket: ClassVar[bool] = True
    label: ClassVar[Text] = Text("multiply", "چند برابر")
    fields: ClassVar[tuple[Field, ...]] = (
        Field("by", RATIO, Text("By", "ضریب")),
        Field("of", WORD, Text("Lines", "ردیف‌ها"), None),
        Field("articles", Many(NameOf("articles")), Text("Articles", "ماده‌ها"), ()),
        Field("wallet", NameOf("wallets"), Text("Wallet", "کیف"), None),
    )

    @classmethod
    def load(cls, node: Node) -> Self:
        """`by` above 1; `of: {lines}` for some lines; `articles` for what only those gave; `wallet`."""
        found = node.fields(["by"], ["of", "articles", "wallet"])
        by, table = rate_or_table(found["by"], _factor)
        lines = read_filter(found["of"].fields(["lines"])["lines"]) if "of" in found else None
        articles = found["articles"].every(lambda n: n.name("articles")) if "articles" in found else ()
        wallet = found["wallet"].name("wallets") if "wallet" in found else node.reading.first_wallet("points", node)
        return cls(by, lines, frozenset(articles), wallet, node.reading.roundings.get(wallet, "floor"), table)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", (self.by - 1).as_integer_ratio())
        rates = self.table.rates if self.table else ()
        object.__setattr__(self, "variants", tuple(replace(self, by=rate, table=None) for _, rate in rates))

    def amount(self, base: int) -> int:
        """(by - 1) × what was earned, rounded once, as the wallet rounds."""
        numerator, denominator = self.parts
        return rounded(base * numerator, denominator, self.rounds)

    def sees(self, article: str, wallet: str) -> bool:
        """Whether it multiplies what an article gives into a wallet."""
        return wallet == self.wallet and (not self.articles or article in self.articles)

    def of_earned(self, earned: Earned, facts: Facts, mask: int) -> int:
        """What the lines of a mask alone would have earned into its wallet, by the articles that it multiplies."""
        whole, total = mask == facts.whole, 0
        for given, award in earned:
            if self.sees(given.article, given.wallet):
                total += given.amount if whole else min(given.amount, award.reckon(facts, mask)[1])
        return total

    def phrase(self, voice: Voice) -> Phrase:
        """`the points on goods in category “dairy” are multiplied by 2`."""
        purse = voice.wallet(self.wallet)

        def times(rate: Fraction) -> str:
            return voice.pick(voice.ratio(rate), f"{voice.ratio(rate)} برابر")

        by = self.table.say(voice, times) if self.table else times(self.by)
        where = self.lines.say(voice) if self.lines else ""
        only = voice.listed([voice.article(no) for no in sorted(self.articles)])
        if voice.lang == "fa":
            if only:
                return (voice.then(f"{ezafe(purse)} {only} برای {where or 'این خرید'}، {by}"), "می‌شود")
            return (voice.then(f"{ezafe(purse)} {where or 'این خرید'} {by}"), "می‌شود")
        source = f" from {only}" if only else ""
        target = f" on {where}" if where else "" if only else " of this purchase"
        verb = "are" if purse.endswith("s") else "is"
        return (voice.then(f"the {purse}{source}{target}"), f"{verb} multiplied by", voice.then(by))

    def arithmetic(self, base: int, asked: int, voice: Voice) -> str:
        """How the amount came about."""
        total, extra = voice.worth(asked, self.wallet), voice.ratio(self.by - 1)
        note = voice.rounding(base * (self.by - 1), asked)
        earned = voice.worth(base, self.wallet)
        return voice.pick(
            f"{earned} × {extra} = {total} on top{note}", f"{earned} × {extra} = {total} افزون بر آن{note}"
        )


def _factor(node: Node) -> Fraction:
    by = ratio(node)
    if by <= 1:
        raise node.bad(Text("A multiplier above 1 is expected.", "ضریب باید بزرگ‌تر از ۱ باشد."))
    return by
