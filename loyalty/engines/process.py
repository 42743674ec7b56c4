"""Starting and ending server processes: as an unprivileged user where we are root, and never outliving their parent."""

from __future__ import annotations

import ctypes
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import Final, NamedTuple

POLL: Final = 0.02
"""Seconds between two looks at something that is about to happen."""
LOG_LIMIT: Final = 10 * 1024 * 1024
"""Bytes of a log beyond which the next start sets it aside (one old log is kept)."""

# From linux/prctl.h and linux/capability.h.
_PR_SET_PDEATHSIG: Final = 1
_PR_SET_KEEPCAPS: Final = 8
_PR_CAP_AMBIENT: Final = 47
_PR_CAP_AMBIENT_RAISE: Final = 2
_CAPABILITY_VERSION_3: Final = 0x20080522
_MAY_ENTER: Final = (2, 1)
"""CAP_DAC_READ_SEARCH, which enters and reads; where a container withholds it, CAP_DAC_OVERRIDE."""


class Account(NamedTuple):
    """The user that a server runs as."""

    uid: int
    gid: int
    beyond_reach: bool = False
    """Whether the data folder lies below a folder that this user can't enter (`/root`, say)."""


def account(home: Path, *places: Path) -> Account | None:
    """Whom to drop to for servers that must enter these places; None where we are not root.

    PostgreSQL refuses to run as root. A `home` that exists keeps its owner: a data folder made by a person and
    started by root the next time stays that person's.
    """
    if os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    uid, gid = nobody.pw_uid, nobody.pw_gid
    if home.exists() and (made := home.stat()).st_uid != 0:
        uid, gid = made.st_uid, made.st_gid
    closed = any(not folder.stat().st_mode & 0o001 for place in places for folder in (place, *place.parents))
    return Account(uid, gid, closed)


def own(path: Path, user: Account | None) -> None:
    """Make the folder, for its servers' eyes only."""
    path.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.chmod(0o700)
    if user:
        os.chown(path, user.uid, user.gid)


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _keep_entering(libc: ctypes.CDLL) -> None:
    """Leave the new user the one capability to enter folders closed to it, and hand it on to what is executed."""
    header = (ctypes.c_uint32 * 2)(_CAPABILITY_VERSION_3, 0)
    for capability in _MAY_ENTER:
        bit = 1 << capability
        sets = (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0)
        if libc.capset(header, sets) == 0:
            libc.prctl(_PR_CAP_AMBIENT, _PR_CAP_AMBIENT_RAISE, capability, 0, 0)
            return


def _become(user: Account | None, on_parents_death: signal.Signals | None) -> Callable[[], None]:
    """What the child does between fork and exec. Everything it needs is loaded beforehand."""
    libc = _libc() if sys.platform == "linux" else None
    parent = os.getpid()

    def prepare() -> None:
        if user:
            if libc and user.beyond_reach:
                libc.prctl(_PR_SET_KEEPCAPS, 1, 0, 0, 0)
            os.setgroups([])
            os.setgid(user.gid)
            os.setuid(user.uid)
            if libc and user.beyond_reach:
                _keep_entering(libc)
        os.umask(0o077)
        if libc and on_parents_death:
            libc.prctl(_PR_SET_PDEATHSIG, int(on_parents_death), 0, 0, 0)
            if os.getppid() != parent:  # it died before we asked to be told
                os._exit(1)

    return prepare


def spawn(
    argv: Sequence[str | Path],
    log: Path | None,
    *,
    user: Account | None = None,
    env: dict[str, str] | None = None,
    on_parents_death: signal.Signals | None = signal.SIGTERM,
) -> subprocess.Popen[bytes]:
    """Start a server in a session of its own (the terminal's Ctrl-C is for its parent), writing to `log`, if any.

    Where the system can (Linux), the server gets `on_parents_death` should we be killed.
    """
    if log and log.exists() and log.stat().st_size > LOG_LIMIT:
        log.replace(log.with_suffix(".log.1"))
    with log.open("ab") if log else nullcontext() as out:
        return subprocess.Popen(  # noqa: S603
            [str(part) for part in argv],
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env=env,
            cwd="/",
            start_new_session=True,
            preexec_fn=_become(user, on_parents_death),
        )


def run(argv: Sequence[str | Path], user: Account | None, env: dict[str, str] | None = None) -> str | None:
    """Run a program to its end as the servers' user. None when it went well, else what it complained of."""
    done = subprocess.run(  # noqa: S603
        [str(part) for part in argv],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        cwd="/",
        env=env,
        preexec_fn=_become(user, signal.SIGKILL),
        check=False,
    )
    return None if done.returncode == 0 else done.stdout.strip()


def marked(mark: str) -> list[int]:
    """Processes that carry `mark` (`NAME=value`) in the environment they were started with, where that can be seen."""
    wanted, found = mark.encode(), []
    for entry in Path("/proc").glob("[0-9]*/environ"):
        with suppress(OSError):
            if wanted in entry.read_bytes().split(b"\0") and alive(int(entry.parent.name)):
                found.append(int(entry.parent.name))
    return found


def alive(pid: int) -> bool:
    """Whether the process exists and is no zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (OSError, IndexError):
        return True


def command(pid: int) -> str:
    """The command line of a process, empty when it can't be known."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
    except OSError:
        listed = subprocess.run(  # noqa: S603
            ["ps", "-o", "command=", "-p", str(pid)],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
        )
        return listed.stdout.strip()


def until(happened: Callable[[], bool], seconds: float) -> bool:
    """Wait until something has happened, at most so long; whether it has."""
    end = time.monotonic() + seconds
    while not happened():
        if time.monotonic() > end:
            return False
        time.sleep(POLL)
    return True


def end(process: subprocess.Popen[bytes], how: signal.Signals, seconds: float) -> None:
    """Ask a child to stop and wait so long; then, or when it is gone already, kill what is left of its group."""
    if process.poll() is None:
        process.send_signal(how)
        with suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def end_stranger(pid: int, how: signal.Signals, seconds: float) -> None:
    """The same for a process that an earlier, crashed run left behind."""
    for ask, patience in ((how, seconds), (signal.SIGKILL, 10.0)):
        try:
            os.kill(pid, ask)
        except ProcessLookupError:
            return
        if until(lambda: not alive(pid), patience):
            return


def tail(log: Path, lines: int = 6) -> str:
    """The last lines of a log, for a person to read."""
    try:
        text = log.read_bytes()[-4096:].decode(errors="replace")
    except OSError:
        return ""
    return "\n".join(text.strip().splitlines()[-lines:])
