"""The embedded PostgreSQL of a data folder."""

from __future__ import annotations

import locale
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import quote

import psycopg

from loyalty.engines.binaries import PostgresPrograms, postgres_programs
from loyalty.engines.folders import Folders
from loyalty.engines.process import alive, command, end, end_stranger, run, spawn, tail, until
from loyalty.engines.trouble import EngineTrouble, Tell
from loyalty.values import Text

NAME: Final = "loyalty"
"""The database and the user that owns it."""
NO_SUCH_PROCESS: Final = 1 << 30
"""Beyond every system's process numbers."""
RECOVERY: Final = 600.0
"""Seconds that a start may take: after a crash the write-ahead log is replayed."""
FAST: Final = ("fsync=off", "full_page_writes=off", "synchronous_commit=off")
"""Settings of a database that may be lost, such as the tests'."""


def _character_locale() -> str:
    """The C library's name for "letters are those of Unicode": trigram search asks it what is a Persian letter."""
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        for name in ("C.UTF-8", "C.utf8", "en_US.UTF-8"):
            with suppress(locale.Error):
                return locale.setlocale(locale.LC_CTYPE, name)
        return "C"
    finally:
        locale.setlocale(locale.LC_CTYPE, before)


class Postgres:
    """One PostgreSQL server on a unix socket, a child of this process."""

    def __init__(self, folders: Folders, tell: Tell, *, durable: bool = True) -> None:
        self._folders, self._tell = folders, tell
        self._extra: Iterable[str] = () if durable else FAST
        self._programs: PostgresPrograms = postgres_programs()
        self._log = folders.logs / "postgres.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        """Whether the server that we started still lives."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Make the cluster if need be, start the server, and return when it answers.

        Raises:
            EngineTrouble: it can't be started; the sentence carries what the server said.
        """
        self._end_leftover()
        self._mend_folder()
        if not self._folders.postgres.exists():
            self._make_cluster()
        self._launch()
        self._make_database()

    def stop(self) -> None:
        """Stop the server: sessions are ended, everything committed is on disk."""
        if self._process:
            end(self._process, signal.SIGINT, 60)
            self._process = None

    def _end_leftover(self) -> None:
        """A crashed run may have left a server, or a file that says so of a process that is another one now."""
        lock = self._folders.postgres / "postmaster.pid"
        try:
            lines = lock.read_text().splitlines()
            pid = int(lines[0])
        except (OSError, ValueError, IndexError):
            lock.unlink(missing_ok=True)  # empty or torn: the server itself would refuse to start over it
            return
        if not alive(pid):
            return  # the server recognises that by itself
        if str(self._folders.postgres) in command(pid):
            self._tell(
                Text(
                    "A PostgreSQL of an earlier run was still there (process {pid}); ending it.",
                    "یک PostgreSQL از اجرای پیشین هنوز روشن بود (پردازهٔ {pid})؛ خاموش می‌شود.",
                ).with_(pid=pid)
            )
            end_stranger(pid, signal.SIGINT, 30)
        else:
            # Another program has that number now. The rest of the file stays: it names the shared memory that the
            # server checks for survivors.
            lock.write_text("\n".join([str(NO_SUCH_PROCESS), *lines[1:]]) + "\n")

    def _mend_folder(self) -> None:
        home = self._folders.postgres
        for half in sorted(home.parent.glob("postgres.new-*")):
            self._tell(
                Text(
                    "The database was not set up to the end last time; starting over.",
                    "آماده‌سازی پایگاه داده بار پیش به پایان نرسیده بود؛ از نو آغاز می‌شود.",
                )
            )
            shutil.rmtree(half)
        if not home.exists():
            return
        if not (home / "global" / "pg_control").exists() or not (home / "PG_VERSION").exists():
            aside = home.with_name(f"postgres.damaged-{datetime.now(UTC):%Y%m%d-%H%M%S}")
            home.rename(aside)
            self._tell(
                Text(
                    "{home} is not a whole database; it was moved to {aside} and a new one is made."
                    " If it held data, restore it from a backup.",
                    "{home} پایگاه دادهٔ کاملی نیست؛ به {aside} جابه‌جا شد و یکی نو ساخته می‌شود."
                    " اگر داده‌ای داشت، از نسخهٔ پشتیبان بازگردانید.",
                ).with_(home=str(home), aside=aside.name)
            )
            return
        made_by = (home / "PG_VERSION").read_text().strip()
        if made_by != str(self._programs.major):
            raise EngineTrouble(
                Text(
                    "{home} was made by PostgreSQL {made_by}, but {major} is what runs here. Restore a backup into"
                    " a new data folder, or install PostgreSQL {made_by}.",
                    "{home} با PostgreSQL {made_by} ساخته شده، ولی آنچه این‌جا اجرا می‌شود نسخهٔ {major} است."
                    " نسخهٔ پشتیبان را در پوشه‌ای نو بازگردانید یا PostgreSQL {made_by} را نصب کنید.",
                ).with_(home=str(home), made_by=made_by, major=self._programs.major)
            )

    def _make_cluster(self) -> None:
        """Make it beside, and move it to its place when whole: a kill leaves no half cluster under that name."""
        new = Path(tempfile.mkdtemp(prefix="postgres.new-", dir=self._folders.data))
        if user := self._folders.user:
            os.chown(new, user.uid, user.gid)
        complaint = run(
            [
                self._programs / "initdb",
                f"--pgdata={new}",
                f"--username={NAME}",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                f"--lc-ctype={_character_locale()}",
                "--encoding=UTF8",
                "--auth=trust",
                "--data-checksums",
                "--no-instructions",
                *(["--no-sync"] if self._extra else []),
            ],
            user,
            self._environment(),
        )
        if complaint is not None:
            shutil.rmtree(new, ignore_errors=True)
            raise self._trouble(complaint)
        new.rename(self._folders.postgres)

    def _launch(self) -> None:
        settings = [
            "listen_addresses=",
            f"unix_socket_directories={self._folders.sockets}",
            "unix_socket_permissions=0700",
            "timezone=UTC",
            "log_timezone=UTC",
            "shared_buffers=128MB",
            "max_connections=100",
            *self._extra,
        ]
        arguments = [part for setting in settings for part in ("-c", setting)]
        self._process = spawn(
            [self._programs / "postgres", "-D", self._folders.postgres, *arguments],
            self._log,
            user=self._folders.user,
            env=self._environment(),
            on_parents_death=signal.SIGINT,
        )
        if not until(lambda: self.answers() or not self.running, RECOVERY) or not self.running:
            self.stop()
            raise self._trouble(tail(self._log))

    def _environment(self) -> dict[str, str]:
        """Ours without what would speak to another server or in another language."""
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("PG", "LC_", "LANG"))}
        return {**kept, "LC_ALL": "C", "TZ": "UTC"}

    def url(self, database: str = NAME) -> str:
        """The libpq address of a database on this server."""
        return f"postgresql://{NAME}@/{database}?host={quote(str(self._folders.sockets), safe='/')}"

    def answers(self) -> bool:
        """Whether a server takes connections at this address, ours or another owner's."""
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return True

    def _make_database(self) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as server:
            if not server.execute("SELECT 1 FROM pg_database WHERE datname = %s", [NAME]).fetchone():
                server.execute(f"CREATE DATABASE {NAME}")

    def _trouble(self, said: str) -> EngineTrouble:
        return EngineTrouble(
            Text(
                "PostgreSQL did not start. It said:\n{said}\nMore in {log}",
                "PostgreSQL به راه نیفتاد. چنین گفت:\n{said}\nبیشتر در {log}",
            ).with_(said=said, log=str(self._log))
        )
