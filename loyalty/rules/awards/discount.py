"""`discount`: a discount as rewards have them, applied by itself."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import ClassVar, Final, NamedTuple, Self

from loyalty.rules.filters import FILTER, LineFilter
from loyalty.rules.kinds import Award
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Bad, Node, one_of
from loyalty.rules.things import DISCOUNT
from loyalty.rules.types import BOOLEAN, MONEY, PERCENT, POSITIVE, Field, Reads, read_fields
from loyalty.rules.voice import Voice
from loyalty.values import Text


class Rate(NamedTuple):
    """What is taken off: a share of the amount, or a fixed amount."""

    share: Fraction | None
    amount: int = 0

    def say(self, voice: Voice) -> str:
        """`10%`, `5,000 toman`."""
        return voice.money(self.amount) if self.share is None else voice.percent(self.share)


class Rung(NamedTuple):
    """A rung of a ladder of discounts: from an amount on, what is taken off."""

    since: int
    off: Rate


class Free(NamedTuple):
    """Of each so many units so many are free, the cheapest; or of all units together."""

    of: int | None
    free: int


def _share(node: Node) -> Rate:
    share = PERCENT.read(node)
    if not 0 < share <= 1:
        raise node.bad(Text("A percentage up to 100 is expected.", "اینجا درصدی تا ۱۰۰ لازم است."))
    return Rate(share)


def _amount(node: Node) -> Rate:
    return Rate(None, MONEY.read(node))


def _rung(node: Node) -> Rung:
    found = node.fields(["from"], ["percent", "fixed"])
    if ("percent" in found) == ("fixed" in found):
        raise node.bad(Text("Either “percent” or “fixed”.", "یا «percent» لازم است یا «fixed»."))
    off = _share(found["percent"]) if "percent" in found else _amount(found["fixed"])
    return Rung(MONEY.read(found["from"]), off)


def _ladder(node: Node) -> tuple[Rung, ...]:
    rungs = node.every(_rung, least=1)
    if any(low.since >= high.since for low, high in pairwise(rungs)):
        raise node.bad(
            Text("Each rung begins above the one before.", "هر پله باید از مبلغی بالاتر از پلهٔ پیشین آغاز شود.")
        )
    return rungs


_BOUGHT: Final = (
    Field("buy", POSITIVE, Text("Buy", "خرید")),
    Field("free", POSITIVE, Text("Free", "رایگان")),
)


def _bought(node: Node) -> Free:
    values = read_fields(node, _BOUGHT)
    return Free(values["buy"] + values["free"], values["free"])


_WAYS: Final = (
    Field("percent", Reads("percent", _share), Text("Percent", "درصد"), None),
    Field("fixed", Reads("money", _amount), Text("Fixed amount", "مبلغ ثابت"), None),
    Field("cheapest_free", POSITIVE, Text("Cheapest free", "رایگان بودن ارزان‌ترین‌ها"), None),
    Field("buy_x_get_y", Reads("fields", _bought), Text("Buy and get free", "خرید و هدیه"), None),
    Field("ladder", Reads("ladder", _ladder), Text("Ladder", "پلکانی"), None),
)


@dataclass(frozen=True, slots=True)
class Discount(Award):
    """Exactly one of `percent`, `fixed`, `cheapest_free`, `buy_x_get_y`, `ladder`; on some lines, from a basket on."""

    percent: Rate | None
    fixed: Rate | None
    cheapest_free: int | None
    buy_x_get_y: Free | None
    ladder: tuple[Rung, ...] | None
    where: LineFilter | None
    min_basket: int | None
    at_most: int | None
    kind: ClassVar[str] = "discount"
    stacks: bool = False
    wallet: ClassVar[str] = DISCOUNT
    of_basket: ClassVar[bool] = True
    label: ClassVar[Text] = Text("discount", "تخفیف")
    fields: ClassVar[tuple[Field, ...]] = (
        *_WAYS,
        Field("where", FILTER, Text("On", "بر"), None),
        Field("min_basket", MONEY, Text("From a basket of", "از خریدی به مبلغ"), None),
        Field("at_most", MONEY, Text("At most", "حداکثر"), None),
        Field("stacks", BOOLEAN, Text("Beside other codes", "همراه کدهای دیگر"), False),
    )

    @property
    def free(self) -> Free | None:
        """The units that it makes free."""
        return self.buy_x_get_y or (None if self.cheapest_free is None else Free(None, self.cheapest_free))

    def off(self, base: int) -> Rate | None:
        """What it takes off an amount; of a ladder what the highest rung that is reached does."""
        if self.ladder is None:
            return self.percent or self.fixed
        return next((rung.off for rung in reversed(self.ladder) if rung.since <= base), None)

    def amount(self, base: int) -> int:
        """Of money that it took off, all: what limits leave of that is cut afterwards."""
        return base

    def arithmetic(self, base: int, asked: int, voice: Voice) -> str:  # noqa: ARG002 - like every award
        """How the amount came about: `10% = 45,000 toman`."""
        return f"{self._said(voice)} = {voice.money(asked)}"

    @classmethod
    def load(cls, node: Node) -> Self:
        """One way, then the others; a fixed amount has no `at_most`, it is its own."""
        values = read_fields(node, cls.fields)
        if sum(values[way.name] is not None for way in _WAYS) != 1:
            raise node.bad(one_of([way.name for way in _WAYS]))
        if values["fixed"] and values["at_most"] is not None:
            node.child("at_most", values["at_most"]).bad(
                Text("A fixed amount is its own limit.", "مبلغ ثابت خود سقف خود است.")
            )
            raise Bad
        return cls(**values)

    def phrase(self, voice: Voice) -> Phrase:
        """`the member gets a discount of 10% on goods in category “dairy” (at most 50,000 toman)`."""
        least, most = (voice.money(its) if its else "" for its in (self.min_basket, self.at_most))
        bounds = [voice.pick(f"from a basket of {least}", f"برای خرید از {least} به بالا")] if least else []
        bounds += [voice.pick(f"at most {most}", f"حداکثر {most}")] if most else []
        said = self._said(voice) + (f" ({voice.pick(', ', '، ').join(bounds)})" if bounds else "")
        if voice.lang == "fa":
            return (voice.then(said), "داده می‌شود")
        return ("the member gets", voice.then(said))

    def _said(self, voice: Voice) -> str:
        if self.cheapest_free is not None:
            return self._said_free(None, self.cheapest_free, voice)
        if self.buy_x_get_y is not None:
            return self._said_free(self.buy_x_get_y.of, self.buy_x_get_y.free, voice)
        goods = self.where.say(voice) if self.where else ""
        off = self.percent or self.fixed
        said = off.say(voice) if off else voice.listed([_said_rung(rung, voice) for rung in self.ladder or ()])
        on, fa_on = (f" on {goods}", f" برای {goods}") if goods else ("", "")
        return voice.pick(f"a discount of {said}{on}", f"{said} تخفیف{fa_on}")

    def _said_free(self, of: int | None, free: int, voice: Voice) -> str:
        """`for free the cheapest of each 4 goods in category “dairy”`."""
        goods = self.where.say(voice) if self.where else voice.pick("goods", "کالاهای خرید")
        n = voice.number(free)
        cheapest = voice.pick(
            "the cheapest" if free == 1 else f"the {n} cheapest",
            "ارزان‌ترین" if free == 1 else f"{n} عدد ارزان‌تر",
        )
        if of is None:
            return voice.pick(f"for free {cheapest} of the {goods}", f"از {goods}، {cheapest} به‌رایگان")
        each = voice.number(of)
        return voice.pick(
            f"for free {cheapest} of each {each} {goods}", f"از هر {each} عدد از {goods}، {cheapest} به‌رایگان"
        )


def _said_rung(rung: Rung, voice: Voice) -> str:
    since, off = voice.money(rung.since), rung.off.say(voice)
    return voice.pick(f"{off} from {since} on", f"از {since} به بالا {off}")
