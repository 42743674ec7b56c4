"""The embedded Valkey of a data folder. What it holds can be rebuilt; it is kept all the same."""

from __future__ import annotations

import signal
import subprocess
from datetime import UTC, datetime
from typing import Final
from urllib.parse import quote

import redis

from loyalty.engines.binaries import valkey_program
from loyalty.engines.folders import Folders
from loyalty.engines.process import alive, command, end, end_stranger, own, spawn, tail, until
from loyalty.engines.trouble import EngineTrouble, Tell
from loyalty.values import Text

LOADING: Final = 120.0
"""Seconds that reading the append-only file may take."""


class Valkey:
    """One Valkey server on a unix socket, a child of this process."""

    def __init__(self, folders: Folders, tell: Tell, *, durable: bool = True) -> None:
        self._folders, self._tell, self._durable = folders, tell, durable
        self._program = valkey_program()
        self._socket = folders.sockets / "valkey.sock"
        self._pidfile = folders.sockets / "valkey.pid"
        self._log = folders.logs / "valkey.log"
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def running(self) -> bool:
        """Whether the server that we started still lives."""
        return self._process is not None and self._process.poll() is None

    def start(self) -> None:
        """Start the server and return when it answers.

        A store that can't be read is set aside: everything in it can be rebuilt.

        Raises:
            EngineTrouble: it can't be started; the sentence carries what the server said.
        """
        self._end_leftover()
        if self._launch():
            return
        aside = self._folders.valkey.with_name(f"valkey.damaged-{datetime.now(UTC):%Y%m%d-%H%M%S}")
        if any(self._folders.valkey.iterdir()):
            said = tail(self._log)
            self._folders.valkey.rename(aside)
            own(self._folders.valkey, self._folders.user)
            if self._launch():
                self._tell(
                    Text(
                        "Valkey could not read its store; it was moved to {aside}. Nothing is lost:"
                        " `loyalty leaderboards rebuild` fills the leaderboards again. It said:\n{said}",
                        "Valkey نتوانست انبارهٔ خود را بخواند؛ به {aside} جابه‌جا شد. چیزی از دست نرفته است:"
                        " «loyalty leaderboards rebuild» جدول‌های رده‌بندی را از نو پر می‌کند. چنین گفت:\n{said}",
                    ).with_(aside=aside.name, said=said)
                )
                return
        raise EngineTrouble(
            Text(
                "Valkey did not start. It said:\n{said}\nMore in {log}",
                "Valkey به راه نیفتاد. چنین گفت:\n{said}\nبیشتر در {log}",
            ).with_(said=tail(self._log), log=str(self._log))
        )

    def stop(self) -> None:
        """Stop the server; its append-only file is written to the end."""
        if self._process:
            end(self._process, signal.SIGTERM, 30)
            self._process = None
        self._pidfile.unlink(missing_ok=True)

    def url(self) -> str:
        """The address that redis clients take."""
        return f"unix://{quote(str(self._socket), safe='/')}?db=0"

    def _end_leftover(self) -> None:
        try:
            pid = int(self._pidfile.read_text())
        except (OSError, ValueError):
            return
        if alive(pid) and str(self._socket) in command(pid):
            self._tell(
                Text(
                    "A Valkey of an earlier run was still there (process {pid}); ending it.",
                    "یک Valkey از اجرای پیشین هنوز روشن بود (پردازهٔ {pid})؛ خاموش می‌شود.",
                ).with_(pid=pid)
            )
            end_stranger(pid, signal.SIGTERM, 15)

    def _launch(self) -> bool:
        settings = {
            "dir": self._folders.valkey,
            "port": 0,
            "unixsocket": self._socket,
            "unixsocketperm": "700",
            "pidfile": self._pidfile,
            "daemonize": "no",
            "save": "",
            "appendonly": "yes" if self._durable else "no",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",
        }
        arguments = [str(part) for name, value in settings.items() for part in (f"--{name}", value)]
        self._socket.unlink(missing_ok=True)  # of a killed server
        self._process = spawn([self._program, *arguments], self._log, user=self._folders.user)
        until(lambda: self.answers() or not self.running, LOADING)
        return self.running

    def answers(self) -> bool:
        """Whether a server answers at this address, ours or another owner's; not while it is still loading."""
        try:
            with redis.Redis.from_url(self.url(), socket_timeout=5) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False
