"""`points` and `cashback`: what the basket earns into a wallet."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import ClassVar, Literal, Self

from loyalty.rules.facts import Facts
from loyalty.rules.filters import LineFilter, read_filter
from loyalty.rules.kinds import Earning
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node
from loyalty.rules.terms import EARNED, LATER, TERM, Term
from loyalty.rules.types import INTEGER, POSITIVE, RATIO, Choice, Field, NameOf, integer, ratio
from loyalty.rules.voice import Voice
from loyalty.values import QUANTITY_SCALE, Rounding, Text, rounded

How = Literal["fixed", "per", "percent"]
BASES = {
    "net": Text("net amount", "مبلغ خالص"),
    "gross": Text("amount before discount", "مبلغ پیش از تخفیف"),
    "quantity": Text("quantity", "تعداد"),
}


@dataclass(frozen=True, slots=True)
class Earn(Earning):
    """`fixed`, or `give` for each full `per`, or a `percent`, of a measure of the basket or of some lines."""

    how: How
    rate: Fraction
    per: int
    of: str
    lines: LineFilter | None
    at_most: int | None
    wallet: str
    rounds: Rounding
    matures: Term | None = None
    expires: Term | None = None
    parts: tuple[int, int] = field(init=False, repr=False, compare=False)
    """The rate's numerator and denominator."""
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
    )
    unit: ClassVar[str] = "points"

    @property
    def on_lines(self) -> bool:  # type: ignore[override]
        """A fixed amount belongs to no line."""
        return self.how != "fixed"

    @property
    def base_unit(self) -> str:  # type: ignore[override]
        """Quantities or money."""
        return "quantity" if self.of == "quantity" else "money"

    @classmethod
    def load(cls, node: Node) -> Self:
        """Exactly one of `fixed`, `per` with `give`, `percent`; then the others."""
        found = node.fields(
            optional=("fixed", "per", "give", "percent", "of", "at_most", "wallet", "matures", "expires")
        )
        ways = {"fixed", "per", "percent"} & found.keys()
        if len(ways) != 1 or ("per" in found) != ("give" in found):
            raise node.bad(
                Text(
                    "Exactly one of “fixed”, “per” with “give”, or “percent”.",
                    "دقیقاً یکی از «fixed»، «per» همراه «give» و «percent» لازم است.",
                )
            )
        of, lines = _read_of(found["of"]) if "of" in found else ("net", None)
        scale = QUANTITY_SCALE if of == "quantity" else 1
        how: How = ways.pop()  # type: ignore[assignment]
        per, rate = 1, Fraction(0)
        if how == "fixed":
            if "of" in found:
                raise found["of"].bad(Text("A fixed amount is of nothing.", "مقدار ثابت «of» ندارد."))
            rate = Fraction(POSITIVE.read(found["fixed"]))
        elif how == "per":
            per, rate = POSITIVE.read(found["per"]) * scale, ratio(found["give"])
        else:
            rate = _percent(found["percent"]) / scale
        if rate == 0:
            raise node.bad(Text("This gives nothing.", "این پاداش هیچ نمی‌دهد."))
        at_most = integer(found["at_most"], least=1) if "at_most" in found else None
        wallet = found["wallet"].name("wallets") if "wallet" in found else node.reading.first_wallet(cls.unit, node)
        matures, expires = (TERM.read(found[name]) if name in found else None for name in ("matures", "expires"))
        rounds = node.reading.roundings.get(wallet, "floor")
        return cls(how, rate, per, of, lines, at_most, wallet, rounds, matures, expires)

    def __post_init__(self) -> None:
        object.__setattr__(self, "parts", self.rate.as_integer_ratio())

    def reckon(self, facts: Facts, mask: int) -> tuple[int, int]:
        """The base over the lines, and what it comes to."""
        if self.how == "fixed":
            return 0, self.amount(0)
        if self.lines is not None:
            mask &= self.lines.mask(facts)
            if not mask:
                return 0, 0
        base = facts.basket(self.of, mask)
        return base, self.amount(base)

    def amount(self, base: int) -> int:
        """What a base comes to: full steps first, then one rounding at the end."""
        numerator, denominator = self.parts
        times = 1 if self.how == "fixed" else base // self.per
        result = rounded(times * numerator, denominator, self.rounds)
        return result if self.at_most is None or result < self.at_most else self.at_most

    def phrase(self, voice: Voice) -> Phrase:
        """`the member gets 1 point for each full 10,000 toman of the net amount`."""
        slot = self._said(voice) + self._cap(voice) + self._lot(voice)
        if voice.lang == "fa":
            return (voice.then(slot), "داده می‌شود")
        return ("the member gets", voice.then(slot))

    def _said(self, voice: Voice) -> str:
        if self.how == "fixed":
            return voice.worth(int(self.rate), self.wallet)
        if self.how == "percent":
            purse = voice.wallet(self.wallet)
            rate = voice.percent(self.rate * (QUANTITY_SCALE if self.of == "quantity" else 1))
            what = self._what(voice)
            return voice.pick(f"{rate} of the {what} as {purse}", f"{rate} {what} به‌صورت {purse}")
        gives = voice.worth_ratio(self.rate, self.wallet)
        if self.of == "quantity":
            step = voice.measured(self.per, "quantity")
            goods = self.lines.say(voice) if self.lines else voice.pick("goods", "کالاها")
            return voice.pick(f"{gives} for each full {step} of {goods}", f"به‌ازای هر {step} از {goods}، {gives}")
        step, what = voice.money(self.per), self._what(voice)
        return voice.pick(f"{gives} for each full {step} of the {what}", f"به‌ازای هر {step} کامل از {what}، {gives}")

    def _what(self, voice: Voice) -> str:
        base = voice.text(BASES[self.of])
        if self.lines is None:
            return base + voice.pick("", " کالاها" if self.of == "quantity" else " خرید")
        return f"{base} {voice.pick('of ', '')}{self.lines.say(voice)}"

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
        exact = base // self.per * self.rate
        if self.at_most is not None and asked == self.at_most < exact:
            total += voice.pick(", the most this gives", "، که بیشینهٔ این پاداش است")
        else:
            total += voice.rounding(exact, asked)
        unit = self.base_unit
        if self.how == "percent":
            rate = voice.percent(self.rate * (QUANTITY_SCALE if self.of == "quantity" else 1))
            return f"{rate} × {voice.measured(base, unit)} = {total}"
        times, step = voice.number(base // self.per), voice.measured(self.per, unit)
        gives = voice.ratio(self.rate)
        return voice.pick(
            f"{voice.measured(base, unit)} holds {times} × {step}; {times} × {gives} = {total}",
            f"در {voice.measured(base, unit)}، {times} بار {step} هست؛ {times} × {gives} = {total}",
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


def _read_of(node: Node) -> tuple[str, LineFilter | None]:
    if isinstance(node.value, dict):
        found = node.fields(["lines"], ["measure"])
        measure = found["measure"].choice(tuple(BASES)) if "measure" in found else "net"
        return measure, read_filter(found["lines"])
    return node.choice(tuple(BASES)), None


def _percent(node: Node) -> Fraction:
    """`"0.75"` and `"0.75%"` both mean three quarters of one percent here."""
    value = ratio(node)
    written = str(node.value).strip()
    return value if written.endswith(("%", "٪")) else value / 100
