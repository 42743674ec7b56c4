"""Do what a request asks once, however often it is sent with the same key, and answer it every time as the first."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final, NamedTuple

from loyalty.db import retried, transaction
from loyalty.errors import Conflict, Fault
from loyalty.outbox import wake
from loyalty.values import Text

HEADER: Final = "Idempotency-Key"
"""Where a request carries its key."""
REPEATED: Final = 200
"""The status of a repeated answer."""

_TAKE: Final = """
    INSERT INTO answer (club_id, key, digest, created_at) VALUES (%s, %s, %s, %s)
    ON CONFLICT (club_id, key) DO UPDATE SET key = excluded.key
    RETURNING digest, body::text
"""
"""Takes the key, or waits for whoever has it and finds the answer: one statement, so that nothing comes between."""
_KEEP: Final = "UPDATE answer SET status = %s, body = %s::json, member_id = %s WHERE club_id = %s AND key = %s"
_TAKEN: Final = Text(
    "This key came with another request before; choose a new one.",
    "این کلید پیش‌تر با درخواست دیگری آمده است؛ کلید تازه‌ای برگزینید.",
)


class Answer(NamedTuple):
    """An answer as it goes out."""

    status: int
    body: str
    """JSON."""
    member_id: int | None = None
    """Whom it is about, where it is about a member: with the member's erasure it goes."""


def answer_once(club_id: int, key: str, digest: bytes, act: Callable[[], Answer], now: datetime) -> Answer:
    """Act and keep the answer in one transaction, or answer as before; one that comes meanwhile waits for it.

    What is refused leaves nothing behind, the key neither: it can be tried again. `act` may be called more than once
    (after a deadlock), but only one call lasts. `digest` tells whether the same is asked.

    Raises:
        Conflict: the key came with another request before.
    """
    answer = _answer(club_id, key, digest, act, now)
    wake()
    return answer


@retried
def _answer(club_id: int, key: str, digest: bytes, act: Callable[[], Answer], now: datetime) -> Answer:
    with transaction() as conn:
        row = conn.execute(_TAKE, [club_id, key, digest, now]).fetchone()
        assert row
        its, body = row
        if its != digest:
            raise Conflict(_TAKEN, [Fault(f"/{HEADER}", _TAKEN)])
        if body is not None:
            return Answer(REPEATED, body)
        answer = act()
        conn.execute(_KEEP, [answer.status, answer.body, answer.member_id, club_id, key])
        return answer
