"""Which lines of a basket are meant: by sku, category, brand and tag, all of them together; `not` takes away."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

from loyalty.formats import OR, listed
from loyalty.rules.facts import BRAND, CATEGORY, TAG, Facts, Line, Test
from loyalty.rules.reading import Node
from loyalty.rules.types import WORD, Many
from loyalty.rules.voice import Voice
from loyalty.values import LANGS, Lang, Text

KEYS: Final[dict[str, tuple[Text, Text]]] = {
    "sku": (Text("product {v}", "کالای {v}"), Text("product {v}", "کالای {v}")),
    "category": (Text("goods in category {v}", "کالاهای دستهٔ {v}"), Text("in category {v}", "از دستهٔ {v}")),
    "brand": (Text("goods of brand {v}", "کالاهای برند {v}"), Text("of brand {v}", "از برند {v}")),
    "tag": (Text("goods tagged {v}", "کالاهای دارای برچسب {v}"), Text("tagged {v}", "با برچسب {v}")),
}
"""How each key is said: as the first of a filter, and after another."""


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Values per key; a line must match one value of each, and none of `without`."""

    keys: tuple[tuple[str, frozenset[str]], ...]
    without: LineFilter | None = None
    mask: Callable[[Facts], int] = field(init=False, repr=False, compare=False)
    """The lines meant, as bits by position; a basket without lines has none to match."""
    label: tuple[int, str] | None = field(init=False, repr=False, compare=False)
    """Its place in `Labels` and its value, where it is one label and nothing else."""

    def __post_init__(self) -> None:
        label = [(_LABELS[key], value) for key, values in self.keys if key in _LABELS for value in values]
        alone = len(label) == len(self.keys) == 1 and not self.without
        object.__setattr__(self, "label", label[0] if alone else None)
        readers = [_reader(key, values) for key, values in self.keys]
        whole = readers[0] if len(readers) == 1 else _meet(readers)
        object.__setattr__(self, "mask", _less(whole, self.without.mask) if self.without else whole)

    def test(self) -> Test:
        """A function that tells whether there are such lines."""
        mask = self.mask
        if self.label is None:
            return lambda facts, _: mask(facts) > 0
        label, value = self.label
        return lambda facts, _: value in (facts.labels or facts.labelled())[label]

    def total(self, place: int) -> Callable[[Facts], int]:
        """A function for the sum of what stands at a place (see `PLACES`) of the lines meant."""
        mask, (label, value) = self.mask, self.label or (0, None)

        def total(facts: Facts) -> int:
            found = mask(facts) if value is None else (facts.labels or facts.labelled())[label].get(value, 0)
            if found & (found - 1) or facts.offs:  # of one line, as most are, it stands there
                return facts.total(place, found)
            return facts.event.lines[found.bit_length() - 1][place] if found else 0  # type: ignore[return-value]

        return total

    def canonical(self) -> dict[str, Any]:
        """A form in which equal filters are equal, for digests."""
        form: dict[str, Any] = {key: sorted(values) for key, values in self.keys}
        if self.without:
            form["not"] = self.without.canonical()
        return form

    def say(self, voice: Voice) -> str:
        """The filter in words: `goods in category “dairy”`, «کالاهای دستهٔ «لبنیات»»."""
        return voice.text(self.said())

    def said(self) -> Text:
        """The filter in words, in both languages."""
        return Text(**{lang: self._said(lang) for lang in LANGS})

    def _said(self, lang: Lang) -> str:
        values = dict(self.keys)
        parts: list[str] = []
        for key, wordings in KEYS.items():
            if key in values:
                quoted = [f"«{value}»" if lang == "fa" else f"“{value}”" for value in sorted(values[key])]
                parts.append(wordings[bool(parts)].to(lang).format(v=listed(quoted, lang, OR)))
        said = " ".join(parts) or Text("goods", "کالاها").to(lang)
        if self.without:
            said += Text(" except ", " به‌جز ").to(lang) + self.without.said().to(lang)
        return said


_LABELS: Final = {"category": CATEGORY, "brand": BRAND, "tag": TAG}
_SKU: Final = Line._fields.index("sku")
_Reader = Callable[[Facts], int]


def _reader(key: str, values: frozenset[str]) -> _Reader:
    """What finds the lines that have one of some values."""
    if key == "sku":
        return lambda facts: sum([1 << n for n, line in enumerate(facts.event.lines) if line[_SKU] in values])
    place = _LABELS[key]
    if len(values) == 2:
        one, other = values
        return lambda facts: (found := (facts.labels or facts.labelled())[place]).get(one, 0) | found.get(other, 0)
    if len(values) > 1:
        return lambda facts: _any_of((facts.labels or facts.labelled())[place], values)
    [value] = values
    return lambda facts: (facts.labels or facts.labelled())[place].get(value, 0)


def _any_of(masks: dict[str | None, int], values: frozenset[str]) -> int:
    found = 0
    for value in values:
        if value in masks:
            found |= masks[value]
    return found


def _meet(readers: list[_Reader]) -> _Reader:
    def mask(facts: Facts) -> int:
        found = facts.whole if facts.event.lines else 0
        for read in readers:
            if found:
                found &= read(facts)
        return found

    return mask


def _less(whole: _Reader, without: _Reader) -> _Reader:
    return lambda facts: found & ~without(facts) if (found := whole(facts)) else 0


def read_filter(node: Node) -> LineFilter:
    """A line filter."""
    found = node.fields(optional=(*KEYS, "not"))
    if not found:
        raise node.bad(
            Text(
                "At least one of “sku”, “category”, “brand” or “tag”.",
                "دست‌کم یکی از «sku»، «category»، «brand» و «tag» لازم است.",
            )
        )
    keys = tuple((key, frozenset(Many(WORD).read(found[key]))) for key in sorted(KEYS) if key in found)
    return LineFilter(keys, read_filter(found["not"]) if "not" in found else None)


@dataclass(frozen=True, slots=True)
class FilterType:
    """A line filter as a field."""

    form: str = "lines"

    def read(self, node: Node) -> LineFilter:
        """The filter."""
        return read_filter(node)


FILTER: Final = FilterType()
