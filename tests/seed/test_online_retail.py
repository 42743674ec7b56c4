"""UCI Online Retail: invoices of several rows, with the bookkeeping that stands among them."""

import csv
import io
import lzma
from collections import Counter
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.create_club import create_club
from loyalty.actions.import_purchases import import_purchases
from loyalty.calendars import Calendar
from loyalty.cancellations import Bought, Match, Reason, match
from loyalty.db import connection
from loyalty.documents import parse
from loyalty.ledger.recount import recount
from loyalty.readers import Cancelled, Item, LeftOut, Taken
from loyalty.readers.source import opened
from loyalty.rules import MemberRef
from loyalty.schemas import load_cancellation
from loyalty.values import QUANTITY_SCALE
from seed import online_retail
from tests.conftest import Clock

LONDON = Calendar("Europe/London", "gregorian")
NOW = datetime(2012, 1, 1, tzinfo=UTC)
GIFTS = parse((Path(online_retail.__file__).parent / "bylaws" / "record_shop.yaml").read_text("utf-8")) | {
    "club": {
        "name": {"en": "The Gift Club", "fa": "باشگاه هدیه"},
        "currency": "GBP",
        "timezone": "Europe/London",
        "calendar": "gregorian",
    }
}
HEAD = ",".join(online_retail.COLUMNS)


def read(*rows: str) -> list[Item]:
    return list(online_retail.rows(io.BytesIO("\n".join([HEAD, *rows]).encode()), LONDON))


def purchases(items: list[Item]) -> list[dict[str, Any]]:
    return [item.purchase for item in items if isinstance(item, Taken)]


def test_an_invoice_is_one_purchase_named_by_its_place_even_where_its_minute_and_codes_repeat() -> None:
    (purchase,) = purchases(
        read(
            "536591,21154,RED RETROSPOT OVEN GLOVE,6,2011-07-01 16:57:00,1.25,14606.0,United Kingdom",
            '536591,21154,"GLOVE, RED",1,2011-07-01 16:58:00,0.215,14606.0,United Kingdom',
        )
    )
    assert purchase == {
        "receipt": "2",
        "store": "online-retail",
        "member": {"external_id": "14606"},
        "occurred_at": "2011-07-01T15:57:00+00:00",
        "currency": "GBP",
        "lines": [
            {"line": "2", "sku": "21154", "quantity": 6, "gross": 750, "net": 750},
            {"line": "3", "sku": "21154", "quantity": 1, "gross": 22, "net": 22},
        ],
        "attributes": {"invoice": "536591", "country": "United Kingdom"},
    }


def test_an_invoice_that_another_interrupts_stays_whole() -> None:
    found = purchases(
        read(
            "542806,a,A,1,2011-02-01 11:19:00,1.0,1.0,UK",
            "542807,b,B,1,2011-02-01 11:19:00,2.0,2.0,UK",
            "542806,c,C,1,2011-02-01 11:20:00,3.0,1.0,UK",
        )
    )
    assert [[line["sku"] for line in purchase["lines"]] for purchase in found] == [["a", "c"], ["b"]]


def test_bookkeeping_is_left_out_each_row_with_its_reason() -> None:
    items = read(
        "C536379,D,Discount,1,2010-12-01 09:41:00,27.5,14527.0,UK",
        "C536380,D",
        "A563185,B,Adjust bad debt,1,2011-08-12 14:50:00,11062.06,,UK",
        "536589,21777,,-10,2010-12-01 16:50:00,0.0,,UK",
        "536590,21777,,0,2010-12-01 16:50:00,1.0,,UK",
        "536591,21777,,1,2010-12-01 16:50:00,-1.0,,UK",
        "536592,21777,,1,1 Dec 2010,1.0,,UK",
        "536593,21777,,one,2010-12-01 16:50:00,1.0,,UK",
        "536594,21777",
        "536595,22139,,56,2010-12-01 11:52:00,0.0,,UK",
    )
    left = [item for item in items if isinstance(item, LeftOut)]
    assert [item.line for item in left] == list(range(2, 11))
    (free,) = purchases(items)
    assert "member" not in free
    assert free["lines"][0]["net"] == 0


