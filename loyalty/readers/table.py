"""Records of a CSV file, each with its line; one broken record costs only itself."""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator
from itertools import islice
from typing import BinaryIO, Final, NamedTuple

from loyalty.readers.items import LeftOut
from loyalty.readers.lines import MAX_LINE, Numbered, numbered
from loyalty.values import Text

LOOK_AHEAD: Final = 20
"""Lines that one quoted field may run over. Beyond it the quote is taken for a slip, not for the rest of the file."""

_DELIMITERS: Final = ",;\t"
_UNFINISHED: Final = "unexpected end of data"  # what the csv module says where a quote is still open
_BROKEN = Text(
    "The row can't be split into fields; its quotes don't match.",
    "این سطر به ستون‌ها جدا نمی‌شود؛ گیومه‌هایش با هم جور نیستند.",
)


class Record(NamedTuple):
    """The fields of one row and the line it begins on."""

    line: int
    fields: list[str]
    text: str


csv.field_size_limit(MAX_LINE * LOOK_AHEAD)


def delimiter(header: str) -> str:
    """What separates the fields: the comma, or the semicolon or tab that spreadsheets of some countries write."""
    return max(_DELIMITERS, key=lambda mark: (header.count(mark), mark == ","))


def split(text: str, mark: str = ",") -> list[str]:
    """The fields of one record's text.

    Raises:
        csv.Error: quotes that don't match.
    """
    if '"' not in text:
        return text.split(mark)
    lines = [f"{line}\n" for line in text.split("\n")]
    return next(csv.reader(lines, delimiter=mark, strict=True), [])


def records(stream: BinaryIO) -> Iterator[Record | LeftOut]:
    """Every record, the header first. The header decides the delimiter."""
    ahead: deque[Numbered | LeftOut] = deque()
    source = numbered(stream)
    mark: str | None = None
    while ahead or (ahead := deque(_up_to(source, 1))):
        line = ahead.popleft()
        if isinstance(line, LeftOut):
            yield line
            continue
        mark = mark or delimiter(line.text)
        try:
            yield Record(line.number, split(line.text, mark), line.text)
        except csv.Error as error:
            ahead.extend(_up_to(source, LOOK_AHEAD - len(ahead)))
            joined = _joined(line, ahead, mark) if str(error) == _UNFINISHED else None
            yield joined or LeftOut(line.number, _BROKEN, line.text)


def _up_to(source: Iterator[Numbered | LeftOut], count: int) -> list[Numbered | LeftOut]:
    return list(islice(source, max(count, 0)))


def _joined(line: Numbered, ahead: deque[Numbered | LeftOut], mark: str) -> Record | None:
    """The record that begins on `line` and ends on one of the lines ahead, which are then used up."""
    text = line.text
    for used, following in enumerate(ahead, start=1):
        if isinstance(following, LeftOut):
            return None
        text += "\n" + following.text
        try:
            fields = split(text, mark)
        except csv.Error:
            continue
        for _ in range(used):
            ahead.popleft()
        return Record(line.number, fields, text)
    return None
