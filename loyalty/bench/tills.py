"""One purchase over HTTP, against bare PostgreSQL and against the same server without judging."""

from __future__ import annotations

import json
import os
import pickle
import signal
import socket
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final

from loyalty.bench import server
from loyalty.bench.baskets import Sent, document, sent
from loyalty.bench.clients import CLIENTS, Bare, Crowd, Http, Pressed, Work
from loyalty.bench.contents import contents, differences, unchained
from loyalty.bench.instance import Club, Running, give_history, make_club
from loyalty.bench.machine import Meter, spent
from loyalty.bench.one_statement import Values, tape
from loyalty.bench.report import Row, Side
from loyalty.bench.timeline import timeline
from loyalty.cli.up import THREADS, WORKERS, web
from loyalty.db import transaction
from loyalty.engines.process import end, spawn, until
from loyalty.rest.blueprint import PREFIX
from loyalty.rules import load

OF_BARE, OF_VIEW = 0.3, 0.6
"""The goals: ours as a share of each floor's speed."""
PROMPT, SWIFT = 50, 25
"""Milliseconds: where bare PostgreSQL's slowest hundredth takes less than the second, ours is to take less than the
first."""
MEMBERS: Final = 200
PAST: Final = 2_000
"""Purchases that every club has before the first round: ten of each member."""
ROUNDS: Final = 3
WARM: Final = 25
"""Purchases of each client before the clock starts: servers have loaded the bylaws, statements are prepared."""
AT_MOST: Final = 100
"""Purchases a second for which each client is given something to send."""


@dataclass
class _Sums:
    """What one side has done over the rounds."""

    name: str
    work: Work
    things: list[list[Any]]
    """By client, in order; taken from the front."""
    goal: float | None = None
    count: int = 0
    seconds: float = 0.0
    cpu: dict[str, float] = field(default_factory=dict)
    latencies: list[float] = field(default_factory=list)

    def take(self, counts: Sequence[int]) -> list[list[Any]]:
        """The next things of each client, so many."""
        taken = [mine[:count] for mine, count in zip(self.things, counts, strict=True)]
        self.things = [mine[count:] for mine, count in zip(self.things, counts, strict=True)]
        return taken

    def add(self, pressed: Pressed, cpu: dict[str, float]) -> None:
        """Count a round."""
        taken = [each for client in pressed.latencies for each in client]
        self.count += len(taken)
        self.latencies += taken
        self.seconds += pressed.seconds
        self.cpu = {name: self.cpu.get(name, 0.0) + its for name, its in cpu.items()}

    def side(self) -> Side:
        """For the table; a part that takes nothing is left out."""
        cpu = {name: its for name, its in self.cpu.items() if its > 0.005 * self.seconds}
        return Side(self.name, self.count, self.seconds, cpu, self.latencies, self.goal)


def measure(instance: Running, seconds: float) -> Row:
    """In each round ours for a time, then each floor with the very same purchases; at last their tables are compared.

    Raises:
        AssertionError: a floor left other rows.
    """
    each = int(seconds * AT_MOST) + WARM
    everything = list(sent(PAST + each * CLIENTS, MEMBERS))
    past, future = everything[:PAST], by_client(everything[PAST:])
    ours, view, bare = clubs = [make_club(code, MEMBERS) for code in ("tills-ours", "tills-view", "tills-bare")]
    give_history(clubs, past)
    judged = list(timeline(load(document(), 1), everything, MEMBERS))[PAST:]
    put_tape(instance, dict(tape(view, judged)))
    values = dict(tape(bare, judged))
    bodies = [[json.dumps(each.body).encode() for each in mine] for mine in future]
    with Crowd() as crowd, serving(instance) as (port, pid):
        sides = [
            _Sums("ours", Http(port, f"{PREFIX}/purchases", ours.key), bodies),
            _Sums("the same server, not judging", Http(port, server.PATH, view.key), bodies, OF_VIEW),
            _Sums(
                "bare PostgreSQL, one statement",
                Bare(instance.environment["DATABASE_URL"]),
                [[values[each.body["receipt"]] for each in mine] for mine in future],
                OF_BARE,
            ),
        ]
        meter = Meter({"clients": os.getpid(), "web": pid, "database": instance.postgres})
        for side in sides:
            crowd.press(side.work, side.take([WARM] * CLIENTS))
        for _ in range(ROUNDS):
            counts = _round(crowd, meter, sides[0], None, seconds / ROUNDS)
            for floor in sides[1:]:
                _round(crowd, meter, floor, counts, None)
    mine, *floors = (side.side() for side in sides)
    unit = f"{CLIENTS} clients, web of {WORKERS} × {THREADS}"
    return Row("tills", "one purchase over HTTP", unit, mine, floors, same(clubs), _slowest(mine, floors[-1]))


