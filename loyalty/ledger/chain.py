"""The chain of a member's entries: each digest is SHA-256 over the one before it and over what the entry says. Pure.

The same text is written in SQL where chains are verified (`loyalty.ledger.audit`).
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_TICK: Final = timedelta(microseconds=1)


def link(
    head: bytes,
    member_id: int,
    n: int,
    event_id: int,
    wallet: str,
    source: str,
    target: str,
    amount: int,
    lot: int | None,
    version: int | None,
    article: str | None,
    occurred_at: datetime,
    posted_at: datetime,
) -> bytes:
    """The digest of a member's n-th entry, after the head that the entries before it left."""
    said = (
        f"{member_id}|{n}|{event_id}|{wallet}|{source}|{target}|{amount}|{'' if lot is None else lot}|"
        f"{'' if version is None else version}|{article or ''}|"
        f"{(occurred_at - _EPOCH) // _TICK}|{(posted_at - _EPOCH) // _TICK}"
    )
    return hashlib.sha256(head + said.encode()).digest()
