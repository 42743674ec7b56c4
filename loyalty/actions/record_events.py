"""Record events other than purchases: once each, under lock, judged by when they happened."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from loyalty.actions.judge_cases import judge_cases
from loyalty.arrays import array, columns
from loyalty.cases import Case, event_as_sent, event_digest
from loyalty.db import retried, transaction
from loyalty.errors import Conflict, Fault, Invalid, NotFound, Problem
from loyalty.outbox import wake
from loyalty.outcome import CHUNK, Outcome
from loyalty.rules import Bylaws, Event
from loyalty.rules.events import checked
from loyalty.rules.facts import MemberRef
from loyalty.rules.passing import PASSED
from loyalty.rules.winning import PRIZE
from loyalty.values import Text
from loyalty.versions import Connection, Programme, programme
from loyalty.whose import resolved, resolving

_OF_A_VERSION: Final = (PASSED, PRIZE)
"""Types of events of the club's own that name the version by which they are judged."""
_STORES: Final = "SELECT code, id FROM store WHERE club_id = %s AND code = ANY(%s::text[])"
_CLAIM: Final = """
    INSERT INTO event_key (club_id, source, key, event_id, member_id, digest)
    SELECT %s, source, key, id, member_id, digest
    FROM (
        SELECT nextval('event_id') AS id, asked.*
        FROM (SELECT * FROM unnest(%s::text[], %s::text[], %s::bigint[], %s::bytea[], %s::int[])
            AS asked (source, key, member_id, digest, place) ORDER BY place) asked
    ) numbered
    ORDER BY source, key
    ON CONFLICT DO NOTHING
    RETURNING source, key, event_id
"""
"""Numbers follow the batch; keys are taken in their own order, as receipts are."""
_KNOWN: Final = """
    SELECT source, key, event_id, member_id, digest
    FROM event_key JOIN unnest(%s::text[], %s::text[]) AS asked (source, key) USING (source, key) WHERE club_id = %s
"""


_SET_ASIDE: Final = """
    INSERT INTO set_aside (id, club_id, type, store_id, receipt, member_id, because, occurred_at, recorded_at, sent)
    SELECT id, %s, type, store_id, key, member_id, 'late', occurred_at, %s, sent
    FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::text[], %s::bigint[], %s::timestamptz[], %s::jsonb[])
        AS waiting (id, type, store_id, key, member_id, occurred_at, sent)
"""


@dataclass(slots=True)
class Place:
    """Where an event stands in its chunk: refused, known, waiting, or on its way to be judged."""

    event: Event
    store_id: int | None = None
    member_id: int = 0
    id: int = 0
    outcome: Outcome | None = None
    digest: bytes = field(default=b"", init=False)

    @property
    def key(self) -> tuple[str, str]:
        """Its source and the source's own name of it."""
        return self.event.source, self.event.key

    def refuse(self, problem: Problem) -> None:
        """Turn this one away; the others go on."""
        self.outcome = Outcome("refused", self.event.key, problem=problem)

    def read(self, bylaws: Bylaws) -> None:
        """Check its type and data by the version in force then, and put them into the form that is kept."""
        self.event, faults = checked(bylaws.events, self.event)
        if faults:
            self.refuse(Invalid(faults))

    def case(self, terms: Programme) -> Case:
        """Itself on its way to be judged, under the version then in force."""
        at = self.event.occurred_at
        told = self.event.attributes.get("version") if self.event.type in _OF_A_VERSION else None
        bylaws = terms.version(told) if told else terms.at(at, self.member_id)  # what was promised keeps its version
        return Case(self.event, self.store_id, self.member_id, bylaws, terms.calendar.moment(at), self.id)


def record_events(
    club_id: int, events: Sequence[Event], now: datetime, *, lateness: timedelta | None = None
) -> list[Outcome]:
    """Record events in order, at most 500 to a transaction; one that can't be taken refuses only itself.

    `lateness` sets older ones aside. What a source tells is checked by the version in force when it happened; the
    club itself, whose source has no name, tells occasions that are known to be right.
    """
    outcomes: list[Outcome] = []
    for start in range(0, len(events), CHUNK):
        outcomes.extend(_record(club_id, events[start : start + CHUNK], now, lateness))
    if events:
        wake()
    return outcomes


