"""What an amount is reckoned of: a measure of the basket, of some lines or tenders, a field, or years of membership."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from loyalty.rules.events import EventField, named_field
from loyalty.rules.facts import PLACES, Facts
from loyalty.rules.filters import LineFilter, read_filter
from loyalty.rules.known import FIELD
from loyalty.rules.reading import Node
from loyalty.rules.tables import whole
from loyalty.rules.types import WORD, Many, integer, read_label, said_label
from loyalty.rules.voice import Voice
from loyalty.rules.windows import EVER, Window, read_window
from loyalty.values import QUANTITY_SCALE, Text

MEASURES: Final = {
    "net": Text("net amount", "مبلغ خالص"),
    "gross": Text("amount before discount", "مبلغ پیش از تخفیف"),
    "paid": Text("amount paid", "مبلغ پرداختی"),
    "quantity": Text("quantity", "تعداد"),
}
YEARS: Final = "years"
BASES: Final = {**MEASURES, YEARS: Text("years of membership", "سال‌های عضویت")}


@dataclass(frozen=True, slots=True)
class Reached:
    """What a counter reads over a window, beyond a figure: `{counter: nights, over: {this: year}, above: 30}`."""

    name: str
    over: Window
    above: int
    unit: str
    label: str | None = None

    def say(self, voice: Voice) -> str:
        """It in words: `nights of stay this year after the first 30`."""
        said = f"{voice.counter(self.name)}{said_label(self.label, voice)} {self.over.say(voice)}"
        if not self.above:
            return said
        first = voice.measured(self.above, counted_unit(self.unit))
        return voice.pick(f"{said} after the first {first}", f"{said} پس از {first} نخست")

    def step(self, per: int, voice: Voice) -> str:
        """A step of it, beside its name."""
        return voice.measured(per, counted_unit(self.unit))

    def each(self, per: int, gives: str, voice: Voice) -> str:
        """What is given for each full step of it."""
        what, step = self.say(voice), self.step(per, voice)
        if self.unit == "money":
            return voice.pick(f"{gives} for each full {step} of {what}", f"به‌ازای هر {step} کامل از {what}، {gives}")
        if step == voice.number(1):
            return voice.pick(f"{gives} for each one of {what}", f"به‌ازای هر یک از {what}، {gives}")
        return voice.pick(f"{gives} for each full {step} of {what}", f"به‌ازای هر {step} تا از {what}، {gives}")


@dataclass(frozen=True, slots=True)
class Given:
    """What articles before gave into a wallet, in the same ruling: `{points: ["1", "2"]}`."""

    articles: frozenset[str]
    wallet: str

    def say(self, voice: Voice) -> str:
        """It in words: `points from article 1`."""
        named = voice.listed([voice.article(no) for no in sorted(self.articles)])
        return voice.pick(f"{voice.wallet(self.wallet)} from {named}", f"{voice.wallet(self.wallet)} {named}")


@dataclass(frozen=True, slots=True)
class Base:
    """A measure (`net` … `years`, `tenders`, `counter`, `field:NAME`), of some lines, types of tender or a counter."""

    measure: str = "net"
    lines: LineFilter | None = None
    types: tuple[str, ...] = ()
    name: Text = Text("", "")  # noqa: RUF009 - immutable
    """What a field is called."""
    counter: Reached | None = None
    given: Given | None = None
    """What other articles of the same ruling gave."""
    plain: bool = field(init=False, repr=False, compare=False)
    """Whether the basket alone tells it."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "plain", self.measure in MEASURES and self.lines is None)

    @property
    def unit(self) -> str:
        """What it is counted in."""
        if self.measure.startswith(FIELD) or self.given:
            return "count"
        if self.counter:
            return self.counter.unit
        return self.measure if self.measure in ("quantity", YEARS) else "money"

    @property
    def on_lines(self) -> bool:
        """Whether it belongs to lines, so that multipliers multiply what it earns."""
        return self.measure not in (YEARS, "counter", "points") and not self.measure.startswith(FIELD)

    def of(self, facts: Facts, mask: int) -> int:
        """How much there is of it on the lines of a mask; of a counter nothing: that is reckoned after counting, and of
        what others gave nothing either: that is reckoned from the ruling."""
        if self.counter or self.given:
            return 0
        if self.lines is not None:
            mask &= self.lines.mask(facts)
            if not mask:
                return 0
        if self.measure == YEARS:
            years: int = facts.values.get(YEARS, 0)
            return years
        if self.measure.startswith(FIELD):
            return max(0, whole(facts.values.get(self.measure)) or 0)
        if self.types:
            return facts.share(facts.event.tendered(set(self.types)), mask)
        return facts.basket(self.measure, mask)

    def reader(self) -> Callable[[Facts], int]:
        """`of` for the whole basket."""
        if self.plain and self.measure == "net":
            return lambda facts: facts.event.net
        if self.plain and self.measure == "gross":
            return lambda facts: facts.event.gross
        if self.lines is not None and self.measure in PLACES:
            return self.lines.total(PLACES[self.measure])
        return lambda facts: self.of(facts, facts.whole)

    def say(self, voice: Voice) -> str:
        """It in words: `net amount of goods in category “dairy”`."""
        if self.counter:
            return self.counter.say(voice)
        if self.given:
            return self.given.say(voice)
        if self.types:
            types = voice.any_of(self.types)
            return voice.pick(f"amount paid with {types}", f"مبلغ پرداختی با {types}")
        if self.measure.startswith(FIELD):
            return voice.text(self.name)
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
        if self.counter:
            return self.counter.each(per, gives, voice)
        step = voice.measured(per, self.unit)
        if self.unit == "quantity":
            goods = self.lines.say(voice) if self.lines else voice.pick("goods", "کالاها")
            return voice.pick(f"{gives} for each full {step} of {goods}", f"به‌ازای هر {step} از {goods}، {gives}")
        if self.unit == YEARS:
            return voice.pick(f"{gives} for each full {step} of membership", f"به‌ازای هر {step} عضویت، {gives}")
        what = self.say(voice)
        if self.unit == "count":
            of = voice.pick(f"for each full {step} of {what}", f"به‌ازای هر {step} تای کامل از {what}")
            if per == 1:
                of = voice.pick(f"for each one of {what}", f"به‌ازای هر یک از {what}")
            return voice.pick(f"{gives} {of}", f"{of}، {gives}")
        return voice.pick(f"{gives} for each full {step} of the {what}", f"به‌ازای هر {step} کامل از {what}، {gives}")


