"""An import is a long story: it may be broken off, begun again, and fed with bad rows; nothing is lost or doubled."""

import gzip
import json
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.create_club import create_club
from loyalty.actions.import_file import Imported
from loyalty.actions.import_purchases import import_purchases
from loyalty.db import connection, db
from loyalty.errors import Invalid
from tests.conftest import Clock

BYLAWS = {
    "format": 1,
    "club": {
        "name": {"en": "Corner shop", "fa": "بقالی"},
        "currency": "IRR",
        "timezone": "Asia/Tehran",
        "calendar": "jalali",
    },
    "wallets": {"points": {"unit": "points", "name": {"en": "points", "fa": "امتیاز"}}},
    "articles": [
        {
            "no": "1",
            "title": {"en": "Base points", "fa": "امتیاز پایه"},
            "on": "purchase",
            "give": [{"points": {"per": 1000, "give": 1}}],
        }
    ],
}

CSV = """\
receipt,store,member_external_id,occurred_at,currency,line,sku,quantity,gross,net,category,tags
1,vanak,sara,2026-10-01T10:00:00+03:30,IRR,1,milk,2,8000,7000,dairy,local|cold
1,vanak,,,,2,bread,۱٫۵,3000,3000,bakery,
2,vanak,reza,2026-10-01T11:00:00+03:30,IRR,,,,5000,5000,,
3,tajrish,,2026-10-02T11:00:00+03:30,IRR,1,tea,1,900,900,,
"""


@pytest.fixture
def club(app: Flask, clock: Clock) -> int:
    return create_club("corner", BYLAWS, clock.now).id


@pytest.fixture
def bring(club: int, clock: Clock, tmp_path: Path) -> Callable[..., Imported]:
    """Import a text as a file; refused rows go to `refused.jsonl`."""

    def imported(content: str | bytes, name: str = "till.csv", **more: Any) -> Imported:
        file = tmp_path / name
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return import_purchases(club, file, clock, rejects_at=lambda _: tmp_path / "refused.jsonl", **more)

    return imported


def refused(tmp_path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (tmp_path / "refused.jsonl").read_text().splitlines()]


def rows(sql: str) -> list[tuple[Any, ...]]:
    return connection().execute(sql).fetchall()


def test_lines_of_a_receipt_are_one_purchase_and_a_basket_is_one_too(bring: Callable[..., Imported]) -> None:
    done = bring(CSV)
    assert (done.format, done.counts.recorded, done.counts.unclaimed, done.rejects) == ("csv", 2, 1, None)
    assert rows("SELECT receipt, gross, net, jsonb_array_length(lines) FROM purchase ORDER BY receipt") == [
        ("1", 11000, 10000, 2),
        ("2", 5000, 5000, 0),
    ]
    assert rows(
        "SELECT value, available FROM identifier JOIN balance USING (member_id) WHERE kind <> 'card' ORDER BY 1"
    ) == [
        ("reza", 5),
        ("sara", 10),
    ]


def test_json_lines_are_the_purchases_of_the_api(bring: Callable[..., Imported], tmp_path: Path) -> None:
    good = {
        "receipt": "A-1",
        "store": "vanak",
        "member": {"external_id": "sara"},
        "occurred_at": "2026-10-01T10:00:00+03:30",
        "currency": "IRR",
        "gross": 4000,
        "net": 4000,
    }
    lines = [
        json.dumps(good),
        "",
        json.dumps(good | {"receipt": "A-2", "net": 9000}),
        "{not json",
        json.dumps(good | {"receipt": "A-3", "colour": "red"}),
        json.dumps(good | {"receipt": "A-4", "currency": "USD"}),
        json.dumps(good | {"receipt": "A-5", "occurred_at": "2031-01-01T00:00:00Z"}),
        json.dumps(good | {"receipt": "A-1", "gross": 5000}),
        json.dumps(good),
    ]
    done = bring("\n".join(lines), "day.jsonl")
    assert (done.counts.recorded, done.counts.refused, done.counts.repeated) == (1, 6, 1)
    found = refused(tmp_path)
    assert [row["line"] for row in found] == [3, 4, 5, 6, 7, 8]
    assert found[0]["reason"].startswith("/net: ")
    assert "not JSON" in found[1]["reason"]
    assert "/colour" in found[2]["reason"]
    assert "IRR" in found[3]["reason"]
    assert "future" in found[4]["reason"]
    assert "Another purchase" in found[5]["reason"]
    assert found[5]["row"]["gross"] == 5000
    assert all(row["reason_fa"] for row in found)


def test_a_broken_row_costs_its_own_receipt_and_no_other(bring: Callable[..., Imported], tmp_path: Path) -> None:
    text = CSV.replace("1,vanak,,,,2,bread,۱٫۵,3000,3000,bakery,", "1,vanak,,,,2,bread,1,3000", 1)
    done = bring(text)
    assert (done.counts.recorded, done.counts.unclaimed, done.counts.refused) == (1, 1, 2)
    assert [(row["line"], row["reason"][:26]) for row in refused(tmp_path)] == [
        (2, "Another row of the same re"),
        (3, "The row has 9 fields where"),
    ]


def test_a_file_that_is_no_purchases_is_refused_whole(bring: Callable[..., Imported]) -> None:
    with pytest.raises(Invalid) as caught:
        bring("receipt,store,colour\n1,vanak,red\n")
    assert {fault.message.en for fault in caught.value.faults} >= {
        "“colour” is not a column of a purchase.",
        "The header lacks the column “currency”.",
    }
    with pytest.raises(Invalid, match="can't be told"):
        bring("hello\n", "letter.txt")
    assert rows("SELECT 1 FROM receipt") == []