def _slowest(ours: Side, bare: Side) -> str:
    """The goal for the slowest hundredth, which depends on what the machine can do."""
    mine, its = ours.at(0.99) or 0.0, bare.at(0.99) or 0.0
    if its >= SWIFT:
        return f"p99 is not judged: bare PostgreSQL's is {its:.0f} ms, not below {SWIFT}"
    return f"p99 is {mine:.0f} ms, {'' if mine < PROMPT else 'not '}below the goal of {PROMPT}"


def _round(crowd: Crowd, meter: Meter, side: _Sums, counts: Sequence[int] | None, seconds: float | None) -> list[int]:
    """One side's round: so many things of each client, or as many as fit into the time. Answers how many it were."""
    before = meter.read()
    pressed = crowd.press(side.work, side.things if counts is None else side.take(counts), seconds)
    side.add(pressed, spent(before, meter.read()))
    done = [len(mine) for mine in pressed.latencies]
    if counts is None:
        side.take(done)
    return done


def by_client(purchases: Sequence[Sent]) -> list[list[Sent]]:
    """Each client's purchases: those of its own members, so that every member's order is certain."""
    return [[each for each in purchases if each.member % CLIENTS == client] for client in range(CLIENTS)]


def put_tape(instance: Running, rows: dict[str, Values]) -> None:
    """Lay down what the floor's view writes, where the server looks for it."""
    place = instance.data / "tape"
    place.write_bytes(pickle.dumps(rows))
    instance.environment[server.TAPE] = str(place)


def same(clubs: Sequence[Club]) -> str:
    """That all clubs hold the same, in words.

    Raises:
        AssertionError: they don't.
    """
    with transaction() as conn:
        held = [contents(conn, club.id) for club in clubs]
        broken = [club.code for club in clubs if unchained(conn, club.id)]
    assert not broken, f"the chains of {' and '.join(broken)} are broken"
    for club, other in zip(clubs[1:], held[1:], strict=True):
        wrong = differences(held[0], other)
        assert not wrong, f"{club.code} holds something else: {'; '.join(wrong)}"
    rows = sum(count for count, _, _ in held[0].values())
    return f"the same {rows:,} rows in {len(held[0])} tables on every side, digests compared, chains whole"


@contextmanager
def serving(instance: Running) -> Iterator[tuple[int, int]]:
    """The web as `loyalty up` runs it, with the floor's view; (port, process id)."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    log = instance.data / "web.log"
    process = spawn(web("loyalty.bench.server:create_app", "127.0.0.1", port), log, env=instance.environment)
    try:
        if not until(lambda: process.poll() is not None or _answers(port), 60) or process.poll() is not None:
            raise AssertionError(f"the web did not start: {log.read_text(errors='replace')[-2000:]}")
        yield port, process.pid
    finally:
        end(process, signal.SIGTERM, 15)


def _answers(port: int) -> bool:
    with suppress(OSError), urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2) as response:
        return bool(response.status == 200)
    return False
