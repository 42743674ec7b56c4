"""What an operator asks about bylaws and books."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner
from flask import Flask

from loyalty.cli.rules import bylaws, tiers
from loyalty.cli.rules import recount as recount_command
from loyalty.config import Settings
from loyalty.db import connection, db
from tests.story import BASE, Story, article, document


@pytest.fixture
def run(app: Flask, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    """The command line on this test's instance."""
    monkeypatch.setenv("DATABASE_URL", settings.database_url)
    monkeypatch.setenv("REDIS_URL", settings.redis_url)
    monkeypatch.setenv("LOYALTY_SECRET_KEY", settings.secret_key)
    monkeypatch.setenv("LOYALTY_LANG", "en")
    return CliRunner()


def test_check_names_every_fault_with_its_place(run: CliRunner, tmp_path: Path) -> None:
    broken = document(article("1", {"points": {"per": 0, "give": 1}}), article("2", {"pionts": {"fixed": 1}}))
    file = tmp_path / "broken.yaml"
    file.write_text(yaml.safe_dump(broken, allow_unicode=True))
    result = run.invoke(bylaws, ["check", str(file)])
    assert result.exit_code == 1
    assert "/articles/0/give/0/points/per" in result.output
    assert "Did you mean “points”?" in result.output
    as_json = json.loads(run.invoke(bylaws, ["check", "--json", str(file)]).output)
    assert [fault["path"] for fault in as_json["errors"]] == [
        "/articles/0/give/0/points/per",
        "/articles/1/give/0/pionts",
    ]
    assert all(fault["message"]["fa"] for fault in as_json["errors"])


def test_check_names_what_is_odd_and_is_content(run: CliRunner, tmp_path: Path) -> None:
    file = tmp_path / "odd.json"
    file.write_text(json.dumps(document(BASE)))
    result = run.invoke(bylaws, ["check", str(file)])
    assert result.exit_code == 0
    assert "/articles/0: Article 1 (“Article 1”) has no limit" in result.output
    assert "The bylaws are sound." in result.output
    told = json.loads(run.invoke(bylaws, ["check", "--json", str(file)]).output)
    assert [(its["code"], its["path"]) for its in told["warnings"]] == [
        ("no_limit", "/articles/0"),
        ("unread_counter", "/counters/spend"),
        ("unread_counter", "/counters/visits"),
        ("no_story", "/story"),
    ]
    assert told["publishable"]


def test_check_is_content_with_every_shipped_document(run: CliRunner) -> None:
    shipped = sorted(Path("seed/bylaws").glob("*.yaml"))
    assert shipped
    for file in shipped:
        result = run.invoke(bylaws, ["check", str(file)])
        assert result.exit_code == 0, f"{file}: {result.output}"


def test_a_changed_article_is_published_and_judges_from_then_on(run: CliRunner, tmp_path: Path) -> None:
    story = Story()
    sara = story.enrols()
    story.buys(sara, 10_000)
    file = tmp_path / "generous.json"
    file.write_text(json.dumps(document(article("1", {"points": {"per": 1000, "give": 2}}))))
    published = run.invoke(bylaws, ["publish", str(file), "--club", "anar", "--note", "Twice as much"])
    assert published.exit_code == 0, published.output
    assert "Version 2 is in force." in published.output
    published_at = connection().execute("SELECT from_at FROM bylaws WHERE version = 2").fetchone()
    assert published_at
    assert story.buys(sara, 10_000, at=published_at[0]).wallets["points"].available == 30
    assert story.buys(sara, 10_000, at=story.now.replace(year=2020)).wallets["points"].available == 40
    assert story.books_agree()


def test_a_version_that_counts_something_new_is_filled_from_history_before_it_takes_force(
    run: CliRunner, tmp_path: Path
) -> None:
    story = Story()
    sara = story.enrols()
    story.buys(sara, 10_000)
    file = tmp_path / "new.json"
    badge = {"title": {"en": "Full bags", "fa": "کیسه‌های پر"}, "counter": "receipts", "levels": [{"at": 2}]}
    counters = {"receipts": {"of": "purchases", "measure": "times"}}
    file.write_text(json.dumps(document(BASE, counters=counters, badges={"full": badge})))
    published = run.invoke(bylaws, ["publish", str(file), "--club", "anar"])
    assert published.exit_code == 0, published.output
    assert "Version 2 is in force." in published.output
    row = connection().execute("SELECT from_at FROM bylaws WHERE version = 2 AND NOT filling").fetchone()
    assert row
    ruling = story.buys(sara, 10_000, at=row[0]).ruling
    assert ruling
    assert [step.code for step in ruling.badges] == ["full"]
    assert story.books_agree()


def test_recount_is_clean_until_a_figure_is_tampered_with(run: CliRunner) -> None:
    story = Story()
    sara = story.enrols()
    story.buys(sara, 10_000)
    assert run.invoke(recount_command).exit_code == 0
    connection().execute("UPDATE balance SET available = 99, earned = 99 WHERE member_id = %s", [sara])
    connection().execute("UPDATE counter_sum SET value = value + 1 WHERE grain = 0 AND member_id = %s", [sara])
    connection().execute("DELETE FROM entry WHERE member_id = %s", [sara])
    db.session.commit()
    result = run.invoke(recount_command)
    assert result.exit_code == 1
    assert "99" in result.output
    found = json.loads(run.invoke(recount_command, ["--json"]).output)["anar"]
    assert {difference["what"] for difference in found} == {"balance", "lot", "entry", "counter"}


def test_review_moves_those_whose_window_has_moved_on(run: CliRunner) -> None:
    needs = {"counter": {"name": "spend", "over": {"last": {"days": 30}}, "at_least": 1000}}
    ladder = [
        {"code": "bronze", "title": {"en": "Bronze", "fa": "برنز"}},
        {"code": "silver", "title": {"en": "Silver", "fa": "نقره"}, "needs": needs},
    ]
    story = Story(document(tiers={"ladder": ladder}))
    sara, lena = story.enrols(), story.enrols("Lena")
    story.buys(sara, 5000)
    story.buys(lena, 5000)
    at = (story.now.replace(month=12, day=15)).strftime("%Y-%m-%dT%H:%M:%S+0000")
    result = run.invoke(tiers, ["review", "--at", at, "--json"])
    assert json.loads(result.output) == {"anar": 2}
    assert story.tier(sara) == story.tier(lena) == "bronze"
    assert json.loads(run.invoke(tiers, ["review", "--at", at, "--json"]).output) == {"anar": 0}
