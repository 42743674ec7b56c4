"""`loyalty rewards codes`: a provider's list, loaded once however often it is sent."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from loyalty.actions.create_reward import NewReward, create_reward
from loyalty.acts import By
from loyalty.db import connection
from loyalty.values import Text
from tests.story import Story

CINEMA = NewReward("cinema", Text("Cinema", "سینما"), "gift_card", points=10, content={"provider": True})


@pytest.fixture
def cinema(app: Flask) -> None:
    """A club that gives out codes of a cinema."""
    story = Story()
    create_reward(story.club_id, CINEMA, By(key=1), story.now)


def test_a_providers_list_is_loaded_and_sent_again_adds_only_what_is_new(
    loyalty: Callable[..., Result], cinema: None, tmp_path: Path
) -> None:
    file = tmp_path / "codes.csv"
    file.write_text("\ufeffXK-1, 1234\nXK-2\n\nXK-3,99\n", encoding="utf-8")
    asked = ["rewards", "codes", "--club", "anar", "--reward", "cinema", "--json", str(file)]
    assert json.loads(loyalty(*asked).output) == {"added": 3, "known": 0, "left": 3}
    file.write_text("XK-3,99\nXK-4\n")
    assert json.loads(loyalty(*asked).output) == {"added": 1, "known": 1, "left": 4}


def test_a_list_with_a_line_that_is_wrong_is_not_loaded_at_all(
    loyalty: Callable[..., Result], cinema: None, tmp_path: Path
) -> None:
    file = tmp_path / "codes.csv"
    file.write_text("XK-1\nXK-2,1,2\n")
    result = loyalty("rewards", "codes", "--club", "anar", "--reward", "cinema", str(file))
    assert result.exit_code != 0
    assert "line 2" in result.output
    assert connection().execute("SELECT stock FROM reward").fetchone() in [(None,), (0,)]
