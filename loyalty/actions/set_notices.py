"""Say how a club's members are told: by which channels, when and how often."""

from __future__ import annotations

from datetime import datetime

from psycopg.types.json import Jsonb

from loyalty import acts
from loyalty.acts import By
from loyalty.db import transaction
from loyalty.notices.terms import Terms

_PUT = """
    INSERT INTO notice_settings (club_id, document, changed_at, by) VALUES (%s, %s, %s, %s)
    ON CONFLICT (club_id) DO UPDATE
    SET document = excluded.document, changed_at = excluded.changed_at, by = excluded.by
"""


def set_notices(club_id: int, terms: Terms, by: By, now: datetime) -> None:
    """Let these settings hold from now on; what is on its way already is not called back."""
    with transaction() as conn:
        conn.execute(_PUT, [club_id, Jsonb(terms.form()), now, str(by)])
        acts.note(conn, club_id, by, "notices.settings", now, settings=terms.form())
