"""Held rewards that nobody captured in time: their stock is given back; the holds that pay them lapse by themselves."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from loyalty.arrays import array
from loyalty.versions import Connection

_LAPSE: Final = """
    WITH due AS (
        SELECT member_id, id FROM redemption
        WHERE club_id = %(club)s AND status = 'held' AND until <= %(now)s
            AND (%(rewards)s::bigint[] IS NULL OR reward_id = ANY(%(rewards)s) OR choice_id = ANY(%(rewards)s))
        ORDER BY until LIMIT %(most)s FOR UPDATE SKIP LOCKED
    ), ended AS (
        UPDATE redemption SET status = 'lapsed' FROM due
        WHERE redemption.member_id = due.member_id AND redemption.id = due.id
        RETURNING redemption.member_id, redemption.id, redemption.reward_id, redemption.choice_id, redemption.quantity
    ), back AS (
        SELECT reward_id AS id, sum(quantity) AS quantity
        FROM (SELECT reward_id, quantity FROM ended UNION ALL SELECT choice_id, quantity FROM ended) both_
        GROUP BY reward_id
    ), locked AS (
        SELECT reward.id FROM reward JOIN back USING (id) WHERE stock IS NOT NULL ORDER BY id FOR UPDATE OF reward
    ), given AS (
        UPDATE reward SET taken = taken - quantity FROM back JOIN locked USING (id) WHERE reward.id = back.id
    )
    SELECT member_id, ended.id, reward.code, ended.quantity FROM ended JOIN reward ON reward.id = ended.reward_id
"""
"""What somebody is just capturing or voiding is locked, and left to them."""
MOST: Final = 500

Lapsed = tuple[int, int, str, int]
"""Member, redemption, the reward's code, quantity."""


def lapse(conn: Connection, club_id: int, now: datetime, rewards: Sequence[int] | None = None) -> list[Lapsed]:
    """End what was held and has lapsed by an instant, of some rewards or all, at most `MOST`; answers what ended."""
    named = {"club": club_id, "now": now, "rewards": array(rewards) if rewards else None, "most": MOST}
    return conn.execute(_LAPSE, named).fetchall()
