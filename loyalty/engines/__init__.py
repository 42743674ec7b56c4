"""The embedded engines: a real PostgreSQL and a real Valkey that live in a data folder.

The process that starts them owns them until it ends; others that name the same data folder meanwhile share them.
"""

from __future__ import annotations

import fcntl
import json
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any, Final, NamedTuple, Self

from loyalty.engines.folders import Folders, lay_out
from loyalty.engines.postgres import Postgres
from loyalty.engines.process import POLL, until
from loyalty.engines.trouble import AlreadyRunning, EngineTrouble, Tell, silent
from loyalty.engines.valkey import Valkey
from loyalty.values import Text

__all__ = ["Addresses", "AlreadyRunning", "EngineTrouble", "Engines", "Tell", "engines", "silent"]

STARTING: Final = 600.0
"""Seconds to wait for an owner that is still starting."""


class Addresses(NamedTuple):
    """Where PostgreSQL and Valkey are reached."""

    database_url: str
    redis_url: str


def _held(lock: IO[str], how: int) -> bool:
    try:
        fcntl.flock(lock, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class Engines:
    """The two servers of a data folder, owned by this process from `start` to `stop`."""

    def __init__(self, data: Path, tell: Tell = silent, *, durable: bool = True) -> None:
        self.folders: Folders = lay_out(data)
        self._tell = tell
        self._postgres = Postgres(self.folders, tell, durable=durable)
        self._valkey = Valkey(self.folders, tell, durable=durable)
        self._owner: IO[str] | None = None
        self._users: IO[str] | None = None

    @property
    def addresses(self) -> Addresses:
        """Where they are reached, started or not."""
        return Addresses(self._postgres.url(), self._valkey.url())

    def claim(self, **about: str | int) -> None:
        """Become the owner of the data folder; `about` is told to whoever comes second.

        Raises:
            AlreadyRunning: another process is.
        """
        owner = (self.folders.data / "owner.lock").open("a+")
        if not _held(owner, fcntl.LOCK_EX):
            owner.seek(0)
            found = _read(owner)
            owner.close()
            raise AlreadyRunning(
                Text(
                    "The data folder {data} is in use by `{what}` (process {pid}).",
                    "پوشهٔ داده‌های {data} در دست «{what}» است (پردازهٔ {pid}).",
                ).with_(what=found.get("what", "loyalty"), pid=found.get("pid", "?"), data=str(self.folders.data))
            )
        owner.truncate(0)
        owner.write(json.dumps({"pid": os.getpid(), **about}))
        owner.flush()
        self._owner = owner

    def start(self) -> Addresses:
        """Start both and return when both answer. `claim` first.

        Raises:
            EngineTrouble: one can't be started; then neither is left running.
        """
        try:
            self._postgres.start()
            self._valkey.start()
        except BaseException:
            self.stop()
            raise
        return self.addresses

    def revive(self) -> None:
        """Start again what has died, and say so."""
        for engine in (self._postgres, self._valkey):
            if not engine.running:
                self._tell(
                    Text(
                        "{name} ended unexpectedly; starting it again.",
                        "{name} ناخواسته پایان یافت؛ دوباره آغاز می‌شود.",
                    ).with_(name=type(engine).__name__)
                )
                engine.start()

    def answer(self) -> bool:
        """Whether both answer, whoever owns them."""
        return self._postgres.answers() and self._valkey.answers()

    def stop(self, *, wait_for_others: bool = False) -> None:
        """Stop both and give the folder free; with `wait_for_others` only when nobody else uses them any more."""
        if wait_for_others:
            users = (self.folders.data / "users.lock").open("a+")
            fcntl.flock(users, fcntl.LOCK_EX)
            self._users = users
        self._valkey.stop()
        self._postgres.stop()
        for lock in (self._owner, self._users):
            if lock:
                lock.close()
        self._owner = self._users = None

    def __enter__(self) -> Self:
        self.claim(what="loyalty")
        self.start()
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.stop()


def _read(lock: IO[str]) -> dict[str, Any]:
    with suppress(ValueError):
        found = json.loads(lock.read())
        if isinstance(found, dict):
            return found
    return {}


@contextmanager
def engines(
    data: Path, what: str, tell: Tell = silent, *, durable: bool = True, alone: bool = False
) -> Iterator[Addresses]:
    """The engines of a data folder for the duration of a command: those of a running instance, else our own.

    Raises:
        EngineTrouble: they can't be had.
        AlreadyRunning: somebody uses them, and we asked to be `alone`.
    """
    mine = Engines(data, tell, durable=durable)
    end = time.monotonic() + STARTING
    while time.monotonic() < end:
        try:
            mine.claim(what=what)
        except AlreadyRunning:
            if alone:
                raise
            with _shared(mine) as addresses:
                if addresses:
                    yield addresses
                    return
            time.sleep(POLL)
        else:
            mine.start()
            try:
                yield mine.addresses
            finally:
                mine.stop(wait_for_others=True)
            return
    raise EngineTrouble(
        Text(
            "The process that uses {data} does not get its database ready.",
            "پردازه‌ای که {data} را در دست دارد پایگاه داده‌اش را آماده نمی‌کند.",
        ).with_(data=str(mine.folders.data))
    )


@contextmanager
def _shared(theirs: Engines) -> Iterator[Addresses | None]:
    """The addresses of engines that another process owns, kept up for us meanwhile; None when it is stopping them."""
    with (theirs.folders.data / "users.lock").open("a+") as users:
        ready = _held(users, fcntl.LOCK_SH) and until(theirs.answer, 5)
        yield theirs.addresses if ready else None
