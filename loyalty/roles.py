"""What people of a club may do, by their role. Everybody sees the club's pages."""

from __future__ import annotations

from typing import Final, Literal

from loyalty.values import Text

Role = Literal["owner", "marketer", "approver", "cashier", "viewer"]
Right = Literal["write_bylaws", "approve_bylaws", "keep_segments", "keep_rewards", "keep_notices", "manage_people"]

ROLES: Final[dict[Role, Text]] = {
    "owner": Text("owner", "مالک"),
    "marketer": Text("marketer", "بازاریاب"),
    "approver": Text("approver", "تأییدکننده"),
    "cashier": Text("cashier", "صندوق‌دار"),
    "viewer": Text("viewer", "بیننده"),
}
_MAY: Final[dict[Right, frozenset[Role]]] = {
    "write_bylaws": frozenset({"owner", "marketer"}),
    "approve_bylaws": frozenset({"owner", "approver"}),
    "keep_segments": frozenset({"owner", "marketer"}),
    "keep_rewards": frozenset({"owner", "marketer"}),
    "keep_notices": frozenset({"owner", "marketer"}),
    "manage_people": frozenset({"owner"}),
}


def may(role: Role, right: Right) -> bool:
    """Whether a role has a right."""
    return role in _MAY[right]
