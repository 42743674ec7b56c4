"""Who works for which clubs."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import NamedTuple

from loyalty import passwords
from loyalty.calendars import Calendar
from loyalty.db import connection
from loyalty.formats import unit
from loyalty.queries.clubs import ClubView
from loyalty.roles import Role
from loyalty.values import Lang, Text


class PersonView(NamedTuple):
    """Somebody who works for clubs. `stamp` changes with the password, so that a new one ends older sessions."""

    id: int
    email: str
    name: str
    lang: Lang
    stamp: str
    clubs: tuple[ClubView, ...]
    roles: dict[int, Role]
    """What they are in each club, by its id."""


class Colleague(NamedTuple):
    """Somebody who works for a club."""

    id: int
    email: str
    name: str
    role: Role
    has_password: bool


def colleagues(club_id: int) -> list[Colleague]:
    """Everybody who works for a club, by name."""
    rows = connection().execute(
        "SELECT p.id, p.email, p.name, r.role, p.password IS NOT NULL FROM role r JOIN person p ON p.id = r.person_id"
        " WHERE r.club_id = %s ORDER BY p.name, p.id",
        [club_id],
    )
    return [Colleague(*row) for row in rows]


def person(person_id: int) -> PersonView | None:
    """A person who may sign in, with their clubs by name; None if there is none (any more)."""
    rows = (
        connection()
        .execute(
            "SELECT p.email, p.name, p.lang, p.password, c.id, c.code, c.name, c.currency, c.display, c.timezone, "
            "c.calendar, r.role "
            "FROM person p LEFT JOIN role r ON r.person_id = p.id LEFT JOIN club c ON c.id = r.club_id "
            "WHERE p.id = %s AND p.password IS NOT NULL ORDER BY c.code",
            [person_id],
        )
        .fetchall()
    )
    if not rows:
        return None
    email, name, lang, password, *_ = rows[0]
    clubs = tuple(
        ClubView(id_, code, Text(**title), currency, display, Calendar(zone, calendar), unit(currency, display))
        for *_, id_, code, title, currency, display, zone, calendar, _ in rows
        if id_ is not None
    )
    roles = {row[4]: row[-1] for row in rows if row[4] is not None}
    stamp = hashlib.sha256(password.encode()).hexdigest()[:16]
    return PersonView(person_id, email, name, "en" if lang == "en" else "fa", stamp, clubs, roles)


def whose_link(token: str, now: datetime) -> str | None:
    """The e-mail address that a one-time link belongs to, if it still works."""
    row = (
        connection()
        .execute(
            "SELECT p.email FROM password_link l JOIN person p ON p.id = l.person_id "
            "WHERE l.digest = %s AND l.expires_at > %s",
            [passwords.digest(token), now],
        )
        .fetchone()
    )
    return str(row[0]) if row else None
