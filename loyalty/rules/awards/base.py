"""What an amount is reckoned of: a measure of the basket, of some lines or tenders, or the years of membership."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from loyalty.rules.facts import Facts
from loyalty.rules.filters import LineFilter, read_filter
from loyalty.rules.reading import Node
from loyalty.rules.types import WORD, Many
from loyalty.rules.voice import Voice
from loyalty.values import Text

MEASURES: Final = {
    "net": Text("net amount", "مبلغ خالص"),
    "gross": Text("amount before discount", "مبلغ پیش از تخفیف"),
    "paid": Text("amount paid", "مبلغ پرداختی"),
    "quantity": Text("quantity", "تعداد"),
}
YEARS: Final = "years"
BASES: Final = {**MEASURES, YEARS: Text("years of membership", "سال‌های عضویت")}


@dataclass(frozen=True, slots=True)
class Base:
    """A measure (`net` … `years`, or `tenders`), of some lines or of some types of tender."""

    measure: str = "net"
    lines: LineFilter | None = None
    types: tuple[str, ...] = ()
    plain: bool = field(init=False, repr=False, compare=False)
    """Whether the basket alone tells it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "plain", self.measure in MEASURES and self.lines is None)

    @property
    def unit(self) -> str:
        """What it is counted in."""
        return self.measure if self.measure in ("quantity", YEARS) else "money"

    def of(self, facts: Facts, mask: int) -> int:
        """How much there is of it on the lines of a mask."""
        if self.lines is not None:
            mask &= self.lines.mask(facts)
            if not mask:
                return 0
        if self.measure == YEARS:
            years: int = facts.values.get(YEARS, 0)
            return years
        if self.types:
            return facts.share(facts.event.tendered(set(self.types)), mask)
        return facts.basket(self.measure, mask)

    def say(self, voice: Voice) -> str:
        """It in words: `net amount of goods in category “dairy”`."""
        if self.types:
            types = voice.any_of(self.types)
            return voice.pick(f"amount paid with {types}", f"مبلغ پرداختی با {types}")
        said = voice.text(BASES[self.measure])
        if self.measure == "paid":
            goods = self.lines.say(voice) if self.lines else voice.pick("", "خرید")
            of = f" for {goods}" if goods else ""
            return voice.pick(
                f"amount paid{of} without wallets and gift cards", f"مبلغ پرداختی {goods} بدون کیف و کارت هدیه"
            )
        if self.lines is not None:
            return f"{said} {voice.pick('of ', '')}{self.lines.say(voice)}"
        return said + voice.pick("", " کالاها" if self.measure == "quantity" else " خرید")

    def each(self, per: int, gives: str, voice: Voice) -> str:
        """What is given for each full step of it: `1 point for each full 10,000 toman of the net amount`."""
        step = voice.measured(per, self.unit)
        if self.unit == "quantity":
            goods = self.lines.say(voice) if self.lines else voice.pick("goods", "کالاها")
            return voice.pick(f"{gives} for each full {step} of {goods}", f"به‌ازای هر {step} از {goods}، {gives}")
        if self.unit == YEARS:
            return voice.pick(f"{gives} for each full {step} of membership", f"به‌ازای هر {step} عضویت، {gives}")
        what = self.say(voice)
        return voice.pick(f"{gives} for each full {step} of the {what}", f"به‌ازای هر {step} کامل از {what}، {gives}")


def read_base(node: Node) -> Base:
    """A measure, `{lines: filter, measure?}` or `{paid_with: types}`."""
    if not isinstance(node.value, dict):
        measure = node.choice(tuple(BASES))
        if measure == YEARS:
            node.reading.member_reads.add(YEARS)
        return Base(measure)
    if "paid_with" in node.value:
        return Base("tenders", None, Many(WORD).read(node.fields(["paid_with"])["paid_with"]))
    found = node.fields(["lines"], ["measure"])
    measure = found["measure"].choice(tuple(MEASURES)) if "measure" in found else "net"
    return Base(measure, read_filter(found["lines"]))
