"""Take a key of the HTTP API out of use."""

from __future__ import annotations

from datetime import datetime

from loyalty.db import transaction
from loyalty.errors import NotFound
from loyalty.values import Text


def revoke_key(club_id: int, key_id: int, now: datetime) -> None:
    """Refuse a key from now on; doing so again changes nothing.

    Raises:
        NotFound: the club has no such key.
    """
    with transaction() as conn:
        done = conn.execute(
            "UPDATE api_key SET revoked_at = coalesce(revoked_at, %s) WHERE club_id = %s AND id = %s",
            [now, club_id, key_id],
        )
        if not done.rowcount:
            raise NotFound(Text("There is no such key.", "چنین کلیدی نیست."))
