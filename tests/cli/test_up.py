"""`loyalty up`, as the person at the terminal sees it: it starts, serves, survives, and leaves nothing behind."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from loyalty.engines.process import marked, until
from tests.small_club import DOCUMENT

PATIENCE = 90.0
"""Seconds for something to come about on a busy machine."""


class Operator:
    """Somebody at a terminal, with one data folder."""

    def __init__(self, data: Path) -> None:
        self.data, self.port = data, free_port()
        self.env = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "LOYALTY_SECRET_KEY")}
        self.env |= {"LOYALTY_LANG": "en", "PYTHONUNBUFFERED": "1", "WATCHED": str(data)}
        self.screen = data.with_suffix(".screen")

    def command(self, *arguments: str) -> list[str]:
        return [sys.executable, "-m", "loyalty.cli", "--data", str(self.data), *arguments]

    def runs(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(self.command(*arguments), env=self.env, capture_output=True, text=True, timeout=PATIENCE)

    def starts(self) -> subprocess.Popen[bytes]:
        with self.screen.open("wb") as screen:
            up = subprocess.Popen(
                self.command("up", "--port", str(self.port)), env=self.env, stdout=screen, stderr=subprocess.STDOUT
            )
        assert until(lambda: up.poll() is not None or "Ctrl-C stops everything." in self.sees(), PATIENCE)
        assert up.poll() is None, self.sees()
        assert self.opens("/healthz") == 200
        return up

    def sees(self) -> str:
        return self.screen.read_text()

    def opens(self, path: str, key: str | None = None) -> int:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        try:
            with urllib.request.urlopen(
                urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", headers=headers), timeout=10
            ) as answer:
                return answer.status
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def left_behind(self) -> list[int]:
        return marked(f"WATCHED={self.data}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def operator(home: Path) -> Iterator[Operator]:
    someone = Operator(home / f"u-{uuid.uuid4().hex[:8]}")
    yield someone
    for pid in someone.left_behind():
        os.kill(pid, signal.SIGKILL)
    shutil.rmtree(someone.data, ignore_errors=True)


def test_a_day_with_an_instance(operator: Operator, tmp_path: Path):
    up = operator.starts()
    assert f"http://localhost:{operator.port}/admin/" in operator.sees()
    assert until(lambda: operator.opens("/readyz") == 200, PATIENCE), "the worker was never seen"

    # Commands join the running instance.
    bylaws = tmp_path / "bylaws.yaml"
    bylaws.write_text(yaml.safe_dump(DOCUMENT))
    assert operator.runs("club", "create", "--code", "anar", "--bylaws", str(bylaws)).returncode == 0
    key = operator.runs("key", "create", "--club", "anar", "--kind", "server").stdout.strip()
    assert operator.opens("/api/v1/bylaws", key) == 200

    # A second one on the same folder, and another one on the same port, are told so.
    second = operator.runs("up", "--port", str(free_port()))
    assert second.returncode == 1
    assert f"is in use by `loyalty up` (process {up.pid})" in second.stderr
    other = Operator(operator.data.with_name(operator.data.name + "-2"))
    busy = other.runs("up", "--port", str(operator.port))
    assert busy.returncode == 1
    assert f"Can't listen at 127.0.0.1:{operator.port}: Address already in use." in busy.stderr
    assert not (other.data / "postgres").exists(), "something was started before the port was looked at"
    shutil.rmtree(other.data)

    # Ctrl-C.
    up.send_signal(signal.SIGINT)
    assert up.wait(PATIENCE) == 0
    assert operator.sees().rstrip().endswith(f"Stopped. The data stay in {operator.data}.")
    assert operator.left_behind() == []
    assert operator.opens("/healthz") == 0

    # Started again, everything is as it was.
    again = operator.starts()
    assert operator.opens("/api/v1/bylaws", key) == 200, operator.sees()
    assert "unexpectedly" not in operator.sees()

    # The whole of it is killed; nothing outlives it for long, and it starts again at once.
    again.kill()
    again.wait()
    third = operator.starts()
    assert operator.opens("/api/v1/bylaws", key) == 200, operator.sees()
    third.terminate()
    assert third.wait(PATIENCE) == 0
    assert until(lambda: operator.left_behind() == [], 10)
    recount = operator.runs("recount")
    assert recount.returncode == 0, recount.stderr
    assert operator.left_behind() == []


def test_whoever_dies_is_started_again(operator: Operator):
    up = operator.starts()
    web = next(pid for pid in children_of(up.pid) if "granian" in command_line(pid))
    server = int((operator.data / "postgres" / "postmaster.pid").read_text().splitlines()[0])
    os.kill(server, signal.SIGKILL)
    os.kill(web, signal.SIGKILL)
    assert until(lambda: "Postgres ended unexpectedly" in operator.sees(), PATIENCE)
    assert until(lambda: "web ended unexpectedly" in operator.sees(), PATIENCE)
    assert until(lambda: operator.opens("/readyz") == 200, PATIENCE), operator.sees()
    up.send_signal(signal.SIGTERM)
    assert up.wait(PATIENCE) == 0
    assert operator.left_behind() == []


def children_of(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def command_line(pid: int) -> str:
    return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
