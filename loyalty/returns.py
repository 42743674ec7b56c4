"""What comes back of a purchase, as a till or a file tells it. Pure values."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple


class ReturnedLine(NamedTuple):
    """How much of one line of the purchase comes back; `quantity` in thousandths."""

    line: str
    quantity: int


class Return(NamedTuple):
    """A return of one purchase: by lines, by amount (minor units), or of all that is left. `key` is once per store."""

    key: str
    store: str
    occurred_at: datetime
    lines: tuple[ReturnedLine, ...] = ()
    amount: int | None = None
    all: bool = False
    reason: str | None = None
    debt: str | None = None
