"""JSON lines: one purchase a line, exactly as `POST /purchases` takes it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import BinaryIO, NoReturn

from loyalty.calendars import Calendar
from loyalty.readers.items import Item, LeftOut, Taken, reader
from loyalty.readers.lines import numbered
from loyalty.values import Text

_NOT_JSON = Text("The line is not JSON.", "این سطر JSON نیست.")
_NOT_OBJECT = Text("The line is JSON, but not an object.", "این سطر JSON است ولی شیء نیست.")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


@reader(recognises=lambda first: first.lstrip().startswith("{"))
def rows(stream: BinaryIO, _calendar: Calendar) -> Iterator[Item]:
    """A purchase for every line that is a JSON object."""
    for line in numbered(stream):
        if isinstance(line, LeftOut):
            yield line
            continue
        try:
            purchase = json.loads(line.text, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            yield LeftOut(line.number, _NOT_JSON, line.text)
            continue
        if isinstance(purchase, dict):
            yield Taken(line.number, purchase)
        else:
            yield LeftOut(line.number, _NOT_OBJECT, purchase)
