"""Which lines of a basket are meant: by sku, category, brand and tag, all of them together; `not` takes away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from loyalty.formats import OR, listed
from loyalty.rules.facts import Facts, Line
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

    def mask(self, facts: Facts) -> int:
        """The lines meant, as bits by position; a basket without lines has none to match."""
        lines = facts.event.lines
        found = facts.whole if lines else 0
        for key, values in self.keys:
            if found:
                found &= _tagged(lines, values) if key == "tag" else _among(lines, PLACES[key], values)
        return found & ~self.without.mask(facts) if found and self.without else found

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


PLACES: Final = {key: Line._fields.index(key) for key in ("sku", "category", "brand")}


def _among(lines: tuple[Line, ...], place: int, values: frozenset[str]) -> int:
    mask, bit = 0, 1
    for line in lines:
        if line[place] in values:
            mask |= bit
        bit += bit
    return mask


def _tagged(lines: tuple[Line, ...], values: frozenset[str]) -> int:
    mask, bit = 0, 1
    for line in lines:
        if line.tags and not values.isdisjoint(line.tags):
            mask |= bit
        bit += bit
    return mask


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
