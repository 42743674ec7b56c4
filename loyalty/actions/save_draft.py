"""Save the draft of a club's bylaws: any text, also one with faults."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg.types.json import Json

from loyalty.acts import By, note
from loyalty.db import transaction
from loyalty.errors import NotFound
from loyalty.values import Text

_SAVE = """
    INSERT INTO bylaws_draft (club_id, document, based_on, saved_at, by) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (club_id) DO UPDATE SET document = excluded.document, saved_at = excluded.saved_at, by = excluded.by,
        based_on = coalesce(excluded.based_on, bylaws_draft.based_on)
"""


def save_draft(
    club_id: int, document: Mapping[str, Any], by: By, now: datetime, *, based_on: int | None = None
) -> None:
    """Save a document as the club's draft, in place of the one before; `based_on` is the version it was made of."""
    with transaction() as conn:
        conn.execute(_SAVE, [club_id, Json(document), based_on, now, str(by)])
        note(conn, club_id, by, "draft.saved", now, **({"based_on": based_on} if based_on else {}))


def draft_of_version(club_id: int, version: int, by: By, now: datetime) -> None:
    """Save the text of a published version as the draft: the way back is publishing it anew.

    Raises:
        NotFound: there is no such version.
    """
    with transaction() as conn:
        row = conn.execute(
            "SELECT document FROM bylaws WHERE club_id = %s AND version = %s", [club_id, version]
        ).fetchone()
        if row is None:
            raise NotFound(Text("There is no such version.", "چنین نسخه‌ای نیست."))
        save_draft(club_id, row[0], by, now, based_on=version)
