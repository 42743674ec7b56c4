"""Seals as they are kept, and whether they still say what they were taken of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Final, NamedTuple

from loyalty.ledger.chain import seal_of
from loyalty.ledger.flaws import Flaw
from loyalty.versions import Connection

_AT_A_TIME: Final = 10_000
"""Heads in memory while a seal is reckoned."""
_SEALS: Final = "SELECT n, day, members, digest, sealed_at FROM seal WHERE club_id = %s ORDER BY n"
_HEADS: Final = "SELECT member_id, n, head FROM sealed_head WHERE club_id = %s AND seal = %s ORDER BY member_id"
_WITHOUT: Final = """
    SELECT seal, count(*) FROM sealed_head
    WHERE club_id = %(club)s AND NOT EXISTS (SELECT FROM seal WHERE club_id = %(club)s AND seal.n = sealed_head.seal)
    GROUP BY seal ORDER BY seal
"""


class Seal(NamedTuple):
    """A seal of a club; `members` is how many chains had grown since the one before."""

    n: int
    day: date
    members: int
    digest: bytes
    sealed_at: datetime


def seals_of(conn: Connection, club_id: int) -> list[Seal]:
    """A club's seals, the first one first."""
    return [Seal._make(row) for row in conn.execute(_SEALS, [club_id])]


def reckoned(
    conn: Connection, club_id: int, before: bytes, n: int, day: date, sealed_at: datetime
) -> tuple[int, bytes]:
    """How many heads are noted under a seal's number, and the digest that the seal must have over them."""
    noted = 0

    def heads() -> Iterator[tuple[int, int, bytes]]:
        nonlocal noted
        # A cursor on the server: a seal may note a head of every member of the club.
        with conn.cursor("sealed_heads") as cursor:
            cursor.itersize = _AT_A_TIME
            for member_id, entries, head in cursor.execute(_HEADS, [club_id, n]):
                noted += 1
                yield member_id, entries, head

    digest = seal_of(before, club_id, n, day, sealed_at, heads())
    return noted, digest


def seal_flaws(conn: Connection, club_id: int, seals: Iterable[Seal]) -> Iterator[Flaw]:
    """Where seals are missing, don't follow each other, or are not the digest of the heads noted under them."""
    last, before = 0, b""
    for seal in seals:
        if seal.n != last + 1:
            yield Flaw("seal_gap", kept=str(seal.n), proven=str(last + 1), seal=last + 1)
        noted, digest = reckoned(conn, club_id, before, seal.n, seal.day, seal.sealed_at)
        if noted != seal.members:
            yield Flaw("seal_members", kept=str(seal.members), proven=str(noted), seal=seal.n)
        # After a gap there is nothing to reckon it from.
        if seal.n == last + 1 and digest != seal.digest:
            yield Flaw("seal", kept=seal.digest.hex(), proven=digest.hex(), seal=seal.n)
        last, before = seal.n, seal.digest
    for n, heads in conn.execute(_WITHOUT, {"club": club_id}).fetchall():
        yield Flaw("no_seal", kept=str(heads), proven="0", seal=n)
