"""Records of a CSV file, each with its line, and its header; one broken record costs only itself."""

from __future__ import annotations

import csv
import re
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import islice
from typing import BinaryIO, Final, NamedTuple

from loyalty.errors import Fault, Invalid
from loyalty.formats import latin_digits
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
_INTEGER = re.compile(r"-?\d{1,18}", re.ASCII)
_NO_HEADER = Text("The file has no header row.", "این فایل سطر سرستون ندارد.")
_MISSING = Text("The header lacks the column “{column}”.", "سرستون، ستون «{column}» را ندارد.")
_TWICE = Text("The column “{column}” stands twice.", "ستون «{column}» دو بار آمده است.")
_COUNT = Text(
    "The row has {found} fields where the header has {wanted}.", "این سطر {found} ستون دارد و سرستون {wanted} ستون."
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


def header_of(
    record: Record | LeftOut | None, required: Sequence[str], known: Callable[[str], bool], unknown: Text
) -> list[str]:
    """The names of the columns; `unknown` says of a `{column}` that it means nothing.

    Raises:
        Invalid: the header lacks a column, has one twice or one that means nothing, or there is none.
    """
    if not isinstance(record, Record):
        raise Invalid.at("/header", _NO_HEADER)
    header = [name.strip() for name in record.fields]
    faults = [_MISSING.with_(column=name) for name in required if name not in header]
    faults += [unknown.with_(column=name) for name in header if not known(name)]
    faults += [_TWICE.with_(column=name) for name in sorted(set(header)) if header.count(name) > 1]
    if faults:
        raise Invalid(Fault("/header", fault) for fault in faults)
    return header


def cells(record: Record, header: Sequence[str]) -> dict[str, str]:
    """A record's fields by column; empty ones are left away."""
    return {name: text.strip() for name, text in zip(header, record.fields, strict=False) if text.strip()}


def miscounted(record: Record, header: Sequence[str]) -> LeftOut | None:
    """A record that has not as many fields as the header, to be left out."""
    if len(record.fields) == len(header):
        return None
    return LeftOut(record.line, _COUNT.with_(found=len(record.fields), wanted=len(header)), record.text)


def integer(text: str) -> int | str:
    """A whole number in digits of any of the three scripts; other text stays, for the validation to name."""
    latin = latin_digits(text).replace("٫", ".")
    return int(latin) if _INTEGER.fullmatch(latin) else latin


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
