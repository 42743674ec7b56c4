"""`loyalty import purchases`, as an operator meets it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from flask import Flask

from loyalty.actions.create_club import create_club
from loyalty.cli import main
from loyalty.config import Settings
from tests.actions.test_import import BYLAWS, CSV
from tests.conftest import Clock


@pytest.fixture
def brings(app: Flask, clock: Clock, settings: Settings, tmp_path: Path) -> Callable[..., Result]:
    """Import a text into the corner shop's club from the command line."""
    create_club("corner", BYLAWS, clock.now)
    env = {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "LOYALTY_SECRET_KEY": settings.secret_key,
        "LOYALTY_DATA": str(tmp_path / "data"),
        "LOYALTY_LANG": "en",
    }

    def run(text: str, *arguments: str, lang: str = "en") -> Result:
        file = tmp_path / "till.csv"
        file.write_text(text)
        command = ["import", "purchases", str(file), "--club", "corner", *arguments]
        return CliRunner().invoke(main, command, env=env | {"LOYALTY_LANG": lang})

    return run


def test_the_summary_is_json_for_a_script(brings: Callable[..., Result], tmp_path: Path) -> None:
    bad = CSV + "9,vanak,sara,2026-10-03T11:00:00+03:30,IRR,,,,5,-5,,\n"
    done = brings(bad, "--json")
    assert done.exit_code == 0, done.output
    summary = json.loads(done.stdout)
    assert summary.pop("seconds") >= 0
    rejects = Path(summary.pop("rejects"))
    assert rejects.parent == tmp_path / "data" / "imports"
    assert json.loads(rejects.read_text())["line"] == 6
    assert summary == {
        "club": "corner",
        "file": str(tmp_path / "till.csv"),
        "format": "csv",
        "read": 4,
        "recorded": 2,
        "unclaimed": 1,
        "repeated": 0,
        "refused": 1,
        "returned": 0,
        "returned_partly": 0,
        "unmatched": 0,
        "resumed_at": None,
        "already": False,
        "damaged": False,
    }
    again = json.loads(brings(bad, "--json").stdout)
    assert (again["already"], again["recorded"], again["rejects"]) == (True, 2, str(rejects))


def test_a_person_reads_a_sentence_in_either_language(brings: Callable[..., Result]) -> None:
    first = brings(CSV)
    assert first.stdout == "Recorded 2, without a member 1, known already 0, refused 0.\n"
    again = brings(CSV, lang="fa")
    assert "این فایل پیش‌تر وارد شده است" in again.stderr
    assert "ثبت‌شده ۲" in again.stdout


def test_refused_rows_go_where_they_are_wanted(brings: Callable[..., Result], tmp_path: Path) -> None:
    wanted = tmp_path / "bad.jsonl"
    done = brings(CSV.replace("IRR", "USD"), "--rejects", str(wanted))
    assert done.exit_code == 0
    assert str(wanted) in done.stderr
    assert len(wanted.read_text().splitlines()) == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [(["--format", "excel"], "There is no format “excel”"), (["--club", "nobody"], "no such club")],
)
def test_what_cannot_be_done_is_said(brings: Callable[..., Result], arguments: list[str], said: str) -> None:
    done = brings(CSV, *arguments)
    assert done.exit_code == 1
    assert said in done.stderr


def test_balances_of_an_older_programme_are_brought_in_once(
    app: Flask, clock: Clock, loyalty: Callable[..., Result], tmp_path: Path
) -> None:
    create_club("corner", BYLAWS, clock.now)
    file = tmp_path / "old.csv"
    file.write_text("external_id,wallet,amount,expires_at\nsara,points,50,never\nreza,points,-5,\n")
    command = ["import", "balances", str(file), "--club", "corner"]
    done = loyalty(*command, "--json")
    assert done.exit_code == 0, done.output
    summary = json.loads(done.stdout)
    assert (summary["format"], summary["recorded"], summary["refused"]) == ("csv", 1, 1)
    assert json.loads(Path(summary["rejects"]).read_text())["reason"] == "/amount: This must be 1 or more."
    again = loyalty(*command, lang="fa")
    assert "این فایل پیش‌تر وارد شده است" in again.stderr
    assert "ثبت‌شده ۱" in again.stdout
    assert loyalty("recount", "--club", "corner").exit_code == 0
