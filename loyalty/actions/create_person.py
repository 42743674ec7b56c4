"""Let somebody work for a club: they get a one-time link to set their password."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import psycopg

from loyalty import passwords
from loyalty.acts import By, note
from loyalty.db import retried, transaction
from loyalty.errors import Conflict, Invalid
from loyalty.roles import Role
from loyalty.values import Lang, Text

LINK_LASTS: Final = timedelta(days=7)


class CreatedPerson(NamedTuple):
    """A person of a club. `token` goes into the address `/admin/set-password/{token}`; None if they have a password."""

    id: int
    token: str | None


@retried
def create_person(
    club_id: int,
    email: str,
    now: datetime,
    *,
    role: Role = "owner",
    name: str = "",
    lang: Lang = "fa",
    by: By | None = None,
) -> CreatedPerson:
    """Let somebody work for a club in a role, or give them another; who works for another club keeps name and password.

    `by` is the person who does it; None is whoever runs the instance.

    Raises:
        Invalid: not an e-mail address.
        Conflict: the club would have no owner any more.
    """
    with transaction() as conn:
        made = add_person(conn, club_id, email, now, role=role, name=name, lang=lang)
        if by:
            note(conn, club_id, by, "person.added", now, person=made.id, role=role)
        return made


def add_person(
    conn: psycopg.Connection[tuple[Any, ...]],
    club_id: int,
    email: str,
    now: datetime,
    *,
    role: Role = "owner",
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
    conn.execute("SELECT 1 FROM club WHERE id = %s FOR NO KEY UPDATE", [club_id])
    if role != "owner":
        keep_an_owner(conn, club_id, person_id)
    conn.execute(
        "INSERT INTO role (person_id, club_id, role) VALUES (%s, %s, %s)"
        " ON CONFLICT (person_id, club_id) DO UPDATE SET role = excluded.role",
        [person_id, club_id, role],
    )
    return CreatedPerson(person_id, None if password else _link(conn, person_id, now))


def keep_an_owner(conn: psycopg.Connection[tuple[Any, ...]], club_id: int, person_id: int) -> None:
    """Make sure that a club whose person loses a role still has an owner.

    Raises:
        Conflict: the person is the only one.
    """
    owners = conn.execute("SELECT person_id FROM role WHERE club_id = %s AND role = 'owner'", [club_id]).fetchall()
    if owners == [(person_id,)]:
        raise Conflict(Text("A club needs an owner.", "باشگاه نباید بی‌مالک بماند."))


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
