"""The versions of a club's bylaws, without their text."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from loyalty.db import connection


class VersionView(NamedTuple):
    """A published version; in force from `from_at`, or since ever if it is the first."""

    version: int
    from_at: datetime
    published_at: datetime
    note: str


def versions(club_id: int) -> list[VersionView]:
    """Every version, the newest first."""
    rows = connection().execute(
        "SELECT version, from_at, published_at, note FROM bylaws WHERE club_id = %s ORDER BY version DESC", [club_id]
    )
    return [VersionView(*row) for row in rows]
