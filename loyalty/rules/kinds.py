"""What every kind of condition and award knows: load, hold, progress, say, and its form. A kind is one small class."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from typing import ClassVar, Final, NamedTuple, Self

from loyalty.rules.bounds import Bounds
from loyalty.rules.facts import Facts, Setting, Test
from loyalty.rules.phrase import Phrase
from loyalty.rules.reading import Node
from loyalty.rules.ruling import Given
from loyalty.rules.tables import Table
from loyalty.rules.terms import Term
from loyalty.rules.types import Field, read_fields, said_label
from loyalty.rules.voice import Voice
from loyalty.rules.windows import Window
from loyalty.values import Text

MEMBER: Final = "member"


class Measured(NamedTuple):
    """A counter held against bounds: what a progress bar shows."""

    counter: str
    window: Window
    value: int
    bounds: Bounds
    unit: str
    label: str | None = None
    """Under which label; None means all of them."""

    def named(self, voice: Voice) -> str:
        """The counter's name, with the label."""
        return voice.counter(self.counter) + said_label(self.label, voice)


class Kind(ABC):
    """A named part of the document."""

    kind: ClassVar[str]
    label: ClassVar[Text]
    fields: ClassVar[tuple[Field, ...]]
    """The body's fields: they load it, and the editor's form is made of them."""
    of_basket: ClassVar[bool] = False
    """Looks at the basket: may not stand where an event has none."""

    @classmethod
    def load(cls, node: Node) -> Self:
        """The kind from its body; raises `Bad` with every fault noted."""
        return cls(**read_fields(node, cls.fields))

    @abstractmethod
    def phrase(self, voice: Voice) -> Phrase:
        """Itself as a part of a sentence."""


class Condition(Kind):
    """Holds or does not hold over the facts of one event."""

    for_standing: ClassVar[bool] = False
    """Reads only the member, not the event: may stand in a tier's needs."""
    about_member: ClassVar[bool] = False
    """Reads only the member, but of what tiers and badges made of them: may stand in an audience, not in such needs."""
    of_event: ClassVar[bool] = False
    """Reads only the event, not the member or the past: may say what a counter counts and a challenge asks for."""

    @abstractmethod
    def holds(self, facts: Facts) -> bool:
        """Whether it holds."""

    def left(self, setting: Setting) -> Condition | bool:  # noqa: ARG002 - to most kinds it tells nothing
        """What is left to look at in a setting; or what it comes to, where the setting alone tells."""
        return self

    def test(self) -> Test:
        """What tests it: the same as `holds`, with all that it says known beforehand.

        A kind that is asked often says itself what tests it; the others are asked whether they hold.
        """
        holds = self.holds
        return lambda facts, counts: holds(facts if counts is facts.counts else facts.with_counts(counts))

    @abstractmethod
    def saw(self, facts: Facts, voice: Voice) -> str:
        """What it looked at, as a person reads it."""

    def share(self, facts: Facts) -> int:
        """How near it is to holding: a floored percentage, 100 only when it holds."""
        return 100 if self.holds(facts) else 0

    def measured(self, facts: Facts) -> list[Measured]:  # noqa: ARG002 - most kinds read no counter
        """The counters it holds against bounds, for progress bars."""
        return []

    def parts(self) -> tuple[Condition, ...]:
        """The conditions inside."""
        return ()


class Award(Kind):
    """Something that an article gives."""

    matures: Term | None = None
    expires: Term | None = None
    """Terms of its own for what it gives, in place of its wallet's."""


Steps = tuple[bool, int, int, int, int]
"""So much for each full step of the basket: whether of its net amount or else the gross; what a step is; numerator and
denominator of what it gives; and what it gives at most."""


class Earning(Award):
    """An award that is reckoned from the basket into a wallet."""

    wallet: str
    on_lines: bool = True
    """False: a fixed amount, which belongs to no line and is never multiplied."""
    base_unit: str = "money"
    """What its base is counted in: `money`, `quantity` or `years`, or as a counter is."""
    constant: int | None = None
    """What it always gives, of nothing and by no line; None where it is reckoned."""
    steps: Steps | None = None
    """How it is reckoned where it is of the whole basket's amount, floored."""
    total: bool = False
    """Whether it is a running total of a counter: then it is reckoned after counting, see `running.py`."""
    follows: bool = False
    """Whether it is reckoned of what articles before it gave: see `of_given`."""
    table: Table | None = None
    """Rates in place of one: then a variant of it reckons, see `tables.chosen`."""
    variants: tuple[Self | None, ...] = ()
    to: str = MEMBER
    """Who gets it: the member, `referrer`, `friend`, `cashier`, or whom a field names."""

    @abstractmethod
    def reckon(self, facts: Facts, mask: int) -> tuple[int, int]:
        """(base, amount) over the lines of a mask; the whole basket's mask means the basket as sent."""

    @abstractmethod
    def amount(self, base: int) -> int:
        """What a base comes to."""

    def reckoner(self) -> Callable[[Facts], tuple[int, int]]:
        """`reckon` over the whole basket, with what the award tells known beforehand."""
        return lambda facts: self.reckon(facts, facts.whole)

    @abstractmethod
    def of_given(self, awards: Iterable[Given]) -> tuple[int, int]:
        """Of an award that follows others: (base, amount) of what these gave."""

    def reached(self, value: int) -> int:
        """Of a running total: how much of what its counter reads it is reckoned on."""
        return value

    def read(self, value: int, voice: Voice) -> str:
        """Of a running total: what its counter reads, as a person reads it."""
        return voice.number(value)

    @abstractmethod
    def arithmetic(self, base: int, asked: int, voice: Voice) -> str:
        """How the amount came about: «۷۲ بار هر ۱۰٬۰۰۰ تومان × ۱ امتیاز»."""
