"""Amounts that a figure is held against: `at_least`, `more_than`, `at_most`, `less_than`, `between`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from loyalty.formats import OR, listed
from loyalty.rules.reading import Bad, Node
from loyalty.rules.types import integer, ratio
from loyalty.rules.voice import Voice
from loyalty.values import QUANTITY_SCALE, Text

NO_END: Final = 1 << 128
"""More than any figure."""
WORDS: Final = ("at_least", "more_than", "at_most", "less_than", "between")


@dataclass(frozen=True, slots=True)
class Bounds:
    """Inclusive integer bounds, with the word they were written by. `high` None means without end."""

    word: str
    low: int
    high: int | None

    @property
    def ends(self) -> tuple[int, int]:
        """Both as numbers, for a comparison: what has no end ends where no figure comes."""
        return self.low, NO_END if self.high is None else self.high

    def hold(self, value: int) -> bool:
        """Whether a figure lies within."""
        return value >= self.low and (self.high is None or value <= self.high)

    def share(self, value: int) -> int:
        """How far a figure has come towards the lower bound: a floored percentage; 100 means within."""
        if self.hold(value):
            return 100
        if self.low <= 0 or value >= self.low:
            return 0
        return max(0, min(99, value * 100 // self.low))

    def say(self, voice: Voice, unit: str) -> str:
        """The bounds in words: `at least 50 toman`, «دست‌کم ۵۰ تومان»."""
        low = voice.measured(self.low - (self.word == "more_than"), unit)
        high = voice.measured((self.high or 0) + (self.word == "less_than"), unit)
        match self.word:
            case "at_least":
                return voice.pick(f"at least {low}", f"دست‌کم {low}")
            case "more_than":
                return voice.pick(f"more than {low}", f"بیش از {low}")
            case "at_most":
                return voice.pick(f"at most {high}", f"حداکثر {high}")
            case "less_than":
                return voice.pick(f"less than {high}", f"کمتر از {high}")
            case _ if self.low == self.high:
                return voice.pick(f"exactly {low}", f"دقیقاً {low}")
            case _:
                return voice.pick(f"between {low} and {high}", f"بین {low} و {high}")


def _figure(node: Node, scale: int) -> int:
    if scale == 1:
        return integer(node)
    value = ratio(node) * scale
    if value.denominator != 1:
        raise node.bad(Text("At most three decimal places.", "حداکثر سه رقم اعشار."))
    return int(value)


def bounds_of(found: dict[str, Node], parent: Node, scale: int = 1) -> Bounds:
    """The bounds among an object's children, which must hold exactly one of the words.

    Raises:
        Bad: none or several of the words, or a figure is wrong.
    """
    words = [word for word in WORDS if word in found]
    if len(words) != 1:
        raise parent.bad(
            Text(
                f"Exactly one of {listed([f'“{word}”' for word in WORDS], 'en', OR)} is expected.",
                f"دقیقاً یکی از {listed([f'«{word}»' for word in WORDS], 'fa')} لازم است.",
            )
        )
    word, node = words[0], found[words[0]]
    if word == "between":
        low, high = _pair(node, scale)
        return Bounds(word, low, high)
    figure = _figure(node, scale)
    match word:
        case "at_least":
            return Bounds(word, figure, None)
        case "more_than":
            return Bounds(word, figure + 1, None)
        case "at_most":
            return Bounds(word, 0, figure)
        case _:
            if figure == 0:
                raise node.bad(Text("Nothing is less than nothing.", "هیچ مقداری کمتر از صفر نیست."))
            return Bounds(word, 0, figure - 1)


def _pair(node: Node, scale: int) -> tuple[int, int]:
    pair = node.every(lambda item: _figure(item, scale))
    if len(pair) != 2 or pair[0] > pair[1]:
        raise node.bad(Text("Two figures, the smaller first.", "دو عدد لازم است، نخست عدد کوچک‌تر."))
    return pair[0], pair[1]


@dataclass(frozen=True, slots=True)
class BoundsType:
    """An object that holds exactly one of the words."""

    scale: int = 1
    form: str = "bounds"

    def read(self, node: Node) -> Bounds:
        """The bounds."""
        found = node.fields(optional=WORDS)
        if not found and node.mapping():
            raise Bad  # what stands there instead is named already
        if not found:
            raise node.bad(Text("A bound is expected.", "اینجا یک حد لازم است."))
        return bounds_of(found, node, self.scale)


AMOUNT: Final = BoundsType()
QUANTITY: Final = BoundsType(scale=QUANTITY_SCALE)
