"""What a field of the document may hold: each type reads its node and names itself for the editor's form."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import TYPE_CHECKING, Any, Final, Protocol

from loyalty.calendars import parse_date
from loyalty.formats import latin_digits, number
from loyalty.rules.reading import Bad, Node
from loyalty.values import Text

if TYPE_CHECKING:
    from loyalty.rules.voice import Voice

MAX_NUMBER: Final = 10**15
"""Points and money beyond this are a slip of the hand; sums of them still fit 64 bits."""


class Type(Protocol):
    """How one field is read, and what the editor shows for it."""

    @property
    def form(self) -> str:
        """What the editor shows."""

    def read(self, node: Node) -> Any:
        """The typed value; raises `Bad` with the fault noted."""


class _Required:
    pass


REQUIRED: Final = _Required()


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a kind: its name in the document (empty: the whole body), type, label and default."""

    name: str
    type: Type
    label: Text
    default: Any = REQUIRED


def read_fields(node: Node, fields: Sequence[Field]) -> dict[str, Any]:
    """The values of a body by field name; a single unnamed field takes the whole body.

    Raises:
        Bad: something is missing, unknown or wrong; every fault is noted.
    """
    if len(fields) == 1 and not fields[0].name:
        return {"value": fields[0].type.read(node)}
    found = node.fields(
        [f.name for f in fields if f.default is REQUIRED], [f.name for f in fields if f.default is not REQUIRED]
    )
    values, failed = {}, False
    for field in fields:
        if field.name not in found:
            values[_attribute(field.name)] = field.default
            continue
        try:
            values[_attribute(field.name)] = field.type.read(found[field.name])
        except Bad:
            failed = True
    if failed:
        raise Bad
    return values


def _attribute(name: str) -> str:
    return f"{name}_" if name in ("from", "is", "if") else name


def integer(node: Node, least: int = 0, most: int = MAX_NUMBER) -> int:
    """A whole number within bounds; digits may be of any of the three scripts."""
    value = node.value
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,20}", latin_digits(value), re.ASCII):
        value = int(latin_digits(value))
    if isinstance(value, bool) or not isinstance(value, int):
        raise node.bad(Text("A whole number is expected.", "اینجا یک عدد صحیح لازم است."))
    if not least <= value <= most:
        raise node.bad(
            Text(
                f"A number from {least:,} to {most:,} is expected.",
                f"اینجا عددی از {number(least, 'fa')} تا {number(most, 'fa')} لازم است.",
            )
        )
    return value


def ratio(node: Node) -> Fraction:
    """An exact ratio: `3`, `"1.25"`, `"5/4"` or `"0.75%"`; never a float."""
    value = node.value
    if isinstance(value, int) and not isinstance(value, bool):
        return _sane(node, Fraction(value))
    if isinstance(value, str):
        text = latin_digits(value).replace("٪", "%").replace("٫", ".").strip()
        match = re.fullmatch(r"(\d{1,12}(?:\.\d{1,9})?)(?:/(\d{1,12}))?(%?)", text, re.ASCII)
        if match and int(match[2] or 1) and not (match[2] and ("." in match[1] or match[3])):
            return _sane(node, Fraction(match[1]) / Fraction(match[2] or 1) / (100 if match[3] else 1))
    raise node.bad(
        Text(
            "An exact number in quotes is expected, such as “1.25”, “5/4” or “0.75%”.",
            "اینجا عددی دقیق در گیومه لازم است، مانند «1.25»، «5/4» یا «0.75%».",
        )
    )


MAX_RATIO: Final = 10**6


def _sane(node: Node, value: Fraction) -> Fraction:
    if not 0 <= value <= MAX_RATIO:
        raise node.bad(
            Text(
                f"A number from 0 to {MAX_RATIO:,} is expected.",
                f"اینجا عددی از ۰ تا {number(MAX_RATIO, 'fa')} لازم است.",
            )
        )
    return value


def percent(node: Node) -> Fraction:
    """`"0.75"` and `"0.75%"` both mean three quarters of one percent here."""
    value = ratio(node)
    written = str(node.value).strip()
    return value if written.endswith(("%", "٪")) else value / 100


