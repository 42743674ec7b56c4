"""Codes of a provider's list: loaded, and given out one by one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from loyalty import keys
from loyalty.arrays import columns
from loyalty.rewards import codes
from loyalty.rewards.gift_cards import seal, unseal
from loyalty.rewards.refusals import out_of_stock
from loyalty.versions import Connection

_LOAD: Final = """
    INSERT INTO provider_code (club_id, reward_id, digest, sealed, created_at)
    SELECT %s, %s, digest, sealed, %s FROM unnest(%s::bytea[], %s::bytea[]) AS loaded (digest, sealed)
    ON CONFLICT DO NOTHING
"""
_TAKE: Final = """
    WITH free AS (
        SELECT id FROM provider_code WHERE reward_id = %s AND redemption_id IS NULL
        ORDER BY id LIMIT %s FOR UPDATE SKIP LOCKED
    )
    UPDATE provider_code SET member_id = %s, redemption_id = %s, taken_at = %s FROM free
    WHERE provider_code.id = free.id
    RETURNING digest, sealed
"""
_TAKEN: Final = "SELECT EXISTS (SELECT FROM provider_code WHERE member_id = %s AND redemption_id = %s)"

Code = tuple[str, str | None]
"""A code and its PIN, as the provider wrote them."""


def load(
    conn: Connection, club_id: int, reward_id: int, texts: Sequence[Code], instance_key: str, now: datetime
) -> int:
    """Write down those codes that the club does not have; answers how many."""
    rows = []
    for text, pin in texts:
        digest = keys.lookup(text, codes.owner(club_id), instance_key, "gift card")
        rows.append((digest, seal(text, pin, digest, instance_key)))
    return conn.execute(_LOAD, [club_id, reward_id, now, *columns(rows)]).rowcount if rows else 0


def take(
    conn: Connection, reward_id: int, quantity: int, whose: tuple[int, int], instance_key: str, now: datetime
) -> list[Code]:
    """Give codes out to a member's redemption: those loaded first; two who take at once never get the same.

    Raises:
        OutOfStock: there are not so many left.
    """
    rows = conn.execute(_TAKE, [reward_id, quantity, *whose, now]).fetchall()
    if len(rows) < quantity:
        raise out_of_stock(len(rows)).problem()
    return [unseal(bytes(sealed), bytes(digest), instance_key) for digest, sealed in rows]


def given_out(conn: Connection, member_id: int, redemption_id: int) -> bool:
    """Whether a redemption has such codes: who saw one may have used it, and nobody here would know."""
    return conn.execute(_TAKEN, [member_id, redemption_id]).fetchone() == (True,)
