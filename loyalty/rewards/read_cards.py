"""The gift cards of redemptions, and the codes of providers, read again by the member who redeemed them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from loyalty.arrays import array
from loyalty.rewards.codes import ReadCode
from loyalty.rewards.gift_cards import unseal
from loyalty.versions import Connection

_CARDS: Final = """
    SELECT redemption_id, digest, sealed, balance < amount, blocked_at IS NOT NULL, expires_at, balance FROM gift_card
    WHERE member_id = ANY(%(members)s::bigint[]) AND redemption_id = ANY(%(redemptions)s::bigint[])
        AND sealed IS NOT NULL
    ORDER BY id
"""
_PROVIDED: Final = """
    SELECT redemption_id, digest, sealed FROM provider_code
    WHERE member_id = ANY(%(members)s::bigint[]) AND redemption_id = ANY(%(redemptions)s::bigint[])
        AND sealed <> '' ORDER BY id
"""


def of_redemptions(
    conn: Connection, members: Sequence[int], redemptions: Sequence[int], instance_key: str
) -> dict[int, list[ReadCode]]:
    """The cards and provider's codes of some redemptions, by redemption, in two statements."""
    named = {"members": array(members), "redemptions": array(redemptions)}
    found: dict[int, list[ReadCode]] = {}
    for id_, digest, sealed, spent, blocked, until, balance in conn.execute(_CARDS, named).fetchall():
        code, pin = unseal(bytes(sealed), bytes(digest), instance_key)
        found.setdefault(id_, []).append(ReadCode(code, int(spent), None, blocked, until, pin, balance))
    for id_, digest, sealed in conn.execute(_PROVIDED, named).fetchall():
        code, pin = unseal(bytes(sealed), bytes(digest), instance_key)
        found.setdefault(id_, []).append(ReadCode(code, 0, None, False, None, pin))
    return found
