"""Publish a version of the bylaws: it takes force and never changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg.types.json import Json, Jsonb

from loyalty.db import retried, transaction
from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.rules import Bylaws, load
from loyalty.rules.counters import Counter, stored_counter
from loyalty.values import Text
from loyalty.versions import Connection


@retried
def publish_bylaws(
    club_id: int, document: Mapping[str, Any], now: datetime, *, from_at: datetime | None = None, note: str = ""
) -> int:
    """Publish a document as the club's next version, in force from an instant (now, if none); returns its number.

    Raises:
        Invalid: the document has faults, or changes what is fixed when the club is created.
        Conflict: it counts something new while there is history to count, or begins before the version in force.
    """
    bylaws = load(document)
    with transaction() as conn:
        return publish(conn, club_id, document, bylaws, now, from_at or now, note)


def publish(
    conn: Connection,
    club_id: int,
    document: Mapping[str, Any],
    bylaws: Bylaws,
    now: datetime,
    from_at: datetime,
    note: str,
) -> int:
    """`publish_bylaws` inside a transaction that is open already."""
    club = conn.execute("SELECT currency, timezone, calendar FROM club WHERE id = %s FOR UPDATE", [club_id]).fetchone()
    if club is None:
        raise NotFound(Text("There is no such club.", "چنین باشگاهی نیست."))
    keep_what_is_fixed(bylaws, club)
    row = conn.execute("SELECT max(version), max(from_at) FROM bylaws WHERE club_id = %s", [club_id]).fetchone()
    version, latest = row or (None, None)
    if latest is not None and from_at < latest:
        raise Conflict(
            Text(
                "A version takes force after the ones before it.",
                "نسخهٔ تازه باید پس از نسخه‌های پیشین به اجرا درآید.",
            )
        )
    _register(conn, club_id, bylaws, first=version is None)
    conn.execute(
        "INSERT INTO bylaws (club_id, version, document, from_at, published_at, note) VALUES (%s, %s, %s, %s, %s, %s)",
        [club_id, (version or 0) + 1, Json(document), from_at, now, note],
    )
    conn.execute(
        "INSERT INTO outbox (club_id, type, data, created_at, due_at) VALUES (%s, 'bylaws.published', %s, %s, %s)",
        [club_id, Jsonb({"version": (version or 0) + 1, "from": from_at.isoformat()}), now, now],
    )
    return (version or 0) + 1


def keep_what_is_fixed(bylaws: Bylaws, club: tuple[Any, ...]) -> None:
    """Refuse bylaws of another currency, zone or calendar than the club was created with.

    Raises:
        Invalid: naming the field.
    """
    terms = bylaws.club
    now = {"currency": terms.currency, "timezone": terms.calendar.zone.key, "calendar": terms.calendar.system}
    for (name, value), fixed in zip(now.items(), club, strict=True):
        if value != fixed:
            raise Invalid.at(
                f"/club/{name}",
                Text(
                    f"This was fixed as {fixed} when the club was created.",
                    f"این هنگام ساختن باشگاه {fixed} تعیین شده و ثابت است.",
                ),
            )


def _register(conn: Connection, club_id: int, bylaws: Bylaws, *, first: bool) -> None:
    """Make every counter of a version live. A new one beside history would begin at zero, so it is refused for now."""
    rows = conn.execute("SELECT definition FROM counter WHERE club_id = %s", [club_id])
    live = {stored_counter(definition) for (definition,) in rows}
    fresh: list[Counter] = [counter for counter in bylaws.own_counters() if counter not in live]
    if not fresh:
        return
    if not first and conn.execute("SELECT 1 FROM purchase WHERE club_id = %s LIMIT 1", [club_id]).fetchone():
        raise Conflict(
            Text(
                "This version counts something that was not counted before, and there already are purchases.",
                "این نسخه چیزی را می‌شمارد که پیش‌تر شمرده نشده، و باشگاه خریدهای ثبت‌شده دارد.",
            )
        )
    conn.execute(
        "INSERT INTO counter (club_id, digest, definition)"
        " SELECT %s, digest, definition FROM unnest(%s::bytea[], %s::jsonb[]) WITH ORDINALITY"
        " AS fresh (digest, definition, place) ORDER BY place",
        [club_id, [counter.digest for counter in fresh], [Jsonb(counter.definition()) for counter in fresh]],
    )
