"""Keeps the processes of an instance alive, and ends them in order."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from loyalty.cli.terminal import tell
from loyalty.engines.process import end, end_stranger, marked, spawn
from loyalty.errors import Problem
from loyalty.values import Text

MARK: Final = "LOYALTY_SUPERVISED"
"""A variable in our children's environment whose value names the data folder: by it we know what a crash left."""
LOOK: Final = 0.2
"""Seconds between two looks at the children."""
AWAY: Final = 3.0
"""Seconds before a server that could not be started, or did not answer, is tried again."""
SHORTEST_PAUSE, LONGEST_PAUSE = 0.5, 30.0
"""Seconds before a crashed child is started again; doubled with every crash."""
SETTLED: Final = 60.0
"""Seconds after which a child counts as well again."""
PATIENCE: Final = 15.0
"""Seconds that a child may take to finish what it has in hand."""


@dataclass
class Child:
    """A process to keep alive."""

    name: str
    argv: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    pause: float = SHORTEST_PAUSE
    started: float = field(default=0.0)
    due: float = field(default=0.0)


class Supervisor:
    """Starts children in the order given, starts again whoever crashes, ends them in the reverse order."""

    def __init__(self, children: Sequence[Child], env: dict[str, str], mark: str) -> None:
        self._children = children
        self._env = {**env, MARK: mark, "PYTHONUNBUFFERED": "1"}
        self._mark = f"{MARK}={mark}"
        self._asked = 0

    def listen(self) -> None:
        """Take Ctrl-C, SIGTERM and a closed terminal as the wish to stop."""
        for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(name, self._ask)

    def _ask(self, *_: object) -> None:
        self._asked += 1

    @property
    def stopping(self) -> bool:
        """Whether somebody asked us to stop."""
        return self._asked > 0

    def sweep(self) -> None:
        """End what a crashed run of this instance left behind."""
        left = marked(self._mark)
        if left:
            tell(
                Text(
                    "An earlier run did not end cleanly; ending what it left ({count} processes).",
                    "اجرای پیشین درست پایان نیافته بود؛ آنچه از آن مانده ({count} پردازه) بسته می‌شود.",
                ).with_(count=len(left))
            )
        for pid in left:
            end_stranger(pid, signal.SIGTERM, 5)

    def start(self) -> None:
        """Start every child."""
        for child in self._children:
            self._start(child)

    def _start(self, child: Child) -> None:
        child.process = spawn(child.argv, None, env=self._env)
        child.started = time.monotonic()

    def watch(self, also: Callable[[], None], ready: Callable[[], bool], when_ready: Callable[[], None]) -> None:
        """Keep the children alive until asked to stop. `also` is called at every look; `when_ready` once.

        A server that is away for a moment must not end the supervisor: what it could not do it tries again.
        """
        told = False
        while not self.stopping:
            try:
                also()
                if not told and ready():
                    when_ready()
                    told = True
            except (Problem, SQLAlchemyError) as error:
                if isinstance(error, Problem):
                    tell(error.detail)
                self._rest(AWAY)
            for child in self._children:
                self._look_after(child)
            self._rest(LOOK)

    def _rest(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self.stopping and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, LOOK))

    def _look_after(self, child: Child) -> None:
        now = time.monotonic()
        if child.process is None:
            if now >= child.due:
                self._start(child)
        elif (code := child.process.poll()) is not None:
            end(child.process, signal.SIGKILL, 0)  # its own children, should it have left some
            if now - child.started > SETTLED:
                child.pause = SHORTEST_PAUSE
            tell(
                Text(
                    "{name} ended unexpectedly (code {code}); starting it again in {pause} s.",
                    "{name} ناخواسته پایان یافت (کد {code})؛ تا {pause} ثانیهٔ دیگر دوباره آغاز می‌شود.",
                ).with_(name=child.name, code=code, pause=f"{child.pause:g}")
            )
            child.process, child.due = None, now + child.pause
            child.pause = min(2 * child.pause, LONGEST_PAUSE)

    def stop(self) -> None:
        """End the children, the last one first; asked a second time, at once."""
        for child in reversed(self._children):
            if child.process:
                end(child.process, signal.SIGTERM, PATIENCE if self._asked < 2 else 0.0)
                child.process = None
        for pid in marked(self._mark):
            end_stranger(pid, signal.SIGKILL, 5)


def python(*arguments: str | int) -> list[str]:
    """The command line of a child that runs a module with this very Python."""
    return [sys.executable, "-m", *map(str, arguments)]
