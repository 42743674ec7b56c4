"""One file that holds a whole instance: the database, its secret, and a manifest that says what is inside."""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, Final, NamedTuple

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from loyalty import migrations
from loyalty.engines.binaries import postgres_programs
from loyalty.errors import Conflict, Problem
from loyalty.values import Text

FORMAT: Final = "shamseh-backup"
FORMAT_VERSION: Final = 1
MANIFEST, SECRET, DATABASE = "manifest.json", "secret_key", "database.dump"
COUNTED: Final = ("club", "member", "purchase", "entry")
BLOCK: Final = 1 << 20
EMPTY: Final = b"""
BEGIN;
SET LOCAL lock_timeout = '10s';
SET LOCAL client_min_messages = warning;
DO $$
DECLARE statement text;
BEGIN
  FOR statement IN
    SELECT format('DROP %s IF EXISTS %s CASCADE',
                  CASE relkind WHEN 'S' THEN 'SEQUENCE' WHEN 'v' THEN 'VIEW' ELSE 'TABLE' END, c.oid::regclass)
    FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'S', 'v')
      AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.objid = c.oid AND d.deptype IN ('e', 'i'))
  LOOP EXECUTE statement; END LOOP;
END $$;
"""
"""Begins a transaction and drops every table of the database; the schema and its rights stay."""


class Contents(NamedTuple):
    """An opened backup whose every file agrees with its manifest; the files last as long as the `with`."""

    manifest: dict[str, Any]
    secret: str
    database: Path


def write(target: Path, database_url: str, secret: str, now: datetime) -> dict[str, Any]:
    """Back up into one file, readable by its owner only; it takes its name when it is whole. Gives the manifest.

    The database is read as of one instant, while it goes on working.

    Raises:
        Problem: it can't be read, or the file not written.
    """
    try:
        with tempfile.TemporaryDirectory(dir=target.absolute().parent, prefix=f".{target.name}-") as work:
            dump = Path(work) / DATABASE
            _run("pg_dump", database_url, "--format=custom", "--no-owner", "--no-privileges", f"--file={dump}")
            (Path(work) / SECRET).write_text(secret)
            manifest = {
                "format": FORMAT,
                "version": FORMAT_VERSION,
                "made_at": now.isoformat(),
                "loyalty": version("shamseh"),
                "migration": migrations.current(),
                **_about(database_url),
                "files": {name: _file(Path(work) / name) for name in (SECRET, DATABASE)},
            }
            whole = Path(work) / "whole"
            whole.touch(mode=0o600)
            with whole.open("wb") as file:
                _pack(file, Path(work), manifest)
                os.fsync(file.fileno())
            whole.replace(target)
    except OSError as error:
        raise Problem(
            Text("{file} can't be written: {error}", "{file} نوشته نمی‌شود: {error}").with_(
                file=str(target), error=str(error)
            )
        ) from error
    return manifest


def _pack(file: IO[bytes], work: Path, manifest: dict[str, Any]) -> None:
    with tarfile.open(fileobj=file, mode="w") as tar:
        said = json.dumps(manifest, ensure_ascii=False, indent=2).encode()
        member = tarfile.TarInfo(MANIFEST)
        member.size, member.mode = len(said), 0o600
        tar.addfile(member, io.BytesIO(said))
        for name in (SECRET, DATABASE):
            tar.add(work / name, arcname=name, filter=_anonymous)


