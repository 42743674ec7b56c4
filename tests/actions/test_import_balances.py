"""Balances of an older programme come in with their ends, once, and bad rows are handed back."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.import_balances import import_balances
from loyalty.actions.import_file import Imported
from loyalty.db import connection, db
from loyalty.errors import Invalid
from tests.actions.test_record_purchases import statements
from tests.conftest import START, Clock
from tests.story import CASHBACK, POINTS, Story, document

HEADER = "external_id,phone,card,wallet,amount,earned_at,expires_at,reason\n"
CSV = (
    HEADER
    + "sara,,,points,۱۲۰,2026-05-01T10:00:00+03:30,2027-01-01T00:00:00+03:30,Old club\n"
    + "sara,,,points,30,2026-10-01T10:00:00+03:30,,\n"
    + "sara,,,cashback,5000,,never,\n"
    + "reza,,,points,7,2025-01-01T10:00:00+03:30,,\n"
    + ",09121234567,,points,11,,,\n"
)

Bring = Callable[..., Imported]


@pytest.fixture
def story(app: Flask) -> Story:
    return Story(document(wallets={"points": POINTS["points"] | {"expires": {"months": 12}}, **CASHBACK}))


@pytest.fixture
def bring(story: Story, clock: Clock, tmp_path: Path) -> Bring:
    def imported(content: str, name: str = "old.csv", **more: Any) -> Imported:
        file = tmp_path / name
        file.write_text(content)
        return import_balances(story.club_id, file, clock, rejects_at=lambda _: tmp_path / "refused.jsonl", **more)

    return imported


def refused(tmp_path: Path) -> list[tuple[int, str, str]]:
    rows = [json.loads(line) for line in (tmp_path / "refused.jsonl").read_text().splitlines()]
    return [(row["line"], row["reason"], row["reason_fa"]) for row in rows]


def member(name: str) -> tuple[int, datetime]:
    row = connection().execute(
        "SELECT member.id, joined_at FROM identifier JOIN member ON member.id = member_id WHERE value = %s", [name]
    )
    found = row.fetchone()
    assert found
    return found


def lots(name: str) -> list[tuple[Any, ...]]:
    rows = connection().execute(
        "SELECT wallet, earned_at, expires_at, available, expired FROM lot WHERE member_id = %s ORDER BY id",
        [member(name)[0]],
    )
    return rows.fetchall()


def test_every_row_becomes_a_lot_with_its_end(story: Story, bring: Bring, tmp_path: Path) -> None:
    lena = story.enrols("Lena", phone="+989121234567")
    done = bring(CSV)
    assert (done.counts.recorded, done.counts.refused, done.format) == (5, 0, "csv")
    may, october = datetime(2026, 5, 1, 6, 30, tzinfo=UTC), datetime(2026, 10, 1, 6, 30, tzinfo=UTC)
    assert lots("sara") == [
        ("points", may, datetime(2026, 12, 31, 20, 30, tzinfo=UTC), 120, 0),
        ("points", october, datetime(2027, 10, 1, 6, 30, tzinfo=UTC), 30, 0),
        ("cashback", START, None, 5000, 0),
    ]
    assert [row[3:] for row in lots("reza")] == [(0, 7)]  # it had ended
    assert story.balance(lena) == 11
    assert member("sara")[1] == may
    flows = connection().execute("SELECT DISTINCT source, target FROM entry ORDER BY 1").fetchall()
    assert flows == [("available", "expired"), ("opening", "available")]
    said = connection().execute("SELECT kind, amount, reason, counts FROM adjustment ORDER BY id LIMIT 2").fetchall()
    assert said == [("opening", 120, "Old club", False), ("opening", 30, "Opening balance", False)]
    assert story.books_agree()


def test_json_lines_bring_the_same(story: Story, bring: Bring) -> None:
    rows = [
        {"external_id": "sara", "wallet": "points", "amount": 120, "expires_at": None},
        {"external_id": "sara", "wallet": "points", "amount": 30},
    ]
    done = bring("\n".join(map(json.dumps, rows)), "old.jsonl")
    assert (done.format, done.counts.recorded) == ("jsonl", 2)
    assert [(end, amount) for _, _, end, amount, _ in lots("sara")] == [
        (None, 120),
        (datetime(2027, 11, 1, 9, tzinfo=UTC), 30),
    ]


def test_the_same_file_brings_nothing_twice(story: Story, bring: Bring) -> None:
    story.enrols("Lena", phone="+989121234567")
    bring(CSV)
    again = bring(CSV, "copy.csv")
    assert again.already
    assert story.balance(member("sara")[0]) == 150


def test_an_import_that_broke_off_goes_on_where_it_stood(
    story: Story, bring: Bring, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("loyalty.actions.import_file.CHUNK", 2)
    story.enrols("Lena", phone="+989121234567")

    def cut(step: Any) -> None:
        if step.counts.position == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring(CSV, progress=cut)
    db.session.rollback()
    done = bring(CSV)
    assert (done.began_at, done.counts.recorded) == (4, 5)
    assert story.balance(member("sara")[0]) == 150
    assert story.books_agree()


def test_bad_rows_are_handed_back_with_line_and_reason_and_enrol_nobody(
    story: Story, bring: Bring, tmp_path: Path
) -> None:
    bad = [
        "new1,,,stars,5,,,",
        "new2,,,points,0,,,",
        "new3,,,points,x,,,",
        "new4,,X1,points,5,,,",
        ",,,points,5,,,",
        ",,NOBODY1,points,5,,,",
        "new5,,,points,5,2026-10-01T10:00:00Z,2026-09-01T10:00:00Z,",
        "new6,,,points,5,2027-10-01T10:00:00Z,,",
        "new7,,,points,5",
        "good,,,points,5,,,",
    ]
    done = bring(HEADER + "\n".join(bad) + "\n")
    assert (done.counts.recorded, done.counts.refused) == (1, 9)
    found = refused(tmp_path)
    assert [line for line, _, _ in found] == list(range(2, 11))
    assert [reason.partition(":")[0] for _, reason, _ in found] == [
        "/wallet",
        "/amount",
        "/amount",
        "/card",
        "/external_id",
        "/card",
        "/expires_at",
        "/earned_at",
        "The row has 5 fields where the header has 8.",
    ]
    assert not any(persian.isascii() for _, _, persian in found)
    (people,) = connection().execute("SELECT count(*) FROM member").fetchone() or (0,)
    assert people == 1
    assert story.books_agree()


def test_a_header_that_means_nothing_is_refused(bring: Bring) -> None:
    with pytest.raises(Invalid, match="“points” is not a column of a balance"):
        bring("external_id,wallet,amount,points\n")
    with pytest.raises(Invalid, match="format can't be told"):
        bring("hello\n")


def test_an_opening_pays_what_is_owed_and_lapses_with_its_wallet(app: Flask, clock: Clock, tmp_path: Path) -> None:
    idle = {"expires": {"after": {"days": 30}, "from": "activity"}}
    story = Story(document(wallets={"points": POINTS["points"] | idle, **CASHBACK}))
    file = tmp_path / "old.csv"
    file.write_text(HEADER + "sara,,,points,50,2026-10-20T10:00:00Z,,\n" + "reza,,,points,9,2026-09-01T10:00:00Z,,\n")
    import_balances(story.club_id, file, clock, rejects_at=lambda _: tmp_path / "refused.jsonl")
    assert story.balance(member("sara")[0]) == 50
    assert story.balance(member("reza")[0]) == 0
    story.now = START + timedelta(days=19)
    story.buys(member("sara")[0], 1000)
    assert story.balance(member("sara")[0]) == 1
    assert story.books_agree()


def test_a_chunk_costs_the_same_number_of_statements_for_one_and_for_hundreds(story: Story, bring: Bring) -> None:
    story.buys(story.enrols(), 1000)  # the bylaws are loaded
    with statements() as one:
        bring(HEADER + "m0,,,points,5,,,\n")
    with statements() as many:
        bring(HEADER + "".join(f"n{n},,,points,5,,,\n" for n in range(300)))
    assert len(many) == len(one)
