"""Members as a shop's server knows them: by the shop's own ids."""

from __future__ import annotations

from loyalty.db import connection


def first_customer(club_id: int) -> int | None:
    """The id of the member who has been known to a shop the longest, or None."""
    row = (
        connection()
        .execute("SELECT min(member_id) FROM identifier WHERE club_id = %s AND kind = 'external_id'", [club_id])
        .fetchone()
    )
    return row[0] if row else None
