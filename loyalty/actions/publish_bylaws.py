"""Publish a version of the bylaws: it takes force, once what it counts is filled from history, and never changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final, NamedTuple

from psycopg.types.json import Json, Jsonb

from loyalty.actions.end_pilot import end_pilot
from loyalty.actions.start_pilot import check_pilot
from loyalty.arrays import array
from loyalty.db import retried, transaction
from loyalty.errors import Conflict, Fault, Invalid, NotFound
from loyalty.filling import BATCH, fill_next
from loyalty.formats import number
from loyalty.outbox import send, wake
from loyalty.rules import Bylaws, load
from loyalty.rules.rewarded import rewards_named
from loyalty.values import Text
from loyalty.versions import Connection, programme

BARRED: Final = Text("These bylaws cannot be published as they are.", "این آیین‌نامه به این شکل منتشرشدنی نیست.")


class Published(NamedTuple):
    """A published version: in force from an instant, or, while it is `filling`, from then at the earliest."""

    version: int
    from_at: datetime
    filling: bool


def publish_bylaws(
    club_id: int, document: Mapping[str, Any], now: datetime, *, from_at: datetime | None = None, note: str = ""
) -> Published:
    """Publish a document as the club's next version, in force from an instant (now, if none).

    One that counts something new is filled from history first, by a duty, and takes force when that is done.

    Raises:
        Invalid: the document has faults or parts without effect yet, or changes what is fixed when the club is created.
        Conflict: it begins before the version in force, or another one is being filled.
    """
    bylaws = load(document)
    published = _publish(club_id, document, bylaws, now, from_at or now, note)
    wake()
    return published


@retried
def _publish(
    club_id: int, document: Mapping[str, Any], bylaws: Bylaws, now: datetime, from_at: datetime, note: str
) -> Published:
    with transaction() as conn:
        return publish(conn, club_id, document, bylaws, now, from_at, note)


def publish(
    conn: Connection,
    club_id: int,
    document: Mapping[str, Any],
    bylaws: Bylaws,
    now: datetime,
    from_at: datetime,
    note: str,
    pilot: int | None = None,
) -> Published:
    """`publish_bylaws` inside a transaction that is open already; the caller wakes the outbox.

    `pilot` is the share of the members for whom it is, in percent.
    """
    conn.execute("SELECT 1 FROM club WHERE id = %s FOR NO KEY UPDATE", [club_id])
    if faults := what_bars(conn, club_id, bylaws):
        raise Invalid(faults, BARRED)
    version = 1 + _latest(conn, club_id, from_at)
    if pilot is not None:
        check_pilot(conn, club_id, document, from_at)
    new = _register(conn, club_id, bylaws)
    conn.execute(
        "INSERT INTO bylaws (club_id, version, document, from_at, published_at, note, filling, pilot)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        [club_id, version, Json(document), from_at, now, note, new, pilot],
    )
    filling = new and not _fill_at_once(conn, club_id)
    if filling:
        send("bylaws.filling", club_id, [(None, {"version": version})], now)
    else:
        in_force(conn, club_id, version, from_at, now)
    return Published(version, from_at, filling)


def _latest(conn: Connection, club_id: int, from_at: datetime) -> int:
    """The number of the latest version; 0 for none.

    Raises:
        Conflict: a version may not follow it from an instant.
    """
    row = conn.execute(
        "SELECT max(version), max(from_at) FILTER (WHERE pilot IS NULL), max(version) FILTER (WHERE filling)"
        " FROM bylaws WHERE club_id = %s",
        [club_id],
    ).fetchone()
    version, latest, filling = row or (None, None, None)
    if filling is not None:
        raise Conflict(
            Text(
                "What version {n} counts is still being filled from history; publish this one when it is in force.",
                "شمارنده‌های نسخهٔ {n} هنوز از گذشته پر می‌شوند؛ این نسخه را پس از به اجرا درآمدن آن منتشر کنید.",
            ).with_(n=Text(number(filling, "en"), number(filling, "fa")))
        )
    if latest is not None and from_at < latest:
        raise Conflict(
            Text(
                "A version takes force after the ones before it.",
                "نسخهٔ تازه باید پس از نسخه‌های پیشین به اجرا درآید.",
            )
        )
    return version or 0


_RECORDED: Final = """
    SELECT EXISTS (SELECT FROM purchase WHERE club_id = %s) OR EXISTS (SELECT FROM event WHERE club_id = %s)
