"""Worker and timer as processes: servers and processes are killed under them, and every purchase reaches the board."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from flask import Flask

from loyalty import migrations
from loyalty.config import Settings, utc_now
from loyalty.db import base_app
from loyalty.engines import Engines
from loyalty.errors import Unavailable
from tests.small_club import SmallClub

PATIENCE = 60.0
"""Seconds within which everything must have come about, on a busy machine."""
PROCESS = """
from loyalty import jobs
from loyalty.config import Settings
from loyalty.db import base_app
with base_app(Settings.from_environment()).app_context():
    jobs.{name}()
"""


class RealTime:
    """A clock that nobody moves."""

    @property
    def now(self):
        return utc_now()


@pytest.fixture
def engines(tmp_path: Path) -> Iterator[Engines]:
    """Servers of this test's own, which it may kill."""
    for folder in (tmp_path, *tmp_path.parents[:2]):
        folder.chmod(0o711)
    with Engines(tmp_path / "data") as engines:
        yield engines


@pytest.fixture
def instance(engines: Engines, tmp_path: Path) -> Flask:
    database, redis = engines.addresses
    app = base_app(Settings(database, redis, "a-secret-of-this-test-0123456789abcdef", tmp_path))
    with app.app_context():
        migrations.upgrade()
    return app


@pytest.fixture
def start(engines: Engines, tmp_path: Path) -> Iterator[Callable[[str], subprocess.Popen[bytes]]]:
    """Start one of our processes by its function's name."""
    database, redis = engines.addresses
    environment = {**os.environ, "DATABASE_URL": database, "REDIS_URL": redis, "LOYALTY_SECRET_KEY": "x" * 40}
    started = []

    def run(name: str) -> subprocess.Popen[bytes]:
        with (tmp_path / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-c", PROCESS.format(name=name)], env=environment, stdout=log, stderr=log
            )
        started.append(process)
        return process

    yield run
    for process in started:
        process.kill()
        process.wait()


def test_nothing_is_lost_whatever_is_killed(engines, instance, start):
    worker, timer = start("work"), start("keep_time")
    with instance.app_context():
        club = SmallClub(RealTime())

    def buys(who: str) -> None:
        with instance.app_context():  # as every request has one of its own
            club.buys(who, 100, name=who, deliver=False)

    def sees(who: str) -> None:
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            with instance.app_context(), suppress(Unavailable):
                if who in [name for _, name, _ in club.places(limit=100)]:
                    return
            time.sleep(0.1)
        pytest.fail(f"{who} never came to the board")

    buys("first")
    sees("first")

    kill(engines.folders.sockets / "valkey.pid")
    buys("without-valkey")
    engines.revive()
    sees("without-valkey")

    kill(engines.folders.postgres / "postmaster.pid")
    engines.revive()
    buys("after-postgresql")
    sees("after-postgresql")

    worker.kill()
    buys("without-worker")
    worker = start("work")
    sees("without-worker")

    timer.kill()
    buys("without-timer")
    timer = start("keep_time")
    sees("without-timer")

    for process in (worker, timer):
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0


def test_both_stop_at_once_where_no_server_is_to_be_had(engines, start, tmp_path):
    engines.stop()
    for name in ("work", "keep_time"):
        process = start(name)
        end = time.monotonic() + PATIENCE
        while not (tmp_path / f"{name}.log").stat().st_size and time.monotonic() < end:
            time.sleep(0.1)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0


def kill(pidfile: Path) -> None:
    """End a server the hard way."""
    pid = int(pidfile.read_text().split()[0])
    os.kill(pid, signal.SIGKILL)
    end = time.monotonic() + PATIENCE
    while Path(f"/proc/{pid}").exists() and not _is_zombie(pid) and time.monotonic() < end:
        time.sleep(0.02)


def _is_zombie(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] == "Z"
    except OSError:
        return True
