"""Ask for a rehearsal: what a document would have given over a span of the club's history."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from psycopg.types.json import Json

from loyalty import outbox
from loyalty.actions.publish_bylaws import what_is_fixed
from loyalty.acts import By
from loyalty.db import retried, transaction
from loyalty.errors import Invalid
from loyalty.rules import load
from loyalty.values import Text
from loyalty.versions import Connection

MEMBERS: Final = 500
"""Members that a part has at least, where there are so many."""
PARTS: Final = 16
"""Parts at most: as many workers can be at it at once."""

_COUNT: Final = "SELECT count(*) FROM member WHERE club_id = %s AND joined_at < %s"
_NEW: Final = """
    INSERT INTO rehearsal (club_id, document, from_at, until_at, asked_at, asked_by)
    VALUES (%s, %s, %s, %s, %s, %s) RETURNING id
"""
_PARTS: Final = """
    INSERT INTO rehearsal_part (rehearsal_id, n, first_id, last_id, members)
    SELECT %s, n, min(id), max(id), count(*)
    FROM (SELECT id, ntile(%s) OVER (ORDER BY id) AS n FROM member WHERE club_id = %s AND joined_at < %s) own
    GROUP BY n
    UNION ALL SELECT %s, 0, 0, 0, 0
"""
"""The last, of nobody, lets a club without members have its report as well."""


def ask_rehearsal(
    club_id: int,
    document: Mapping[str, Any],
    since: datetime | None,
    until: datetime | None,
    now: datetime,
    *,
    by: By | None = None,
    parts: int | None = None,
) -> int:
    """Ask for a rehearsal from an instant (since ever) until another (now); answers its id. Workers do it, in parts.

    `by` is who asks; nobody is noted for the command line.

    Raises:
        NotFound: no such club.
        Invalid: the document has faults or changes what is fixed, or the span is empty.
    """
    rehearsal = _ask(club_id, document, since, until, now, by, parts)
    outbox.wake()
    return rehearsal


@retried
def _ask(
    club_id: int,
    document: Mapping[str, Any],
    since: datetime | None,
    until: datetime | None,
    now: datetime,
    by: By | None,
    parts: int | None,
) -> int:
    end = min(until or now, now)
    if since is not None and since >= end:
        raise Invalid.at("/from", _EMPTY)
    bylaws = load(document)
    with transaction() as conn:
        if faults := what_is_fixed(conn, club_id, bylaws):
            raise Invalid(faults)
        many = 1 if bylaws.budgets() else parts or _parts(conn, club_id, end)
        row = conn.execute(_NEW, [club_id, Json(document), since, end, now, str(by) if by else None]).fetchone()
        assert row
        conn.execute(_PARTS, [row[0], many, club_id, end, row[0]])
        outbox.send("rehearsal.asked", club_id, [(None, {"id": row[0]})], now)
        return int(row[0])


def _parts(conn: Connection, club_id: int, end: datetime) -> int:
    row = conn.execute(_COUNT, [club_id, end]).fetchone()
    assert row
    members: int = row[0]
    return max(1, min(PARTS, members // MEMBERS))


_EMPTY: Final = Text("The span ends before it begins.", "این بازه پیش از آغازش پایان می‌یابد.")
