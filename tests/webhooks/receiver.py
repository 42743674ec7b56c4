"""A small real receiver: it listens, verifies with the public library, and answers what a test wants."""

from __future__ import annotations

import json
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

from standardwebhooks import Webhook, WebhookVerificationError

HANGS = 60
"""Seconds that a receiver which hangs keeps whoever waits for it."""


class Heard(NamedTuple):
    """A message that arrived and whose signature was right."""

    id: str
    type: str
    data: dict[str, Any]
    timestamp: str


class Receiver:
    """A shop's server. `answers` are given first, one each; then 204. While it `hangs`, it says nothing at all."""

    def __init__(self) -> None:
        self.secret = ""
        self.heard: list[Heard] = []
        self.asked = 0
        self.asked_at = 0.0
        """When it was last spoken to, by the machine's own clock."""
        self.forged = 0
        self.answers: list[int] = []
        self.always: int = 204
        self.redirects_to = ""
        self.hangs = self.drips = False
        self._over = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}/hooks"

    @property
    def ids(self) -> list[str]:
        return [message.id for message in self.heard]

    def of(self, type_: str) -> list[dict[str, Any]]:
        return [message.data for message in self.heard if message.type == type_]

    def close(self) -> None:
        self._over.set()
        self._server.shutdown()
        self._server.server_close()

    def _handler(receiver) -> type[BaseHTTPRequestHandler]:  # noqa: N805
        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                receiver.asked += 1
                receiver.asked_at = time.monotonic()
                body = self.rfile.read(int(self.headers["Content-Length"]))
                if receiver.hangs or receiver.drips:
                    receiver._keep_waiting(self.connection)
                    self.close_connection = True
                    return
                status = receiver.answers.pop(0) if receiver.answers else receiver.always
                if status < 300:
                    status = receiver._read(body, dict(self.headers), status)
                self.send_response(status)
                if receiver.redirects_to:
                    self.send_header("Location", receiver.redirects_to)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: Any) -> None:
                pass

        return Handler

    def _read(self, body: bytes, headers: dict[str, str], status: int) -> int:
        try:
            told = Webhook(self.secret).verify(body, headers)
        except WebhookVerificationError:
            self.forged += 1
            return 400
        assert told == json.loads(body)
        self.heard.append(Heard(headers["webhook-id"], told["type"], told["data"], told["timestamp"]))
        return status

    def _keep_waiting(self, connection: socket.socket) -> None:
        """Hang until the end; one that drips says a letter now and then, so that the line is never quiet."""
        end = time.monotonic() + HANGS
        while time.monotonic() < end and not self._over.wait(0.1):
            if self.drips:
                try:
                    connection.sendall(b"H")
                except OSError:
                    return
