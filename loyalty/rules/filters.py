"""Which lines of a basket are meant: by sku, category, brand and tag, all of them together; `not` takes away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from loyalty.rules.facts import Facts, Line
from loyalty.rules.reading import Node
from loyalty.rules.types import WORD, Many
from loyalty.rules.voice import Voice
from loyalty.values import Text

KEYS: Final[dict[str, Text]] = {
    "sku": Text("product", "کالای"),
    "category": Text("category", "دستهٔ"),
    "brand": Text("brand", "برند"),
    "tag": Text("tag", "برچسب"),
}


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Values per key; a line must match one value of each, and none of `without`."""

    keys: tuple[tuple[str, frozenset[str]], ...]
    without: LineFilter | None = None

    def matches(self, line: Line) -> bool:
        """Whether a line is meant."""
        for key, values in self.keys:
            if key == "tag":
                if values.isdisjoint(line.tags):
                    return False
            elif getattr(line, key) not in values:
                return False
        return self.without is None or not self.without.matches(line)

    def mask(self, facts: Facts) -> int:
        """The lines meant, as bits by position; a basket without lines has none to match."""
        found = facts.masks.get(self)
        if found is None:
            found = 0
            for index, line in enumerate(facts.purchase.lines):
                if self.matches(line):
                    found |= 1 << index
            facts.masks[self] = found
        return found

    def canonical(self) -> dict[str, Any]:
        """A form in which equal filters are equal, for digests."""
        form: dict[str, Any] = {key: sorted(values) for key, values in self.keys}
        if self.without:
            form["not"] = self.without.canonical()
        return form

    def say(self, voice: Voice) -> str:
        """The filter in words: `category dairy`, «دستهٔ لبنیات»."""
        parts = []
        for key, values in self.keys:
            quoted = [voice.pick(f"“{value}”", f"«{value}»") for value in sorted(values)]
            parts.append(f"{voice.text(KEYS[key])} {voice.listed(quoted, any_of=True)}")
        said = voice.listed(parts)
        if self.without:
            other = self.without.say(voice)
            said = voice.pick(f"{said or 'anything'} except {other}", f"{said or 'هر چیزی'} به‌جز {other}")
        return said


def read_filter(node: Node) -> LineFilter:
    """A line filter."""
    found = node.fields(optional=(*KEYS, "not"))
    if not found:
        raise node.bad(Text("At least one of sku, category, brand, tag.", "دست‌کم یکی از sku، category، brand، tag."))
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
