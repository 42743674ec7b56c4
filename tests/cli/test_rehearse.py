"""`loyalty bylaws rehearse`: a document over a club's history, from a terminal."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from loyalty.db import db
from tests.conftest import START
from tests.story import Story, article, document


@pytest.fixture
def file(app: Flask, tmp_path: Path) -> Path:
    story = Story()
    sara = story.enrols()
    story.buys(sara, 4_000, at=START - timedelta(days=40))
    story.buys(sara, 3_000, at=START - timedelta(days=2))
    db.session.rollback()
    place = tmp_path / "twice.json"
    place.write_text(json.dumps(document(article("1", {"points": {"per": 1000, "give": 2}}))))
    return place


def test_it_shows_both_sides_and_the_difference(loyalty: Callable[..., Result], file: Path) -> None:
    shown = loyalty("bylaws", "rehearse", str(file), "--club", "anar")
    assert shown.exit_code == 0, shown.output
    assert "2 purchases judged; for 1 of 1 members something differs." in shown.output
    [row] = [line for line in shown.output.splitlines() if "article 1: points" in line]
    assert [cell.strip() for cell in row.split("│")[1:-1]] == ["article 1: points", "7", "14", "7"]


def test_it_speaks_persian_where_the_terminal_does(loyalty: Callable[..., Result], file: Path) -> None:
    shown = loyalty("bylaws", "rehearse", str(file), "--club", "anar", lang="fa")
    assert "۲ خرید داوری شد؛ برای ۱ عضو از ۱ عضو چیزی فرق می‌کند." in shown.output
    assert "مادهٔ 1: points" in shown.output


def test_a_span_is_written_in_days_of_either_calendar(loyalty: Callable[..., Result], file: Path) -> None:
    for since, until in (("1405-08-01", "1405-08-30"), ("2026-10-23", "2026-11-20")):
        span = ("--from", since, "--until", until)
        said = loyalty("bylaws", "rehearse", str(file), "--club", "anar", *span, "--json")
        assert said.exit_code == 0, said.output
        report = json.loads(said.stdout)
        assert (report["purchases"], report["rehearsed"]["wallets"]["points"]["issued"]) == (1, 6)
        assert report["rehearsed"]["wallets"]["points"]["outstanding"] == 4 + 6
    wrong = loyalty("bylaws", "rehearse", str(file), "--club", "anar", "--from", "yesterday")
    assert wrong.exit_code == 2
    assert "neither a day" in wrong.output
