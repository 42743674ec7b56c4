"""`loyalty audit`: an owner seals, keeps the lines elsewhere, and has the ledger proven against them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from flask import Flask

from loyalty.db import connection, db
from tests.story import Story

Run = Callable[..., Result]


@pytest.fixture
def story(app: Flask) -> Story:
    story = Story()
    for name in ("Sara", "Lena"):
        story.buys(story.enrols(name), 10_000)
    return story


@pytest.fixture
def kept(story: Story, loyalty: Run, tmp_path: Path) -> Path:
    """The lines of two seals, as an owner keeps them."""
    loyalty("audit", "seal")
    story.buys(story.enrols("Mina"), 10_000)
    loyalty("audit", "seal")
    file = tmp_path / "seals.txt"
    file.write_text(loyalty("audit", "seals").stdout, "utf-8")
    return file


def tamper(statement: str, *params: Any) -> None:
    connection().execute(statement, params)  # type: ignore[arg-type]
    db.session.commit()


def test_sealing_prints_the_line_that_the_list_ends_with(story: Story, loyalty: Run) -> None:
    assert loyalty("audit", "seals").stderr == "There is no seal yet.\n"
    first = loyalty("audit", "seal", "--club", "anar")
    assert first.exit_code == 0, first.output
    club, day, n, members, digest = first.stdout.split()
    assert (club, n, members, len(digest)) == ("anar", "1", "2", 64)
    assert day.startswith("14")  # the club's calendar is Jalali
    second = loyalty("audit", "seal", lang="fa").stdout
    assert second.split()[2:4] == ["2", "0"]
    assert loyalty("audit", "seals").stdout == loyalty("audit", "seals", lang="fa").stdout == first.stdout + second
    listed = json.loads(loyalty("audit", "seals", "--json").stdout)["anar"]
    assert [(seal["n"], seal["members"]) for seal in listed] == [(1, 2), (2, 0)]
    assert listed[0]["digest"] == digest


def test_a_sound_ledger_is_said_to_be_so_in_both_languages(story: Story, kept: Path, loyalty: Run) -> None:
    done = loyalty("audit", "verify", "--against", str(kept))
    assert done.exit_code == 0, done.output
    said = "anar: 3 chains of 3 entries, 2 seals, 2 lines kept outside. Everything agrees.\n"
    assert done.stdout == said
    assert "همه چیز با هم می‌خواند" in loyalty("audit", "verify", lang="fa").stdout
    assert json.loads(loyalty("audit", "verify", "--club", "anar", "--json").stdout) == {
        "anar": {"chains": 3, "entries": 3, "seals": 2, "outside": 0, "differences": []}
    }


def test_every_difference_is_named_and_only_the_club_that_has_it(story: Story, kept: Path, loyalty: Run) -> None:
    Story(code="other")
    tamper("UPDATE entry SET amount = 99 WHERE member_id = 2")
    tamper("DELETE FROM entry WHERE member_id = 3")
    done = loyalty("audit", "verify")
    assert done.exit_code == 1
    assert "entry changed" in done.stdout
    assert "head of the" in done.stdout
    assert "other: 0 chains" in done.stdout
    assert "ردیف تغییر کرده" in loyalty("audit", "verify", lang="fa").stdout
    found = json.loads(loyalty("audit", "verify", "--json").stdout)["anar"]["differences"]
    assert [(its["what"], its["member"], its["n"], its["seal"]) for its in found] == [
        ("digest", 2, 1, None),
        ("entries", 3, 1, None),
        ("head", 3, 1, None),
        ("sealed", 3, 1, 2),
    ]
    assert {len(its["kept"]) for its in found if its["what"] == "digest"} == {64}
    assert loyalty("audit", "verify", "--club", "other").exit_code == 0


def test_lines_kept_outside_tell_of_seals_that_are_not_theirs(story: Story, kept: Path, loyalty: Run) -> None:
    tamper("DELETE FROM sealed_head WHERE seal = 2")
    tamper("DELETE FROM seal WHERE n = 2")
    tamper("DELETE FROM entry WHERE member_id = 3")
    tamper("UPDATE member SET entries = 0, head = '' WHERE id = 3")
    assert loyalty("audit", "verify").exit_code == 0
    done = loyalty("audit", "verify", "--against", str(kept), "--json")
    assert done.exit_code == 1
    [missed] = json.loads(done.stdout)["anar"]["differences"]
    assert (missed["what"], missed["seal"], missed["kept"]) == ("outside", 2, "")
    assert f"anar {missed['proven']}" == kept.read_text("utf-8").splitlines()[1]


def test_a_club_that_is_gone_is_missed_by_its_lines(story: Story, kept: Path, loyalty: Run) -> None:
    tamper("UPDATE club SET code = 'nar'")
    done = loyalty("audit", "verify", "--against", str(kept), "--json")
    assert done.exit_code == 1
    assert {club: len(its["differences"]) for club, its in json.loads(done.stdout).items()} == {"nar": 0, "anar": 2}


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("# nothing\n\n", "--against: The file holds no seal of what is verified"),
        ("another 1405-08-10 1 2 " + "a" * 64, "--against: The file holds no seal of what is verified"),
        ("\nanar 1405-08-10 1 2 abc", "seals.txt:2: This is not a line of `loyalty audit seals`"),
        ("anar 1405-13-10 1 2 " + "a" * 64, "seals.txt:1: This is not a line"),
        ("\x00\x01", "seals.txt:1: This is not a line"),
    ],
)
def test_a_file_that_proves_nothing_is_refused(kept: Path, loyalty: Run, text: str, said: str) -> None:
    kept.write_text(text, "utf-8")
    done = loyalty("audit", "verify", "--club", "anar", "--against", str(kept))
    assert done.exit_code == 1
    assert said in done.stderr
    assert "Traceback" not in done.output


def test_notes_between_the_lines_are_passed_over(kept: Path, loyalty: Run) -> None:
    kept.write_text("\ufeff# from the accountant\n\n" + kept.read_text("utf-8").replace("\n", "  \r\n"), "utf-8")
    assert loyalty("audit", "verify", "--against", str(kept)).exit_code == 0


def test_a_club_that_is_not_there_is_said_to_be(app: Flask, loyalty: Run) -> None:
    for command in ("verify", "seal", "seals"):
        done = loyalty("audit", command, "--club", "nobody")
        assert done.exit_code == 1
        assert "no such club" in done.stderr
