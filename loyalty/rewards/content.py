"""What a reward promises, by its kind: the fields that each kind has, checked with the names of the bylaws in force."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any, Final, NamedTuple

from loyalty.errors import Fault, Invalid
from loyalty.rewards.certificates import SLOTS, slots
from loyalty.rules import Bylaws
from loyalty.rules.awards.discount import Discount
from loyalty.rules.reading import Bad, Node, Reading
from loyalty.values import Text

FIELDS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "cashback": (("value",), ("into",)),
    "gift_card": ((), ("value", "provider")),
    "discount": (("discount",), ()),
    "goods": ((), ("sku",)),
    "experience": ((), ("sku",)),
    "raffle": (("raffle",), ("tickets",)),
    "certificate": (("words",), ()),
    "donation": (("to",), ()),
    "mixed": (("choices",), ()),
}
"""By kind: the fields that it needs, and those that it may have."""
ALL: Final = tuple(sorted({name for needs, may in FIELDS.values() for name in (*needs, *may)}))

BARE: Final = frozenset({"cashback", "donation", "raffle"})
"""Kinds that are had at once: there is no code to show for them."""

_NEEDED: Final = Text("A reward of this kind needs this field.", "پاداشی از این گونه به این فیلد نیاز دارد.")
_STRANGE: Final = Text("A reward of this kind has no such field.", "پاداشی از این گونه چنین فیلدی ندارد.")


class Names(NamedTuple):
    """What a promise may name: the version in force and its document, and other rewards' codes with their kinds."""

    bylaws: Bylaws
    document: Mapping[str, Any]
    kinds: Mapping[str, str]


def checked(kind: str, sent: Mapping[str, Any], names: Names) -> dict[str, Any]:
    """What a reward of a kind promises, of the fields that were sent.

    Raises:
        Invalid: a field is missing, strange or wrong; each with its place.
    """
    needs, may = FIELDS[kind]
    faults = [Fault(f"/{name}", _NEEDED) for name in needs if sent.get(name) is None]
    faults += [Fault(f"/{name}", _STRANGE) for name in ALL if sent.get(name) is not None and name not in (*needs, *may)]
    if faults:
        raise Invalid(faults)
    content = {name: sent[name] for name in (*needs, *may) if sent.get(name) is not None}
    check = _CHECKS.get(kind)
    return check(content, names) if check else content


def discount_of(tree: Mapping[str, Any], bylaws: Bylaws, path: str = "/discount") -> Discount:
    """A discount as a reward or a code promises it.

    Raises:
        Invalid: it has faults; each with its place.
    """
    reading = Reading(bylaws.club.calendar)
    found = reading.attempt(Discount.load, Node(tree, path, reading))
    if found is None or reading.faults:
        raise Invalid(reading.faults)
    return found


def _cashback(content: dict[str, Any], names: Names) -> dict[str, Any]:
    return content | {"into": money_wallet(names.bylaws, content.get("into"), "/into")}


def money_wallet(bylaws: Bylaws, code: str | None, path: str) -> str:
    """A wallet in money: the one named, else the first.

    Raises:
        Invalid: the bylaws have none, or the one named is not in money.
    """
    return _wallet(bylaws, code, "money", path)


def points_wallet(bylaws: Bylaws, code: str | None, path: str) -> str:
    """A wallet in points: the one named, else the first.

    Raises:
        Invalid: the bylaws have none, or the one named is not in points.
    """
    return _wallet(bylaws, code, "points", path)


def _wallet(bylaws: Bylaws, code: str | None, unit: str, path: str) -> str:
    of_unit = [name for name, its in bylaws.wallets.items() if its.unit == unit]
    if code is None and of_unit:
        return of_unit[0]
    if code not in of_unit:
        words = Text("money", "پول") if unit == "money" else Text("points", "امتیاز")
        said = Text("The bylaws have no such wallet of {unit}.", "اساسنامه چنین کیف {unit} ندارد.")
        raise Invalid.at(path, said.with_(unit=words))
    return code


def _gift_card(content: dict[str, Any], _: Names) -> dict[str, Any]:
    if ("value" in content) == bool(content.get("provider")):
        either = Text(
            "Either “value”, or “provider” where codes of a provider are given out.",
            "یا «value»، یا «provider» وقتی کدهای یک صادرکننده داده می‌شود.",
        )
        raise Invalid.at("/value", either)
    return content


def _discount(content: dict[str, Any], names: Names) -> dict[str, Any]:
    discount_of(content["discount"], names.bylaws)
    return content


def _raffle(content: dict[str, Any], names: Names) -> dict[str, Any]:
    if content["raffle"] not in names.document.get("raffles", {}):
        raise Invalid.at("/raffle", Text("The bylaws have no such raffle.", "اساسنامه چنین قرعه‌کشی‌ای ندارد."))
    return {"tickets": 1} | content


def _certificate(content: dict[str, Any], _: Names) -> dict[str, Any]:
    known = ", ".join(f"{{{its}}}" for its in SLOTS)
    said = Text("Braces are for one of these: {known}.", "آکولاد برای یکی از این‌هاست: {known}.").with_(known=known)
    for lang, words in content["words"].items():
        try:
            strange = slots(words) - set(SLOTS)
        except ValueError:
            strange = {words}
        if strange:
            raise Invalid.at(f"/words/{lang}", said)
    return content


def _mixed(content: dict[str, Any], names: Names) -> dict[str, Any]:
    faults = []
    for place, code in enumerate(content["choices"]):
        if names.kinds.get(code, "mixed") == "mixed":
            said = Text(
                "A choice is another reward of the club, itself without a choice.",
                "هر انتخاب پاداش دیگری از باشگاه است که خود انتخابی ندارد.",
            )
            faults.append(Fault(f"/choices/{place}", said))
    if faults:
        raise Invalid(faults)
    return content


_CHECKS: Final[dict[str, Callable[[dict[str, Any], Names], dict[str, Any]]]] = {
    "cashback": _cashback,
    "gift_card": _gift_card,
    "discount": _discount,
    "raffle": _raffle,
    "certificate": _certificate,
    "mixed": _mixed,
}


def readable(read: Callable[[Node], object], tree: object, path: str, bylaws: Bylaws) -> None:
    """Refuse a part of a reward that cannot be read.

    Raises:
        Invalid: with every fault, each with its place.
    """
    reading = Reading(bylaws.club.calendar)
    try:
        read(Node(tree, path, reading))
    except Bad:
        raise Invalid(reading.faults) from None
    if reading.faults:
        raise Invalid(reading.faults)


def codes_named(content: Mapping[str, Any]) -> Collection[str]:
    """The other rewards that a promise names."""
    found: list[str] = content.get("choices") or []
    return found
