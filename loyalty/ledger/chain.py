"""The chain of a member's entries, and the chain of a club's seals over all heads: what each digest is taken of. Pure.

Each is SHA-256 over the digest before it and over what the entry or seal says. An entry's text is written in SQL too,
where chains are verified (`loyalty.ledger.audit`); a seal's stands here alone.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
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
        f"{_ticks(occurred_at)}|{_ticks(posted_at)}"
    )
    return hashlib.sha256(head + said.encode()).digest()


def seal_of(
    before: bytes, club_id: int, n: int, day: date, sealed_at: datetime, heads: Iterable[tuple[int, int, bytes]]
) -> bytes:
    """The digest of a club's n-th seal, after the one before it.

    `heads` are the chains that it notes as (member, entries, head), in the order of members; they are read once.
    """
    digest = hashlib.sha256(before + f"{club_id}|{n}|{day.isoformat()}|{_ticks(sealed_at)}".encode())
    for member_id, entries, head in heads:
        digest.update(f"\n{member_id}|{entries}|{head.hex()}".encode())
    return digest.digest()


def _ticks(at: datetime) -> int:
    """Microseconds since 1970: the one form of an instant that no setting changes."""
    return (at - _EPOCH) // _TICK
