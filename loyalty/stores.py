"""Stores by the codes that tills and files name them by."""

from __future__ import annotations

from typing import Final

from loyalty.errors import Invalid
from loyalty.values import Text
from loyalty.versions import Connection

_ID: Final = "SELECT id FROM store WHERE club_id = %s AND code = %s"
_NONE: Final = Text("There is no such store.", "چنین فروشگاهی نیست.")


def store_id(conn: Connection, club_id: int, code: str | None) -> int | None:
    """The id of the store that a field names; None where it names none.

    Raises:
        Invalid: the club has no such store.
    """
    if code is None:
        return None
    row = conn.execute(_ID, [club_id, code]).fetchone()
    if row is None:
        raise Invalid.at("/store", _NONE)
    return int(row[0])
