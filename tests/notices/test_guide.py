"""What docs/notices.md says is so: every kind with what it may name, the settings, and the request that it shows."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from loyalty.notices.base import ALWAYS
from loyalty.notices.kinds import KINDS
from loyalty.notices.terms import Terms, terms_of
from tests.rest.conftest import Club

GUIDE = (Path(__file__).parents[2] / "docs/notices.md").read_text("utf-8")


@pytest.fixture
def club(app, client, clock) -> Club:
    return Club("anar", client, clock)


def test_every_kind_is_told_with_what_it_may_name():
    rows = re.findall(r"^\| (`\w+`(?:, `\w+`)*) \|.*\| (.*?) \|$", GUIDE, re.MULTILINE)
    told = {
        kind: set(re.findall(r"\{(\w+)\}", names)) for kinds, names in rows for kind in re.findall(r"`(\w+)`", kinds)
    }
    assert {kind for kind in told if kind.islower()} == set(KINDS)
    for code, kind in KINDS.items():
        assert set(kind.examples) <= told[code], code


def test_the_settings_that_it_shows_are_taken_and_mostly_the_usual_ones(club):
    [shown] = re.findall(r"```json\n(.*?)```", GUIDE, re.DOTALL)
    body = json.loads(shown)
    assert club.server.put("/notices/settings", body).status_code == 200
    usual = Terms().form()
    assert {name: usual[name] for name in body if name != "kinds"} == {
        name: its for name, its in body.items() if name != "kinds"
    }
    assert terms_of(usual) == Terms()


def test_the_request_that_it_shows_is_taken(club):
    [body] = re.findall(r"-d '(.*?)'", GUIDE)
    answer = club.server.put("/notices/templates/tier_reached", json.loads(body))
    assert answer.status_code == 200
    assert answer.json["example"]["title"]["fa"] == "سارا جان، نقره‌ای شدی!"


@pytest.mark.parametrize("code", KINDS)
def test_every_kind_says_itself_in_both_languages_and_names_only_what_it_has(code):
    kind = KINDS[code]
    named = {name for part in (kind.title, kind.body) for text in part for name in re.findall(r"\{(\w+)\}", text)}
    assert named <= kind.examples.keys() | ALWAYS.keys()
    assert all(text for part in (kind.title, kind.body, kind.label) for text in part)
