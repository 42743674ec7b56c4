"""Put a kind of notice into the club's own words, or back into those that every club has."""

from __future__ import annotations

from datetime import datetime

from psycopg.types.json import Jsonb

from loyalty import absent, acts
from loyalty.acts import By
from loyalty.db import transaction
from loyalty.notices import templates
from loyalty.notices.kinds import KINDS
from loyalty.notices.templates import Texts

_PUT = """
    INSERT INTO notice_template (club_id, kind, texts, changed_at, by) VALUES (%s, %s, %s, %s, %s)
    ON CONFLICT (club_id, kind) DO UPDATE
    SET texts = excluded.texts, changed_at = excluded.changed_at, by = excluded.by
"""


def word_notice(club_id: int, kind: str, texts: Texts, by: By, now: datetime) -> None:
    """Let a kind of notice say this, in place of all that the club had said before.

    Without texts it says again what it says by itself.

    Raises:
        NotFound: there is no such kind.
        Invalid: a text names what the kind has not; with its place.
    """
    if kind not in KINDS:
        raise absent.notice_kind()
    templates.check(KINDS[kind], texts)
    with transaction() as conn:
        if texts:
            conn.execute(_PUT, [club_id, kind, Jsonb(texts), now, str(by)])
        else:
            conn.execute("DELETE FROM notice_template WHERE club_id = %s AND kind = %s", [club_id, kind])
        acts.note(conn, club_id, by, "notices.worded", now, kind=kind, texts=texts)
