"""Publish the draft of a club's bylaws or, where the club wants two people for it, ask a second one."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from psycopg.types.json import Json

from loyalty import acts
from loyalty.actions.publish_bylaws import BARRED, Published, publish, what_bars
from loyalty.actions.start_pilot import check_pilot
from loyalty.acts import By
from loyalty.db import retried, transaction
from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.outbox import wake
from loyalty.rules import load
from loyalty.values import Text
from loyalty.versions import Connection


class Asked(NamedTuple):
    """A request that waits for a second person."""

    request: int


def publish_draft(
    club_id: int,
    by: By,
    now: datetime,
    *,
    from_at: datetime | None = None,
    note: str = "",
    pilot: int | None = None,
) -> Published | Asked:
    """Publish the draft, in force from an instant (now, if none); then there is no draft any more.

    With `pilot`, for a group of so many percent of the members alone.

    Where the club asks for a second person it becomes a request, which keeps the text as it is now.

    Raises:
        NotFound: nothing is drafted.
        Invalid: the draft has faults or parts without effect yet, or the instant has passed.
        Conflict: another request waits, or as publishing any version.
    """
    if from_at is not None and from_at < now:
        raise Invalid.at("/from", Text("This instant has passed.", "این زمان گذشته است."))
    done = _publish(club_id, by, now, from_at, note, pilot)
    wake()
    return done


@retried
def _publish(
    club_id: int, by: By, now: datetime, from_at: datetime | None, note: str, pilot: int | None
) -> Published | Asked:
    with transaction() as conn:
        conn.execute("SELECT 1 FROM club WHERE id = %s FOR NO KEY UPDATE", [club_id])
        row = conn.execute("SELECT document FROM bylaws_draft WHERE club_id = %s", [club_id]).fetchone()
        if row is None:
            raise NotFound(Text("There is no draft of the bylaws.", "پیش‌نویسی از آیین‌نامه نیست."))
        done = publish_or_ask(conn, club_id, row[0], by, now, from_at, note, pilot)
        if isinstance(done, Published):
            conn.execute("DELETE FROM bylaws_draft WHERE club_id = %s", [club_id])
        return done


def publish_or_ask(
    conn: Connection,
    club_id: int,
    document: dict[str, Any],
    by: By,
    now: datetime,
    from_at: datetime | None,
    note: str,
    pilot: int | None = None,
) -> Published | Asked:
    """Publish a document or, where the club wants two people for it, ask; in a transaction that is open already."""
    club = conn.execute("SELECT approval FROM club WHERE id = %s FOR NO KEY UPDATE", [club_id]).fetchone()
    assert club
    bylaws = load(document)
    if club[0]:
        if faults := what_bars(conn, club_id, bylaws):
            raise Invalid(faults, BARRED)
        return _ask(conn, club_id, document, by, now, from_at, note, pilot)
    published = publish(conn, club_id, document, bylaws, now, from_at or now, note, pilot)
    acts.note(conn, club_id, by, "bylaws.published", now, version=published.version)
    return published


def _ask(
    conn: Connection,
    club_id: int,
    document: dict[str, Any],
    by: By,
    now: datetime,
    from_at: datetime | None,
    note: str,
    pilot: int | None,
) -> Asked:
    if pilot is not None:
        check_pilot(conn, club_id, document, from_at or now)
    row = conn.execute(
        "INSERT INTO bylaws_request (club_id, document, from_at, pilot, note, asked_by, asked_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING RETURNING id",
        [club_id, Json(document), from_at, pilot, note, str(by), now],
    ).fetchone()
    if row is None:
        raise Conflict(
            Text(
                "Another request waits for a second person; it must be decided or withdrawn first.",
                "درخواست دیگری در انتظار نفر دوم است؛ نخست باید دربارهٔ آن تصمیم گرفته شود یا پس گرفته شود.",
            )
        )
    acts.note(conn, club_id, by, "bylaws.asked", now, request=row[0])
    return Asked(row[0])