def test_a_cancelling_invoice_comes_after_what_was_bought_before_it_and_before_what_was_bought_later() -> None:
    items = read(
        "536365,85123A,HEART,6,2010-12-01 08:26:00,2.55,17850.0,UK",
        "C536379,85123A,HEART,-2,2010-12-01 09:41:00,2.55,17850.0,UK",
        "C536379,D,Discount,-1,2010-12-01 09:42:00,27.5,17850.0,UK",
        "C536380,22960,JAM SET,-1,2010-12-01 09:43:00,4.25,,UK",
        "536390,85123A,HEART,1,2010-12-01 10:00:00,2.55,17850.0,UK",
    )
    assert [item.line for item in items] == [2, 3, 5, 6]
    cancelled = [item for item in items if isinstance(item, Cancelled)]
    assert cancelled[0].cancellation == {
        "key": "C536379",
        "store": "online-retail",
        "member": {"external_id": "17850"},
        "occurred_at": "2010-12-01T09:41:00+00:00",
        "lines": [{"sku": "85123A", "quantity": 2, "net": 510}, {"sku": "D", "quantity": 1, "net": 2750}],
    }
    assert cancelled[0].places == (3, 4)
    assert "member" not in cancelled[1].cancellation


@pytest.fixture(scope="module")
def items(online_retail_file: Path) -> list[Item]:
    with opened(online_retail_file) as file:
        return list(online_retail.rows(file.stream, LONDON))


@pytest.mark.data
def test_the_whole_file_is_accounted_for(items: list[Item], online_retail_file: Path) -> None:
    found = purchases(items)
    left = [item for item in items if isinstance(item, LeftOut)]
    lines = [line for purchase in found for line in purchase["lines"]]
    with lzma.open(online_retail_file, "rt", encoding="utf-8", newline="") as text:
        rows = list(csv.DictReader(text))
    sold = [
        row
        for row in rows
        if row["InvoiceNo"][0] not in "AC" and int(row["Quantity"]) > 0 and row["UnitPrice"][0] != "-"
    ]

    assert (len(rows), len(lines), len(found)) == (541_909, len(sold), 20_725)
    cancelled = [item for item in items if isinstance(item, Cancelled)]
    assert (len(cancelled), sum(len(item.places) for item in cancelled)) == (3_836, 9_288)
    assert len({item.cancellation["key"] for item in cancelled}) == len(cancelled)
    assert sum("member" not in item.cancellation for item in cancelled) == 182
    assert Counter(item.reason.en for item in left) == {
        "The quantity is below one: no sale.": 1_336,
        "An adjustment of the books, not a sale.": 3,
    }
    exact = sum(Decimal(row["UnitPrice"]) * int(row["Quantity"]) * 100 for row in sold)
    assert sum(line["net"] for line in lines) == int(exact) == 1_065_562_248
    assert sum("member" not in purchase for purchase in found) == 2_189
    assert len({purchase["member"]["external_id"] for purchase in found if "member" in purchase}) == 4_339
    known = sum(line["net"] for purchase in found if "member" in purchase for line in purchase["lines"])
    assert known == 891_140_790
    assert len({purchase["attributes"]["invoice"] for purchase in found}) == len(found)
    assert len({purchase["receipt"] for purchase in found}) == len(found)
    assert len({line["line"] for line in lines}) == len(lines)
    times: dict[str, set[str]] = {}
    codes: dict[str, list[str]] = {}
    for row in rows:
        times.setdefault(row["InvoiceNo"], set()).add(row["InvoiceDate"])
        codes.setdefault(row["InvoiceNo"], []).append(row["StockCode"])
    assert sum(len(each) > 1 for each in times.values()) == 43
    assert sum(len(set(each)) < len(each) for each in codes.values()) == 2_864


@pytest.mark.data
def test_most_cancellations_find_what_they_take_back_and_each_of_the_others_says_why_not(items: list[Item]) -> None:
    matches, sold = taken_back(items)
    ended = Counter("in full" if not each.left else "in part" if each.pieces else "not at all" for each in matches)
    assert ended == {"in full": 2_675, "in part": 347, "not at all": 814}
    assert sum(len(each.pieces) > 1 for each in matches) == 402
    assert Counter(left.reason for each in matches for left in each.left) == {
        Reason.NO_CUSTOMER: 383,
        Reason.NOT_BOUGHT: 1_306,
        Reason.OTHER_PRICE: 339,
        Reason.MORE: 79,
    }
    not_bought, other_price, more = Reason.NOT_BOUGHT, Reason.OTHER_PRICE, Reason.MORE
    assert Counter(frozenset(left.reason for left in each.left) for each in matches if each.left) == {
        frozenset({Reason.NO_CUSTOMER}): 182,
        frozenset({not_bought}): 673,
        frozenset({other_price}): 211,
        frozenset({more}): 40,
        frozenset({not_bought, other_price}): 35,
        frozenset({not_bought, more}): 10,
        frozenset({other_price, more}): 5,
        frozenset({not_bought, other_price, more}): 5,
    }
    taken: Counter[tuple[int, str]] = Counter()
    for each in matches:
        taken.update(each.taken())
    assert all(quantity <= sold[line] for line, quantity in taken.items())


