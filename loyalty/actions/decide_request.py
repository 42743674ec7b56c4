"""Decide on a request to publish bylaws: a second person approves or declines, whoever asked may withdraw."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, Literal

from loyalty import acts
from loyalty.actions.publish_bylaws import Published, publish
from loyalty.acts import By
from loyalty.db import retried, transaction
from loyalty.errors import Conflict, Forbidden, NotFound
from loyalty.outbox import wake
from loyalty.rules import load
from loyalty.values import Text
from loyalty.versions import Connection

Verdict = Literal["approved", "declined", "withdrawn"]

_ONE: Final = """
    SELECT document, from_at, pilot, note, asked_by, status FROM bylaws_request
    WHERE club_id = %s AND id = %s FOR UPDATE
"""
_DECIDE: Final = """
    UPDATE bylaws_request SET status = %s, decided_by = %s, decided_at = %s, answer = %s, version = %s WHERE id = %s
"""


def decide_request(
    club_id: int, request_id: int, verdict: Verdict, by: By, now: datetime, *, answer: str = ""
) -> Published | None:
    """Decide on a request; an approved one is published, from when it was asked for or now, whichever is later.

    Raises:
        NotFound: the club has no such request.
        Forbidden: who asked may not approve or decline, and only who asked may withdraw.
        Conflict: it is decided already, or as publishing any version.
    """
    published = _decide(club_id, request_id, verdict, by, now, answer)
    wake()
    return published


@retried
def _decide(club_id: int, request_id: int, verdict: Verdict, by: By, now: datetime, answer: str) -> Published | None:
    with transaction() as conn:
        conn.execute("SELECT 1 FROM club WHERE id = %s FOR NO KEY UPDATE", [club_id])
        row = conn.execute(_ONE, [club_id, request_id]).fetchone()
        if row is None:
            raise NotFound(Text("There is no such request.", "چنین درخواستی نیست."))
        document, from_at, pilot, note, asked_by, status = row
        _check(verdict, asked_by, status, by)
        published = None
        if verdict == "approved":
            published = publish(conn, club_id, document, load(document), now, max(from_at or now, now), note, pilot)
            _clear(conn, club_id, document)
        version = published.version if published else None
        conn.execute(_DECIDE, [verdict, str(by), now, answer, version, request_id])
        told = {"request": request_id} | ({"version": version} if version else {})
        acts.note(conn, club_id, by, f"bylaws.{verdict}", now, **told)
        return published


def _check(verdict: Verdict, asked_by: str, status: str, by: By) -> None:
    if status != "asked":
        raise Conflict(Text("This request is decided already.", "دربارهٔ این درخواست پیش‌تر تصمیم گرفته شده است."))
    if verdict == "withdrawn" and asked_by != str(by):
        raise Forbidden(Text("Only who asked may withdraw it.", "تنها درخواست‌کننده می‌تواند آن را پس بگیرد."))
    if verdict != "withdrawn" and asked_by == str(by):
        raise Forbidden(
            Text("Somebody else must approve what you asked for.", "تأیید درخواست شما با شخص دیگری است."),
        )


def _clear(conn: Connection, club_id: int, document: Any) -> None:
    """Drop the draft that was asked for; one that went on since stays."""
    row = conn.execute("SELECT document FROM bylaws_draft WHERE club_id = %s", [club_id]).fetchone()
    if row and row[0] == document:
        conn.execute("DELETE FROM bylaws_draft WHERE club_id = %s", [club_id])
