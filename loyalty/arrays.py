"""Columns of rows as PostgreSQL's array literals, for statements that take many rows at once by `unnest`.

The driver's own lists are adapted element by element, by looking up and asking a dumper for each: for a handful of
rows that costs more than the statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from itertools import islice
from types import NoneType
from typing import Any, Final, TypeVar

Row = TypeVar("Row")


def array(values: Iterable[Any]) -> str:
    """Values as one literal; the statement says of what type (`%s::bigint[]`).

    Raises:
        KeyError: a value of a type that no column here has.
    """
    return "{" + ",".join([_WRITTEN[type(value)](value) for value in values]) + "}"


def columns(rows: Sequence[Sequence[Any]]) -> list[str]:
    """The columns of some rows (at least one), each as a literal."""
    return [array(column) for column in zip(*rows, strict=True)]


def batches(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Rows as they come, so many at a time."""
    source = iter(rows)
    while some := list(islice(source, size)):
        yield some


Statement = tuple[str, list[Any]]
"""A statement that only writes, and its parameters."""


def together(statements: Sequence[Statement]) -> Statement:
    """Statements that only write, none of them a row of another's, as one: it is sent, planned and begun once."""
    parts = ", ".join(f"write_{n} AS ({text})" for n, (text, _) in enumerate(statements))
    return f"WITH {parts} SELECT", [param for _, params in statements for param in params]


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


_WRITTEN: Final[dict[type, Callable[[Any], str]]] = {
    NoneType: lambda _: "NULL",
    bool: lambda value: "t" if value else "f",
    int: int.__repr__,
    str: _quoted,
    bytes: lambda value: f'"\\\\x{value.hex()}"',
    date: date.isoformat,
    datetime: lambda value: f'"{value.isoformat()}"',
}
