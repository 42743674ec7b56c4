"""A whole instance goes into one file and comes out of it as it was."""

from __future__ import annotations

import io
import json
import shutil
import tarfile
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from click.testing import CliRunner, Result
from flask import Flask

from loyalty.cli import main
from loyalty.cli.instance import Instance
from loyalty.config import Settings
from loyalty.queries.leaderboard import leaderboard
from tests.conftest import Clock
from tests.small_club import SmallClub

Run = Callable[..., Result]


@pytest.fixture
def elsewhere(home: Path) -> Iterator[Path]:
    """The data folder of another instance."""
    folder = home / f"r-{uuid.uuid4().hex[:8]}"
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def club(app: Flask, clock: Clock) -> SmallClub:
    club = SmallClub(clock)
    club.buys("sara", 900_000, name="سارا محمدی")
    club.buys("reza", 500_000, name="رضا کریمی")
    club.buys("sara", 70_000)
    return club


def rows(url: str) -> dict[str, list[Any]]:
    with psycopg.connect(url) as conn:
        tables = [name for (name,) in conn.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        return {table: sorted(map(repr, conn.execute(f"SELECT * FROM {table}").fetchall())) for table in tables}


def on(data: Path, *arguments: str) -> Result:
    own = {"DATABASE_URL": None, "REDIS_URL": None, "LOYALTY_SECRET_KEY": None, "LOYALTY_LANG": "en"}
    return CliRunner().invoke(main, ["--data", str(data), *arguments], env=own)


def test_round_trip(club: SmallClub, settings: Settings, clock: Clock, loyalty: Run, tmp_path: Path, elsewhere: Path):
    file = tmp_path / "club.tar"
    done = loyalty("backup", str(file), "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["rows"] == {"club": 1, "member": 2, "purchase": 3, "entry": 3}
    assert file.stat().st_mode & 0o077 == 0
    assert [entry.name for entry in tmp_path.iterdir()] == ["club.tar"]  # nothing half-written beside it
    before, board = rows(settings.database_url), club.places()

    restored = on(elsewhere, "restore", str(file))
    assert restored.exit_code == 0, restored.output
    assert "(clubs: 1, members: 2, purchases: 3)" in restored.stdout
    assert (elsewhere / "secret_key").read_text() == settings.secret_key
    assert (elsewhere / "secret_key").stat().st_mode & 0o077 == 0

    instance = Instance(elsewhere, {})
    with instance.app("test") as other:
        assert rows(other.extensions["loyalty"].database_url) == before
        items = leaderboard(club.id, "month", clock.now).items
        assert [(item.rank, item.name, item.score) for item in items] == board
    assert on(elsewhere, "recount").exit_code == 0

    again = on(elsewhere, "restore", str(file))
    assert again.exit_code == 1
    assert "not empty" in again.stderr
    assert on(elsewhere, "restore", "--force", str(file)).exit_code == 0


def changed(source: Path, target: Path, name: str, content: bytes) -> None:
    """A copy of a backup with one of its files exchanged."""
    with tarfile.open(source) as old, tarfile.open(target, "w") as new:
        for member in old.getmembers():
            found = old.extractfile(member)
            assert found
            data = content if member.name == name else found.read()
            member.size = len(data)
            new.addfile(member, io.BytesIO(data))


def test_a_damaged_file_changes_nothing(club: SmallClub, settings: Settings, loyalty: Run, tmp_path: Path):
    file, bad = tmp_path / "club.tar", tmp_path / "bad.tar"
    loyalty("backup", str(file))
    before = rows(settings.database_url)
    bad.write_bytes(file.read_bytes()[:5000])
    assert "is not a whole backup" in loyalty("restore", "--force", str(bad)).stderr
    changed(file, bad, "database.dump", b"PGDMP nonsense")
    assert "checksum of database.dump" in loyalty("restore", "--force", str(bad)).stderr
    bad.write_text("no tar at all")
    assert loyalty("restore", "--force", str(bad)).exit_code == 1
    assert rows(settings.database_url) == before


def test_a_dump_that_postgresql_refuses_leaves_the_database_as_it_was(
    club: SmallClub, settings: Settings, loyalty: Run, tmp_path: Path
):
    from loyalty import backups
    from loyalty.errors import Problem

    before = rows(settings.database_url)
    dump = tmp_path / "database.dump"
    dump.write_bytes(b"PGDMP nonsense")
    with pytest.raises(Problem, match="PostgreSQL refused"):
        backups.replace_database(settings.database_url, dump)
    assert rows(settings.database_url) == before


def test_a_backup_of_a_newer_version_or_another_secret_is_refused(
    club: SmallClub, settings: Settings, loyalty: Run, tmp_path: Path
):
    file, newer = tmp_path / "club.tar", tmp_path / "newer.tar"
    manifest = json.loads(loyalty("backup", str(file), "--json").stdout)
    changed(file, newer, "manifest.json", json.dumps({**manifest, "migration": "9999"}).encode())
    assert "newer version" in loyalty("restore", "--force", str(newer)).stderr
    other = {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "LOYALTY_SECRET_KEY": "another",
        "LOYALTY_LANG": "en",
    }
    done = CliRunner().invoke(main, ["restore", "--force", str(file)], env=other)
    assert done.exit_code == 1
    assert "LOYALTY_SECRET_KEY is not the secret" in done.stderr


def test_a_place_that_cannot_be_written_is_said(club: SmallClub, loyalty: Run, tmp_path: Path):
    done = loyalty("backup", str(tmp_path / "nowhere" / "club.tar"))
    assert done.exit_code == 1
    assert "can't be written" in done.stderr
