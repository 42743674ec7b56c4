"""Change what a store is called."""

from __future__ import annotations

from collections.abc import Mapping

from loyalty import absent
from loyalty.db import transaction


def update_store(club_id: int, code: str, changes: Mapping[str, str | None]) -> None:
    """Change a store's `name` and `partner`, as far as given; a partner of None takes it away.

    Raises:
        NotFound: the club has no such store.
    """
    with transaction() as conn:
        done = conn.execute(
            "UPDATE store SET name = coalesce(%(name)s, name),"
            " partner = CASE WHEN %(repartner)s THEN %(partner)s ELSE partner END"
            " WHERE club_id = %(club)s AND code = %(code)s",
            {
                "club": club_id,
                "code": code,
                "name": changes.get("name"),
                "partner": changes.get("partner"),
                "repartner": "partner" in changes,
            },
        )
        if not done.rowcount:
            raise absent.store()
