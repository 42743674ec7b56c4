"""Draws of chance: which nobody can know beforehand or choose, and anyone with the key can make again."""

from __future__ import annotations

from loyalty import keys


def draw(club_id: int, key: str, instance_key: str) -> bytes:
    """HMAC-SHA256 of an event's key under a key of the club's, which is derived from the instance's."""
    return keys.lookup(key, str(club_id).encode(), instance_key, "draw of chance")