def _anonymous(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _about(database_url: str) -> dict[str, Any]:
    with psycopg.connect(database_url) as conn:
        row = conn.execute(f"SELECT {', '.join(f'(SELECT count(*) FROM {table})' for table in COUNTED)}").fetchone()  # noqa: S608
        counts = dict(zip(COUNTED, row or (), strict=True))
        return {"postgresql": conn.info.parameter_status("server_version"), "rows": counts}


def _file(path: Path) -> dict[str, Any]:
    with path.open("rb") as file:
        return {"size": path.stat().st_size, "sha256": hashlib.file_digest(file, "sha256").hexdigest()}


@contextmanager
def opened(source: Path) -> Iterator[Contents]:
    """A backup, checked before anything is done with it.

    Raises:
        Problem: not a backup of ours, of a newer version, or damaged.
    """
    with tempfile.TemporaryDirectory(prefix="shamseh-restore-") as work:
        try:
            manifest = _unpack(source, Path(work))
        except (OSError, tarfile.TarError, KeyError, ValueError) as error:
            raise Problem(
                Text("{file} is not a whole backup: {error}", "{file} نسخهٔ پشتیبان کاملی نیست: {error}").with_(
                    file=str(source), error=str(error)
                )
            ) from error
        if manifest["version"] > FORMAT_VERSION or not migrations.known(manifest["migration"]):
            raise Problem(
                Text(
                    "The backup was made by a newer version ({theirs}) than this one ({ours}).",
                    "این نسخهٔ پشتیبان با نسخه‌ای تازه‌تر ({theirs}) از این ({ours}) ساخته شده است.",
                ).with_(theirs=str(manifest["loyalty"]), ours=version("shamseh"))
            )
        yield Contents(manifest, (Path(work) / SECRET).read_text(), Path(work) / DATABASE)


def _unpack(source: Path, work: Path) -> dict[str, Any]:
    with tarfile.open(source, mode="r:") as tar:
        for name in (MANIFEST, SECRET, DATABASE):
            found = tar.extractfile(name)
            if found is None:
                raise ValueError(f"{name} is no file")
            with found, (work / name).open("wb") as file:
                shutil.copyfileobj(found, file, BLOCK)
    manifest = json.loads((work / MANIFEST).read_bytes())
    if not isinstance(manifest, dict) or manifest["format"] != FORMAT:
        raise ValueError("it has another format")
    for name in (SECRET, DATABASE):
        if manifest["files"][name] != _file(work / name):
            raise ValueError(f"the checksum of {name} is wrong")
    return manifest


def check_empty(database_url: str) -> None:
    """Raise `Conflict` when the database holds anything but our own empty tables."""
    with psycopg.connect(database_url) as conn:
        tables = {
            name for (name,) in conn.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
        }
        ours = tables <= {"alembic_version", *_known_tables()}
        used = ours and "club" in tables and conn.execute("SELECT 1 FROM club LIMIT 1").fetchone()
    if used or not ours:
        raise Conflict(
            Text(
                "The database is not empty. With --force everything in it is replaced by the backup.",
                "پایگاه داده خالی نیست. با ‎--force‎ همهٔ آن با نسخهٔ پشتیبان جایگزین می‌شود.",
            )
        )


def _known_tables() -> set[str]:
    from loyalty.db import db

    return set(db.metadata.tables)


def replace_database(database_url: str, dump: Path) -> None:
    """Put the dump in the place of everything that is in the database, in one transaction: all of it or nothing.

    Raises:
        Problem: PostgreSQL refused; the database is as it was.
    """
    programs = postgres_programs()
    reading = [programs / "pg_restore", "--no-owner", "--no-privileges", "--file=-", str(dump)]
    url, env = _without_password(database_url)
    writing = [
        programs / "psql",
        "--no-psqlrc",
        "--quiet",
        "--set=ON_ERROR_STOP=1",
        f"--dbname={url}",
        "--output=/dev/null",
    ]
    with tempfile.TemporaryFile() as complaints:
        with (
            subprocess.Popen(reading, stdout=subprocess.PIPE, stderr=complaints) as source,  # noqa: S603
            subprocess.Popen(writing, stdin=subprocess.PIPE, stderr=complaints, env=env) as target,  # noqa: S603
        ):
            assert source.stdout
            assert target.stdin
            try:
                target.stdin.write(EMPTY)
                shutil.copyfileobj(source.stdout, target.stdin, BLOCK)
                if source.wait() == 0:
                    target.stdin.write(b"\nCOMMIT;\n")  # without it the end of the input undoes everything
                target.stdin.close()
            except BrokenPipeError:
                source.kill()
        if source.returncode or target.returncode:
            complaints.seek(0)
            raise _refused(complaints.read().decode(errors="replace"))


def _run(program: str, database_url: str, *arguments: str) -> None:
    url, env = _without_password(database_url)
    command = [postgres_programs() / program, *arguments, f"--dbname={url}"]
    done = subprocess.run(command, env=env, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)  # noqa: S603
    if done.returncode:
        raise _refused(done.stderr)


def _refused(said: str) -> Problem:
    return Problem(
        Text("PostgreSQL refused:\n{said}", "PostgreSQL نپذیرفت:\n{said}").with_(
            said="\n".join(said.strip().splitlines()[-6:]) or "?"
        )
    )


def _without_password(database_url: str) -> tuple[str, dict[str, str]]:
    """The address as a program's argument, which every user of the machine can see, and the environment beside it."""
    parts: dict[str, Any] = conninfo_to_dict(database_url)
    env = {**os.environ, "LC_ALL": "C"}
    if password := parts.pop("password", None):
        env["PGPASSWORD"] = str(password)
    return make_conninfo("", **parts), env
