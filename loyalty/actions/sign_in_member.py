"""Sign a member in by the one-time code that was sent to the phone."""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import Final

from loyalty.actions.send_sign_in_code import digest
from loyalty.db import transaction

TRIES: Final = 5
"""Guesses that one code stands, right or wrong."""


def sign_in_member(club_id: int, phone: str, code: str, now: datetime) -> int | None:
    """The member's id, or None: a wrong, used, lapsed or worn-out code and an unknown phone are refused alike.

    A code opens once. The guess is counted before it is compared, so guesses at the same time count as well.
    """
    with transaction() as conn:
        row = conn.execute(
            """
            UPDATE sign_in_code c SET attempts = attempts + 1
            FROM identifier i
            WHERE i.club_id = %s AND i.kind = 'phone' AND i.value = %s AND c.member_id = i.member_id
              AND c.attempts < %s AND c.expires_at > %s
            RETURNING c.member_id, c.digest
            """,
            [club_id, phone, TRIES, now],
        ).fetchone()
        member_id, kept = row or (None, b"")
        if not hmac.compare_digest(digest(club_id, phone, code), bytes(kept)):
            return None
        conn.execute("DELETE FROM sign_in_code WHERE member_id = %s", [member_id])
    return int(member_id)
