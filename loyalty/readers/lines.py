"""Bytes to numbered lines of text, in flat memory whatever the file holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO, Final, NamedTuple

from loyalty.readers.items import LeftOut
from loyalty.values import Text

MAX_LINE: Final = 1024 * 1024
"""Bytes; a longer line is left out, so that a file without line ends can't fill the memory."""

_SHOWN: Final = 200
_TOO_LONG = Text("The line is longer than one megabyte.", "این سطر از یک مگابایت بلندتر است.")
_NOT_UTF8 = Text("The line is not UTF-8 text.", "این سطر متن UTF-8 نیست.")


class Numbered(NamedTuple):
    """A line of text without its end; the first one is number 1."""

    number: int
    text: str


def numbered(stream: BinaryIO) -> Iterator[Numbered | LeftOut]:
    """The lines that aren't blank; what can't be read as text is left out, and reading goes on after it."""
    number = 0
    while raw := stream.readline(MAX_LINE + 1):
        number += 1
        if len(raw) > MAX_LINE:
            start, part = raw[:_SHOWN], raw
            while part and not part.endswith(b"\n"):
                part = stream.readline(MAX_LINE)
            yield LeftOut(number, _TOO_LONG, start.decode(errors="replace"))
            continue
        try:
            text = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
        except UnicodeDecodeError:
            yield LeftOut(number, _NOT_UTF8, raw.decode(errors="replace").rstrip("\r\n"))
            continue
        if text.strip():
            yield Numbered(number, text)
