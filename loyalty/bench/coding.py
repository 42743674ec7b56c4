"""Codes made in their hundreds of thousands, against COPY of the same rows that are ready beforehand."""

from __future__ import annotations

import os
import time
from collections import Counter
from typing import Final

from loyalty.actions.create_code_series import NewSeries, create_code_series
from loyalty.actions.make_codes import CHUNK, COPY, make_codes
from loyalty.acts import By
from loyalty.bench.instance import Running, make_club
from loyalty.bench.machine import Meter, spent
from loyalty.bench.report import Row, Side
from loyalty.bench.timeline import NOW
from loyalty.config import settings
from loyalty.db import db, transaction
from loyalty.values import Text

GOAL: Final = 0.3
TURNS: Final = 4
"""Chunks of each side at least: what one turn of it writes is taken away before the next."""
_ROWS: Final = "SELECT club_id, digest, hint, series_id, uses, created_at FROM code"


def measure(instance: Running, seconds: float) -> Row:
    """Make codes, and copy the very rows that came of it, in turns.

    Raises:
        AssertionError: the copy did not leave as many rows.
    """
    club = make_club("codes", 1)
    create_code_series(club.id, NewSeries("pack", Text("Pack", "بسته")), By(), NOW)
    sides = ("ours", "COPY of the rows")
    times, cpu = dict.fromkeys(sides, 0.0), {name: Counter[str]() for name in sides}
    meter = Meter({"python": os.getpid(), "database": instance.postgres})
    turns = 0
    while turns < TURNS or times["ours"] < seconds:
        before, begun = meter.read(), time.perf_counter()
        made = sum(map(len, make_codes(club.id, "pack", CHUNK, By(), settings().secret_key, NOW)))
        times["ours"] += time.perf_counter() - begun
        cpu["ours"].update(spent(before, meter.read()))
        rows = _taken_away()
        before, begun = meter.read(), time.perf_counter()
        _copied(rows)
        times["COPY of the rows"] += time.perf_counter() - begun
        cpu["COPY of the rows"].update(spent(before, meter.read()))
        assert made == len(rows) == len(_taken_away())
        turns += 1
    own, floor = (
        Side(name, turns * CHUNK, times[name], dict(cpu[name]), goal=GOAL if name != "ours" else None) for name in sides
    )
    return Row("codes", "codes made", f"{CHUNK:,} codes a commit", own, [floor], "the same rows were copied")


def _taken_away() -> list[tuple[object, ...]]:
    with transaction() as conn:
        rows = conn.execute(_ROWS).fetchall()
        conn.execute("DELETE FROM code")
    db.session.rollback()
    return rows


def _copied(rows: list[tuple[object, ...]]) -> None:
    with transaction() as conn, conn.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.set_types(["int8", "bytea", "text", "int8", "int4", "timestamptz"])
        for row in rows:
            copy.write_row(row)
