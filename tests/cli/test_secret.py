"""The instance's secret: made once, however many start at the same moment, and readable by its owner only."""

from __future__ import annotations

import multiprocessing
import stat
from multiprocessing.synchronize import Barrier
from pathlib import Path

from loyalty.cli.instance import Instance

STARTERS, FOLDERS = 8, 40


def test_of_many_starters_at_once_all_use_the_one_secret_that_stays(tmp_path: Path) -> None:
    processes = multiprocessing.get_context("forkserver")
    ready, said = processes.Barrier(STARTERS), processes.SimpleQueue()
    starters = [processes.Process(target=start, args=(tmp_path, ready, said)) for _ in range(STARTERS)]
    for starter in starters:
        starter.start()
    secrets = [said.get() for _ in starters]
    for starter in starters:
        starter.join(60)
    assert [starter.exitcode for starter in starters] == [0] * STARTERS
    kept = [(tmp_path / str(n) / "secret_key").read_text() for n in range(FOLDERS)]
    assert secrets == [kept] * STARTERS
    assert len(set(kept)) == FOLDERS
    assert all([file.name for file in (tmp_path / str(n)).iterdir()] == ["secret_key"] for n in range(FOLDERS))


def start(home: Path, ready: Barrier, said: multiprocessing.SimpleQueue[list[str]]) -> None:
    """A process that comes to one folder after the other at the same moment as all others."""
    found: list[str] = []
    try:
        for n in range(FOLDERS):
            ready.wait(60)
            found.append(Instance(home / str(n), {}).secret)
    finally:
        said.put(found)


def test_a_secret_that_is_kept_instead_replaces_it_whole(tmp_path: Path) -> None:
    instance = Instance(tmp_path, {})
    first = instance.secret
    assert instance.secret == first
    instance.keep_secret("of-a-backup")
    assert instance.secret == "of-a-backup"
    [file] = tmp_path.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
