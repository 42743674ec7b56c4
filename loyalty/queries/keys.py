"""Whose key it is: the caller of a request, a club's keys, the secret behind a publishable key."""

from __future__ import annotations

import hmac
from datetime import datetime
from typing import NamedTuple

from psycopg.rows import class_row

from loyalty import keys
from loyalty.config import settings
from loyalty.db import connection


class Caller(NamedTuple):
    """Who calls: a live key, and what every operation needs of its club."""

    key_id: int
    kind: keys.Kind
    club_id: int
    club_code: str
    currency: str
    timezone: str
    store_code: str | None
    """The store that a till's key is bound to."""
    origins: list[str]
    """The origins that a publishable key is bound to."""
    digest: bytes
    secret: bytes | None
    """Sealed; `signing_secret` opens it."""


class KeyView(NamedTuple):
    """A key as a person sees it: never its text."""

    id: int
    kind: keys.Kind
    hint: str
    store: str | None
    origins: list[str]
    created_at: datetime
    revoked_at: datetime | None


def caller(key: str) -> Caller | None:
    """The live key with that text, or None: unknown and revoked keys are refused alike."""
    if not keys.looks_right(key):
        return None
    digest = keys.digest(key)
    with connection().cursor(row_factory=class_row(Caller)) as cur:
        row = cur.execute(
            "SELECT k.id AS key_id, k.kind, k.club_id, c.code AS club_code, c.currency, c.timezone,"
            " s.code AS store_code, k.origins, k.digest, k.secret"
            " FROM api_key k JOIN club c ON c.id = k.club_id LEFT JOIN store s ON s.id = k.store_id"
            " WHERE k.digest = %s AND k.revoked_at IS NULL",
            [digest],
        ).fetchone()
    return row if row is not None and hmac.compare_digest(row.digest, digest) else None


def signing_secret(publishable: Caller) -> bytes:
    """The secret that signs the tokens of a publishable key's members.

    Raises:
        ValueError: not a publishable key, or sealed under another instance key.
    """
    if publishable.secret is None:
        raise ValueError("only publishable keys sign tokens")
    return keys.unseal(publishable.secret, publishable.digest, settings().secret_key)


def all_keys(club_id: int) -> list[KeyView]:
    """A club's keys, the newest first, revoked ones included."""
    with connection().cursor(row_factory=class_row(KeyView)) as cur:
        return cur.execute(
            "SELECT k.id, k.kind, k.hint, s.code AS store, k.origins, k.created_at, k.revoked_at"
            " FROM api_key k LEFT JOIN store s ON s.id = k.store_id WHERE k.club_id = %s ORDER BY k.id DESC",
            [club_id],
        ).fetchall()
