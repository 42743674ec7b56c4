"""Cancellations in a file that is imported: each takes back what its member had bought by then, whatever else the file
holds."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.create_club import create_club
from loyalty.actions.import_file import Imported
from loyalty.actions.import_purchases import import_purchases
from loyalty.actions.return_purchases import return_purchases
from loyalty.db import connection, db
from loyalty.returns import Return
from tests.actions.test_import import BYLAWS
from tests.actions.test_record_purchases import statements
from tests.conftest import Clock

SHOP = BYLAWS | {
    "club": {
        "name": {"en": "Gifts", "fa": "هدیه"},
        "currency": "GBP",
        "timezone": "Europe/London",
        "calendar": "gregorian",
    }
}
HEAD = "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country"


class Books:
    """What the returns of a club's books tell."""

    def told(self) -> list[tuple[str, str, list[tuple[str, int]]]]:
        """(key, receipt of its purchase, lines and units) of every return, in the order of recording."""
        rows = connection().execute(
            "SELECT key, receipt, content->'lines' FROM purchase_return r JOIN purchase p ON p.id = r.purchase_id"
            " ORDER BY r.id"
        )
        return [(key, receipt, [(line, units // 1000) for line, units in lines]) for key, receipt, lines in rows]


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
def bring(app: Flask, clock: Clock, tmp_path: Path) -> Callable[..., Imported]:
    """Import rows of invoices; refused rows go to `refused.jsonl`."""
    clubs: dict[str, int] = {}

    def imported(
        *rows: str, name: str = "shop.csv", at: Callable[[], datetime] = clock, club_code: str = "gifts"
    ) -> Imported:
        club = clubs.get(club_code) or create_club(club_code, SHOP, clock.now).id
        clubs[club_code] = club
        file = tmp_path / name
        file.write_text("\n".join([HEAD, *rows]))
        return import_purchases(club, file, at, rejects_at=lambda _: tmp_path / "refused.jsonl")

    return imported


def row(invoice: str, sku: str, units: int, hour: int, price: str = "1.0", customer: str = "7.0") -> str:
    return f"{invoice},{sku},,{units},2010-12-01 {hour:02}:00:00,{price},{customer},UK"


def refused(tmp_path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (tmp_path / "refused.jsonl").read_text().splitlines()]


STORY = (
    row("1", "tea", 5, 8),
    row("2", "tea", 3, 9),
    row("2", "milk", 1, 9),
    row("3", "tea", 9, 9, customer="8.0"),
    row("C4", "tea", -4, 10),
    row("C5", "tea", -1, 11),
    row("6", "tea", 7, 12),
)


def test_an_invoice_takes_from_several_purchases_each_as_a_return_of_its_own(
    bring: Callable[..., Imported], books: Books
) -> None:
    done = bring(*STORY)
    assert done.counts == (6, 4, 0, 0, 0, 2, 0, 0)
    assert done.rejects is None
    assert books.told() == [("C4", "3", [("3", 3)]), ("C4/2", "2", [("2", 1)]), ("C5", "2", [("2", 1)])]


def test_what_is_bought_after_a_cancellation_is_recorded_after_it_and_other_members_do_not_wait(
    bring: Callable[..., Imported],
) -> None:
    bring(*STORY, row("9", "tea", 1, 13, customer="8.0"))
    rows = connection().execute(
        "SELECT receipt, id FROM purchase UNION ALL SELECT key, id FROM purchase_return ORDER BY id"
    )
    order = [name for name, _ in rows]
    assert order == ["2", "3", "5", "9", "C4", "C4/2", "C5", "8"]  # both cancellations at once, after all of member 8's


def test_what_finds_no_purchase_is_handed_back_line_by_line(
    bring: Callable[..., Imported], books: Books, tmp_path: Path
) -> None:
    done = bring(
        row("1", "tea", 2, 8),
        row("C2", "tea", -3, 9),
        row("C2", "milk", -1, 9),
        row("C3", "tea", -1, 9, price="1.5"),
        row("C4", "tea", -1, 9, customer=""),
        row("C5", "tea", -1, 9, customer="99.0"),
    )
    assert done.counts == (5, 1, 0, 0, 0, 0, 1, 3)
    assert books.told() == [("C2", "2", [("2", 2)])]
    found = refused(tmp_path)
    assert [(each["line"], each["row"]["key"], each["reason"][:30]) for each in found] == [
        (3, "C2", "More is cancelled than the cus"),
        (4, "C2", "The customer had not bought th"),
        (5, "C3", "The customer had bought this b"),
        (6, "C4", "The cancellation names no cust"),
        (7, "C5", "The customer had not bought th"),
    ]
    assert [line["sku"] for line in found[1]["row"]["lines"]] == ["milk"]
    assert all(each["reason_fa"] for each in found)


def test_a_return_that_is_refused_hands_its_lines_back(
    bring: Callable[..., Imported], books: Books, tmp_path: Path
) -> None:
    bring(*[HEAD] * 20, row("1", "pen", 1, 7, customer="5.0"), name="earlier.csv")  # so its receipt is the 22nd line
    [(club, purchase, at)] = connection().execute("SELECT club_id, id, occurred_at FROM purchase").fetchall()
    db.session.rollback()
    [other] = return_purchases(club, [(purchase, Return("C4/2", "online-retail", at, all=True))], at)
    assert other.status == "recorded"
    done = bring(*STORY)
    assert (done.counts.returned, done.counts.returned_partly, done.counts.unmatched) == (1, 1, 0)
    assert [(each["line"], each["reason"]) for each in refused(tmp_path)] == [
        (6, "/return: Another return is recorded under this key."),
    ]


def test_the_same_cancellations_in_another_file_are_known(bring: Callable[..., Imported], books: Books) -> None:
    bring(*STORY)
    before = books.told()
    again = bring(*STORY, row("C7", "tea", -7, 13), name="longer.csv")
    assert again.counts == (7, 0, 0, 6, 0, 1, 0, 0)
    assert books.told()[:3] == before
    assert books.told()[3:] == [("C7", "8", [("8", 7)])]


def test_a_cancellation_that_is_none_is_refused(bring: Callable[..., Imported], tmp_path: Path) -> None:
    done = bring(row("C1", "x" * 101, -1, 8))
    assert (done.counts.refused, done.counts.unmatched) == (1, 0)
    assert refused(tmp_path)[0]["reason"].startswith("/lines/0/sku: ")


def test_a_cancellation_finds_what_an_earlier_chunk_recorded_and_sees_what_came_back_of_it(
    bring: Callable[..., Imported], books: Books
) -> None:
    many = [row(str(n), "pen", 1, 9, customer=f"{n}.0") for n in range(100, 700)]
    done = bring(
        row("1", "tea", 2, 8), row("C2", "tea", -1, 8), *many, row("C3", "tea", -1, 10), row("C4", "tea", -1, 10)
    )
    assert (done.counts.recorded, done.counts.returned, done.counts.unmatched) == (601, 2, 1)
    assert [key for key, _, _ in books.told()] == ["C2", "C3"]


def test_many_cancellations_cost_as_many_statements_as_one(bring: Callable[..., Imported]) -> None:
    def cost(members: range) -> int:
        rows = [row(f"{n}", "tea", 2, 8, customer=f"{n}.0") for n in members]
        rows += [row(f"C{n}", "tea", -1, 9, customer=f"{n}.0") for n in members]
        with statements() as sent:
            done = bring(*rows, club_code=f"shop-{len(members)}")
        assert done.counts.returned == len(members)
        return len(sent)

    assert cost(range(10, 11)) == cost(range(100, 300))


def test_an_import_that_takes_hours_tells_each_chunk_its_own_time(bring: Callable[..., Imported], clock: Clock) -> None:
    hours = iter(range(1000))
    bring(*[row(str(n), "pen", 1, 9) for n in range(1, 1200)], at=lambda: clock.now + timedelta(hours=next(hours)))
    found = connection().execute("SELECT count(*) FROM purchase GROUP BY recorded_at ORDER BY recorded_at").fetchall()
    assert found == [(500,), (500,), (199,)]
    db.session.rollback()
