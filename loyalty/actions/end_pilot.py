"""End a pilot: its group goes on under the version of everybody else; what was given stays given."""

from __future__ import annotations

from datetime import datetime

from loyalty import acts
from loyalty.acts import By
from loyalty.db import transaction
from loyalty.errors import NotFound
from loyalty.piloted import close
from loyalty.values import Text
from loyalty.versions import Connection

_END = """
    UPDATE bylaws SET pilot_until = greatest(from_at, %(at)s), filling = false,
        from_at = CASE WHEN filling THEN greatest(from_at, %(at)s) ELSE from_at END
    WHERE club_id = %(club)s AND pilot IS NOT NULL AND (pilot_until IS NULL OR pilot_until > %(at)s)
    RETURNING version
"""


def go_back(club_id: int, by: By, now: datetime) -> int:
    """End the pilot now; answers its version.

    Raises:
        NotFound: no pilot goes on.
    """
    with transaction() as conn:
        conn.execute("SELECT 1 FROM club WHERE id = %s FOR NO KEY UPDATE", [club_id])
        version = end_pilot(conn, club_id, now)
        if version is None:
            raise NotFound(Text("No pilot goes on.", "آزمایشی در جریان نیست."))
        acts.note(conn, club_id, by, "pilot.ended", now, version=version)
        return version


def end_pilot(conn: Connection, club_id: int, at: datetime) -> int | None:
    """End the pilot that goes on at an instant, as of it; its version, or None where there is none."""
    row = conn.execute(_END, {"at": at, "club": club_id}).fetchone()
    if row is None:
        return None
    close(conn, club_id, row[0], at)
    return int(row[0])
