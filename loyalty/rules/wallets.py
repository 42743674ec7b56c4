"""How a wallet is read: its terms, each with its fault where it is none."""

from __future__ import annotations

from loyalty.rules.limits import Limit, different, read_wallet_limit
from loyalty.rules.parts import Wallet
from loyalty.rules.paying import read_pays
from loyalty.rules.reading import Bad, Node
from loyalty.rules.terms import read_end
from loyalty.rules.types import BOOLEAN, bilingual


def read_wallet(code: str, node: Node) -> Wallet:
    """A wallet under its code.

    Raises:
        Bad: it has a fault, which is noted.
    """
    found = node.fields(
        ["unit", "name"], ["rounds", "matures", "expires", "spend", "debt", "transfers", "limits", "pays", "same_sale"]
    )
    attempt = node.reading.attempt

    def one(name: str, *options: str) -> str | None:
        return attempt(lambda n: n.choice(options), found[name]) if name in found else options[0]

    unit, rounds = one("unit", "points", "money"), one("rounds", "floor", "half_up", "ceil")
    if unit is not None and rounds is not None:  # known to awards, whatever else is wrong here
        node.reading.wallet_units[code] = unit
        node.reading.roundings[code] = rounds  # type: ignore[assignment]
    name = attempt(bilingual, found["name"])
    matures = attempt(read_end, found["matures"]) if "matures" in found else None
    expires = attempt(lambda n: read_end(n, of_wallet=True), found["expires"]) if "expires" in found else None
    spend, debt = one("spend", "soonest_expiry", "oldest"), one("debt", "allow", "clamp", "refuse")
    transfers = attempt(BOOLEAN.read, found["transfers"]) if "transfers" in found else False
    limits = attempt(lambda n: _wallet_limits(n, code), found["limits"]) if "limits" in found else ()
    pays = attempt(lambda n: read_pays(n, unit or "points"), found["pays"]) if "pays" in found else None
    same_sale = attempt(BOOLEAN.read, found["same_sale"]) if "same_sale" in found else False
    if (
        unit is None
        or rounds is None
        or name is None
        or spend is None
        or debt is None
        or transfers is None
        or limits is None
        or same_sale is None
    ):
        raise Bad
    return Wallet(code, unit, name, rounds, matures, expires, spend, debt, transfers, limits, pays, same_sale)  # type: ignore[arg-type]


def _wallet_limits(node: Node, code: str) -> tuple[Limit, ...]:
    return different(node.every(lambda n: read_wallet_limit(n, code)), node)
