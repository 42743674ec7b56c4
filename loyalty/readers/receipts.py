"""CSV in the fields of the API: a row for every line of a receipt, or one row for a basket without lines.

Consecutive rows of the same store and receipt are one purchase. What belongs to the whole receipt (the member, the
time, …) stands in its first row; in the others it is the same or empty.

- `member_id`, `member_card`, `member_phone`, `member_external_id`: at most one of them is filled.
- `tags`: `organic|offer`. `tenders`: `cash:500000|card:120000`. `attributes.NAME`: an attribute of the purchase.
- A row with neither `line` nor `sku` is a basket; a row with a `sku` but no `line` is numbered by its place.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from typing import Any, BinaryIO, Final, NamedTuple

from loyalty.calendars import Calendar
from loyalty.readers.items import Item, LeftOut, Taken, reader
from loyalty.readers.table import (
    LOOK_AHEAD,
    Record,
    cells,
    delimiter,
    header_of,
    integer,
    miscounted,
    records,
    split,
)
from loyalty.values import Text

REQUIRED: Final = ("receipt", "store", "occurred_at", "currency", "gross", "net")
MEMBER: Final = {f"member_{kind}": kind for kind in ("id", "card", "phone", "external_id")}
PLAIN: Final = ("receipt", "store", "occurred_at", "currency", "channel", "cashier")
HEAD: Final = (*PLAIN, *MEMBER, "tenders")
LINE: Final = ("line", "sku", "quantity", "gross", "net", "category", "brand", "tags")
ATTRIBUTE: Final = "attributes."

_UNKNOWN = Text("“{column}” is not a column of a purchase.", "«{column}» ستونی از خرید نیست.")
_NEIGHBOUR = Text(
    "Another row of the same receipt, line {line}, is at fault.", "سطر دیگری از همین رسید (سطر {line}) ایراد دارد."
)
_DIFFERS = Text(
    "“{column}” differs from the first row of the receipt, line {line}.",
    "مقدار «{column}» با سطر نخست همین رسید (سطر {line}) یکی نیست.",
)
_SECOND_BASKET = Text(
    "A receipt has either lines or one row for the whole basket.",
    "هر رسید یا سطر قلم‌ها را دارد یا یک سطر برای کل سبد.",
)

Key = tuple[str, str]


class Row(NamedTuple):
    """A row with as many fields as the header; empty ones are left away."""

    line: int
    fields: dict[str, str]

    @property
    def is_basket(self) -> bool:
        """Whether the row stands for the whole receipt."""
        return "line" not in self.fields and "sku" not in self.fields


def _recognises(first: str) -> bool:
    try:
        return {"receipt", "store"} <= {name.strip() for name in split(first, delimiter(first))}
    except csv.Error:
        return False


@reader(recognises=_recognises)
def rows(stream: BinaryIO, _calendar: Calendar) -> Iterator[Item]:
    """A purchase for every run of rows with the same store and receipt.

    Raises:
        Invalid: the header lacks a column or has one that means nothing; nothing has been yielded then.
    """
    source = records(stream)
    known = {*HEAD, *LINE}
    header = header_of(next(source, None), REQUIRED, lambda name: name in known or name.startswith(ATTRIBUTE), _UNKNOWN)
    run = _Run(None)
    for record in source:
        read, key = _read(record, header)
        if not run.goes_on_with(key):
            yield from run.items()
            run = _Run(key)
        run.add(read, key)
    yield from run.items()


def _read(record: Record | LeftOut, header: list[str]) -> tuple[Row | LeftOut, Key | None]:
    """A row, or why it is none; and the receipt it belongs to, where that can be told."""
    if isinstance(record, LeftOut):
        return record, None
    fields = cells(record, header)
    key = (fields.get("store", ""), fields.get("receipt", ""))
    if bad := miscounted(record, header):
        return bad, key if all(key) else None
    return Row(record.line, fields), key


class _Run:
    """Consecutive rows of one receipt. A row that can't be read spoils the receipt that it stands in."""

    def __init__(self, key: Key | None) -> None:
        self.key = key
        self.rows: list[Row] = []
        self.spoilt: list[LeftOut] = []
        self.doubtful: list[LeftOut] = []
        """Rows of no known receipt, after the last one of this: they spoil it only if it goes on after them."""

    def goes_on_with(self, key: Key | None) -> bool:
        return key == self.key if key else len(self.doubtful) < LOOK_AHEAD

    def add(self, read: Row | LeftOut, key: Key | None) -> None:
        if isinstance(read, LeftOut) and key is None:
            self.doubtful.append(read)
            return
        self.spoilt += self.doubtful
        self.doubtful = []
        if isinstance(read, Row):
            self.rows.append(read)
        else:
            self.spoilt.append(read)

    def items(self) -> Iterator[Item]:
        faults = self.spoilt + [LeftOut(row.line, reason, row.fields) for row, reason in _disagreeing(self.rows)]
        if faults:
            named = {fault.line for fault in faults}
            reason = _NEIGHBOUR.with_(line=faults[0].line)
            faults += [LeftOut(row.line, reason, row.fields) for row in self.rows if row.line not in named]
            yield from sorted(faults, key=lambda fault: fault.line)
        elif self.rows:
            yield Taken(self.rows[0].line, _purchase(self.rows))
        yield from self.doubtful


def _disagreeing(found: list[Row]) -> Iterator[tuple[Row, Text]]:
    """Rows that contradict the first one of their receipt."""
    for row in found[1:]:
        first = found[0]
        if first.is_basket or row.is_basket:
            yield row, _SECOND_BASKET
            continue
        for column, text in row.fields.items():
            if column not in LINE and first.fields.get(column) != text:
                yield row, _DIFFERS.with_(column=column, line=first.line)
                break


def _purchase(found: list[Row]) -> dict[str, Any]:
    first = found[0].fields
    purchase: dict[str, Any] = {name: first[name] for name in PLAIN if name in first}
    if member := {kind: first[column] for column, kind in MEMBER.items() if column in first}:
        purchase["member"] = {kind: integer(name) if kind == "id" else name for kind, name in member.items()}
    if "tenders" in first:
        purchase["tenders"] = [_tender(text) for text in first["tenders"].split("|")]
    if attributes := {k.removeprefix(ATTRIBUTE): v for k, v in first.items() if k.startswith(ATTRIBUTE)}:
        purchase["attributes"] = attributes
    if found[0].is_basket:
        return purchase | {name: integer(first[name]) for name in ("gross", "net") if name in first}
    return purchase | {"lines": [_line(place, row.fields) for place, row in enumerate(found, start=1)]}


def _line(place: int, fields: dict[str, str]) -> dict[str, Any]:
    line: dict[str, Any] = {"line": str(place)} | {name: fields[name] for name in LINE if name in fields}
    for name in ("quantity", "gross", "net"):
        if name in line:
            line[name] = integer(line[name])
    if "tags" in line:
        line["tags"] = line["tags"].split("|")
    return line


def _tender(text: str) -> dict[str, Any]:
    kind, _, amount = text.rpartition(":")
    return {"type": kind, "amount": integer(amount)}
