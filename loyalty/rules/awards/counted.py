"""`reward` and `tickets`: things that an article gives by their number, counted like amounts."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

from loyalty.rules.awards.base import BASES, Base, read_base
from loyalty.rules.awards.earn import Earn
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node
from loyalty.rules.tables import Table, rate_or_table
from loyalty.rules.things import REWARD, TICKETS
from loyalty.rules.types import POSITIVE, WORD, Choice, Field, NameOf, integer
from loyalty.rules.voice import Voice
from loyalty.values import QUANTITY_SCALE, Text

_WAYS = (
    Field("fixed", POSITIVE, Text("Fixed number", "تعداد ثابت"), None),
    Field("per", POSITIVE, Text("For each full", "به ازای هر … کامل"), None),
    Field("give", POSITIVE, Text("Give", "بده"), None),
    Field("of", Choice(BASES), Text("Of", "از"), "net"),
    Field("at_most", POSITIVE, Text("At most", "حداکثر"), None),
)


@dataclass(frozen=True, slots=True)
class Counted(Earn):
    """`fixed`, or `give` for each full `per` of a base, of something that has a name; the number may be a table.

    It is earned into a wallet of its own (see `things.py`), and nothing multiplies it.
    """

    named: ClassVar[Field]
    """The field that says of what."""
    prefix: ClassVar[str]
    """What the names of its wallets begin with."""

    @property
    def name(self) -> str:
        """Of what it gives."""
        return self.wallet.removeprefix(self.prefix)

    @classmethod
    def load(cls, node: Node) -> Self:
        """Its name, then exactly one of `fixed` and `per` with `give`; then the others."""
        found = node.fields([cls.named.name], [way.name for way in _WAYS])
        if ("fixed" in found) == ("per" in found) or ("per" in found) != ("give" in found):
            raise node.bad(
                Text(
                    "Exactly one of “fixed” or “per” with “give”.",
                    "دقیقاً یکی از «fixed» و «per» همراه «give» لازم است.",
                )
            )
        if "fixed" in found and "of" in found:
            raise found["of"].bad(Text("A fixed number is of nothing.", "تعداد ثابت «of» ندارد."))
        name = cls.named.type.read(found[cls.named.name])
        of = read_base(found["of"]) if "of" in found else Base()
        if "per" in found and "of" not in found:
            node.needs_basket()
        scale = QUANTITY_SCALE if of.measure == "quantity" else 1
        per = POSITIVE.read(found["per"]) * scale if "per" in found else 1
        number, table = _number(found["give" if "per" in found else "fixed"])
        at_most = POSITIVE.read(found["at_most"]) if "at_most" in found else None
        how = "per" if "per" in found else "fixed"
        return cls(how, Fraction(number), per, of, at_most, cls.prefix + name, "floor", table=table)  # type: ignore[arg-type]

    @abstractmethod
    def said(self, number: int, voice: Voice) -> str:
        """So many of them in words."""

    def phrase(self, voice: Voice) -> Phrase:
        """`the member gets 1 ticket in the raffle “Nowruz” for each full 10,000 toman of the net amount`."""

        def say(number: Fraction) -> str:
            return self.said(int(number), voice)

        said = self.table.say(voice, say) if self.table else self.said(int(self.rate), voice)
        if self.how == "per":
            said = self.of.each(self.per, said, voice)
        if self.at_most is not None:
            most = voice.number(self.at_most)
            said += voice.pick(f" (at most {most} at a time)", f" (هر بار حداکثر {most} عدد)")
        if voice.lang == "fa":
            return (voice.then(said), "داده می‌شود")
        return ("the member gets", voice.then(said))


def _number(node: Node) -> tuple[int, Table | None]:
    if not isinstance(node.value, dict):
        return POSITIVE.read(node), None
    _, table = rate_or_table(node, lambda its: Fraction(integer(its)))
    return 0, table


@dataclass(frozen=True, slots=True)
class GiveReward(Counted):
    """A reward of the catalogue, by its code: `reward: {code: coffee, fixed: 1}`."""

    kind: ClassVar[str] = "reward"
    label: ClassVar[Text] = Text("reward", "جایزه")
    named: ClassVar[Field] = Field("code", WORD, Text("Reward", "جایزه"))
    prefix: ClassVar[str] = REWARD
    fields: ClassVar[tuple[Field, ...]] = (named, *_WAYS)

    def said(self, number: int, voice: Voice) -> str:
        """`the reward “coffee”`, `3 rewards “coffee”`."""
        return voice.worth(number, self.wallet) if number > 1 else voice.wallet(self.wallet)


@dataclass(frozen=True, slots=True)
class GiveTickets(Counted):
    """Tickets of a raffle: `tickets: {raffle: nowruz, per: 1000000, give: 1}`."""

    kind: ClassVar[str] = "tickets"
    label: ClassVar[Text] = Text("tickets", "بلیت قرعه‌کشی")
    named: ClassVar[Field] = Field("raffle", NameOf("raffles"), Text("Raffle", "قرعه‌کشی"))
    prefix: ClassVar[str] = TICKETS
    fields: ClassVar[tuple[Field, ...]] = (named, *_WAYS)

    def said(self, number: int, voice: Voice) -> str:
        """`1 ticket in the raffle “Nowruz”`."""
        return voice.worth(number, self.wallet)
