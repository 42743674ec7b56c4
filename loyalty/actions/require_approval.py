"""Say whether a second person must agree before a club's bylaws are published."""

from __future__ import annotations

from datetime import datetime

from loyalty import acts
from loyalty.acts import By
from loyalty.db import transaction
from loyalty.errors import Conflict
from loyalty.values import Text


def require_approval(club_id: int, wanted: bool, now: datetime, *, by: By | None = None) -> None:
    """Want a second person, or no longer. `by` is who says so; None is whoever runs the instance.

    Raises:
        Conflict: a request waits, which must be decided or withdrawn first.
    """
    with transaction() as conn:
        conn.execute("SELECT 1 FROM club WHERE id = %s FOR NO KEY UPDATE", [club_id])
        if (
            not wanted
            and conn.execute(
                "SELECT 1 FROM bylaws_request WHERE club_id = %s AND status = 'asked'", [club_id]
            ).fetchone()
        ):
            raise Conflict(
                Text(
                    "A request waits for a second person; it must be decided or withdrawn first.",
                    "درخواستی در انتظار نفر دوم است؛ نخست باید دربارهٔ آن تصمیم گرفته شود یا پس گرفته شود.",
                )
            )
        conn.execute("UPDATE club SET approval = %s WHERE id = %s", [wanted, club_id])
        if by:
            acts.note(conn, club_id, by, "approval.changed", now, wanted=wanted)
