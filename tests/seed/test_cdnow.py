"""CDNOW's file: what a row says, and what all of them come to."""

import io
import lzma
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask

from loyalty.actions.create_club import create_club
from loyalty.actions.import_purchases import import_purchases
from loyalty.calendars import Calendar
from loyalty.db import connection
from loyalty.documents import parse
from loyalty.ledger.recount import recount
from loyalty.readers import LeftOut, Taken
from loyalty.readers.source import opened
from seed import cdnow
from tests.conftest import Clock

NEW_YORK = Calendar("America/New_York", "gregorian")
BYLAWS = Path(cdnow.__file__).parent / "bylaws" / "record_shop.yaml"


def test_a_row_is_a_purchase_at_noon_named_by_its_line() -> None:
    content = b" 00004 19970101  2   29.33\n 00004 19970801  1  $14.90\r\n"
    first, second = cdnow.rows(io.BytesIO(content), NEW_YORK)
    assert first == Taken(
        1,
        {
            "receipt": "1",
            "store": "cdnow",
            "member": {"external_id": "00004"},
            "occurred_at": "1997-01-01T17:00:00+00:00",
            "currency": "USD",
            "lines": [{"line": "1", "sku": "CD", "quantity": 2, "gross": 2933, "net": 2933}],
        },
    )
    assert isinstance(second, Taken)
    assert second.purchase["occurred_at"] == "1997-08-01T16:00:00+00:00"
    assert second.purchase["lines"][0]["net"] == 1490


def test_what_is_no_row_is_left_out_with_its_line() -> None:
    content = b" 00004 19970101  2   29.3\n 00004 19970231  2   29.33\nhello\n 00004 19970101  -2   29.33\n"
    left = list(cdnow.rows(io.BytesIO(content), NEW_YORK))
    assert all(isinstance(item, LeftOut) for item in left)
    assert [item.line for item in left] == [1, 2, 3, 4]


@pytest.mark.data
def test_the_whole_file_comes_to_what_is_known_of_it(cdnow_file: Path) -> None:
    with opened(cdnow_file) as file:
        items = list(cdnow.rows(file.stream, NEW_YORK))
    taken = [item.purchase for item in items if isinstance(item, Taken)]
    amounts = [purchase["lines"][0]["net"] for purchase in taken]
    assert len(taken) == len(items) == 69_659
    assert len({purchase["receipt"] for purchase in taken}) == 69_659
    assert len({purchase["member"]["external_id"] for purchase in taken}) == 23_570
    assert sum(amounts) == 250_031_563
    assert amounts.count(0) == 80
    contents = Counter(
        (
            purchase["member"]["external_id"],
            purchase["occurred_at"],
            purchase["lines"][0]["quantity"],
            purchase["lines"][0]["net"],
        )
        for purchase in taken
    )
    assert sum(contents.values()) - len(contents) == 255
    assert (taken[0]["occurred_at"][:10], max(p["occurred_at"] for p in taken)[:10]) == ("1997-01-01", "1998-06-30")


@pytest.mark.data
def test_a_slice_of_the_file_becomes_a_record_club(app: Flask, clock: Clock, cdnow_file: Path, tmp_path: Path) -> None:
    """All of it takes a minute or two: `loyalty import purchases ../shared/data/cdnow.txt.xz --club …`."""
    with lzma.open(cdnow_file, "rb") as whole:
        lines = [whole.readline() for _ in range(3000)]
    file = tmp_path / "slice.txt"
    file.write_bytes(b"".join(lines))
    bylaws = parse(BYLAWS.read_text("utf-8"))
    club = create_club("records", bylaws, clock.now, from_at=datetime(1997, 1, 1, tzinfo=UTC)).id

    done = import_purchases(club, file, clock, rejects_at=lambda _: tmp_path / "refused.jsonl")

    cents = [int(line.split()[3].replace(b".", b"")) for line in lines]
    customers = {line.split()[0] for line in lines}
    assert (done.format, done.counts.recorded, done.counts.refused) == ("cdnow", 3000, 0)
    found = connection().execute("SELECT count(*), count(DISTINCT member_id), sum(net) FROM purchase").fetchone()
    assert found == (3000, len(customers), sum(cents))
    assert connection().execute("SELECT count(*) FROM member").fetchone() == (len(customers),)
    assert recount(club) == []
