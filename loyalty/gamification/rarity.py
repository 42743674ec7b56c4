"""How rare a badge is: how many of the members who are active have it. Counted once a night and kept with the club."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import psycopg
from psycopg.types.json import Jsonb

Connection = psycopg.Connection[tuple[Any, ...]]

ACTIVE: Final = timedelta(days=365)
"""Active is to whom something happened within so long: who left long ago makes no badge rare."""

_COUNTED: Final = """
    WITH active AS MATERIALIZED (
        SELECT id FROM member
        WHERE club_id = %(club)s AND merged_into IS NULL AND erased_at IS NULL AND status = 'active'
            AND latest_at >= %(since)s
    ), held AS (
        SELECT code, count(DISTINCT member_id) AS holders
        FROM badge_level JOIN active ON active.id = badge_level.member_id GROUP BY code
    )
    SELECT (SELECT count(*) FROM active), coalesce(jsonb_object_agg(code, holders), '{}') FROM held
"""
_KEPT: Final = "SELECT active, holders FROM badge_rarity WHERE club_id = %s"
_KEEP: Final = """
    INSERT INTO badge_rarity (club_id, active, holders, counted_at) VALUES (%s, %s, %s, %s)
    ON CONFLICT (club_id) DO UPDATE
    SET active = excluded.active, holders = excluded.holders, counted_at = excluded.counted_at
"""


class Rarity(NamedTuple):
    """The active members of a club, and how many of them hold each badge, at whatever level."""

    active: int
    holders: dict[str, int]

    def share(self, badge: str) -> int:
        """The floored percentage of active members who hold a badge."""
        return self.holders.get(badge, 0) * 100 // self.active if self.active else 0


def rarity(conn: Connection, club_id: int, now: datetime) -> Rarity:
    """As of last night; of a club that was not counted yet, as of now."""
    row = conn.execute(_KEPT, [club_id]).fetchone()
    return Rarity(*row) if row else count(conn, club_id, now)


def count(conn: Connection, club_id: int, now: datetime) -> Rarity:
    """As of now."""
    row = conn.execute(_COUNTED, {"club": club_id, "since": now - ACTIVE}).fetchone()
    assert row
    return Rarity(*row)


def keep(conn: Connection, club_id: int, found: Rarity, now: datetime) -> None:
    """Keep what was counted in place of what was kept before."""
    conn.execute(_KEEP, [club_id, found.active, Jsonb(found.holders), now])
