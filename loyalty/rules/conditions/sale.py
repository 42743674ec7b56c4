"""`store`, `channel` and `paid_with`: where and how it was bought."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Self

from loyalty.rules.bounds import AMOUNT, Bounds
from loyalty.rules.conditions.basket import voice_be
from loyalty.rules.facts import Facts
from loyalty.rules.kinds import Condition
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node
from loyalty.rules.types import WORD, Field, Many, read_fields
from loyalty.rules.voice import Voice
from loyalty.values import Text


@dataclass(frozen=True, slots=True)
class Store(Condition):
    """Bought in one of some stores, by their codes: `store: [s1, s2]`."""

    value: tuple[str, ...]
    kind: ClassVar[str] = "store"
    of_event: ClassVar[bool] = True
    label: ClassVar[Text] = Text("store", "فروشگاه")
    fields: ClassVar[tuple[Field, ...]] = (Field("", Many(WORD), Text("Stores", "فروشگاه‌ها")),)

    @classmethod
    def load(cls, node: Node) -> Self:
        """The codes."""
        node.reading.event_reads.add("store")
        return cls(**read_fields(node, cls.fields))

    def holds(self, facts: Facts) -> bool:
        """Whether it was bought in one of them."""
        return facts.values.get("store") in self.value

    def saw(self, facts: Facts, voice: Voice) -> str:
        """The store."""
        return voice.pick("store: ", "فروشگاه: ") + _told(facts.values.get("store"), voice)

    def phrase(self, voice: Voice) -> Phrase:
        """`the store is “s1” or “s2”`."""
        return (voice.pick("the store is", "فروشگاه"), voice.if_(voice.any_of(self.value)), *voice_be(voice))


@dataclass(frozen=True, slots=True)
class Channel(Condition):
    """Bought over one of some channels: `channel: [web, app]`."""

    value: tuple[str, ...]
    kind: ClassVar[str] = "channel"
    of_basket: ClassVar[bool] = True
    of_event: ClassVar[bool] = True
    label: ClassVar[Text] = Text("channel", "کانال خرید")
    fields: ClassVar[tuple[Field, ...]] = (Field("", Many(WORD), Text("Channels", "کانال‌ها")),)

    def holds(self, facts: Facts) -> bool:
        """Whether the purchase came over one of them."""
        return facts.event.channel in self.value

    def saw(self, facts: Facts, voice: Voice) -> str:
        """The channel."""
        return voice.pick("channel: ", "کانال: ") + _told(facts.event.channel, voice)

    def phrase(self, voice: Voice) -> Phrase:
        """`the channel is “web” or “app”`."""
        return (voice.pick("the channel is", "کانال خرید"), voice.if_(voice.any_of(self.value)), *voice_be(voice))


@dataclass(frozen=True, slots=True)
class PaidWith(Condition):
    """Some of it paid by a type of tender: `paid_with: card`, `paid_with: {type: card, amount: {at_least: 500000}}`."""

    types: tuple[str, ...]
    amount: Bounds | None
    kind: ClassVar[str] = "paid_with"
    of_basket: ClassVar[bool] = True
    of_event: ClassVar[bool] = True
    label: ClassVar[Text] = Text("paid with", "روش پرداخت")
    fields: ClassVar[tuple[Field, ...]] = (
        Field("type", Many(WORD), Text("Types of tender", "روش‌های پرداخت")),
        Field("amount", AMOUNT, Text("Amount paid so", "مبلغ پرداختی با آن"), None),
    )

    @classmethod
    def load(cls, node: Node) -> Self:
        """One or several types, or `{type, amount}`."""
        if not isinstance(node.value, dict):
            return cls(Many(WORD).read(node), None)
        values = read_fields(node, cls.fields)
        return cls(values["type"], values["amount"])

    def holds(self, facts: Facts) -> bool:
        """Whether there is such a tender, and of the amount asked for."""
        if not any(tender.type in self.types for tender in facts.event.tenders):
            return False
        return self.amount is None or self.amount.hold(facts.event.tendered(set(self.types)))

    def saw(self, facts: Facts, voice: Voice) -> str:
        """Every tender."""
        tenders = [f"{tender.type} {voice.money(tender.amount)}" for tender in facts.event.tenders]
        return voice.pick("payment: ", "پرداخت: ") + _told(voice.listed(tenders), voice)

    def phrase(self, voice: Voice) -> Phrase:
        """`the payment includes “card”`, `the amount paid with “card” is at least …`."""
        types = voice.any_of(self.types)
        if self.amount is None:
            return (voice.pick("the payment includes", "پرداخت خرید شامل"), voice.if_(types), *voice_be(voice))
        bound = voice.if_(self.amount.say(voice, "money"))
        return (voice.pick(f"the amount paid with {types} is", f"مبلغ پرداختی با {types}"), bound, *voice_be(voice))


def _told(value: str | None, voice: Voice) -> str:
    return value or voice.pick("not told", "نامعلوم")
