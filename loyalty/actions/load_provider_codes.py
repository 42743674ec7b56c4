"""Load a list of a provider's codes, which a reward then gives out."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from loyalty import absent, acts
from loyalty.acts import By
from loyalty.db import retried, transaction
from loyalty.errors import Conflict
from loyalty.rewards import catalogue, provider_codes
from loyalty.rewards.provider_codes import Code
from loyalty.values import Text

_LOCK: Final = "SELECT FROM reward WHERE club_id = %s AND code = %s FOR UPDATE"
_STOCK: Final = "UPDATE reward SET stock = coalesce(stock, 0) + %s WHERE id = %s RETURNING stock - taken"
_OWN: Final = Text("This reward does not give out codes of a provider.", "این پاداش کدهای یک صادرکننده را نمی‌دهد.")


class Loaded(NamedTuple):
    """What became of a list."""

    added: int
    known: int
    """Loaded before, or twice in the list."""
    left: int
    """How many the reward can still give out."""


@retried
def load_provider_codes(
    club_id: int, reward: str, codes: Sequence[Code], instance_key: str, by: By, now: datetime
) -> Loaded:
    """Write down codes for a reward; its stock grows by them, so that never more is held than there is.

    Raises:
        NotFound: the club has no such reward.
        Conflict: it is not one that gives out a provider's codes.
    """
    with transaction() as conn:
        conn.execute(_LOCK, [club_id, reward])
        found = catalogue.by_code(conn, club_id, [reward]).get(reward)
        if found is None:
            raise absent.reward()
        if not found.content.get("provider"):
            raise Conflict(_OWN)
        added = provider_codes.load(conn, club_id, found.id, codes, instance_key, now)
        row = conn.execute(_STOCK, [added, found.id]).fetchone()
        acts.note(conn, club_id, by, "provider_codes.loaded", now, reward=reward, codes=added)
        return Loaded(added, len(codes) - added, row[0] if row else 0)
