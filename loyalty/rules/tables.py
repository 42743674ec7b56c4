"""Rates that hang on something: `{by: tier, values: {silver: "5/4", gold: "3/2"}}` in place of one rate."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final, Protocol, Self, TypeVar

from loyalty.formats import latin_digits
from loyalty.rules.events import field_key
from loyalty.rules.facts import Facts
from loyalty.rules.known import ATTRIBUTE, FIELD
from loyalty.rules.reading import Bad, Node
from loyalty.rules.voice import Voice
from loyalty.values import Text

Key = str | int


@dataclass(frozen=True, slots=True)
class Table:
    """Rates by the tier, the years of membership, the store, or a field or attribute; numeric keys mean “from”.

    `by` is `tier` or what is kept under that name with a ruling (see `known.py`). Whoever has no key has no rate.
    """

    by: str
    rates: tuple[tuple[Key, Fraction], ...]

    def place(self, facts: Facts) -> int | None:
        """The place of the rate that holds."""
        value = facts.tier if self.by == "tier" else facts.values.get(self.by)
        if isinstance(value, bool):
            value = str(value).lower()  # as documents write it
        if not isinstance(self.rates[0][0], int):
            return next((n for n, (key, _) in enumerate(self.rates) if key == str(value)), None)
        reached = [n for n, (key, _) in enumerate(self.rates) if (found := whole(value)) is not None and key <= found]  # type: ignore[operator]
        return reached[-1] if reached else None

    def say(self, voice: Voice, rate: Callable[[Fraction], str]) -> str:
        """The rates, each with for whom: `1 point (Bronze) or 1.25 points (Silver)`."""
        return voice.listed([f"{rate(its)} ({self._whom(key, voice)})" for key, its in self.rates], any_of=True)

    def _named(self, voice: Voice) -> str:
        """The field or attribute, as the events that have it call it."""
        name = self.by.partition(":")[2]
        fields = [its for event in voice.bylaws.events.values() for its in event.fields] if FIELD in self.by else []
        return next((voice.text(its.title) for its in fields if its.name == name and its.title), name)

    def _whom(self, key: Key, voice: Voice) -> str:
        if self.by == "tier":
            return voice.tier(str(key))
        if self.by == "years":
            years = voice.measured(int(key), "years")
            return voice.pick(f"from {years} of membership", f"از {years} عضویت به بالا")
        name = voice.pick("store", "فروشگاه") if self.by == "store" else self._named(voice)
        if isinstance(key, int):
            return voice.pick(f"{name} from {voice.number(key)}", f"{name} از {voice.number(key)} به بالا")
        return voice.pick(f"{name} “{key}”", f"{name} «{key}»")


class Tabled(Protocol):
    """What may have a table in place of its rate, and then a variant of itself for each of the table's rates."""

    @property
    def table(self) -> Table | None:
        """The table, where it has one."""

    @property
    def variants(self) -> tuple[Self | None, ...]:
        """Itself by each rate of the table; None where a rate gives nothing."""


T = TypeVar("T", bound=Tabled)


def chosen(one: T, facts: Facts) -> T | None:
    """What holds for an event: the thing itself, or its variant by the table; None where no rate holds."""
    if one.table is None:
        return one
    place = one.table.place(facts)
    return None if place is None else one.variants[place]


def rate_or_table(node: Node, read: Callable[[Node], Fraction]) -> tuple[Fraction, Table | None]:
    """A rate, or (0, a table of rates).

    Raises:
        Bad: it is neither; every fault of a table is noted.
    """
    if not isinstance(node.value, dict):
        return read(node), None
    found = node.fields(["by", "values"])
    by = _read_by(found["by"])
    values = found["values"].mapping()
    attempt = node.reading.attempt
    rates = {name: attempt(read, child) for name, child in values.items()}
    keys = _keys(by, values)
    if keys is None or None in rates.values():
        raise Bad
    if not any(rates.values()):
        raise found["values"].bad(Text("None of these gives anything.", "هیچ‌یک از این‌ها چیزی نمی‌دهد."))
    pairs = [(keys[name], rate) for name, rate in rates.items() if rate is not None]
    if all(isinstance(key, int) for key, _ in pairs):
        pairs.sort()
    return Fraction(0), Table(by, tuple(pairs))


_PLAIN: Final = ("tier", "years", "store")


def _read_by(node: Node) -> str:
    """`tier`, `years`, `store`, `{field: NAME}` or `{attribute: NAME}`."""
    reading = node.reading
    if isinstance(node.value, dict):
        found = node.fields(optional=("field", "attribute"))
        if len(found) != 1:
            raise node.bad(Text("Either “field” or “attribute”.", "یا «field» لازم است یا «attribute»."))
        [(what, name)] = found.items()
        if what == "field":
            by = field_key(name)
            reading.event_reads.add(by)
        else:
            by = ATTRIBUTE + name.text(100)
            reading.member_reads.add(by)
        return by
    by = node.choice(_PLAIN)
    if by != "tier":
        (reading.member_reads if by == "years" else reading.event_reads).add(by)
    return by


def _keys(by: str, values: dict[str, Node]) -> dict[str, Key] | None:
    """The keys as they are compared; None where one is wrong."""
    written = {name: latin_digits(name) for name in values}
    numeric = by == "years" or (":" in by and all(its.isascii() and its.isdigit() for its in written.values()))
    keys: dict[str, Key] = {}
    for name, node in values.items():
        if by == "tier" and name not in node.reading.names["tiers"]:
            node.bad(Text(f"There is no tier “{name}”.", f"سطحی به نام «{name}» نیست."))
        elif numeric and not (written[name].isascii() and written[name].isdigit() and len(name) <= 15):
            node.bad(Text("Whole numbers are expected as keys here.", "کلیدها در اینجا باید عدد صحیح باشند."))
        else:
            keys[name] = int(written[name]) if numeric else name
    return keys if len(keys) == len(values) else None


def whole(value: Any) -> int | None:
    """A figure as a whole number, floored; None for what is no number."""
    if isinstance(value, str):
        written = latin_digits(value)
        return int(written) if len(written) <= 15 and written.isascii() and written.isdigit() else None
    return int(value // 1) if isinstance(value, int | float) and not isinstance(value, bool) else None
