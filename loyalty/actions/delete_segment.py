"""Forget a segment."""

from __future__ import annotations

from datetime import datetime

from loyalty import absent, acts
from loyalty.acts import By
from loyalty.db import transaction


def delete_segment(club_id: int, code: str, by: By, now: datetime) -> None:
    """Delete a segment; its members stay as they are.

    Raises:
        NotFound: the club keeps none of that code.
    """
    with transaction() as conn:
        if not conn.execute("DELETE FROM segment WHERE club_id = %s AND code = %s", [club_id, code]).rowcount:
            raise absent.segment()
        acts.note(conn, club_id, by, "segment.deleted", now, segment=code)
