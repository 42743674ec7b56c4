"""Let somebody work for a club no longer; what they did stays on the trail."""

from __future__ import annotations

from datetime import datetime

from loyalty import acts
from loyalty.actions.create_person import keep_an_owner
from loyalty.acts import By
from loyalty.db import transaction
from loyalty.errors import NotFound
from loyalty.values import Text


def remove_person(club_id: int, person_id: int, by: By, now: datetime) -> None:
    """Take a person's role in a club.

    Raises:
        NotFound: they have none.
        Conflict: the club would have no owner any more.
    """
    with transaction() as conn:
        conn.execute("SELECT 1 FROM club WHERE id = %s FOR NO KEY UPDATE", [club_id])
        keep_an_owner(conn, club_id, person_id)
        gone = conn.execute("DELETE FROM role WHERE club_id = %s AND person_id = %s", [club_id, person_id]).rowcount
        if not gone:
            raise NotFound(Text("Nobody like that works for the club.", "چنین کسی در باشگاه کار نمی‌کند."))
        acts.note(conn, club_id, by, "person.removed", now, person=person_id)
