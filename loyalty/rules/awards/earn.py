"""`points` and `cashback`: what the basket earns into a wallet."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import ClassVar, Literal, Self

from loyalty.rules.awards.base import BASES, YEARS, Base, Reached, counted_unit, read_base
from loyalty.rules.awards.receiver import RECEIVER, receiver
from loyalty.rules.bounds import NO_END
from loyalty.rules.facts import Facts
from loyalty.rules.kinds import MEMBER, Earning, Steps
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node
from loyalty.rules.ruling import Given
from loyalty.rules.tables import Table, rate_or_table
from loyalty.rules.terms import EARNED, LATER, TERM, Term
from loyalty.rules.types import INTEGER, POSITIVE, RATIO, Choice, Field, NameOf, integer, percent, ratio
from loyalty.rules.voice import Voice
from loyalty.values import QUANTITY_SCALE, Rounding, Text, rounded

How = Literal["fixed", "per", "percent"]


@dataclass(frozen=True, slots=True)
class Earn(Earning):
    """`fixed`, or `give` for each full `per`, or a `percent`, of a base; the rate may be a table."""

    how: How
    rate: Fraction
    per: int
    of: Base
    at_most: int | None
    wallet: str
    rounds: Rounding
    matures: Term | None = None
    expires: Term | None = None
    table: Table | None = None
    to: str = MEMBER
    parts: tuple[int, int] = field(init=False, repr=False, compare=False)
    """The rate's numerator and denominator."""
    on_lines: bool = field(init=False, repr=False, compare=False)
    """A fixed amount, and what years and counters earn, belongs to no line."""
    constant: int | None = field(init=False, repr=False, compare=False)
    """What it gives where it is fixed."""
    steps: Steps | None = field(init=False, repr=False, compare=False)
    total: bool = field(init=False, repr=False, compare=False)
    """Whether it is a running total of a counter."""
    follows: bool = field(init=False, repr=False, compare=False)
    variants: tuple[Self | None, ...] = field(init=False, repr=False, compare=False)
    """Itself by each rate of its table; None where that gives nothing."""
    fields: ClassVar[tuple[Field, ...]] = (
        Field("fixed", POSITIVE, Text("Fixed amount", "مقدار ثابت"), None),
        Field("per", POSITIVE, Text("For each full", "به ازای هر … کامل"), None),
        Field("give", RATIO, Text("Give", "بده"), None),
        Field("percent", RATIO, Text("Percent", "درصد"), None),
        Field("of", Choice(BASES), Text("Of", "از"), "net"),
        Field("at_most", INTEGER, Text("At most", "حداکثر"), None),
        Field("wallet", NameOf("wallets"), Text("Wallet", "کیف"), None),
        Field("matures", TERM, Text("Can be spent", "قابل خرج"), None),
        Field("expires", TERM, Text("Expires", "انقضا"), None),
        Field("to", RECEIVER, Text("To", "به"), MEMBER),
    )
    unit: ClassVar[str] = "points"

    @property
    def base_unit(self) -> str:  # type: ignore[override]
        """What its base is counted in."""
        return self.of.unit

    @classmethod
    def load(cls, node: Node) -> Self:
        """Exactly one of `fixed`, `per` with `give`, `percent`; then the others."""
        found = node.fields(
            optional=("fixed", "per", "give", "percent", "of", "at_most", "wallet", "matures", "expires", "to")
        )
        how = _how(node, found)
        of = read_base(found["of"]) if "of" in found else Base()
        if how != "fixed" and "of" not in found:
            node.needs_basket()
        if of.given is not None and how == "fixed":
            raise found["of"].bad(Text("A fixed amount is of nothing.", "مقدار ثابت «of» ندارد."))
        if how == "percent" and of.measure == YEARS:
            raise found["of"].bad(Text("Years have no percentage.", "سال‌ها درصد ندارند."))
        if of.counter:
            _reckonable(of.counter, how, found)
        scale = QUANTITY_SCALE if of.unit == "quantity" else 1
        per = POSITIVE.read(found["per"]) * scale if how == "per" else 1
        rate, table = _rate(found, how, scale)
        if table is None and rate == 0:
            raise node.bad(Text("This gives nothing.", "این پاداش هیچ نمی‌دهد."))
        at_most = integer(found["at_most"], least=1) if "at_most" in found else None
        wallet = found["wallet"].name("wallets") if "wallet" in found else node.reading.first_wallet(cls.unit, node)
        matures, expires = (TERM.read(found[name]) if name in found else None for name in ("matures", "expires"))
        rounds = node.reading.roundings.get(wallet, "floor")
        to = RECEIVER.read(found["to"]) if "to" in found else MEMBER
        return cls(how, rate, per, of, at_most, wallet, rounds, matures, expires, table, to)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", self.rate.as_integer_ratio())
        object.__setattr__(self, "total", self.of.counter is not None)
        object.__setattr__(self, "follows", self.of.given is not None)
        object.__setattr__(self, "on_lines", self.how != "fixed" and self.of.on_lines)
        object.__setattr__(self, "constant", self.amount(0) if self.how == "fixed" and not self.table else None)
        object.__setattr__(self, "steps", self._steps())
        rates = self.table.rates if self.table else ()
        variants = tuple(replace(self, rate=rate, table=None) if rate else None for _, rate in rates)
        object.__setattr__(self, "variants", variants)

    def reckon(self, facts: Facts, mask: int) -> tuple[int, int]:
        """The base over the lines, and what it comes to; with a table it is a variant that reckons."""
        if self.how == "fixed":
            return 0, self.amount(0)
        of = self.of
        base = facts.basket(of.measure, mask) if of.plain else of.of(facts, mask)
        return base, self.amount(base)

    def amount(self, base: int) -> int:
        """What a base comes to: full steps first, then one rounding at the end."""
        numerator, denominator = self.parts
        times = 1 if self.how == "fixed" else base // self.per
        exact = times * numerator
        result = exact // denominator if self.rounds == "floor" else rounded(exact, denominator, self.rounds)
        return result if self.at_most is None or result < self.at_most else self.at_most

    def _steps(self) -> Steps | None:
        floored = self.rounds == "floor" or self.parts[1] == 1
        if self.how == "fixed" or not floored or not self.of.plain or self.of.measure not in ("net", "gross"):
            return None
        most = NO_END if self.at_most is None else self.at_most
        return self.of.measure == "net", self.per, *self.parts, most

    def of_given(self, awards: Iterable[Given]) -> tuple[int, int]:
        """(base, amount) of what others gave in the same ruling."""
        source = self.of.given
        assert source
        base = sum(its.amount for its in awards if its.article in source.articles and its.wallet == source.wallet)
        return base, self.amount(base)

    def reckoner(self) -> Callable[[Facts], tuple[int, int]]:
        """Only what is not floored needs more than division."""
        read, amount, per, (numerator, denominator) = self.of.reader(), self.amount, self.per, self.parts
        if self.how == "fixed" or self.at_most is not None or (denominator != 1 and self.rounds != "floor"):
            return lambda facts: (base := read(facts), amount(base))
        return lambda facts: (base := read(facts), base // per * numerator // denominator)

    def reached(self, value: int) -> int:
        """How much of what its counter reads it is reckoned on."""
        return max(0, value - self.of.counter.above) if self.of.counter else value

    def read(self, value: int, voice: Voice) -> str:
        """What its counter reads: `nights this year: 37`."""
        its = self.of.counter
        if its is None:
            return voice.number(value)
        return f"{replace(its, above=0).say(voice)}: {voice.measured(value, counted_unit(its.unit))}"

    def phrase(self, voice: Voice) -> Phrase:
        """`the member gets 1 point for each full 10,000 toman of the net amount`."""
        running = voice.pick(", as a running total", "، به‌صورت جمع جاری") if self.total else ""
        slot = self._said(voice) + self._cap(voice) + running + self._lot(voice)
        if voice.lang == "fa":
            return (voice.then(slot), f"{receiver(self.to, voice)}داده می‌شود")
        return (f"{receiver(self.to, voice)} gets", voice.then(slot))

    def _rates(self, voice: Voice, say: Callable[[Fraction], str]) -> str:
        return self.table.say(voice, say) if self.table else say(self.rate)

    def _said(self, voice: Voice) -> str:
        if self.how == "fixed":
            return self._rates(voice, lambda rate: voice.worth(int(rate), self.wallet))
        if self.how == "percent":
            what = self.of.say(voice)
            purse, scale = voice.wallet(self.wallet), QUANTITY_SCALE if self.base_unit == "quantity" else 1
            rate = self._rates(voice, lambda rate: voice.percent(rate * scale))
            of = what if self.base_unit == "count" else f"the {what}"
            return voice.pick(f"{rate} of {of} as {purse}", f"{rate} {what} به‌صورت {purse}")
        gives = self._rates(voice, lambda rate: voice.worth_ratio(rate, self.wallet))
        return self.of.each(self.per, gives, voice)

    def _cap(self, voice: Voice) -> str:
        if self.at_most is None:
            return ""
        cap = voice.worth(self.at_most, self.wallet)
        return voice.pick(f", at most {cap}", f"، حداکثر {cap}")

    def _lot(self, voice: Voice) -> str:
        """When it matures and expires, where it has terms of its own."""
        expires = self.expires.say(voice, EARNED if self.matures else LATER) if self.expires else ""
        matures = self.matures.say(voice) if self.matures else ""
        if matures and expires:
            return voice.pick(
                f" (spendable {matures}, expiring {expires})", f" ({matures} قابل خرج و {expires} منقضی می‌شود)"
            )
        if matures:
            return voice.pick(f" (spendable {matures})", f" ({matures} قابل خرج می‌شود)")
        return voice.pick(f" (expiring {expires})", f" ({expires} منقضی می‌شود)") if expires else ""

    def arithmetic(self, base: int, asked: int, voice: Voice) -> str:
        """How the amount came about."""
        total = voice.worth(asked, self.wallet)
        if self.how == "fixed":
            return voice.pick(f"a fixed {total}", f"{total} ثابت")
        if self.of.counter:
            return self._so_far(self.of.counter, base, asked, voice)
        exact = base // self.per * self.rate
        if self.at_most is not None and asked == self.at_most < exact:
            total += voice.pick(", the most this gives", "، که بیشینهٔ این پاداش است")
        else:
            total += voice.rounding(exact, asked)
        unit = self.base_unit
        if self.how == "percent":
            rate = voice.percent(self.rate * (QUANTITY_SCALE if self.base_unit == "quantity" else 1))
            return f"{rate} × {voice.measured(base, unit)} = {total}"
        times, step = voice.number(base // self.per), voice.measured(self.per, unit)
        gives = voice.ratio(self.rate)
        return voice.pick(
            f"{voice.measured(base, unit)} holds {times} × {step}; {times} × {gives} = {total}",
            f"در {voice.measured(base, unit)}، {times} بار {step} هست؛ {times} × {gives} = {total}",
        )

    def _so_far(self, reached: Reached, base: int, asked: int, voice: Voice) -> str:
        """What the counter is worth by now, less what was given before."""
        worth, unit = self.amount(base), self.base_unit
        reads, total = voice.measured(base, counted_unit(unit)), voice.worth(worth, self.wallet)
        what = self.of.say(voice)
        if self.how == "percent":
            rate = voice.percent(self.rate * (QUANTITY_SCALE if unit == "quantity" else 1))
            said = voice.pick(
                f"{what}: {reads}; {rate} × {reads} = {total}", f"{what}: {reads}؛ {rate} × {reads} = {total}"
            )
        else:
            times, gives, step = voice.number(base // self.per), voice.ratio(self.rate), reached.step(self.per, voice)
            said = voice.pick(
                f"{what}: {reads}, which holds {times} × {step}; {times} × {gives} = {total}",
                f"{what}: {reads}، که {times} بار {step} دارد؛ {times} × {gives} = {total}",
            )
        before = worth - asked
        if not before:
            return said
        gave, rest = voice.worth(before, self.wallet), voice.worth(asked, self.wallet)
        return voice.pick(
            f"{said}, less {gave} given before: {rest}", f"{said}، منهای {gave} که پیش‌تر داده شده: {rest}"
        )


@dataclass(frozen=True, slots=True)
class Points(Earn):
    """Points: `points: {per: 100000, give: 1, of: net}`."""

    kind: ClassVar[str] = "points"
    label: ClassVar[Text] = Text("points", "امتیاز")
    unit: ClassVar[str] = "points"


@dataclass(frozen=True, slots=True)
class Cashback(Earn):
    """Money back into a wallet: `cashback: {percent: "1.5", of: net}`."""

    kind: ClassVar[str] = "cashback"
    label: ClassVar[Text] = Text("cashback", "بازگشت وجه")
    unit: ClassVar[str] = "money"


def _how(node: Node, found: dict[str, Node]) -> How:
    ways = {"fixed", "per", "percent"} & found.keys()
    if len(ways) != 1 or ("per" in found) != ("give" in found):
        raise node.bad(
            Text(
                "Exactly one of “fixed”, “per” with “give”, or “percent”.",
                "دقیقاً یکی از «fixed»، «per» همراه «give» و «percent» لازم است.",
            )
        )
    if "fixed" in found and "of" in found:
        raise found["of"].bad(Text("A fixed amount is of nothing.", "مقدار ثابت «of» ندارد."))
    how: How = ways.pop()  # type: ignore[assignment]
    return how


def _reckonable(reached: Reached, how: How, found: dict[str, Node]) -> None:
    """A running total has one rate, and a percentage only of money.

    Raises:
        Bad: it has not.
    """
    rate = found["percent" if how == "percent" else "give"]
    if isinstance(rate.value, dict):
        raise rate.bad(Text("A running total has one rate for all.", "جمع جاری یک نرخ برای همه دارد."))
    if how == "percent" and reached.unit != "money":
        raise rate.bad(Text("Only amounts of money have a percentage.", "تنها مبلغ پول درصد دارد."))


def _rate(found: dict[str, Node], how: How, scale: int) -> tuple[Fraction, Table | None]:
    match how:
        case "fixed":
            if not isinstance(found["fixed"].value, dict):
                return Fraction(POSITIVE.read(found["fixed"])), None
            return rate_or_table(found["fixed"], lambda node: Fraction(integer(node)))
        case "per":
            return rate_or_table(found["give"], ratio)
        case "percent":
            return rate_or_table(found["percent"], lambda node: percent(node) / scale)
