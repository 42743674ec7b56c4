"""A rehearsal of a club's history, against reading the same events from PostgreSQL."""

from __future__ import annotations

import os
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from itertools import islice
from typing import Final

from loyalty.bench.baskets import document, sent
from loyalty.bench.instance import Club, Running, give_history, make_club
from loyalty.bench.machine import Meter, spent
from loyalty.bench.report import Row, Side
from loyalty.bench.timeline import NOW
from loyalty.db import connection, db
from loyalty.rehearsal.reading import BY_MEMBER, MEMBERS, MOVES, RETURNS, Range, bought, stream
from loyalty.rehearsal.report import finished
from loyalty.rehearsal.run import rehearse
from loyalty.rehearsal.stage import EVER, Stage, stage
from loyalty.versions import Connection

GOAL: Final = 1 / 3
PEOPLE: Final = 200
PURCHASES: Final = 6_000
"""Thirty of each member: about what somebody buys in a year who comes every other week."""
EVENTS: Final = (MEMBERS, BY_MEMBER, RETURNS, MOVES)

Work = Callable[[Connection, Stage, Range], None]


def measure(instance: Running, seconds: float) -> Row:
    """The version in force over its own history, and the floors, in turns.

    Raises:
        AssertionError: the rehearsal does not find what was recorded.
    """
    club = make_club("rehearsal", PEOPLE)
    give_history([club], list(islice(sent(PURCHASES, PEOPLE), PURCHASES)))
    sides: dict[str, Work] = {"ours": ours, "reading the rows": rows, "reading them as purchases": purchases}
    times, cpu = dict.fromkeys(sides, 0.0), {name: Counter[str]() for name in sides}
    meter = Meter({"python": os.getpid(), "database": instance.postgres})
    turns = 0
    while not turns or times["ours"] < seconds:
        for name, work in sides.items():
            before, begun = meter.read(), time.perf_counter()
            _in_a_snapshot(club, work)
            times[name] += time.perf_counter() - begun
            cpu[name].update(spent(before, meter.read()))
        turns += 1
    count = turns * PURCHASES
    own, *floors = (
        Side(name, count, times[name], dict(cpu[name]), goal=GOAL if name == "reading the rows" else None)
        for name in sides
    )
    return Row(
        "rehearsal",
        "rehearsal",
        f"{PURCHASES:,} purchases of {PEOPLE} members, 20 articles",
        own,
        floors,
        "it gave what was given, to the point",
    )


def ours(conn: Connection, set_up: Stage, its: Range) -> None:
    """The rehearsal; it must find no difference.

    Raises:
        AssertionError: it found one.
    """
    report = finished(rehearse(conn, set_up, its, lambda _: None), set_up.draft, set_up.terms.at(its.until), {})
    assert (report["purchases"], report["affected"]) == (PURCHASES, 0), report["difference"]


def rows(conn: Connection, _: Stage, its: Range) -> None:
    """The same rows through the same cursors, and nothing done with them."""
    for statement in EVENTS:
        for _row in stream(conn, statement, its):
            pass


def purchases(conn: Connection, set_up: Stage, its: Range) -> None:
    """The same, each row made the purchase that it is."""
    for row in stream(conn, BY_MEMBER, its):
        bought(set_up, row)
    for statement in (MEMBERS, RETURNS, MOVES):
        for _row in stream(conn, statement, its):
            pass


def _in_a_snapshot(club: Club, work: Work) -> None:
    db.session.rollback()
    conn = connection()
    conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    until = NOW + timedelta(seconds=1)
    its = Range(club.id, min(club.members), max(club.members), EVER, until, until)
    work(conn, stage(conn, club.id, document(), None, until), its)
    db.session.rollback()
