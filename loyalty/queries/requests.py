"""Requests to publish bylaws, and the trail of what people did."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from loyalty.db import connection


class RequestView(NamedTuple):
    """A request to publish a document. `asked_by` and `decided_by` are `person:ID` or `key:ID`."""

    id: int
    document: dict[str, Any]
    from_at: datetime | None
    pilot: int | None
    """For which share of the members, in percent; for everybody where there is none."""
    note: str
    asked_by: str
    asked_at: datetime
    status: str
    decided_by: str | None
    decided_at: datetime | None
    answer: str | None
    version: int | None


class ActView(NamedTuple):
    """Something that somebody did; `name` is the person's."""

    at: datetime
    by: str
    name: str | None
    what: str
    data: dict[str, Any]


_COLUMNS = (
    "id, document, from_at, pilot, note, asked_by, asked_at, status, decided_by, decided_at, answer, version"
    " FROM bylaws_request"
)


def waiting(club_id: int) -> RequestView | None:
    """The request that waits for a second person."""
    row = connection().execute(f"SELECT {_COLUMNS} WHERE club_id = %s AND status = 'asked'", [club_id]).fetchone()
    return RequestView(*row) if row else None


def decided(club_id: int, limit: int = 10) -> list[RequestView]:
    """The latest requests that were decided on."""
    rows = connection().execute(
        f"SELECT {_COLUMNS} WHERE club_id = %s AND status <> 'asked' ORDER BY id DESC LIMIT %s",
        [club_id, limit],
    )
    return [RequestView(*row) for row in rows]


def approval_wanted(club_id: int) -> bool:
    """Whether publishing takes a second person."""
    row = connection().execute("SELECT approval FROM club WHERE id = %s", [club_id]).fetchone()
    return bool(row and row[0])


def acts(club_id: int, limit: int = 50) -> list[ActView]:
    """The latest of what people and keys did in a club."""
    rows = connection().execute(
        "SELECT a.at, a.by, p.name, a.what, a.data FROM act a LEFT JOIN person p ON p.id = a.person_id"
        " WHERE a.club_id = %s ORDER BY a.id DESC LIMIT %s",
        [club_id, limit],
    )
    return [ActView(*row) for row in rows]
