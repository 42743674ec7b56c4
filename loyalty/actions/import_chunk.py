"""Record a chunk of a foreign file: purchases and cancellations, in the order in which each member lived them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from loyalty.actions.import_file import Done
from loyalty.actions.record_purchases import record
from loyalty.actions.take_back_cancelled import take_back_cancelled
from loyalty.cancellations import Cancellation
from loyalty.errors import Problem
from loyalty.phases import phases
from loyalty.readers import Cancelled, Item, LeftOut, Taken
from loyalty.readers.rejects import Reject, reason_of
from loyalty.rules import MemberRef, Purchase
from loyalty.schemas import load_cancellation, load_purchase
from loyalty.versions import Connection
from loyalty.whose import resolve


class Sold(NamedTuple):
    """A valid purchase, the item it came from, and that item's position."""

    position: int
    item: Taken
    purchase: Purchase


class TakenBack(NamedTuple):
    """A valid cancellation, the item it came from, and that item's position."""

    position: int
    item: Cancelled
    cancellation: Cancellation


Event = Sold | TakenBack


class Chunk(NamedTuple):
    """What can be tried, in the order of the file, and what is refused as it stands."""

    events: list[Event]
    refused: list[Reject]

    @property
    def purchases(self) -> list[Purchase]:
        """The purchases alone."""
        return [event.purchase for event in self.events if isinstance(event, Sold)]


def load_chunk(items: Iterable[tuple[int, Item]], region: str, now: datetime) -> Chunk:
    """Items with their positions, validated; `region` is the country whose phone numbers need no prefix."""
    chunk = Chunk([], [])
    for position, item in items:
        if isinstance(item, LeftOut):
            chunk.refused.append(Reject(position, item.line, item.reason, item.row))
            continue
        try:
            if isinstance(item, Taken):
                chunk.events.append(Sold(position, item, load_purchase(item.purchase, now=now, region=region)))
            else:
                loaded = load_cancellation(item.cancellation, now=now, region=region)
                chunk.events.append(TakenBack(position, item, loaded))
        except Problem as problem:
            row = item.purchase if isinstance(item, Taken) else item.cancellation
            chunk.refused.append(Reject(position, item.line, reason_of(problem), row))
    return chunk


def record_chunk(conn: Connection, club_id: int, chunk: Chunk, now: datetime) -> Done:
    """Record all that a chunk holds, inside a transaction that is open already.

    A phase costs a fixed number of statements, and a chunk without cancellations is one phase.
    """
    done = Done(Counter(refused=len(chunk.refused)), list(chunk.refused))
    for sold, taken_back in _phases(conn, club_id, chunk.events):
        if sold:
            _record(conn, club_id, sold, now, done)
        if taken_back:
            _take_back(conn, club_id, taken_back, now, done)
    done.rejects.sort(key=lambda reject: (reject.position, reject.line))
    return done


def _phases(conn: Connection, club_id: int, events: Sequence[Event]) -> list[tuple[list[Sold], list[TakenBack]]]:
    """Rounds, each of purchases and then of cancellations."""
    ids: dict[MemberRef, int] = {}
    if any(isinstance(event, TakenBack) for event in events):
        ids = resolve(conn, club_id, {member for event in events if (member := _member(event))})
    numbers = phases((_who(event, ids), isinstance(event, TakenBack)) for event in events)
    rounds: list[tuple[list[Sold], list[TakenBack]]] = [([], []) for _ in range(max(numbers, default=0) // 2 + 1)]
    for event, number in zip(events, numbers, strict=True):
        sold, taken_back = rounds[number // 2]
        if isinstance(event, Sold):
            sold.append(event)
        else:
            taken_back.append(event)
    return rounds


def _member(event: Event) -> MemberRef | None:
    return event.purchase.member if isinstance(event, Sold) else event.cancellation.member


def _who(event: Event, ids: dict[MemberRef, int]) -> int | None:
    """A member may be named in several ways. Who names nobody, or nobody known, waits for nobody."""
    member = _member(event)
    return ids.get(member) if member else None


def _record(conn: Connection, club_id: int, sold: Sequence[Sold], now: datetime, done: Done) -> None:
    outcomes = record(conn, club_id, [event.purchase for event in sold], now)
    for event, outcome in zip(sold, outcomes, strict=True):
        done.counts[outcome.status] += 1
        if outcome.problem:
            its = event.item
            done.rejects.append(Reject(event.position, its.line, reason_of(outcome.problem), its.purchase))


def _take_back(
    conn: Connection,
    club_id: int,
    taken_back: Sequence[TakenBack],
    now: datetime,
    done: Done,
) -> None:
    outcomes = take_back_cancelled(conn, club_id, [event.cancellation for event in taken_back], now)
    for event, outcome in zip(taken_back, outcomes, strict=True):
        done.counts[outcome.status] += 1
        its = event.item
        for place, why in outcome.left:
            row = its.cancellation | {"lines": [its.cancellation["lines"][place]]}
            done.rejects.append(Reject(event.position, its.places[place], why, row))
