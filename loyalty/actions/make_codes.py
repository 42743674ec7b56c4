"""Make codes of a series: a shared one with a text of its own, or very many that nobody can guess.

What is made at random is kept by its keyed hash alone: it is told once, to whoever makes it. A million is written in
chunks by COPY, each chunk told only once it is safe.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from datetime import datetime
from typing import Final, NamedTuple

import psycopg

from loyalty import absent, acts
from loyalty.acts import By
from loyalty.cards import ALPHABET, normal
from loyalty.db import connection, transaction
from loyalty.errors import Conflict, Fault, Invalid
from loyalty.keys import looked_up
from loyalty.rewards import codes
from loyalty.rewards.codes import LENGTH, LONGEST, NewCode
from loyalty.values import Text
from loyalty.versions import Connection

CHUNK: Final = 50_000
_SERIES: Final = "SELECT id, uses, purpose FROM code_series WHERE club_id = %s AND code = %s"
COPY: Final = "COPY code (club_id, digest, hint, series_id, uses, created_at) FROM STDIN"
_MADE: Final = "UPDATE code_series SET made = made + %s WHERE id = %s"
_SHORT: Final = Text("A shared code has 3 letters or digits at least.", "کد همگانی دست‌کم ۳ حرف یا رقم دارد.")
_TAKEN: Final = Text("The club has this code already.", "باشگاه این کد را پیش‌تر دارد.")
_PACK: Final = Text("Codes in packs are made at random.", "کدهای داخل بسته تصادفی ساخته می‌شوند.")


class _Series(NamedTuple):
    id: int
    uses: int | None
    purpose: str


def share_code(club_id: int, series: str, text: str, by: By, instance_key: str, now: datetime) -> None:
    """Let a text that everybody may know be a code of a series, as NOWRUZ.

    Raises:
        NotFound: the club has no such series.
        Invalid: it is too short or too long, or the series lies in packs.
        Conflict: the club has it already.
    """
    if not 3 <= len(normal(text)) <= LONGEST:
        raise Invalid.at("/text", _SHORT)
    try:
        with transaction() as conn:
            found = _found(conn, club_id, series)
            if found.purpose == "pack":
                raise Invalid.at("/text", _PACK)
            codes.write(conn, club_id, [NewCode(text, found.id, uses=found.uses)], instance_key, now)
            conn.execute(_MADE, [1, found.id])
            acts.note(conn, club_id, by, "codes.shared", now, series=series, code=text)
    except psycopg.errors.UniqueViolation:
        raise Conflict(_TAKEN, [Fault("/text", _TAKEN)]) from None


def make_codes(
    club_id: int, series: str, count: int, by: By, instance_key: str, now: datetime, *, prefix: str = ""
) -> Iterator[list[str]]:
    """Make so many codes at random; yields them by chunks, each once it is committed.

    Raises:
        NotFound: the club has no such series.
    """
    found = _found(connection(), club_id, series)
    for start in range(0, count, CHUNK):
        many = min(CHUNK, count - start)
        texts = _texts(many, prefix)
        with transaction() as conn:
            _write(conn, club_id, found, texts, instance_key, now)
            conn.execute(_MADE, [many, found.id])
            if start == 0:
                acts.note(conn, club_id, by, "codes.made", now, series=series, count=count)
        yield texts


def _found(conn: Connection, club_id: int, series: str) -> _Series:
    row = conn.execute(_SERIES, [club_id, series]).fetchone()
    if row is None:
        raise absent.code_series()
    return _Series._make(row)


def _texts(count: int, prefix: str) -> list[str]:
    """Codes as people type them; of each random byte only what falls evenly on the alphabet is taken."""
    letters = ALPHABET * (256 // len(ALPHABET))
    size = LENGTH + 4  # eight of 256 bytes fall outside; those that lack a letter are drawn again
    drawn: list[str] = []
    while len(drawn) < count:
        lot = secrets.token_bytes(size * (count - len(drawn)))
        for at in range(0, len(lot), size):
            text = "".join([letters[byte] for byte in lot[at : at + size] if byte < len(letters)])[:LENGTH]
            if len(text) == LENGTH:
                drawn.append(f"{prefix}{text[:6]}-{text[6:12]}-{text[12:]}")
    return drawn


def _write(conn: Connection, club_id: int, series: _Series, texts: list[str], instance_key: str, now: datetime) -> None:
    look_up = looked_up(codes.owner(club_id), instance_key, "code")
    with conn.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.set_types(["int8", "bytea", "text", "int8", "int4", "timestamptz"])
        for text in texts:
            plain = normal(text)
            copy.write_row((club_id, look_up(plain), plain[-4:], series.id, series.uses, now))
