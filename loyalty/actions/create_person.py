"""Let somebody work for a club: they get a one-time link to set their password."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import psycopg

from loyalty import passwords
from loyalty.db import retried, transaction
from loyalty.errors import Invalid
from loyalty.values import Lang, Text

LINK_LASTS: Final = timedelta(days=7)


class CreatedPerson(NamedTuple):
    """A person of a club. `token` goes into the address `/admin/set-password/{token}`; None if they have a password."""

    id: int
    token: str | None


@retried
def create_person(club_id: int, email: str, now: datetime, *, name: str = "", lang: Lang = "fa") -> CreatedPerson:
    """Make somebody an owner of a club; who works for another club already keeps name and password.

    Raises:
        Invalid: not an e-mail address.
    """
    with transaction() as conn:
        return add_person(conn, club_id, email, now, name=name, lang=lang)


def add_person(
    conn: psycopg.Connection[tuple[Any, ...]],
    club_id: int,
    email: str,
    now: datetime,
    *,
    name: str = "",
    lang: Lang = "fa",
) -> CreatedPerson:
    """`create_person` inside the caller's transaction."""
    email = normal_email(email)
    before, at, domain = email.partition("@")
    if not (before and at and "." in domain) or " " in email or len(email) > 254:
        raise Invalid.at("/email", Text("This is not an e-mail address.", "این نشانی ایمیل درست نیست."))
    person_id, password = conn.execute(
        "INSERT INTO person (email, name, lang, created_at) VALUES (%s, %s, %s, %s) "
        "ON CONFLICT (email) DO UPDATE SET email = excluded.email RETURNING id, password",
        [email, name.strip() or before, lang, now],
    ).fetchone() or (0, None)
    conn.execute(
        "INSERT INTO role (person_id, club_id, role) VALUES (%s, %s, 'owner') ON CONFLICT DO NOTHING",
        [person_id, club_id],
    )
    return CreatedPerson(person_id, None if password else _link(conn, person_id, now))


def normal_email(email: str) -> str:
    """One form per address: no spaces around it, lower case."""
    return email.strip().casefold()


def _link(conn: psycopg.Connection[tuple[Any, ...]], person_id: int, now: datetime) -> str:
    """A new one-time link; an earlier one stops working."""
    token = passwords.new_token()
    conn.execute("DELETE FROM password_link WHERE person_id = %s", [person_id])
    conn.execute(
        "INSERT INTO password_link (digest, person_id, expires_at) VALUES (%s, %s, %s)",
        [passwords.digest(token), person_id, now + LINK_LASTS],
    )
    return token
