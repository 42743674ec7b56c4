"""Change the title or the filter of a segment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg.types.json import Json, Jsonb

from loyalty import absent, acts
from loyalty.acts import By
from loyalty.db import transaction
from loyalty.selections import selection
from loyalty.values import Text

_CHANGE = """
    UPDATE segment SET title = coalesce(%(title)s, title), filter = coalesce(%(filter)s, filter),
        updated_at = %(now)s, updated_by = %(by)s
    WHERE club_id = %(club)s AND code = %(code)s
"""


def update_segment(
    club_id: int, code: str, by: By, now: datetime, *, title: Text | None = None, tree: Mapping[str, Any] | None = None
) -> None:
    """Change what is given of a segment.

    Raises:
        NotFound: the club keeps none of that code.
        Invalid: the filter has faults.
    """
    with transaction() as conn:
        if tree is not None:
            selection(conn, club_id, tree, now)
        asked = {
            "title": Jsonb({"en": title.en, "fa": title.fa}) if title else None,
            "filter": Json(tree) if tree is not None else None,
            "now": now,
            "by": str(by),
            "club": club_id,
            "code": code,
        }
        if not conn.execute(_CHANGE, asked).rowcount:
            raise absent.segment()
        acts.note(conn, club_id, by, "segment.changed", now, segment=code)
