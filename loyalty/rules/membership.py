"""What a member's standing means: who earns, who spends, and what becomes of the wallets."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from loyalty.rules.reading import Bad, Node
from loyalty.rules.types import BOOLEAN
from loyalty.values import Text

STATUSES: Final = ("suspended", "left", "expelled", "deceased")
"""What a membership may be besides active."""
STATUS_TITLES: Final = {
    "active": Text("active", "فعال"),
    "suspended": Text("suspended", "تعلیق"),
    "left": Text("left", "ترک باشگاه"),
    "expelled": Text("expelled", "اخراج"),
    "deceased": Text("deceased", "درگذشت"),
}


@dataclass(frozen=True, slots=True)
class Membership:
    """What a standing allows; `wallets` says whether balances are kept or forfeited when it begins."""

    earns: bool = False
    spends: bool = False
    wallets: str = "keep"


STANDINGS: Final = {"active": Membership(earns=True, spends=True), **dict.fromkeys(STATUSES, Membership())}
"""What each standing means where the document says nothing."""


def read_membership(node: Node) -> dict[str, Membership]:
    """Every standing with what it means, `active` too; what the document does not say is the default.

    Raises:
        Bad: a standing is not known, or something of it is wrong; every fault is noted.
    """
    found = node.fields(optional=STATUSES)
    read = {status: node.reading.attempt(_standing, child) for status, child in found.items()}
    good = {status: terms for status, terms in read.items() if terms is not None}
    if len(good) < len(read):
        raise Bad
    return {**STANDINGS, **good}


def _standing(node: Node) -> Membership:
    found = node.fields(optional=("earns", "spends", "wallets"))
    attempt = node.reading.attempt
    earns = attempt(BOOLEAN.read, found["earns"]) if "earns" in found else False
    spends = attempt(BOOLEAN.read, found["spends"]) if "spends" in found else False
    wallets = attempt(lambda n: n.choice(("keep", "forfeit")), found["wallets"]) if "wallets" in found else "keep"
    if earns is None or spends is None or wallets is None:
        raise Bad
    return Membership(earns, spends, wallets)