def test_a_finished_import_is_complete_under_any_name(bring: Callable[..., Imported]) -> None:
    first = bring(CSV)
    again = bring(CSV, "copy.csv")
    assert (first.already, again.already) == (False, True)
    assert again.counts == first.counts
    assert rows("SELECT count(*) FROM receipt") == [(3,)]


def test_the_same_sales_in_another_file_are_known(bring: Callable[..., Imported]) -> None:
    bring(CSV)
    longer = bring(CSV + "4,vanak,reza,2026-10-03T11:00:00+03:30,IRR,,,,5000,5000,,\n")
    assert (longer.counts.recorded, longer.counts.repeated) == (1, 3)


def test_a_file_cut_off_in_the_middle_is_said_to_be(bring: Callable[..., Imported]) -> None:
    text = CSV + "".join(f"{n},vanak,reza,2026-10-03T11:00:00+03:30,IRR,,,,{n},{n},,\n" for n in range(10, 3000))
    whole = gzip.compress(text.encode())
    done = bring(whole[: len(whole) // 2], "till.csv.gz")
    assert done.damaged
    assert 0 < done.counts.recorded < 2990
    assert not bring(whole, "till.csv.gz").damaged
    assert rows("SELECT count(*) FROM receipt") == [(2993,)]


def test_somebody_elses_file_is_not_overwritten(bring: Callable[..., Imported], tmp_path: Path) -> None:
    (tmp_path / "refused.jsonl").write_text("my diary")
    with pytest.raises(Invalid, match="no file of refused rows"):
        bring(CSV)
    assert (tmp_path / "refused.jsonl").read_text() == "my diary"


IMPORTER = """
    import os, signal, sys
    from datetime import datetime
    from pathlib import Path
    from loyalty.actions.import_purchases import import_purchases
    from loyalty.config import Settings
    from loyalty.db import base_app
    from loyalty.readers.rejects import RejectsFile

    database, redis, club, file, rejects, now, fatal = sys.argv[1:]
    write = RejectsFile.write

    def write_and_die(self, lines):
        global fatal
        size, fatal = write(self, lines), int(fatal) - 1
        if fatal == 0:  # the refused rows are on the disk, the transaction has not committed
            os.kill(os.getpid(), signal.SIGKILL)
        return size

    RejectsFile.write = write_and_die
    app = base_app(Settings(database, redis, "secret", Path(file).parent))
    with app.app_context():
        import_purchases(
            int(club), Path(file), lambda: datetime.fromisoformat(now), rejects_at=lambda _: Path(rejects),
            progress=lambda step: print(step.counts.position, flush=True),
        )
"""
NEVER = 0


@pytest.fixture
def importer(club: int, app: Flask, clock: Clock, tmp_path: Path) -> Callable[[int], subprocess.Popen[str]]:
    """Starts another process that imports `till.csv`, and dies at its worst moment in the chunk of that number."""
    script, settings = tmp_path / "importer.py", app.extensions["loyalty"]
    script.write_text(textwrap.dedent(IMPORTER))
    argv = [settings.database_url, settings.redis_url, club, tmp_path / "till.csv", tmp_path / "refused.jsonl"]

    def started(fatal_chunk: int) -> subprocess.Popen[str]:
        command = [sys.executable, script, *argv, clock.now.isoformat(), fatal_chunk]
        env = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
        return subprocess.Popen([str(word) for word in command], stdout=subprocess.PIPE, text=True, env=env)

    return started


def test_an_import_killed_at_any_moment_goes_on_without_loss_or_doubling(
    importer: Callable[[int], subprocess.Popen[str]], bring: Callable[..., Imported], tmp_path: Path
) -> None:
    sales = [f"{n},vanak,m{n % 40},2026-10-03T11:00:00+03:30,IRR,,,,{n},{n},,\n" for n in range(1, 5001)]
    bad = range(7, 5000, 250)
    for place in bad:
        sales[place] = sales[place].replace(",IRR,", ",GBP,")
    good = [n for n in range(1, 5001) if n - 1 not in bad]
    file = tmp_path / "till.csv"
    file.write_text(CSV.splitlines(keepends=True)[0] + "".join(sales))
    db.session.rollback()

    for fatal_chunk in (3, 2):
        dying = importer(fatal_chunk)
        dying.communicate()
        assert dying.returncode == -signal.SIGKILL
    assert rows("SELECT position FROM import_run") == [(1500,)]
    assert len(refused(tmp_path)) == 8  # two lines of them belong to the chunk that was lost
    db.session.rollback()

    running = importer(NEVER)
    assert running.stdout
    for _ in range(4):  # three steps pass over what is done, the fourth records
        running.stdout.readline()
    running.kill()
    running.communicate()

    done = bring(file.read_bytes())
    assert done.began_at >= 2000
    assert done.counts == (5000, len(good), 0, 0, len(bad), 0, 0, 0)
    assert rows("SELECT count(*), sum(net) FROM purchase") == [(len(good), sum(good))]
    assert rows("SELECT sum(available) FROM balance") == [(sum(n // 1000 for n in good),)]
    assert [row["line"] for row in refused(tmp_path)] == [place + 2 for place in bad]
