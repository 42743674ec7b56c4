"""An operator opens a club and hands out keys from the terminal."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from click.testing import Result
from flask import Flask
from flask.testing import FlaskClient

from loyalty.config import settings
from loyalty.queries import clubs, keys
from loyalty.rules import MemberRef
from tests.small_club import DOCUMENT
from widgets import tokens

Run = Callable[..., Result]


@pytest.fixture
def bylaws(tmp_path: Path) -> str:
    file = tmp_path / "bylaws.yaml"
    file.write_text(yaml.safe_dump(DOCUMENT, allow_unicode=True), "utf-8")
    return str(file)


@pytest.mark.parametrize("file", sorted(Path("seed/bylaws").glob("*.yaml")), ids=lambda file: file.stem)
def test_each_document_that_is_shipped_opens_a_club(app: Flask, loyalty: Run, file: Path) -> None:
    done = loyalty("club", "create", "--code", "new", "--bylaws", str(file))
    assert done.exit_code == 0, done.output


def test_a_club_is_opened_and_its_owner_sets_a_password(app: Flask, client: FlaskClient, loyalty: Run, bylaws: str):
    done = loyalty("club", "create", "--code", "anar", "--bylaws", bylaws, "--owner-email", "sara@anar.example")
    assert done.exit_code == 0, done.output
    assert "The club “anar” is open." in done.stdout
    link = done.stdout.split()[-1]
    page = client.get(link.partition("8000")[2])
    assert page.status_code == 200
    assert "sara@anar.example" in page.text


def test_its_name_and_the_day_it_begins_are_given_in_any_calendar(app: Flask, loyalty: Run, bylaws: str):
    done = loyalty(
        "club", "create", "--code", "nar", "--bylaws", bylaws, "--from", "1376-01-01", "--name", "Nar", "--json"
    )
    assert done.exit_code == 0, done.output
    made = json.loads(done.stdout)
    assert made["set_password"] is None
    assert clubs.one(made["id"]).name == ("Nar", "Nar")
    assert loyalty("club", "create", "--code", "nar2", "--bylaws", bylaws, "--from", "1997-02-30").exit_code == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--code", "Anar!", "--bylaws", "{bylaws}"], "/code: A club's code is made of small letters"),
        (["--code", "anar", "--bylaws", "{broken}"], "/articles/0/give/0/points: "),
        (["--code", "anar", "--bylaws", "{bylaws}", "--from", "soon"], "--from: soon is not a day."),
    ],
)
def test_what_is_wrong_is_said_with_its_place(app: Flask, loyalty: Run, bylaws: str, tmp_path: Path, arguments, said):
    broken = tmp_path / "broken.yaml"
    broken.write_text(yaml.safe_dump({**DOCUMENT, "wallets": {}}))
    done = loyalty("club", "create", *(part.format(bylaws=bylaws, broken=broken) for part in arguments))
    assert done.exit_code == 1
    assert said in done.stderr
    assert "Traceback" not in done.output
    assert clubs.all_clubs() == []


def test_a_key_is_printed_alone_and_opens_the_api(app: Flask, client: FlaskClient, loyalty: Run, bylaws: str):
    loyalty("club", "create", "--code", "anar", "--bylaws", bylaws)
    key = loyalty("key", "create", "--club", "anar", "--kind", "server").stdout
    assert key.startswith("sk_")
    assert key.count("\n") == 1
    assert client.get("/api/v1/stores", headers={"Authorization": f"Bearer {key.strip()}"}).status_code == 200
    shown = json.loads(
        loyalty(
            "key", "create", "--club", "anar", "--kind", "publishable", "--origin", "https://a.example", "--json"
        ).stdout
    )
    assert shown["key"].startswith("pk_")


def test_the_secret_of_a_publishable_key_signs_tokens_that_the_club_reads(app: Flask, loyalty: Run, bylaws: str):
    assert loyalty("club", "create", "--code", "anar", "--bylaws", bylaws).exit_code == 0
    made = loyalty("key", "create", "--club", "anar", "--kind", "publishable", "--origin", "https://shop.example")
    key = made.stdout.strip()
    secret = loyalty("key", "secret", key).stdout.strip()
    now = settings().clock()
    token = tokens.sign(secret, key, "crm-7", now)
    caller = keys.caller(key)
    assert caller
    assert tokens.member_of(token, keys.signing_secret(caller), key, now) == MemberRef("external_id", "crm-7")
    server = loyalty("key", "create", "--club", "anar", "--kind", "server").stdout.strip()
    assert loyalty("key", "secret", server).exit_code == 1


def test_a_key_needs_what_its_kind_needs(app: Flask, loyalty: Run, bylaws: str):
    loyalty("club", "create", "--code", "anar", "--bylaws", bylaws)
    till = loyalty("key", "create", "--club", "anar", "--kind", "till", lang="fa")
    assert till.exit_code == 1
    assert "/store: کلید صندوق، و تنها آن، فروشگاه دارد." in till.stderr
    assert loyalty("key", "create", "--club", "none", "--kind", "server").exit_code == 1


def test_every_command_has_help(app: Flask, loyalty: Run):
    listed = loyalty("--help").stdout
    for command in (
        "audit",
        "backup",
        "bylaws",
        "club",
        "demo",
        "import",
        "key",
        "leaderboards",
        "migrate",
        "recount",
        "restore",
        "up",
    ):
        assert f"\n  {command} " in listed
        assert "--data" in loyalty(command, "--help").stdout


def test_a_half_given_pair_of_servers_is_refused(loyalty: Run, monkeypatch: pytest.MonkeyPatch):
    from click.testing import CliRunner

    from loyalty.cli import main

    done = CliRunner().invoke(
        main, ["recount"], env={"DATABASE_URL": "postgresql://x", "REDIS_URL": None, "LANG": "en"}
    )
    assert done.exit_code == 1
    assert "Set both DATABASE_URL and REDIS_URL, or neither" in done.stderr


def test_a_server_that_is_away_is_said_to_be_without_its_password(tmp_path: Path):
    from click.testing import CliRunner

    from loyalty.cli import main

    away = {"DATABASE_URL": "postgresql://me:pa55@127.0.0.1:1/club", "REDIS_URL": "redis://127.0.0.1:1", "LANG": "en"}
    done = CliRunner().invoke(main, ["--data", str(tmp_path), "recount"], env=away)
    assert done.exit_code == 1
    assert "does not answer" in done.stderr
    assert "pa55" not in done.output
