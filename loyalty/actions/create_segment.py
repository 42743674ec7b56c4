"""Keep a filter of members under a name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg.types.json import Json, Jsonb

from loyalty import acts
from loyalty.acts import By
from loyalty.db import transaction
from loyalty.errors import Conflict, Fault
from loyalty.selections import selection
from loyalty.values import Text

_PUT = """
    INSERT INTO segment (club_id, code, title, filter, created_at, created_by, updated_at, updated_by)
    VALUES (%(club)s, %(code)s, %(title)s, %(filter)s, %(now)s, %(by)s, %(now)s, %(by)s)
    ON CONFLICT DO NOTHING
"""


def create_segment(club_id: int, code: str, title: Text, tree: Mapping[str, Any], by: By, now: datetime) -> None:
    """Keep a filter as a segment.

    Raises:
        Invalid: the filter has faults.
        Conflict: there is a segment of that code.
    """
    with transaction() as conn:
        selection(conn, club_id, tree, now)
        names = Jsonb({"en": title.en, "fa": title.fa})
        done = conn.execute(
            _PUT, {"club": club_id, "code": code, "title": names, "filter": Json(tree), "now": now, "by": str(by)}
        )
        if not done.rowcount:
            taken = Text("There already is a segment of this code.", "بخشی با این کد پیش‌تر ساخته شده است.")
            raise Conflict(taken, [Fault("/code", taken)])
        acts.note(conn, club_id, by, "segment.created", now, segment=code)
