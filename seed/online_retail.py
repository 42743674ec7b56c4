"""UCI Online Retail: every invoice of a British web shop for gifts, December 2010 to December 2011.

A row is a line of an invoice, and an invoice is one purchase.

- The receipt is the number of the line where the invoice begins, and a line is named by the line of the file it stands
  on: 2,864 invoices repeat a stock code, so content can't name them. The invoice's number is the attribute `invoice`.
- Rows of an invoice stand together but for one (542806, interrupted by another within the same minute). So an invoice
  stays open until a few others have begun after it.
- 43 invoices carry two times, a minute apart: the invoice happened when it began, at the first. Times are London's.
- A line's amount is unit price × quantity, exactly, then rounded half up to the penny: only four rows, of a tenth of a
  penny each, have anything to round.
- An invoice whose number starts with C cancels what was bought before, without saying on which invoice. Its number
  names it: none is interrupted or comes twice. (One, C545569, carries two times.)
- Other rows with a quantity below one or a price below zero, and the adjustments whose number starts with A, are the
  shop's bookkeeping: left out, each with its reason. Free items stay. An invoice without a customer is a purchase that
  nobody has claimed.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Any, BinaryIO, Final, NamedTuple
from zoneinfo import ZoneInfo

from loyalty.calendars import Calendar
from loyalty.readers import Cancelled, Item, LeftOut, Taken, reader
from loyalty.readers.table import Record, records, split
from loyalty.values import Text

STORE: Final = "online-retail"
COLUMNS: Final = [
    "InvoiceNo",
    "StockCode",
    "Description",
    "Quantity",
    "InvoiceDate",
    "UnitPrice",
    "CustomerID",
    "Country",
]
KEPT_OPEN: Final = 8
"""Invoices that may begin before an unfinished one is taken for finished."""

_LONDON: Final = ZoneInfo("Europe/London")
_PRICE = re.compile(r"-?\d{1,12}(\.\d{1,6})?", re.ASCII)
_QUANTITY = re.compile(r"-?\d{1,9}", re.ASCII)

_NOT_A_ROW = Text("The row doesn't have the eight columns.", "این سطر هشت ستون ندارد.")
_ADJUSTMENT = Text("An adjustment of the books, not a sale.", "اصلاح حساب است، نه فروش.")
_NO_QUANTITY = Text("The quantity is not a whole number.", "تعداد، عدد صحیح نیست.")
_NOTHING_SOLD = Text("The quantity is below one: no sale.", "تعداد کمتر از یک است؛ فروشی نبوده است.")
_NOTHING_CANCELLED = Text(
    "The quantity is not below zero: nothing is cancelled.", "تعداد کمتر از صفر نیست؛ چیزی باطل نشده است."
)
_NO_PRICE = Text("The price is not a number.", "قیمت، عدد نیست.")
_NEGATIVE_PRICE = Text("The price is below zero.", "قیمت کمتر از صفر است.")
_NO_TIME = Text("The time is not YYYY-MM-DD hh:mm:ss.", "زمان به شکل YYYY-MM-DD hh:mm:ss نیست.")
_OTHER_CUSTOMER = Text("The invoice began with another customer.", "این فاکتور با مشتری دیگری آغاز شده است.")


class _Row(NamedTuple):
    """A good row."""

    line: int
    invoice: str
    sku: str
    quantity: int
    """More than zero, of a cancelling invoice too."""
    pence: int
    at: str
    customer: str
    country: str


class _Unusable(Exception):
    def __init__(self, reason: Text) -> None:
        self.reason = reason


def _recognises(first: str) -> bool:
    try:
        return split(first) == COLUMNS
    except csv.Error:
        return False


@reader(recognises=_recognises)
def rows(stream: BinaryIO, _calendar: Calendar) -> Iterator[Item]:
    """A purchase or cancellation for every invoice, in pence, once it can't go on; in the order in which they began."""
    open_invoices: dict[str, list[_Row]] = {}
    for record in records(stream):
        if isinstance(record, LeftOut):
            yield record
            continue
        if record.fields == COLUMNS:
            continue
        try:
            _add(open_invoices, _row(record))
        except _Unusable as unusable:
            yield LeftOut(record.line, unusable.reason, record.text)
            continue
        if len(open_invoices) > KEPT_OPEN:
            yield _item(open_invoices.pop(next(iter(open_invoices))))
    for lines in open_invoices.values():
        yield _item(lines)


def _row(record: Record) -> _Row:
    if len(record.fields) != len(COLUMNS):
        raise _Unusable(_NOT_A_ROW)
    invoice, sku, _, quantity, at, price, customer, country = record.fields
    if invoice.startswith("A"):
        raise _Unusable(_ADJUSTMENT)
    if not _QUANTITY.fullmatch(quantity):
        raise _Unusable(_NO_QUANTITY)
    moved = -int(quantity) if _cancels(invoice) else int(quantity)
    if moved < 1:
        raise _Unusable(_NOTHING_CANCELLED if _cancels(invoice) else _NOTHING_SOLD)
    if not _PRICE.fullmatch(price):
        raise _Unusable(_NO_PRICE)
    if price.startswith("-"):
        raise _Unusable(_NEGATIVE_PRICE)
    pence = int((Decimal(price) * moved * 100).to_integral_value(ROUND_HALF_UP))
    customer = customer.removesuffix(".0")  # the file's maker kept customers as numbers with a decimal
    return _Row(record.line, invoice, sku, moved, pence, _instant(at), customer, country)


def _cancels(invoice: str) -> bool:
    return invoice.startswith("C")


@lru_cache(maxsize=64)
def _instant(text: str) -> str:
    try:
        local = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=_LONDON)
    except ValueError:
        raise _Unusable(_NO_TIME) from None
    return local.astimezone(UTC).isoformat()


def _add(open_invoices: dict[str, list[_Row]], row: _Row) -> None:
    lines = open_invoices.setdefault(row.invoice, [])
    if lines and lines[0].customer != row.customer:
        raise _Unusable(_OTHER_CUSTOMER)
    lines.append(row)


def _item(lines: list[_Row]) -> Item:
    first = lines[0]
    whose: dict[str, Any] = {"store": STORE, "occurred_at": first.at}
    if first.customer:
        whose["member"] = {"external_id": first.customer}
    return _cancelled(lines, whose) if _cancels(first.invoice) else _purchase(lines, whose)


def _purchase(lines: list[_Row], whose: dict[str, Any]) -> Taken:
    first = lines[0]
    purchase = whose | {
        "receipt": str(first.line),
        "currency": "GBP",
        "lines": [
            {"line": str(row.line), "sku": row.sku, "quantity": row.quantity, "gross": row.pence, "net": row.pence}
            for row in lines
        ],
        "attributes": {"invoice": first.invoice, "country": first.country},
    }
    return Taken(first.line, purchase)


def _cancelled(lines: list[_Row], whose: dict[str, Any]) -> Cancelled:
    first = lines[0]
    taken_back = [{"sku": row.sku, "quantity": row.quantity, "net": row.pence} for row in lines]
    cancellation = whose | {"key": first.invoice, "lines": taken_back}
    return Cancelled(first.line, cancellation, tuple(row.line for row in lines))
