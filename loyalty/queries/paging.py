"""Lists a page at a time: the newest first, each page naming where the next begins."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, Generic, NamedTuple, TypeVar

from loyalty.errors import Invalid
from loyalty.values import Text

T = TypeVar("T")

DEFAULT_LIMIT: Final = 50
MAX_LIMIT: Final = 200

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_ID = re.compile(r"\d{1,18}", re.ASCII)
_PLACE = re.compile(r"(-?\d{1,17})\.(\d{1,18})", re.ASCII)
_NO_CURSOR = Text("This is not a cursor that the list gave.", "این نشانگر را این فهرست نداده است.")


class Page(NamedTuple, Generic[T]):
    """Some items of a list; `next` is handed back as `cursor` to go on, None at the end."""

    items: list[T]
    next: str | None


class Place(NamedTuple):
    """Where a list by time goes on: after this instant and id."""

    at: datetime
    id: int


def cut(rows: Sequence[T], limit: int, cursor_of: Callable[[T], str]) -> Page[T]:
    """The page out of rows that were read one more than `limit`."""
    items = list(rows[:limit])
    return Page(items, cursor_of(items[-1]) if len(rows) > limit and items else None)


def id_after(cursor: str | None) -> int | None:
    """The id in a cursor of a list by id.

    Raises:
        Invalid: not such a cursor.
    """
    if cursor is None:
        return None
    if not _ID.fullmatch(cursor):
        raise Invalid.at("/cursor", _NO_CURSOR)
    return int(cursor)


def place_cursor(at: datetime, row_id: int) -> str:
    """The cursor of a list by time."""
    return f"{(at - _EPOCH) // _MICROSECOND}.{row_id}"


def place_after(cursor: str | None) -> Place | None:
    """The place in a cursor of a list by time.

    Raises:
        Invalid: not such a cursor.
    """
    if cursor is None:
        return None
    match = _PLACE.fullmatch(cursor)
    try:
        if match:
            return Place(_EPOCH + int(match[1]) * _MICROSECOND, int(match[2]))
    except OverflowError:
        pass
    raise Invalid.at("/cursor", _NO_CURSOR)
