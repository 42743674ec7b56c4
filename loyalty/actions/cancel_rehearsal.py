"""Cancel a rehearsal that nobody wants any more."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyalty import absent
from loyalty.db import retried, transaction

_CANCEL: Final = """
    UPDATE rehearsal SET status = 'cancelled', cancelled_at = %s WHERE club_id = %s AND id = %s AND status = 'running'
"""
_KNOWN: Final = "SELECT 1 FROM rehearsal WHERE club_id = %s AND id = %s"


@retried
def cancel_rehearsal(club_id: int, rehearsal_id: int, now: datetime) -> None:
    """Stop a rehearsal: who is at a part leaves it within some hundred members. One that has ended stays as it is.

    Raises:
        NotFound: the club has no such rehearsal.
    """
    with transaction() as conn:
        if conn.execute(_KNOWN, [club_id, rehearsal_id]).fetchone() is None:
            raise absent.rehearsal()
        conn.execute(_CANCEL, [now, club_id, rehearsal_id])
