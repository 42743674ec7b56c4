"""Set a password by the one-time link that a person was given."""

from __future__ import annotations

from datetime import datetime

from loyalty import formats, passwords
from loyalty.db import transaction
from loyalty.errors import Invalid, NotFound
from loyalty.values import Text


def set_password(token: str, password: str, now: datetime) -> int:
    """Keep the password and use the link up; gives the person's id. Whoever was signed in as them is signed out.

    Raises:
        Invalid: too short or too long a password; the link still works.
        NotFound: an unknown, used or expired link, all alike.
    """
    check(password)
    kept = passwords.hashed(password)  # before the transaction: hashing is slow on purpose
    with transaction() as conn:
        row = conn.execute(
            "DELETE FROM password_link WHERE digest = %s AND expires_at > %s RETURNING person_id",
            [passwords.digest(token), now],
        ).fetchone()
        if row is None:
            raise NotFound(
                Text(
                    "This link was used already or has expired. Ask for a new one.",
                    "این پیوند پیش‌تر به کار رفته یا مهلتش گذشته است. پیوند تازه‌ای بخواهید.",
                )
            )
        conn.execute("UPDATE person SET password = %s WHERE id = %s", [kept, row[0]])
    return int(row[0])


def check(password: str) -> None:
    """Raise `Invalid` for a password that may not be kept."""
    length = len(passwords.normal(password))
    if length < passwords.SHORTEST:
        message = Text(
            f"Use at least {passwords.SHORTEST} characters.",
            f"دست‌کم {formats.number(passwords.SHORTEST, 'fa')} نویسه به کار ببرید.",
        )
    elif length > passwords.LONGEST:
        message = Text(
            f"Use at most {passwords.LONGEST} characters.",
            f"دست‌بالا {formats.number(passwords.LONGEST, 'fa')} نویسه به کار ببرید.",
        )
    else:
        return
    raise Invalid.at("/password", message)
