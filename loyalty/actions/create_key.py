"""Make a key of the HTTP API."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import psycopg

from loyalty import absent, keys
from loyalty.config import settings
from loyalty.db import transaction
from loyalty.errors import Invalid
from loyalty.values import Text


def create_key(
    club_id: int, kind: keys.Kind, now: datetime, store_code: str | None = None, origins: Sequence[str] = ()
) -> str:
    """A new key of a club, told this once. A till's key needs its store, a publishable one the origins of its pages.

    Raises:
        Invalid: a store or origins that this kind of key doesn't take, none where it needs them, or not an origin.
        NotFound: the club has no such store.
    """
    _check(kind, store_code, origins)
    key = keys.make(kind)
    digest = keys.digest(key)
    secret = keys.seal(keys.new_secret(), digest, settings().secret_key) if kind == "publishable" else None
    with transaction() as conn:
        store_id = None if store_code is None else _store(conn, club_id, store_code)
        conn.execute(
            "INSERT INTO api_key (club_id, kind, store_id, origins, digest, hint, secret, created_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
            [club_id, kind, store_id, list(origins), digest, keys.hint(key), secret, now],
        )
    return key


def _store(conn: psycopg.Connection[tuple[Any, ...]], club_id: int, code: str) -> int:
    row = conn.execute("SELECT id FROM store WHERE club_id = %s AND code = %s", [club_id, code]).fetchone()
    if row is None:
        raise absent.store()
    found: int = row[0]
    return found


def _check(kind: keys.Kind, store_code: str | None, origins: Sequence[str]) -> None:
    if kind not in keys.KINDS:
        raise Invalid.at(
            "/kind",
            Text("A key is of a server, a till or publishable.", "کلید از نوع server، till یا publishable است."),
        )
    if (kind == "till") != (store_code is not None):
        raise Invalid.at(
            "/store", Text("A till's key, and no other, has a store.", "کلید صندوق، و تنها آن، فروشگاه دارد.")
        )
    if (kind == "publishable") != bool(origins):
        raise Invalid.at(
            "/origins",
            Text("A publishable key, and no other, has origins.", "کلید منتشرشدنی، و تنها آن، مبدأ (origin) دارد."),
        )
    for index, origin in enumerate(origins):
        if not _is_origin(origin):
            raise Invalid.at(
                f"/origins/{index}",
                Text("An origin looks like https://shop.example.", "مبدأ به شکل https://shop.example نوشته می‌شود."),
            )


def _is_origin(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return (
            parts.scheme in ("http", "https")
            and bool(parts.hostname)
            and (parts.port or 1) > 0
            and text == f"{parts.scheme}://{parts.netloc}" == text.lower()
            and "@" not in text
        )
    except ValueError:
        return False
