"""People get roles on the command line, and a version leaves as a file that comes back the same."""

from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner

from loyalty.cli.club import club
from loyalty.cli.person import person
from loyalty.cli.rules import bylaws
from loyalty.db import connection
from loyalty.documents import parse
from tests.cli.test_rules import run as run
from tests.story import BASE, Story, article, document


def test_a_person_gets_a_role_and_a_link(run: CliRunner) -> None:
    Story()
    added = run.invoke(person, ["add", "--club", "anar", "--email", "dara@anar.example", "--role", "marketer"])
    assert added.exit_code == 0, added.output
    assert "works for the club as marketer" in added.output
    assert "/admin/set-password/" in added.output
    run.invoke(person, ["add", "--club", "anar", "--email", "o@anar.example", "--role", "owner"])
    again = run.invoke(person, ["add", "--club", "anar", "--email", "dara@anar.example", "--role", "viewer", "--json"])
    assert json.loads(again.output)["role"] == "viewer"
    assert connection().execute("SELECT role FROM role ORDER BY role").fetchall() == [("owner",), ("viewer",)]


def test_approval_is_switched_on(run: CliRunner) -> None:
    Story()
    said = run.invoke(club, ["approval", "--club", "anar", "--wanted"])
    assert "takes two people" in said.output
    assert connection().execute("SELECT approval FROM club").fetchone() == (True,)


def test_a_version_leaves_and_comes_back_the_same(run: CliRunner, tmp_path: Path) -> None:
    Story(document(article("1", {"points": {"per": 1000, "give": "3/2"}}, **{"from": "1404-09-01"})))
    file = tmp_path / "out.yaml"
    exported = run.invoke(bylaws, ["export", "--club", "anar"])
    assert exported.exit_code == 0, exported.output
    file.write_text(exported.output)
    assert run.invoke(bylaws, ["check", str(file)]).exit_code == 0
    assert run.invoke(bylaws, ["publish", str(file), "--club", "anar"]).exit_code == 0
    one, two = connection().execute("SELECT document FROM bylaws ORDER BY version").fetchall()
    assert one == two == (parse(exported.output),)
    assert run.invoke(bylaws, ["export", "--club", "anar", "--version", "3"]).exit_code != 0
    assert "1404-09-01" in run.invoke(bylaws, ["export", "--club", "anar", "--version", "1"]).output
    assert BASE["no"] == "1"
