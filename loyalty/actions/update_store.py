"""Change what a store is called."""

from __future__ import annotations

from collections.abc import Mapping

from loyalty.db import transaction
from loyalty.queries import stores
from loyalty.queries.stores import StoreView


def update_store(club_id: int, code: str, changes: Mapping[str, str | None]) -> StoreView:
    """The store with its `name` and `partner` changed, as far as given; a partner of None takes it away.

    Raises:
        NotFound: the club has no such store.
    """
    with transaction() as conn:
        store = stores.one(club_id, code)
        changed = store._replace(name=changes.get("name") or store.name, partner=changes.get("partner", store.partner))
        conn.execute(
            "UPDATE store SET name = %s, partner = %s WHERE id = %s", [changed.name, changed.partner, store.id]
        )
    return changed
