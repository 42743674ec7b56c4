"""`basket` and `bought`: what is in the basket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from loyalty.rules.bounds import AMOUNT, QUANTITY, WORDS, Bounds, bounds_of
from loyalty.rules.facts import PLACES, Facts, Test
from loyalty.rules.filters import FILTER, LineFilter
from loyalty.rules.kinds import Condition
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node
from loyalty.rules.types import Choice, Field
from loyalty.rules.voice import Voice
from loyalty.values import Text

BASKET_MEASURES = {
    "net": Text("net total", "جمع خالص خرید"),
    "gross": Text("total before discount", "جمع خرید پیش از تخفیف"),
    "paid": Text("total paid without wallets and gift cards", "جمع پرداختی بدون کیف و کارت هدیه"),
}


@dataclass(frozen=True, slots=True)
class Basket(Condition):
    """The basket's total within bounds: `basket: {of: net, at_least: 500000}`."""

    of: str
    bounds: Bounds
    kind: ClassVar[str] = "basket"
    of_basket: ClassVar[bool] = True
    of_event: ClassVar[bool] = True
    label: ClassVar[Text] = Text("total of the basket", "جمع خرید")
    fields: ClassVar[tuple[Field, ...]] = (
        Field("of", Choice(BASKET_MEASURES), Text("Total", "جمع"), "net"),
        *(Field(word, AMOUNT, Text(word, word), None) for word in WORDS),
    )

    @classmethod
    def load(cls, node: Node) -> Self:
        """The measure beside exactly one bound."""
        found = node.fields(optional=("of", *WORDS))
        of = found["of"].choice(tuple(BASKET_MEASURES)) if "of" in found else "net"
        return cls(of, bounds_of(found, node))

    def holds(self, facts: Facts) -> bool:
        """Whether the total lies within."""
        net = self.of == "net"
        return self.bounds.hold(facts.event.net if net else facts.basket(self.of, facts.whole))

    def test(self) -> Test:
        """The total between two ends."""
        low, high = self.bounds.ends
        if self.of == "net":
            if self.bounds.high is None:
                return lambda facts, _: facts.event.net >= low
            return lambda facts, _: low <= facts.event.net <= high
        if self.of == "gross":
            return lambda facts, _: low <= facts.event.gross <= high
        return lambda facts, _: low <= facts.event.paid <= high

    def share(self, facts: Facts) -> int:
        """How far the total has come."""
        return self.bounds.share(facts.basket(self.of, facts.whole))

    def saw(self, facts: Facts, voice: Voice) -> str:
        """The total."""
        return f"{voice.text(BASKET_MEASURES[self.of])}: {voice.money(facts.basket(self.of, facts.whole))}"

    def phrase(self, voice: Voice) -> Phrase:
        """`the net total is at least …`."""
        what, bound = voice.text(BASKET_MEASURES[self.of]), self.bounds.say(voice, "money")
        return (voice.pick(f"the {what} is", f"{what}"), voice.if_(bound), *voice_be(voice))


def voice_be(voice: Voice) -> Phrase:
    """The verb that closes a Persian condition; English has said it already."""
    return ("باشد",) if voice.lang == "fa" else ()


@dataclass(frozen=True, slots=True)
class Bought(Condition):
    """Lines of a kind are in the basket: `bought: {where: {category: dairy}, amount: {at_least: 500000}}`."""

    where: LineFilter
    quantity: Bounds | None
    amount: Bounds | None
    kind: ClassVar[str] = "bought"
    of_basket: ClassVar[bool] = True
    of_event: ClassVar[bool] = True
    label: ClassVar[Text] = Text("bought", "خرید کالا")
    fields: ClassVar[tuple[Field, ...]] = (
        Field("where", FILTER, Text("Lines", "ردیف‌ها")),
        Field("quantity", QUANTITY, Text("Quantity", "تعداد"), None),
        Field("amount", AMOUNT, Text("Net amount", "مبلغ خالص"), None),
    )

    def holds(self, facts: Facts) -> bool:
        """Whether there are such lines, of the quantity and amount asked for."""
        mask = self.where.mask(facts)
        if not mask:
            return False
        if self.quantity and not self.quantity.hold(facts.basket("quantity", mask)):
            return False
        return self.amount is None or self.amount.hold(facts.basket("net", mask))

    def test(self) -> Test:
        """Some lines, and their sums between two ends."""
        if self.quantity is None and self.amount is None:
            return self.where.test()
        if self.quantity is not None and self.amount is not None:
            return Condition.test(self)
        place, bounds = (PLACES["quantity"], self.quantity) if self.quantity else (PLACES["net"], self.amount)
        assert bounds
        (low, high), total = bounds.ends, self.where.total(place)
        if low > 0 and bounds.high is None:  # what is not there sums up to nothing
            return lambda facts, _: total(facts) >= low
        mask = self.where.mask
        return lambda facts, _: mask(facts) > 0 and low <= total(facts) <= high

    def saw(self, facts: Facts, voice: Voice) -> str:
        """How much of it is in the basket."""
        mask = self.where.mask(facts)
        what = self.where.say(voice)
        if not mask:
            return voice.pick(f"no {what}", f"چیزی از {what} در خرید نبود")
        quantity = voice.measured(facts.basket("quantity", mask), "quantity")
        return f"{what}: {quantity}{voice.pick(', ', '، ')}{voice.money(facts.basket('net', mask))}"

    def phrase(self, voice: Voice) -> Phrase:
        """`the basket includes at least 3 units of goods in category dairy`."""
        what = self.where.say(voice)
        bounds = [b.say(voice, u) for b, u in ((self.quantity, "quantity"), (self.amount, "money")) if b]
        said = voice.listed(bounds)
        if voice.lang == "fa":
            return (voice.if_(f"{said or 'چیزی'} از {what}"), "خریده شود")
        return ("the basket includes", voice.if_(f"{said} of {what}" if said else what))
