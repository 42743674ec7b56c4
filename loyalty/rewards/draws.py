"""Draws as they are kept: committed to, closed, drawn; and their lists of entries."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from psycopg.types.json import Jsonb

from loyalty import keys
from loyalty.rewards.drawing import Entry, commitment
from loyalty.values import Text
from loyalty.versions import Connection

_COLUMNS: Final = """
    id, raffle, day, ends_at, version, commitment, sealed, committed_at, public_source ->> 'en',
    public_source ->> 'fa', public_value, closed_at, entries_digest, holders, tickets, drawn_at, seed, winners
"""
_SOURCE_AT: Final = 8
OF_CLUB: Final = f"SELECT {_COLUMNS} FROM raffle_draw WHERE club_id = %s"  # noqa: S608 - constants
_LOCK: Final = f"{OF_CLUB} AND id = %s FOR UPDATE"
_DUE: Final = f"""
    {OF_CLUB} AND drawn_at IS NULL AND ends_at < %s
        AND (closed_at IS NULL OR public_source IS NULL OR public_value IS NOT NULL)
    ORDER BY ends_at, id
"""
_KNOWN: Final = """
    SELECT raffle, max(ends_at) FILTER (WHERE ends_at < %(now)s),
        coalesce(array_agg(ends_at) FILTER (WHERE ends_at >= %(now)s), '{}')
    FROM raffle_draw WHERE club_id = %(club)s GROUP BY raffle
"""
_COMMIT: Final = """
    INSERT INTO raffle_draw (club_id, raffle, day, ends_at, version, commitment, sealed, committed_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT (club_id, raffle, day) DO NOTHING
"""
_CLOSE: Final = """
    UPDATE raffle_draw SET closed_at = %s, entries_digest = %s, holders = %s, tickets = %s WHERE id = %s
"""
_DRAWN: Final = "UPDATE raffle_draw SET drawn_at = %s, seed = %s, winners = %s WHERE id = %s"
_SOURCE: Final = "UPDATE raffle_draw SET public_source = %s WHERE id = %s"
_VALUE: Final = "UPDATE raffle_draw SET public_value = %s WHERE id = %s"
_ENTRIES: Final = "SELECT holder, tickets FROM raffle_entry WHERE draw_id = %s AND holder > %s ORDER BY holder LIMIT %s"
_AT_A_TIME: Final = 10_000
_HOLDER: Final = 16
"""Bytes of a pseudonym."""


class Draw(NamedTuple):
    """A draw as it is kept."""

    id: int
    raffle: str
    day: date
    ends_at: datetime
    version: int
    commitment: bytes
    sealed: bytes
    committed_at: datetime
    public_source: Text | None
    public_value: str | None
    closed_at: datetime | None
    digest: bytes | None
    holders: int | None
    tickets: int | None
    drawn_at: datetime | None
    seed: bytes | None
    winners: list[dict[str, Any]] | None

    @property
    def waits(self) -> bool:
        """Whether nothing but a public value is missing."""
        return self.drawn_at is None and self.public_source is not None and self.public_value is None


def from_row(row: Sequence[Any]) -> Draw:
    """A draw from its columns."""
    values = [bytes(its) if isinstance(its, memoryview) else its for its in row]
    source = None if row[_SOURCE_AT] is None else Text(*row[_SOURCE_AT : _SOURCE_AT + 2])
    return Draw._make([*values[:_SOURCE_AT], source, *values[_SOURCE_AT + 2 :]])


def locked(conn: Connection, club_id: int, draw_id: int) -> Draw:
    """A draw that is there, locked."""
    row = conn.execute(_LOCK, [club_id, draw_id]).fetchone()
    assert row
    return from_row(row)


def of_day(conn: Connection, club_id: int, raffle: str, day: date) -> Draw | None:
    """The draw of a raffle at the end of a day."""
    row = conn.execute(f"{OF_CLUB} AND raffle = %s AND day = %s", [club_id, raffle, day]).fetchone()
    return from_row(row) if row else None


def due(conn: Connection, club_id: int, now: datetime) -> list[Draw]:
    """Draws that can be closed or drawn by now."""
    return [from_row(row) for row in conn.execute(_DUE, [club_id, now])]


class Known(NamedTuple):
    """Which draws of a raffle are committed to, by their last instants."""

    last: datetime | None = None
    """Of those that are over the latest."""
    to_come: list[datetime] = []  # noqa: RUF012 - never changed


def known(conn: Connection, club_id: int, now: datetime) -> dict[str, Known]:
    """The draws that are committed to, by raffle."""
    rows = conn.execute(_KNOWN, {"club": club_id, "now": now})
    return {raffle: Known(last, to_come) for raffle, last, to_come in rows}


def commit(
    conn: Connection, club_id: int, raffle: str, day: date, ends_at: datetime, version: int, instance_key: str,
    now: datetime,
) -> None:  # fmt: skip
    """Commit to a draw: draw its seed, and keep it sealed. Whoever comes second changes nothing."""
    seed = secrets.token_bytes(32)
    sealed = keys.seal(seed, _owner(club_id, raffle, day), instance_key, "raffle")
    conn.execute(_COMMIT, [club_id, raffle, day, ends_at, version, commitment(seed), sealed, now])


def seed(club_id: int, draw: Draw, instance_key: str) -> bytes:
    """The seed that was committed to."""
    return keys.unseal(bytes(draw.sealed), _owner(club_id, draw.raffle, draw.day), instance_key, "raffle")


def _owner(club_id: int, raffle: str, day: date) -> bytes:
    return f"club:{club_id}:{raffle}:{day.isoformat()}".encode()


def close(conn: Connection, draw: Draw, entries: Sequence[Entry], digest: bytes, now: datetime) -> None:
    """Fix the list of entries, which are in the order of their holders."""
    with conn.cursor() as cursor, cursor.copy("COPY raffle_entry (draw_id, holder, tickets) FROM STDIN") as copy:
        for holder, tickets in entries:
            copy.write_row((draw.id, holder, tickets))
    conn.execute(_CLOSE, [now, digest, len(entries), sum(tickets for _, tickets in entries), draw.id])


def publish(conn: Connection, draw: Draw, seed: bytes, winners: list[dict[str, Any]], now: datetime) -> None:
    """Let the seed and the winners be known."""
    conn.execute(_DRAWN, [now, seed, Jsonb(winners), draw.id])


def tell_source(conn: Connection, draw: Draw, source: Text) -> None:
    """Say which public value is mixed in."""
    conn.execute(_SOURCE, [Jsonb(source._asdict()), draw.id])


def tell_value(conn: Connection, draw: Draw, value: str) -> None:
    """Keep the public value that was awaited."""
    conn.execute(_VALUE, [value, draw.id])


def entries(conn: Connection, draw: Draw) -> Iterator[Entry]:
    """The list of entries, in its order."""
    after = b""
    while rows := conn.execute(_ENTRIES, [draw.id, after, _AT_A_TIME]).fetchall():
        yield from ((bytes(holder), tickets) for holder, tickets in rows)
        after = bytes(rows[-1][0])


class Pseudonyms:
    """What members are called in a draw: in each otherwise, and nobody finds the member without the instance's key."""

    def __init__(self, club_id: int, draw: Draw, instance_key: str) -> None:
        self._named = keys.looked_up(_owner(club_id, draw.raffle, draw.day), instance_key, "raffle")

    def of(self, member_id: int) -> bytes:
        """A member's pseudonym."""
        return self._named(str(member_id))[:_HOLDER]
