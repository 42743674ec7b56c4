"""The machine that a run is made on, and how much of its processors each part takes."""

from __future__ import annotations

import os
import platform
import statistics
import time
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Final, NamedTuple

import psycopg

PAGE: Final = b"\0" * 8192
SYNCS: Final = 200
_PROC: Final = Path("/proc")
_PARENT, _UTIME, _CSTIME = 1, 11, 14
"""Places of fields in /proc/PID/stat after the command's name: see proc(5)."""


class Machine(NamedTuple):
    """What a run's figures hang on."""

    cores: int
    cpu: str
    python: str
    postgres: str
    sync_ms: float
    """Median milliseconds that a page takes to the disk under the data folder (write and fdatasync)."""
    load: float
    """Runnable processes over the last minute when the run began: above 0, others were at work too."""


def describe(data: Path, database_url: str) -> Machine:
    """The machine, with the data folder's disk."""
    with psycopg.connect(database_url) as conn:
        version = conn.info.server_version
    return Machine(
        len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        _model(),
        platform.python_version(),
        f"{version // 10000}.{version % 10000}",
        _sync_ms(data),
        os.getloadavg()[0],
    )


def _model() -> str:
    with suppress(OSError):
        for line in (_PROC / "cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def _sync_ms(folder: Path) -> float:
    place = folder / "sync"
    taken = []
    sync = getattr(os, "fdatasync", os.fsync)
    with place.open("wb", buffering=0) as file:
        for _ in range(SYNCS):
            begun = time.perf_counter()
            file.seek(0)
            file.write(PAGE)
            sync(file.fileno())
            taken.append(time.perf_counter() - begun)
    place.unlink()
    return statistics.median(taken) * 1000


class Meter:
    """Seconds of processor time that processes, with all that descend from them, have taken so far.

    A process counts for the nearest root above it. Where there is no /proc nothing can be read.
    """

    def __init__(self, roots: Mapping[str, int]) -> None:
        self._names = {pid: name for name, pid in roots.items()}

    def read(self) -> dict[str, float]:
        """Seconds by name; children that have ended are counted with their parents."""
        parents: dict[int, int] = {}
        ticks: dict[int, int] = {}
        for folder in _PROC.glob("[0-9]*"):
            with suppress(OSError, ValueError, IndexError):
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                parents[int(folder.name)] = int(fields[_PARENT])
                ticks[int(folder.name)] = sum(map(int, fields[_UTIME : _CSTIME + 1]))
        found = dict.fromkeys(self._names.values(), 0.0) if ticks else {}
        for pid, its in ticks.items():
            root: int | None = pid
            while root is not None and root not in self._names:
                root = parents.get(root)
            if root is not None:
                found[self._names[root]] += its / os.sysconf("SC_CLK_TCK")
        return found


def spent(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, float]:
    """What was taken between two readings."""
    return {name: after[name] - its for name, its in before.items()}
