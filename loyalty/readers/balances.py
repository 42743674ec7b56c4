"""Opening balances of an older programme: CSV, or JSON lines, a row for every lot.

Columns and fields are alike: one of `external_id`, `phone` and `card`; `wallet`, `amount`; and where they are known
`earned_at`, `expires_at` and `reason`. An empty `expires_at` leaves the end to the wallet's terms; `never` (in JSON
null) says that there is none.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final, NamedTuple

from loyalty.calendars import Calendar
from loyalty.readers import jsonl
from loyalty.readers.items import LeftOut
from loyalty.readers.source import format_of
from loyalty.readers.table import cells, delimiter, header_of, integer, miscounted, records, split
from loyalty.values import Text

REQUIRED: Final = ("wallet", "amount")
COLUMNS: Final = frozenset({*REQUIRED, "external_id", "phone", "card", "earned_at", "expires_at", "reason"})
NEVER: Final = "never"
_UNKNOWN = Text("“{column}” is not a column of a balance.", "«{column}» ستونی از موجودی نیست.")


class Listed(NamedTuple):
    """A balance in the fields of `BalanceSchema`, not yet validated, and its line."""

    line: int
    balance: dict[str, Any]


Rows = Callable[[BinaryIO, Calendar], Iterator[Listed | LeftOut]]


def _csv(stream: BinaryIO, _calendar: Calendar) -> Iterator[Listed | LeftOut]:
    """A balance for every row.

    Raises:
        Invalid: the header lacks a column or has one that means nothing; nothing has been yielded then.
    """
    source = records(stream)
    header = header_of(next(source, None), REQUIRED, COLUMNS.__contains__, _UNKNOWN)
    for record in source:
        if isinstance(record, LeftOut):
            yield record
        elif bad := miscounted(record, header):
            yield bad
        else:
            yield Listed(record.line, _balance(cells(record, header)))


def _balance(fields: dict[str, str]) -> dict[str, Any]:
    balance: dict[str, Any] = dict(fields)
    if "amount" in fields:
        balance["amount"] = integer(fields["amount"])
    if fields.get("expires_at") == NEVER:
        balance["expires_at"] = None
    return balance


def _jsonl(stream: BinaryIO, _calendar: Calendar) -> Iterator[Listed | LeftOut]:
    """A balance for every line that is a JSON object."""
    for item in jsonl.objects(stream):
        yield item if isinstance(item, LeftOut) else Listed(*item)


FORMATS: Final[dict[str, Rows]] = {"csv": _csv, "jsonl": _jsonl}


def reader_for(path: Path, name: str | None) -> tuple[str, Rows]:
    """What reads the file: by the name of its format, or by the file's first line; and that name.

    Raises:
        Invalid: no such format, or none that knows the file.
    """
    found = format_of(path, name, list(FORMATS), _recognises)
    return found, FORMATS[found]


def _recognises(name: str, first: str) -> bool:
    if name == "jsonl":
        return jsonl.begins(first)
    try:
        return set(REQUIRED) <= {column.strip() for column in split(first, delimiter(first))}
    except csv.Error:
        return False
