"""JSON lines: one object a line; of purchases, exactly as `POST /purchases` takes them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO, NoReturn

from loyalty.calendars import Calendar
from loyalty.readers.items import Item, LeftOut, Taken, reader
from loyalty.readers.lines import numbered
from loyalty.values import Text

_NOT_JSON = Text("The line is not JSON.", "این سطر JSON نیست.")
_NOT_OBJECT = Text("The line is JSON, but not an object.", "این سطر JSON است ولی شیء نیست.")


def _no_constant(name: str) -> NoReturn:
    raise ValueError(name)


def begins(first: str) -> bool:
    """Whether a file's first line looks like JSON lines."""
    return first.lstrip().startswith("{")


@reader(recognises=begins)
def rows(stream: BinaryIO, _calendar: Calendar) -> Iterator[Item]:
    """A purchase for every line that is a JSON object."""
    for item in objects(stream):
        yield item if isinstance(item, LeftOut) else Taken(*item)


def objects(stream: BinaryIO) -> Iterator[tuple[int, dict[str, Any]] | LeftOut]:
    """Every line that is a JSON object, with its number."""
    for line in numbered(stream):
        if isinstance(line, LeftOut):
            yield line
            continue
        try:
            found = json.loads(line.text, parse_constant=_no_constant)
        except (ValueError, RecursionError):
            yield LeftOut(line.number, _NOT_JSON, line.text)
            continue
        yield (line.number, found) if isinstance(found, dict) else LeftOut(line.number, _NOT_OBJECT, found)
