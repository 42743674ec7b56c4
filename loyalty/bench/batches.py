"""Batch upload and history import, against the same reading, schemas and statements without judging."""

from __future__ import annotations

import json
import os
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice, tee
from pathlib import Path
from typing import Any, Final, TypeVar

from loyalty.actions.import_purchases import import_purchases
from loyalty.actions.prepare_import import prepare_import
from loyalty.actions.record_purchases import receive, record_purchases
from loyalty.apply import Effects, effects, write
from loyalty.bench.baskets import Sent, document, sent
from loyalty.bench.instance import Club, Running, make_club
from loyalty.bench.machine import Meter, spent
from loyalty.bench.report import Row, Side
from loyalty.bench.tills import same
from loyalty.bench.timeline import NOW, Judged, timeline
from loyalty.db import transaction
from loyalty.gather import gather
from loyalty.outcome import CHUNK
from loyalty.post import post
from loyalty.readers import Taken
from loyalty.readers.source import opened, reader_for
from loyalty.rules import Purchase, load
from loyalty.schemas import load_purchase

GOAL: Final = 0.6
MEMBERS: Final = 200
PART: Final = 2 * CHUNK
"""Purchases of one upload, or of one file; ours and the floor take turns with them."""
MANY: Final = 1_000_000

T = TypeVar("T")
Made = list[Effects]
"""What a part comes to, by chunk: made beforehand, for the floor."""


@dataclass
class _Turns:
    """One side: how it takes a part, and what it has taken."""

    club: Club
    take: Callable[[Club, Path, Made], None]
    seconds: float = 0.0
    cpu: Counter[str] = field(default_factory=Counter)

    def side(self, name: str, count: int, goal: float | None = None) -> Side:
        """For the table."""
        return Side(name, count, self.seconds, dict(self.cpu), goal=goal)


def upload(instance: Running, seconds: float) -> Row:
    """Bodies of `POST /purchases/batch`, read and recorded.

    Raises:
        AssertionError: the floor left other rows.
    """
    return _measure(instance, seconds, "upload", "batch upload", _upload, _upload_floor)


def history(instance: Running, seconds: float) -> Row:
    """Files of JSON lines, imported.

    Raises:
        AssertionError: the floor left other rows.
    """
    return _measure(instance, seconds, "import", "history import", _import, _import_floor)


def _measure(
    instance: Running,
    seconds: float,
    key: str,
    what: str,
    ours: Callable[[Club, Path, Made], None],
    floor: Callable[[Club, Path, Made], None],
) -> Row:
    """Part after part, by each side in turn, until ours has had its time; the first part warms up."""
    sides = [_Turns(make_club(f"{key}-{name}", MEMBERS), take) for name, take in (("ours", ours), ("floor", floor))]
    meter = Meter({"python": os.getpid(), "database": instance.postgres})
    parts = 0
    for part, judged in _parts():
        place = instance.data / f"part-{parts}"
        place.write_text("".join(json.dumps(each.body) + "\n" for each in part))
        for side in sides:
            made = _made(side.club, judged)
            before, begun = meter.read(), time.perf_counter()
            side.take(side.club, place, made)
            if parts:
                side.seconds += time.perf_counter() - begun
                side.cpu.update(spent(before, meter.read()))
        parts += 1
        if sides[0].seconds >= seconds:
            break
    count = (parts - 1) * PART
    return Row(
        key,
        what,
        f"{CHUNK} a transaction",
        sides[0].side("ours", count),
        [sides[1].side("the same, not judging", count, GOAL)],
        same([side.club for side in sides]),
    )


def _parts() -> Iterator[tuple[list[Sent], list[Judged]]]:
    """Part after part of the same purchases, and what becomes of them."""
    purchases, again = tee(sent(MANY, MEMBERS))
    return zip(_by(PART, purchases), _by(PART, timeline(load(document(), 1), again, MEMBERS)), strict=True)


def _by(size: int, items: Iterable[T]) -> Iterator[list[T]]:
    source = iter(items)
    while some := list(islice(source, size)):
        yield some


def _made(club: Club, judged: Sequence[Judged]) -> Made:
    """The rows of a part as the next numbers of events will have them; nobody else takes any meanwhile."""
    with transaction() as conn:
        row = conn.execute("SELECT last_value + is_called::int FROM event_id").fetchone()
        chests = club.chests(conn)
    assert row
    made = []
    for chunk in _by(CHUNK, enumerate(judged, start=row[0])):
        sales = [club.own(sale, number) for number, (sale, _) in chunk]
        members = {club.members[sale.member_id]: member for _, (sale, member) in chunk}
        post(sales, chests)
        made.append(effects(club.terms, sales, members, chests, NOW))
    return made


def _upload(club: Club, place: Path, _: Made) -> None:
    with place.open() as lines:
        purchases = [load_purchase(json.loads(line), now=NOW) for line in lines]
    record_purchases(club.id, purchases, NOW)


def _upload_floor(club: Club, place: Path, made: Made) -> None:
    with place.open() as lines:
        purchases = [load_purchase(json.loads(line), now=NOW) for line in lines]
    for chunk, rows in zip(_by(CHUNK, purchases), made, strict=True):
        _write(club, chunk, rows)


def _import(club: Club, place: Path, _: Made) -> None:
    import_purchases(club.id, place, lambda: NOW, rejects_at=lambda digest: place.with_name(digest))


def _import_floor(club: Club, place: Path, made: Made) -> None:
    _, reader = reader_for(place, None)
    with opened(place) as file:
        items = reader(file.stream, club.terms.calendar)
        taken: Iterator[dict[str, Any]] = (item.purchase for item in items if isinstance(item, Taken))
        for chunk, rows in zip(_by(CHUNK, taken), made, strict=True):
            purchases = [load_purchase(purchase, now=NOW) for purchase in chunk]
            prepare_import(club.id, purchases, NOW)
            _write(club, purchases, rows)


def _write(club: Club, purchases: Sequence[Purchase], rows: Effects) -> None:
    """What recording does, statement by statement, with its effects known."""
    with transaction() as conn:
        terms, places = receive(conn, club.id, purchases, NOW, None)
        gather(conn, terms, [place.sale(terms) for place in places])
        write(conn, club.id, rows, NOW)
