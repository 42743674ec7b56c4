"""Which file, in which format: opening, recognising and naming what is to be imported."""

from __future__ import annotations

import gzip
import hashlib
import lzma
import zlib
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.metadata import entry_points
from pathlib import Path
from typing import BinaryIO, Final, NamedTuple, cast

from loyalty.errors import Invalid
from loyalty.readers import jsonl, receipts
from loyalty.readers.items import LeftOut, Reader
from loyalty.readers.lines import numbered
from loyalty.values import Text

GROUP: Final = "loyalty.importers"
BUILT_IN: Final = {"csv": receipts.rows, "jsonl": jsonl.rows}
BROKEN: Final = (EOFError, lzma.LZMAError, zlib.error, gzip.BadGzipFile)
"""What reading raises where a compressed file is damaged or cut off."""

_GZIP, _XZ = b"\x1f\x8b", b"\xfd7zXZ\x00"
_UNKNOWN = Text("There is no format “{name}”; there are {known}.", "قالب «{name}» وجود ندارد؛ قالب‌های موجود: {known}.")
_UNTOLD = Text(
    "The file's format can't be told from its first line; name it with --format ({known}).",
    "قالب فایل از سطر نخست آن پیدا نیست؛ آن را با ‎--format مشخص کنید ({known}).",
)


class Opened(NamedTuple):
    """A file being read: `stream` is uncompressed; `raw` stands where the file itself has been read to."""

    stream: BinaryIO
    raw: BinaryIO


@contextmanager
def opened(path: Path) -> Iterator[Opened]:
    """A file as a stream of its content; gzip and xz are told by their first bytes."""
    with path.open("rb") as raw:
        magic = raw.read(6)
        raw.seek(0)
        if magic.startswith(_GZIP):
            stream = cast(BinaryIO, gzip.GzipFile(fileobj=raw))
        elif magic.startswith(_XZ):
            stream = cast(BinaryIO, lzma.LZMAFile(raw))  # noqa: SIM115 - it holds nothing but `raw`
        else:
            stream = raw
        yield Opened(stream, raw)


def digest(path: Path) -> str:
    """The file's SHA-256 in hexadecimal: the same content is the same import, whatever it is called."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def formats() -> list[str]:
    """Every format's name."""
    return [*BUILT_IN, *sorted(found.name for found in entry_points(group=GROUP))]


def reader_for(path: Path, name: str | None) -> tuple[str, Reader]:
    """The reader of a format, or the first that recognises the file's first line, and its name.

    Raises:
        Invalid: no such format, or none that knows the file.
    """
    found = format_of(path, name, formats(), lambda each, first: _reader(each).recognises(first))
    return found, _reader(found)


def format_of(path: Path, name: str | None, known: Sequence[str], recognises: Callable[[str, str], bool]) -> str:
    """The format that is asked for, or the first of those known that recognises the file's first line.

    Raises:
        Invalid: no such format, or none that knows the file.
    """
    said = ", ".join(known)
    if name:
        if name not in known:
            raise Invalid.at("/format", _UNKNOWN.with_(name=name, known=said))
        return name
    with opened(path) as file:
        try:
            first = next((line.text for line in numbered(file.stream) if not isinstance(line, LeftOut)), "")
        except BROKEN:
            first = ""
    for each in known:
        if first and recognises(each, first):
            return each
    raise Invalid.at("/format", _UNTOLD.with_(known=said))


def _reader(name: str) -> Reader:
    if name in BUILT_IN:
        return BUILT_IN[name]
    (found,) = entry_points(group=GROUP, name=name)
    loaded: Reader = found.load()
    return loaded
