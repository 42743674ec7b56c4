"""What a reader yields, and what makes a function a reader."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, BinaryIO, NamedTuple

from loyalty.calendars import Calendar
from loyalty.values import Text


class Taken(NamedTuple):
    """A purchase in the fields of `POST /purchases`, not yet validated, and the line of the file where it begins."""

    line: int
    purchase: dict[str, Any]


class Cancelled(NamedTuple):
    """A cancellation that names no original, in the fields of `CancellationSchema`, not yet validated.

    It stands in the order of the file after the purchases that precede it, and what is bought later after it.
    """

    line: int
    cancellation: dict[str, Any]
    places: tuple[int, ...]
    """The line of the file on which each of its lines stands."""


class LeftOut(NamedTuple):
    """Something in the file that can't be read as either: where it stands, why, and the text itself.

    It is handed back to the person who imports.
    """

    line: int
    reason: Text
    row: Any


Item = Taken | Cancelled | LeftOut
Rows = Callable[[BinaryIO, Calendar], Iterator[Item]]


@dataclass(frozen=True)
class Reader:
    """A format: reads a whole (uncompressed) stream in the club's calendar, and knows its files by their first line.

    The same bytes must always yield the same items in the same order: an import that was interrupted relies on it.
    """

    rows: Rows
    recognises: Callable[[str], bool]

    def __call__(self, stream: BinaryIO, calendar: Calendar) -> Iterator[Item]:
        """The items of a stream, in the order of the file."""
        return self.rows(stream, calendar)


def reader(recognises: Callable[[str], bool]) -> Callable[[Rows], Reader]:
    """Make a reader of a generator of items."""

    def made(rows: Rows) -> Reader:
        return Reader(rows, recognises)

    return made
