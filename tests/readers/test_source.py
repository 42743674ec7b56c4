"""A file says by itself what it is."""

import gzip
import lzma
from pathlib import Path

import pytest

from loyalty.errors import Invalid
from loyalty.readers.source import digest, formats, opened, reader_for

FIRST_LINES = {
    "csv": "receipt;store;occurred_at;currency;gross;net",
    "jsonl": '{"receipt": "1"}',
    "cdnow": " 00001 19970101  1   11.77",
    "online-retail": "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
}


@pytest.mark.parametrize("pack", [bytes, gzip.compress, lzma.compress], ids=["plain", "gzip", "xz"])
@pytest.mark.parametrize("name", FIRST_LINES)
def test_the_first_line_tells_the_format_packed_or_not(name: str, pack: type[bytes], tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(pack(f"\n{FIRST_LINES[name]}\nmore".encode()))
    assert reader_for(file, None)[0] == name
    with opened(file) as content:
        assert content.stream.read().endswith(b"more")


def test_what_is_installed_beside_us_is_a_format_too() -> None:
    assert formats() == ["csv", "jsonl", "cdnow", "online-retail"]


@pytest.mark.parametrize("content", [b"", b"Dear club,\n", b"\x1f\x8bnot gzip at all", bytes(range(256))])
def test_what_cannot_be_told_must_be_named(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_bytes(content)
    with pytest.raises(Invalid, match="--format"):
        reader_for(file, None)
    with pytest.raises(Invalid, match="no format “excel”"):
        reader_for(file, "excel")


def test_the_same_content_is_the_same_file(tmp_path: Path) -> None:
    for name, content in (("a", b"1"), ("b", b"1"), ("c", b"2")):
        (tmp_path / name).write_bytes(content)
    assert digest(tmp_path / "a") == digest(tmp_path / "b") != digest(tmp_path / "c")
