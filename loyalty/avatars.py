"""Pictures of members: stars of the house in a figure and a hue, chosen, or else given by the member's id.

A picture is two digits: the figure and the hue. It says nothing of the person.
"""

from __future__ import annotations

import hashlib
from typing import Final

from loyalty.art import AVATAR_FIGURES, BADGE_HUES

ALL: Final = tuple(f"{figure}{hue}" for figure in range(len(AVATAR_FIGURES)) for hue in range(len(BADGE_HUES)))
FORM: Final = f"[0-{len(AVATAR_FIGURES) - 1}][0-{len(BADGE_HUES) - 1}]"


def of(member_id: int, chosen: str | None) -> str:
    """A member's picture: the chosen one, or always the same of their own."""
    if chosen:
        return chosen
    return ALL[hashlib.sha256(f"avatar {member_id}".encode()).digest()[0] % len(ALL)]


def address(picture: str) -> str:
    """Where a picture is served; its content never changes."""
    return f"/w/avatars/{picture}.svg"
