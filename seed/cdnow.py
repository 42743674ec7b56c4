"""CDNOW: what the first customers of a web shop for records bought, 1997-01-01 to 1998-06-30.

A row is a purchase: customer, day, how many CDs, dollars. The file knows neither receipts nor times of day, and two
equal rows are two purchases. So a receipt is the number of the row's line, and every purchase happens at noon in the
club's zone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from functools import lru_cache
from typing import BinaryIO, Final
from zoneinfo import ZoneInfo

from loyalty.calendars import Calendar
from loyalty.readers import Item, LeftOut, Taken, reader
from loyalty.readers.lines import numbered
from loyalty.values import Text

STORE: Final = "cdnow"
SKU: Final = "CD"

_ROW = re.compile(r"\s*(\d+)\s+(\d{4})(\d\d)(\d\d)\s+(\d+)\s+\$?(\d+)\.(\d\d)\s*", re.ASCII)
_NOT_A_ROW = Text(
    "The row is not: customer, date as YYYYMMDD, CDs, dollars with two decimals.",
    "این سطر به شکل «مشتری، تاریخ هشت‌رقمی، تعداد، دلار با دو رقم اعشار» نیست.",
)
_NO_SUCH_DAY = Text("There is no such day.", "چنین روزی وجود ندارد.")


@reader(recognises=lambda first: _ROW.fullmatch(first) is not None)
def rows(stream: BinaryIO, calendar: Calendar) -> Iterator[Item]:
    """A purchase for every row, in US cents."""
    for line in numbered(stream):
        if isinstance(line, LeftOut):
            yield line
            continue
        match = _ROW.fullmatch(line.text)
        if not match:
            yield LeftOut(line.number, _NOT_A_ROW, line.text)
            continue
        customer, year, month, day, cds, dollars, cents = match.groups()
        try:
            at = _noon(int(year), int(month), int(day), calendar.zone)
        except ValueError:
            yield LeftOut(line.number, _NO_SUCH_DAY, line.text)
            continue
        amount = int(dollars) * 100 + int(cents)
        yield Taken(
            line.number,
            {
                "receipt": str(line.number),
                "store": STORE,
                "member": {"external_id": customer},
                "occurred_at": at,
                "currency": "USD",
                "lines": [{"line": "1", "sku": SKU, "quantity": int(cds), "gross": amount, "net": amount}],
            },
        )


@lru_cache(maxsize=1024)
def _noon(year: int, month: int, day: int, zone: ZoneInfo) -> str:
    local = datetime.combine(date(year, month, day), time(12), tzinfo=zone)
    return local.astimezone(UTC).isoformat()