@dataclass(frozen=True, slots=True)
class Reads:
    """A type made of a plain reading function."""

    form: str
    function: Callable[[Node], Any]

    def read(self, node: Node) -> Any:
        """What the function reads."""
        return self.function(node)


@dataclass(frozen=True, slots=True)
class Choice:
    """One of some words, each with its wording for people."""

    options: dict[str, Text]
    form: str = "choice"

    def read(self, node: Node) -> str:
        """The word."""
        return node.choice(list(self.options))


@dataclass(frozen=True, slots=True)
class NameOf:
    """The name of something declared in the same document: a counter, tier, wallet, badge …"""

    of: str
    form: str = "name"

    def read(self, node: Node) -> str:
        """The name."""
        return node.name(self.of)


@dataclass(frozen=True, slots=True)
class Many:
    """One or several of a type."""

    type: Type
    form: str = "many"

    def read(self, node: Node) -> tuple[Any, ...]:
        """All of them; a word that stands twice is a slip of the hand."""
        values = node.every(self.type.read, least=1)
        words = [value for value in values if isinstance(value, str)]
        for index, word in enumerate(words):
            if word in words[:index]:
                raise node.items()[index].bad(
                    Text(f"“{word}” stands here twice.", f"«{word}» در اینجا دو بار آمده است.")
                )
        return values


def read_date(node: Node) -> date:
    """A day, written in either calendar."""
    try:
        return parse_date(latin_digits(node.text()))
    except ValueError:
        raise node.bad(
            Text("A date such as 1405-09-01 or 2026-11-22 is expected.", "اینجا تاریخی مانند 1405-09-01 لازم است.")
        ) from None


def read_clock(node: Node) -> int:
    """A time of day as minutes since midnight: `"22:00"`; `"24:00"` is not one."""
    match = re.fullmatch(r"([01]\d|2[0-3]):([0-5]\d)", latin_digits(node.text()), re.ASCII)
    if not match:
        raise node.bad(Text("A time of day such as “22:00” is expected.", "اینجا ساعتی مانند «22:00» لازم است."))
    return int(match[1]) * 60 + int(match[2])


def bilingual(node: Node, longest: int = 200) -> Text:
    """A text in both languages: `{en, fa}`."""
    found = node.fields(["en", "fa"])
    en, fa = (node.reading.attempt(lambda n: n.text(longest), found[lang]) for lang in ("en", "fa"))
    if en is None or fa is None:
        raise Bad
    return Text(en, fa)


def read_label(found: Mapping[str, Node], counter: str) -> str | None:
    """The label under which a counter is read, where it is kept by label and one is given."""
    if "label" not in found:
        return None
    if counter not in found["label"].reading.labelled:
        raise found["label"].bad(
            Text("This counter is not kept by label (“by”).", "این شمارنده برچسبی (by) ندارد که جداگانه شمرده شود.")
        )
    its = found["label"]
    if isinstance(its.value, int):  # a field may be a number, or true or false
        return str(its.value).lower()
    return its.text(100)


def said_label(label: str | None, voice: Voice) -> str:
    """A counter's label after its name; empty where all of them are meant."""
    return voice.pick(f" (“{label}”)", f" («{label}»)") if label is not None else ""


INTEGER: Final = Reads("integer", integer)
POSITIVE: Final = Reads("integer", lambda node: integer(node, least=1))
MONEY: Final = Reads("money", lambda node: integer(node, least=1))
RATIO: Final = Reads("ratio", ratio)
DATE: Final = Reads("date", read_date)
CLOCK: Final = Reads("clock", read_clock)
PERCENT: Final = Reads("percent", percent)
TITLE: Final = Reads("bilingual", bilingual)
BILINGUAL: Final = Reads("bilingual", lambda node: bilingual(node, longest=500))
WORD: Final = Reads("text", lambda node: node.text(100))
BOOLEAN: Final = Reads("boolean", lambda node: _boolean(node))


def _boolean(node: Node) -> bool:
    if node.value in ("true", "false"):
        return bool(node.value == "true")
    if not isinstance(node.value, bool):
        raise node.bad(Text("true or false is expected.", "اینجا true یا false لازم است."))
    return node.value
