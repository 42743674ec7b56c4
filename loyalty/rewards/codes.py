"""Codes that a till is shown: made, written down so that only who has the code finds it, and read again where allowed.

A code of ours has 18 characters of an alphabet of 31: 89 bits. Whatever has that form is a secret, good or not: where a
sale keeps what was presented it keeps the end alone. What a shop writes (NOWRUZ) everybody may know.
"""

from __future__ import annotations

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from loyalty import keys
from loyalty.arrays import array, columns
from loyalty.cards import ALPHABET
from loyalty.formats import code_key
from loyalty.rules.facts import HIDDEN
from loyalty.versions import Connection

LENGTH: Final = 18
"""Characters of a code of ours: 18 × log2(31) = 89 bits."""
LONGEST: Final = 60
"""A shop may bring shared codes of its own; this bounds them."""
_GROUP: Final = 6
HINT: Final = 4
"""Characters at the end of a code that may be kept and shown."""
_LETTERS: Final = frozenset(ALPHABET)

_INSERT: Final = """
    INSERT INTO code (club_id, digest, sealed, hint, series_id, member_id, redemption_id, uses, from_at, until_at,
        created_at)
    SELECT %s, digest, sealed, hint, series_id, member_id, redemption_id, uses, from_at, until_at, %s
    FROM unnest(%s::bytea[], %s::bytea[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::int[],
        %s::timestamptz[], %s::timestamptz[])
        AS made (digest, sealed, hint, series_id, member_id, redemption_id, uses, from_at, until_at)
"""
_OF_REDEMPTIONS: Final = """
    SELECT redemption_id, digest, sealed, used, uses, blocked_at IS NOT NULL, until_at FROM code
    WHERE member_id = ANY(%s::bigint[]) AND redemption_id = ANY(%s::bigint[]) AND sealed IS NOT NULL ORDER BY id
"""
_BLOCK: Final = """
    UPDATE code SET blocked_at = %s WHERE member_id = %s AND redemption_id = %s AND blocked_at IS NULL
"""


class NewCode(NamedTuple):
    """A code to be written down, as it is typed."""

    text: str
    series_id: int | None = None
    member_id: int | None = None
    redemption_id: int | None = None
    uses: int | None = 1
    """How often it can be used; None: without limit."""
    from_at: datetime | None = None
    until_at: datetime | None = None
    readable: bool = True
    """Whether it must be read again: then it is kept encrypted beside its keyed hash."""


class ReadCode(NamedTuple):
    """A code of a redemption, read again."""

    code: str
    used: int
    uses: int | None
    blocked: bool
    until_at: datetime | None
    pin: str | None = None
    balance: int | None = None
    """What is on it, where it is a gift card of the club's."""


def make() -> str:
    """A new code as people type it: in groups, without letters that look like digits."""
    drawn = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    return "-".join(drawn[at : at + _GROUP] for at in range(0, LENGTH, _GROUP))


def digest(club_id: int, typed: str, instance_key: str) -> bytes:
    """What a code is looked up by, however it was typed."""
    return keys.lookup(code_key(typed), owner(club_id), instance_key, "code")


def is_secret(typed: str) -> bool:
    """Whether a text has the form of codes that only their holder knows."""
    plain = code_key(typed)
    return len(plain) >= LENGTH and _LETTERS.issuperset(plain[-LENGTH:])


def hidden(typed: str) -> str:
    """What is kept of a secret code that was presented: what a person recognises it by."""
    return HIDDEN + code_key(typed)[-HINT:]


def put_away(typed: Sequence[str], club_id: int, instance_key: str) -> tuple[str, ...]:
    """Codes of a sale that waits to be judged: secret ones sealed, behind their ends."""
    return tuple(_sealed(code, club_id, instance_key) if is_secret(code) else code for code in typed)


def taken_out(kept: Sequence[str], club_id: int, instance_key: str) -> tuple[str, ...]:
    """The inverse of `put_away`."""
    return tuple(_opened(code, club_id, instance_key) if code.startswith(HIDDEN) else code for code in kept)


def _sealed(code: str, club_id: int, instance_key: str) -> str:
    sealed = keys.seal(code.encode(), owner(club_id), instance_key, "code")
    return f"{hidden(code)}:{base64.b64encode(sealed).decode()}"


def _opened(kept: str, club_id: int, instance_key: str) -> str:
    """The code; a text that only looks like one that was sealed is what somebody typed."""
    try:
        sealed = base64.b64decode(kept.partition(":")[2], validate=True)
        return keys.unseal(sealed, owner(club_id), instance_key, "code").decode()
    except ValueError:
        return kept


def owner(club_id: int) -> bytes:
    """To whom a code's secrets are bound."""
    return f"club:{club_id}".encode()


def write(conn: Connection, club_id: int, codes: Sequence[NewCode], instance_key: str, now: datetime) -> None:
    """Write codes down, in one statement.

    Raises:
        psycopg.errors.UniqueViolation: one of them is there already.
    """
    rows = []
    for its in codes:
        key = digest(club_id, its.text, instance_key)
        sealed = keys.seal(its.text.encode(), key, instance_key, "code") if its.readable else None
        rows.append((key, sealed, code_key(its.text)[-HINT:], *its[1:7]))
    if rows:
        conn.execute(_INSERT, [club_id, now, *columns(rows)])


def of_redemptions(
    conn: Connection, members: Sequence[int], redemptions: Sequence[int], instance_key: str
) -> dict[int, list[ReadCode]]:
    """The codes of some redemptions, by redemption; `members` are those to whom they were issued."""
    found: dict[int, list[ReadCode]] = {id_: [] for id_ in redemptions}
    for id_, key, sealed, *rest in conn.execute(_OF_REDEMPTIONS, [array(members), array(redemptions)]):
        code = keys.unseal(bytes(sealed), bytes(key), instance_key, "code").decode()
        found[id_].append(ReadCode(code, *rest))
    return found


def block(conn: Connection, member_id: int, redemption_id: int, now: datetime) -> None:
    """Let the codes of a redemption be good no more."""
    conn.execute(_BLOCK, [now, member_id, redemption_id])
