"""What members are called where others see them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from loyalty import avatars
from loyalty.db import connection
from loyalty.values import Lang, Text

NAMELESS: Final = Text("A member", "یکی از اعضا")

_NAMES: Final = """
    SELECT u.id, p.alias, p.name, p.avatar FROM unnest(%s::bigint[]) AS u(id) LEFT JOIN profile p ON p.member_id = u.id
"""


class Called(NamedTuple):
    """What others see of a member: an alias, or the first name with an initial; and the address of a picture."""

    name: str
    avatar: str | None


def called(member_ids: Iterable[int], lang: Lang) -> dict[int, Called]:
    """What others see of members."""
    rows = connection().execute(_NAMES, [sorted(set(member_ids))])
    return {
        id_: Called(alias or short_name(name) or NAMELESS.to(lang), avatars.address(avatars.of(id_, chosen)))
        for id_, alias, name, chosen in rows
    }


def picture_of(member_id: int) -> str:
    """A member's picture."""
    row = connection().execute("SELECT avatar FROM profile WHERE member_id = %s", [member_id]).fetchone()
    return avatars.of(member_id, row[0] if row else None)


def short_name(name: str | None) -> str:
    """The first name and the initial of the last: what others may see of a member who chose no alias."""
    words = (name or "").split()
    return f"{words[0]} {words[-1][0]}." if len(words) > 1 else "".join(words)
