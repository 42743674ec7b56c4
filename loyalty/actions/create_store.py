"""Open a store."""

from __future__ import annotations

from loyalty.db import transaction
from loyalty.errors import Conflict, Fault
from loyalty.values import Text


def create_store(club_id: int, code: str, name: str, partner: str | None = None) -> int:
    """The id of a new store of a club.

    Raises:
        Conflict: the club has a store with that code.
    """
    with transaction() as conn:
        row = conn.execute(
            "INSERT INTO store (club_id, code, name, partner) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (club_id, code) DO NOTHING RETURNING id",
            [club_id, code, name, partner],
        ).fetchone()
        if row is None:
            taken = Text("There is a store with this code already.", "فروشگاهی با این کد هست.")
            raise Conflict(taken, [Fault("/code", taken)])
        created: int = row[0]
    return created
