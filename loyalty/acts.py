"""The trail of what people and keys did in a club, written in the transaction that does it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from psycopg.types.json import Jsonb

from loyalty.versions import Connection


class By(NamedTuple):
    """Who does something: a person of the club, or a key of its API; nobody is whoever sits at the machine."""

    person: int | None = None
    key: int | None = None

    def __str__(self) -> str:
        if self.person is None and self.key is None:
            return "console"
        return f"key:{self.key}" if self.person is None else f"person:{self.person}"


def note(conn: Connection, club_id: int, by: By, what: str, now: datetime, **data: Any) -> None:
    """Note what somebody did."""
    conn.execute(
        "INSERT INTO act (club_id, at, by, person_id, what, data) VALUES (%s, %s, %s, %s, %s, %s)",
        [club_id, now, str(by), by.person, what, Jsonb(data)],
    )