@retried
def _record(club_id: int, events: Sequence[Event], now: datetime, lateness: timedelta | None) -> list[Outcome]:
    with transaction() as conn:
        return record(conn, club_id, events, now, lateness)


def record(
    conn: Connection, club_id: int, events: Sequence[Event], now: datetime, lateness: timedelta | None = None
) -> list[Outcome]:
    """`record_events` inside a transaction that is open already, of at most a chunk; the caller wakes the outbox."""
    places = [Place(event) for event in events]
    terms = _name(conn, club_id, places)
    for place in places:
        if place.outcome is None and place.event.source:
            place.read(terms.at(place.event.occurred_at, place.member_id))
        place.digest = event_digest(place.event)
    _claim(conn, terms, places)
    if lateness is not None:
        _set_aside(conn, terms, places, now, now - lateness)
    judge_places(conn, terms, [place for place in places if place.outcome is None], now)
    return [place.outcome for place in places if place.outcome is not None]


def judge_places(conn: Connection, terms: Programme, places: Sequence[Place], now: datetime) -> None:
    """Judge events whose members are known, and let them have what these give."""
    if not places:
        return
    cases = [place.case(terms) for place in places]
    judge_cases(conn, terms, cases, now)
    for place, case in zip(places, cases, strict=True):
        place.outcome = Outcome.recorded(place.event.key, case)


def _name(conn: Connection, club_id: int, places: list[Place]) -> Programme:
    """Find each event's member and store, or refuse it."""
    refs: set[MemberRef] = {place.event.member for place in places if place.event.member}
    with conn.pipeline():
        named = resolving(conn, club_id, refs)
        stores = conn.execute(_STORES, [club_id, array({place.event.store for place in places})])
        terms = programme(conn, club_id)
    members = resolved(named)
    store_ids: dict[str, int] = dict(stores.fetchall())
    for place in places:
        member = place.event.member
        if member is None or member not in members:
            said = Text("No member is known by this.", "عضوی با این مشخصه شناخته نیست.")
            place.refuse(NotFound(Text("There is no such member.", "چنین عضوی نیست."), [Fault("/member", said)]))
        elif place.event.store and place.event.store not in store_ids:
            place.refuse(Invalid.at("/store", Text("There is no such store.", "چنین فروشگاهی نیست.")))
        else:
            place.member_id, place.store_id = members[member], store_ids.get(place.event.store)
    return terms


def _claim(conn: Connection, terms: Programme, places: list[Place]) -> None:
    """Take each key once; a repeat answers as before, another event under the same key is a conflict."""
    first: dict[tuple[str, str], Place] = {}
    again: list[Place] = []
    for place in places:
        if place.outcome is None:
            if place.key in first:
                again.append(place)
            else:
                first[place.key] = place
    if not first:
        return
    rows = [(*key, place.member_id, place.digest, n) for n, (key, place) in enumerate(first.items())]
    for source, key, event_id in conn.execute(_CLAIM, [terms.club_id, *columns(rows)]):
        first.pop((source, key)).id = event_id
    known = [*first.values(), *again]
    if not known:
        return
    keys = columns([place.key for place in known])
    found = {(row[0], row[1]): row[2:] for row in conn.execute(_KNOWN, [*keys, terms.club_id])}
    for place in known:
        event_id, member_id, its = found[place.key]
        if bytes(its) == place.digest:
            place.outcome = Outcome("repeated", place.event.key, event_id, member_id)
        else:
            said = Text("Another event is recorded under this key.", "با این کلید رویداد دیگری ثبت شده است.")
            place.refuse(Conflict(said, [Fault("/key", said)]))


def _set_aside(conn: Connection, terms: Programme, places: Sequence[Place], now: datetime, earliest: datetime) -> None:
    """Let what is told too late wait for a person."""
    rows = []
    for place in places:
        event = place.event
        if place.outcome is None and event.occurred_at < earliest:
            place.outcome = Outcome("set_aside", event.key, place.id, place.member_id)
            sent = json.dumps(event_as_sent(event), ensure_ascii=False)
            rows.append((place.id, event.type, place.store_id, event.key, place.member_id, event.occurred_at, sent))
    if rows:
        conn.execute(_SET_ASIDE, [terms.club_id, now, *columns(rows)])
