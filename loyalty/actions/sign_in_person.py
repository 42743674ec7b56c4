"""Sign in somebody who works for a club."""

from __future__ import annotations

from loyalty import passwords
from loyalty.actions.create_person import normal_email
from loyalty.db import transaction


def sign_in_person(email: str, password: str) -> int | None:
    """The person's id, or None: an unknown address, a missing and a wrong password are refused alike and as slowly."""
    with transaction() as conn:
        row = conn.execute("SELECT id, password FROM person WHERE email = %s", [normal_email(email)]).fetchone()
    person_id, kept = row or (None, None)
    if not passwords.matches(kept, password) or person_id is None:  # no transaction is open while argon2 works
        return None
    if passwords.outdated(kept):
        with transaction() as conn:
            conn.execute(
                "UPDATE person SET password = %s WHERE id = %s AND password = %s",
                [passwords.hashed(password), person_id, kept],
            )
    return int(person_id)
