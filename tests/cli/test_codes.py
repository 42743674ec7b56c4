"""`loyalty codes make`: a file of codes that are told once, each of them good."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from click.testing import Result
from flask import Flask

from loyalty.actions.create_code_series import NewSeries, create_code_series
from loyalty.acts import By
from loyalty.config import settings
from loyalty.db import connection
from loyalty.rewards.codes import digest
from loyalty.values import Text
from tests.story import Story


def test_codes_are_written_once_and_all_found(loyalty: Callable[..., Result], app: Flask, tmp_path: Path) -> None:
    story = Story()
    create_code_series(story.club_id, NewSeries("pack", Text("Pack", "بسته")), By(key=1), story.now)
    file = tmp_path / "codes.txt"
    asked = ["codes", "make", "--club", "anar", "--series", "pack", "--count", "2500", "--prefix", "P-", str(file)]
    assert "2,500 codes" in loyalty(*asked).output
    made = file.read_text().split()
    assert len(set(made)) == 2500
    assert all(code.startswith("P-") and len(code) == 22 for code in made)
    kept = {bytes(row[0]) for row in connection().execute("SELECT digest FROM code")}
    assert kept == {digest(story.club_id, code, settings().secret_key) for code in made}
    assert file.stat().st_mode & 0o077 == 0
    again = loyalty(*asked)
    assert again.exit_code != 0, "a file that is there is not written over"
    assert connection().execute("SELECT made FROM code_series").fetchone() == (2500,)
