"""Publish what a pilot tried to everybody, which ends the pilot; or ask a second person for it."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyalty.actions.publish_bylaws import Published
from loyalty.actions.publish_draft import Asked, publish_or_ask
from loyalty.acts import By
from loyalty.db import retried, transaction
from loyalty.errors import NotFound
from loyalty.outbox import wake
from loyalty.values import Text

_GOES_ON: Final = """
    SELECT document FROM bylaws
    WHERE club_id = %(club)s AND pilot IS NOT NULL AND NOT filling AND from_at <= %(now)s
        AND (pilot_until IS NULL OR pilot_until > %(now)s)
"""


def publish_pilot(club_id: int, by: By, now: datetime, *, note: str = "") -> Published | Asked:
    """Publish the text of the pilot that goes on as the next version for everybody; a draft stays as it is.

    Raises:
        NotFound: no pilot goes on.
        Conflict: another request waits, or as publishing any version.
    """
    done = _publish(club_id, by, now, note)
    wake()
    return done


@retried
def _publish(club_id: int, by: By, now: datetime, note: str) -> Published | Asked:
    with transaction() as conn:
        conn.execute("SELECT 1 FROM club WHERE id = %s FOR NO KEY UPDATE", [club_id])
        row = conn.execute(_GOES_ON, {"club": club_id, "now": now}).fetchone()
        if row is None:
            raise NotFound(Text("No pilot goes on.", "آزمایشی در جریان نیست."))
        return publish_or_ask(conn, club_id, row[0], by, now, None, note)