def taken_back(items: list[Item]) -> tuple[list[Match], dict[tuple[int, str], int]]:
    """What every cancellation of the file comes to, in its order; and how much was sold on each line."""
    bought: dict[tuple[MemberRef, str], list[Bought]] = {}
    taken: Counter[tuple[int, str]] = Counter()
    matches = []
    for number, item in enumerate(items):
        if isinstance(item, Taken) and "member" in item.purchase:
            at = datetime.fromisoformat(item.purchase["occurred_at"])
            member = MemberRef("external_id", item.purchase["member"]["external_id"])
            for line in item.purchase["lines"]:
                its = Bought(number, at, line["line"], line["sku"], line["quantity"] * QUANTITY_SCALE, line["net"])
                bought.setdefault((member, its.sku), []).append(its)
        elif isinstance(item, Cancelled):
            cancellation = load_cancellation(item.cancellation, now=NOW)
            candidates = [
                its
                for sku in {line.sku: None for line in cancellation.lines}
                for its in (bought.get((cancellation.member, sku), ()) if cancellation.member else ())
            ]
            matches.append(match(cancellation, candidates, taken))
            taken.update(matches[-1].taken())
    return matches, {(its.purchase_id, its.line): its.quantity for lines in bought.values() for its in lines}


@pytest.mark.data
def test_who_cancels_more_than_the_file_shows_of_them_keeps_nothing_and_owes_nothing(
    items: list[Item], online_retail_file: Path
) -> None:
    """Their purchases lie before the file's first day: 41 customers' rows come to less than nothing."""
    with lzma.open(online_retail_file, "rt", encoding="utf-8", newline="") as text:
        rows = [row for row in csv.DictReader(text) if row["CustomerID"]]
    sums: dict[str, Decimal] = {}
    for row in rows:
        amount = Decimal(row["UnitPrice"]) * int(row["Quantity"])
        sums[row["CustomerID"]] = sums.get(row["CustomerID"], Decimal(0)) + amount
    assert sum(its < 0 for its in sums.values()) == 41
    matches, _ = taken_back(items)
    unmatched = {
        item.cancellation["member"]["external_id"]
        for item, its in zip((item for item in items if isinstance(item, Cancelled)), matches, strict=True)
        if "member" in item.cancellation and its.left
    }
    below = {customer.removesuffix(".0") for customer, its in sums.items() if its < 0}
    assert below <= unmatched


@pytest.mark.data
def test_a_slice_of_the_file_becomes_a_gift_club_whose_cancellations_came_back(
    app: Flask, clock: Clock, online_retail_file: Path, tmp_path: Path
) -> None:
    """All of it takes a minute or two: `loyalty import purchases ../shared/data/online_retail.csv.xz --club …`."""
    with lzma.open(online_retail_file, "rb") as whole:
        (tmp_path / "slice.csv").write_bytes(b"".join(whole.readline() for _ in range(40_000)))
    made = create_club("gifts", GIFTS, clock.now, from_at=datetime(2010, 1, 1, tzinfo=UTC))
    done = import_purchases(made.id, tmp_path / "slice.csv", clock, rejects_at=lambda _: tmp_path / "rejects.jsonl")
    counts = done.counts
    assert (counts.recorded, counts.unclaimed, counts.refused) == (1_354, 193, 69)
    with opened(tmp_path / "slice.csv") as file:
        matches, _ = taken_back(list(online_retail.rows(file.stream, LONDON)))
    ended = Counter("in full" if not each.left else "in part" if each.pieces else "not at all" for each in matches)
    assert ended == {"in full": 110, "in part": 23, "not at all": 175}
    assert (counts.returned, counts.returned_partly, counts.unmatched) == (110, 23, 175)
    [(below, owing)] = (
        connection()
        .execute("SELECT count(*) FILTER (WHERE earned < 0), count(*) FILTER (WHERE debt > 0) FROM balance")
        .fetchall()
    )
    assert (below, owing) == (0, 0)
    assert recount(made.id) == []
