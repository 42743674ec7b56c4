"""Recount: prove balances from entries, entries from rulings, and counters, runs and limits from recorded events."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from loyalty.db import connection
from loyalty.ledger.counted import families, stood
from loyalty.ledger.proofs import Difference, proofs
from loyalty.ledger.runs import COLUMNS, Asked, count, key_of, stored_run
from loyalty.ledger.runs import Key as RunKey
from loyalty.rules.limits import stock_key
from loyalty.rules.runs import Run
from loyalty.versions import Connection, Programme, programme

_FILLED = "SELECT id, filled FROM member WHERE id = ANY(%s)"
_RUNS = f"SELECT {COLUMNS} FROM challenge_run run WHERE member_id = ANY(%s) AND version > 0"  # noqa: S608 - constants
BATCH = 1000
"""Members whose history is read at a time: memory is bounded by their purchases."""
EVER, MONTH, DAY = 0, 1, 2
EPOCH = date(1, 1, 1)

Key = tuple[int, int, int, date, str]
"""Member, counter id, grain, start, label."""


def recount(club_id: int) -> list[Difference]:
    """Every difference in a club; empty when all agree. Reads only."""
    conn = connection()
    terms = programme(conn, club_id)
    found = proofs(conn, club_id)
    used: dict[tuple[str, date], int] = {}
    for members in _batches(conn, club_id):
        found.extend(_counters(conn, terms, members, used))
        found.extend(_runs(conn, terms, members))
    found.extend(_limits(conn, club_id, used))
    return found


def _batches(conn: Connection, club_id: int) -> Iterable[list[int]]:
    last = 0
    while True:
        rows = conn.execute(
            "SELECT id FROM member WHERE club_id = %s AND id > %s ORDER BY id LIMIT %s", [club_id, last, BATCH]
        ).fetchall()
        if not rows:
            return
        last = rows[-1][0]
        yield [row[0] for row in rows]


def _counters(
    conn: Connection, terms: Programme, members: list[int], used: dict[tuple[str, date], int]
) -> list[Difference]:
    """Compare the counters of some members; adds what they used of shared limits to `used` on the way."""
    days: dict[tuple[int, int, date, str], int] = {}
    counts_for = families(conn, members)
    filled: dict[int, int] = dict(conn.execute(_FILLED, [members]).fetchall())
    own = set(members)
    for member_id, at, stands in stood(conn, terms, list(counts_for)):
        day = terms.calendar.moment(at).day
        for place in range(len(terms.live)):
            for label, events in stands.at(place):
                for whose in counts_for[member_id]:
                    key = whose, place, day, label
                    days[key] = days.get(key, 0) + events
        if member_id in own:  # of a merged member's, each batch that reads them reads them again
            for budget, amount in stands.uses.items():
                used[budget] = used.get(budget, 0) + amount
    proven: dict[Key, int] = {}
    for (member_id, place, day, label), events in days.items():
        counter_id = terms.counter_ids[place]
        if counter_id > filled[member_id]:
            continue  # counts nothing of this member yet
        value = int(events > 0) if terms.live[place].measure == "days" else events
        month = terms.calendar.start_of("month", day)
        for grain, start, amount in ((DAY, day, events), (MONTH, month, value), (EVER, EPOCH, value)):
            its_key = member_id, counter_id, grain, start, label
            proven[its_key] = proven.get(its_key, 0) + amount
    rows = conn.execute(
        "SELECT member_id, counter_id, grain, start, label, value FROM counter_sum WHERE member_id = ANY(%s)",
        [members],
    )
    kept: dict[Key, int] = {(row[0], row[1], row[2], row[3], row[4]): row[5] for row in rows}
    return [
        Difference("counter", key[0], _named(key), kept.get(key, 0), its)
        for key in kept.keys() | proven.keys()
        if kept.get(key, 0) != (its := proven.get(key, 0))
    ]


def _runs(conn: Connection, terms: Programme, members: list[int]) -> list[Difference]:
    """Compare what runs of challenges of some members have counted."""
    kept: dict[RunKey, Run] = {}
    asked: dict[RunKey, Asked] = {}
    for row in conn.execute(_RUNS, [members]):
        run = stored_run(terms, row)
        if run.basis:
            bylaws = terms.version(run.version)
            fresh = Run.of(bylaws.challenges[run.challenge], run.window, run.version)
            kept[key_of(row[0], run)], asked[key_of(row[0], run)] = run, Asked(row[0], fresh, bylaws)
    return [
        Difference("run", key[0], f"{key[1]} {key[2]}: {place}".replace("  ", " "), is_kept, its)
        for key, proven in count(conn, terms, asked).items()
        for place, (is_kept, its) in enumerate(
            zip(*(run.sums(asked[key].bylaws.challenges[key[1]]) for run in (kept[key], proven)), strict=True), 1
        )
        if is_kept != its
    ]


def _named(key: Key) -> str:
    _, counter, grain, start, label = key
    said = f"{counter} {('ever', 'month', 'day')[grain]} {start}"
    return f"{said} of {label}" if label else said


def _limits(conn: Connection, club_id: int, used: dict[tuple[str, date], int]) -> list[Difference]:
    rows = conn.execute("SELECT key, start, used FROM club_use WHERE club_id = %s", [club_id])
    kept = {(row[0], row[1]): row[2] for row in rows}
    used = {key: its for key, its in used.items() if stock_key(key[0]) is None}  # a stock is proven with its reward
    return [
        Difference("limit", None, f"{key[0]} from {key[1]}", kept.get(key, 0), its)
        for key in sorted(kept.keys() | used.keys())
        if kept.get(key, 0) != (its := used.get(key, 0))
    ]
