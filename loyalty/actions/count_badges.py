"""Count once a night how many of a club's active members hold each badge."""

from __future__ import annotations

from datetime import datetime

from loyalty.db import transaction
from loyalty.gamification import rarity


def count_badges(club_id: int, now: datetime) -> None:
    """Count and keep it; no member waits for it, and done again it is only fresher."""
    with transaction() as conn:
        rarity.keep(conn, club_id, rarity.count(conn, club_id, now), now)
