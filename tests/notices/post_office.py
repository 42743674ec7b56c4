"""A small real SMTP server: it listens, takes letters, and answers what a test wants."""

from __future__ import annotations

import socketserver
import threading
from email import message_from_bytes, policy
from email.message import EmailMessage


class PostOffice:
    """A mail server. `answers` are given first to the recipient's line, one each; then it takes everything."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.answers: list[str] = []
        self.asked = 0
        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        self.url = f"smtp://127.0.0.1:{self._server.server_address[1]}?tls=no"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def to(self, address: str) -> list[EmailMessage]:
        return [letter for letter in self.letters if letter["To"] == address]

    def _handler(office) -> type[socketserver.StreamRequestHandler]:  # noqa: N805
        class Handler(socketserver.StreamRequestHandler):
            def say(self, line: str) -> None:
                self.wfile.write(f"{line}\r\n".encode())

            def handle(self) -> None:
                self.say("220 post office")
                while line := self.rfile.readline().decode().strip():
                    match line.split(maxsplit=1)[0].upper():
                        case "EHLO" | "HELO":
                            self.say("250 post office")
                        case "RCPT":
                            office.asked += 1
                            self.say(office.answers.pop(0) if office.answers else "250 fine")
                        case "DATA":
                            self.say("354 go on")
                            office.letters.append(self.letter())
                            self.say("250 taken")
                        case "QUIT":
                            self.say("221 bye")
                            return
                        case _:
                            self.say("250 fine")

            def letter(self) -> EmailMessage:
                lines = []
                while (line := self.rfile.readline()) not in (b".\r\n", b""):
                    lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
                return message_from_bytes(b"".join(lines), policy=policy.default)  # type: ignore[return-value]

        return Handler