def read_base(node: Node) -> Base:
    """A measure, `{lines: filter, measure?}`, `{paid_with: types}`, `{field: name}` or `{counter: NAME, …}`."""
    if not isinstance(node.value, dict):
        measure = node.choice(tuple(BASES))
        if measure == YEARS:
            node.reading.member_reads.add(YEARS)
        else:
            node.needs_basket()
        return Base(measure)
    if "field" in node.value:
        return _read_field(node.fields(["field"])["field"])
    if "counter" in node.value:
        return Base("counter", counter=_read_reached(node))
    if "points" in node.value:
        return Base("points", given=_read_given(node))
    node.needs_basket()
    if "paid_with" in node.value:
        return Base("tenders", None, Many(WORD).read(node.fields(["paid_with"])["paid_with"]))
    found = node.fields(["lines"], ["measure"])
    measure = found["measure"].choice(tuple(MEASURES)) if "measure" in found else "net"
    return Base(measure, read_filter(found["lines"]))


def _read_given(node: Node) -> Given:
    """`{points: ARTICLES, wallet?}`: articles that stand before this one."""
    found = node.fields(["points"], ["wallet"])
    before = sorted(node.reading.names.get("article numbers", ()))
    articles = found["points"].every(lambda its: _earlier(its, before), least=1)
    wallet = found["wallet"].name("wallets") if "wallet" in found else node.reading.first_wallet("points", node)
    return Given(frozenset(articles), wallet)


def _earlier(node: Node, before: list[str]) -> str:
    no = str(node.value)
    if no not in before:
        raise node.bad(
            Text("The number of an article that stands before this one.", "شمارهٔ ماده‌ای که پیش از این آمده است.")
        )
    return no


def _read_field(node: Node) -> Base:
    """A declared field that holds a number, or an attribute of a purchase; what is none counts as nothing."""
    its = named_field(node)
    if isinstance(its, str):
        its = EventField(its, "integer")
    if its.type != "integer":
        raise node.bad(Text("A field of integers is expected.", "اینجا فیلدی از عددهای صحیح لازم است."))
    measure = FIELD + its.name
    node.reading.event_reads.add(measure)
    return Base(measure, name=its.said)


def _read_reached(node: Node) -> Reached:
    found = node.fields(["counter"], ["over", "above", "label"])
    name = found["counter"].name("counters")
    over = read_window(found["over"]) if "over" in found else EVER
    if over.kind not in ("ever", "this", "previous", "since", "membership_year"):
        raise found["over"].bad(
            Text(
                "A running total needs a window that no day leaves before its end: ever, {this: year},"
                " {previous: year}, {since: date} or membership_year.",
                "جمع جاری بازه‌ای می‌خواهد که روزهای گذشته از آن بیرون نروند: ever، {this: year}، {previous: year}،"
                " {since: تاریخ} یا membership_year.",
            )
        )
    unit = node.reading.counter_units[name]
    above = integer(found["above"]) * (QUANTITY_SCALE if unit == "quantity" else 1) if "above" in found else 0
    return Reached(name, over, above, unit, read_label(found, name))


def counted_unit(unit: str) -> str:
    """In what a counter's figure is said beside the counter's name."""
    return "plain" if unit == "quantity" else "money" if unit == "money" else "count"
