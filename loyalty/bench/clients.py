"""Clients that press on: each with a connection of its own, in processes of their own, sending as soon as answered."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from multiprocessing import get_context
from typing import Any, Final, NamedTuple, Protocol

import psycopg

from loyalty.bench.one_statement import STATEMENT, Values, written

CLIENTS: Final = 8
PROCESSES: Final = 2
"""As many as the web has: a floor may use both cores, too."""


class Work(Protocol):
    """How a client does its things: opens a connection, answers with the function that does one."""

    def connected(self) -> AbstractContextManager[Callable[[Any], None]]:
        """A connection, as the function that does one thing."""


class Http(NamedTuple):
    """Posts bodies to a server and takes nothing but 201."""

    port: int
    path: str
    key: str

    @contextmanager
    def connected(self) -> Iterator[Callable[[bytes], None]]:
        """A connection that is kept alive; no more of HTTP than is needed."""
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nAuthorization: Bearer {self.key}\r\n"
            "Content-Type: application/json\r\nContent-Length: "
        ).encode()

        def post(body: bytes) -> None:
            link.sendall(b"%b%d\r\n\r\n%b" % (head, len(body), body))
            answer = _answer(link)
            if not answer.startswith(b"HTTP/1.1 201"):
                raise AssertionError(answer.decode(errors="replace"))

        with socket.create_connection(("127.0.0.1", self.port), timeout=60) as link:
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            yield post


def _answer(link: socket.socket) -> bytes:
    """The whole of an answer that tells its length."""
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += _more(link)
    head, _, body = answer.partition(b"\r\n\r\n")
    lower = head.lower()
    at = lower.index(b"content-length:")
    length = int(lower[at:].split(b"\r\n", 1)[0].partition(b":")[2])
    while len(body) < length:
        body += _more(link)
    return head + b"\r\n\r\n" + body


def _more(link: socket.socket) -> bytes:
    part = link.recv(65536)
    if not part:
        raise ConnectionError("the server hung up")
    return part


class Bare(NamedTuple):
    """Writes each purchase's rows by the one statement, a transaction each."""

    database_url: str

    @contextmanager
    def connected(self) -> Iterator[Callable[[Values], None]]:
        """A connection with the statement prepared on first use."""
        with psycopg.connect(self.database_url, autocommit=True) as conn, conn.cursor() as cursor:

            def run(values: Values) -> None:
                cursor.execute(STATEMENT, written(values), prepare=True)

            yield run


class Pressed(NamedTuple):
    """What came of a round."""

    seconds: float
    """From the first client's start to the last one's end."""
    latencies: list[list[float]]
    """Seconds of each thing, by client."""


class Crowd:
    """Eight clients in two processes, kept for all rounds."""

    def __init__(self) -> None:
        self._pool = ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn"))

    def __enter__(self) -> Crowd:
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown()

    def press(self, work: Work, things: Sequence[Sequence[Any]], seconds: float | None = None) -> Pressed:
        """Let each client do its things in their order: all of them, or as many as fit into the time."""
        parts = [things[n::PROCESSES] for n in range(PROCESSES)]
        start = time.time() + 0.3
        done = list(self._pool.map(_press, [work] * PROCESSES, parts, [start] * PROCESSES, [seconds] * PROCESSES))
        latencies: list[list[float]] = [[] for _ in things]
        for n, (_, theirs) in enumerate(done):
            latencies[n::PROCESSES] = theirs
        return Pressed(max(end for end, _ in done) - start, latencies)


def _press(
    work: Work, things: Sequence[Sequence[Any]], start: float, seconds: float | None
) -> tuple[float, list[list[float]]]:
    """One process's clients: (the instant the last one ended, latencies by client)."""
    latencies: list[list[float]] = [[] for _ in things]
    failures: list[BaseException] = []

    def client(place: int) -> None:
        try:
            with work.connected() as do:
                time.sleep(max(0.0, start - time.time()))
                _go_on(do, things[place], latencies[place], seconds)
        except BaseException as failure:
            failures.append(failure)

    threads = [threading.Thread(target=client, args=[place]) for place in range(len(things))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failures:
        raise failures[0]
    return time.time(), latencies


def _go_on(do: Callable[[Any], None], things: Sequence[Any], taken: list[float], seconds: float | None) -> None:
    end = time.perf_counter() + seconds if seconds is not None else float("inf")
    begun = time.perf_counter()
    for thing in things:
        if begun >= end:
            return
        do(thing)
        now = time.perf_counter()
        taken.append(now - begun)
        begun = now