"""


def _fill_at_once(conn: Connection, club_id: int) -> bool:
    """Fill new counters here and now where nothing is recorded that they could count; False where there is."""
    row = conn.execute(_RECORDED, [club_id, club_id]).fetchone()
    if row and row[0]:
        return False
    terms = programme(conn, club_id)
    while fill_next(conn, terms, BATCH):
        pass
    return True


def in_force(conn: Connection, club_id: int, version: int, from_at: datetime, now: datetime) -> None:
    """Let a version whose counters are filled take force from an instant, and tell whoever wants to know.

    One for everybody ends a pilot that goes on by then.
    """
    row = conn.execute(
        "UPDATE bylaws SET filling = false, from_at = %s WHERE club_id = %s AND version = %s RETURNING pilot",
        [from_at, club_id, version],
    ).fetchone()
    if row == (None,):
        end_pilot(conn, club_id, from_at)
    send("bylaws.published", club_id, [(None, {"version": version, "from": from_at.isoformat()})], now)


def what_bars(conn: Connection, club_id: int, bylaws: Bylaws) -> list[Fault]:
    """What keeps a document from being published: what changes that is fixed, and what it gives that the club does not
    have. A club's first version comes before its catalogue.

    Raises:
        NotFound: there is no such club.
    """
    faults = what_is_fixed(conn, club_id, bylaws)
    if conn.execute("SELECT FROM bylaws WHERE club_id = %s LIMIT 1", [club_id]).fetchone() is None:
        return faults
    return [*faults, *missing_rewards(conn, club_id, bylaws)]


def missing_rewards(conn: Connection, club_id: int, bylaws: Bylaws) -> list[Fault]:
    """The rewards that a document gives and the club's catalogue does not have."""
    named = list(rewards_named(bylaws))
    if not named:
        return []
    codes = array({code for code, _ in named})
    rows = conn.execute("SELECT code FROM reward WHERE club_id = %s AND code = ANY(%s::text[])", [club_id, codes])
    known = {code for (code,) in rows}
    said = Text("The catalogue has no reward “{code}”.", "در فهرست جوایز، جایزه‌ای با نام «{code}» نیست.")
    return [Fault(path, said.with_(code=Text(code, code))) for code, path in named if code not in known]


def what_is_fixed(conn: Connection, club_id: int, bylaws: Bylaws) -> list[Fault]:
    """What a document says otherwise than was fixed when the club was created.

    Raises:
        NotFound: there is no such club.
    """
    club = conn.execute("SELECT currency, timezone, calendar FROM club WHERE id = %s", [club_id]).fetchone()
    if club is None:
        raise NotFound(Text("There is no such club.", "چنین باشگاهی نیست."))
    terms = bylaws.club
    now = {"currency": terms.currency, "timezone": terms.calendar.zone.key, "calendar": terms.calendar.system}
    said = Text(
        "This was fixed as {fixed} when the club was created.", "این هنگام ساختن باشگاه {fixed} تعیین شده و ثابت است."
    )
    return [
        Fault(f"/club/{name}", said.with_(fixed=fixed))
        for (name, value), fixed in zip(now.items(), club, strict=True)
        if value != fixed
    ]


def _register(conn: Connection, club_id: int, bylaws: Bylaws) -> bool:
    """Register what a version counts; answers whether any of it is new, and must be filled before it is read."""
    rows = conn.execute("SELECT digest FROM counter WHERE club_id = %s", [club_id])
    known = {bytes(digest) for (digest,) in rows}
    fresh = [counter for counter in bylaws.own_counters() if counter.digest not in known]
    if fresh:
        conn.execute(
            "INSERT INTO counter (club_id, digest, definition)"
            " SELECT %s, digest, definition FROM unnest(%s::bytea[], %s::jsonb[]) WITH ORDINALITY"
            " AS fresh (digest, definition, place) ORDER BY place",
            [club_id, [counter.digest for counter in fresh], [Jsonb(counter.definition()) for counter in fresh]],
        )
    return bool(fresh)
