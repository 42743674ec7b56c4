"""What members are called where others see them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from loyalty.db import connection
from loyalty.values import Lang, Text

NAMELESS: Final = Text("A member", "یکی از اعضا")

_NAMES: Final = """
    SELECT u.id, p.alias, p.name FROM unnest(%s::bigint[]) AS u(id) LEFT JOIN profile p ON p.member_id = u.id
"""


def called(member_ids: Iterable[int], lang: Lang) -> dict[int, str]:
    """Each member's alias, or the first name with an initial."""
    rows = connection().execute(_NAMES, [sorted(set(member_ids))])
    return {member_id: alias or short_name(name) or NAMELESS.to(lang) for member_id, alias, name in rows}


def short_name(name: str | None) -> str:
    """The first name and the initial of the last: what others may see of a member who chose no alias."""
    words = (name or "").split()
    return f"{words[0]} {words[-1][0]}." if len(words) > 1 else "".join(words)
