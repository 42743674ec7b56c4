"""Send a member the one-time code that opens the member's page."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from loyalty.config import settings
from loyalty.db import transaction

LIVES: Final = timedelta(minutes=5)
DIGITS: Final = 6
MAY_SIGN_IN: Final = ["active", "suspended"]
"""A suspended member still sees what is his; who left or was expelled does not sign in."""


def send_sign_in_code(club_id: int, phone: str, now: datetime, send: Callable[[str], None]) -> None:
    """Make a new code for the member with that phone (E.164) and hand it to `send`, once it is kept.

    An earlier code of that member is void. A phone that no member has takes the same way and sends nothing; the caller
    can't tell the two apart.
    """
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    with transaction() as conn:
        known = conn.execute(
            """
            INSERT INTO sign_in_code (member_id, digest, expires_at, attempts)
            SELECT m.id, %(digest)s, %(until)s, 0
            FROM identifier i JOIN member m ON m.id = i.member_id
            WHERE i.club_id = %(club)s AND i.kind = 'phone' AND i.value = %(phone)s AND m.status = ANY(%(may)s)
            ON CONFLICT (member_id) DO UPDATE
            SET digest = excluded.digest, expires_at = excluded.expires_at, attempts = 0
            """,
            {
                "club": club_id,
                "phone": phone,
                "digest": digest(club_id, phone, code),
                "until": now + LIVES,
                "may": MAY_SIGN_IN,
            },
        ).rowcount
    if known:
        send(code)


def digest(club_id: int, phone: str, code: str) -> bytes:
    """What is kept of a code: its keyed hash, worthless without the instance's key."""
    key = settings().secret_key.encode()
    return hmac.digest(key, f"sign-in-code:{club_id}:{phone}:{code}".encode(), hashlib.sha256)
