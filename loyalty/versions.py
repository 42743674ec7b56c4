"""The versions of a club's bylaws, loaded once per process and renewed when another is published."""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

import psycopg

from loyalty.calendars import Calendar, System
from loyalty.errors import NotFound
from loyalty.formats import Unit, unit
from loyalty.rules import Bylaws, load
from loyalty.rules.counters import Counter
from loyalty.rules.counting import stored_counter
from loyalty.values import Text

Connection = psycopg.Connection[tuple[Any, ...]]


class Pilot(NamedTuple):
    """A version that is in force for a share of the members alone, from an instant until another, if it has ended."""

    version: int
    percent: int
    from_at: datetime
    until: datetime | None

    def lasts(self, instant: datetime) -> bool:
        """Whether it is in force for its group at an instant."""
        return self.from_at <= instant and (self.until is None or instant < self.until)


def in_group(club_id: int, version: int, percent: int, member_id: int) -> bool:
    """Whether a member belongs to the group of a pilot: by a hash, so that it is the same one whenever it is asked.

    `loyalty.queries.pilot` says the same in SQL.
    """
    digest = hashlib.sha256(f"{club_id}:{version}:{member_id}".encode()).digest()
    return int.from_bytes(digest[:4]) % 100 < percent


@dataclass(frozen=True, slots=True)
class Programme:
    """A club, all its published versions and everything that it counts."""

    club_id: int
    code: str
    name: Text
    currency: str
    unit: Unit
    calendar: Calendar
    versions: tuple[Bylaws, ...]
    """All that are published, by number; also one that is not in force before its counters are filled."""
    from_at: tuple[datetime, ...]
    filled: tuple[bool, ...]
    """By version: whether all that it counts is filled from history."""
    pilots: tuple[Pilot, ...]
    live: tuple[Counter, ...]
    counter_ids: tuple[int, ...]
    """By place among `live`: the id under which its sums are kept."""
    needs: tuple[int, ...] = field(init=False)
    """By version: the id of the latest counter that it reads."""
    _starts: tuple[datetime, ...] = field(init=False)
    _in_turn: tuple[Bylaws, ...] = field(init=False)

    def __post_init__(self) -> None:
        # What is rehearsed counts more than is kept: such counters come last, and have no id.
        ids = dict(zip(self.live, self.counter_ids, strict=False))
        beyond = self.latest_counter + 1
        needs = tuple(
            max((ids.get(its, beyond) for its in bylaws.own_counters()), default=0) for bylaws in self.versions
        )
        pilots = {pilot.version for pilot in self.pilots}
        ready = [bylaws for n, bylaws in enumerate(self.versions) if self.filled[n] and bylaws.version not in pilots]
        turns = [(self.from_at[bylaws.version - 1], bylaws) for bylaws in ready]
        object.__setattr__(self, "needs", needs)
        object.__setattr__(self, "_starts", tuple(at for at, _ in turns))
        object.__setattr__(self, "_in_turn", tuple(bylaws for _, bylaws in turns))

    def at(self, instant: datetime, member_id: int | None = None) -> Bylaws:
        """The version in force at an instant, the first one since ever; for a member also one of their pilot group."""
        if member_id is not None:
            for pilot in self.pilots:
                number, ready = pilot.version, self.filled[pilot.version - 1] and pilot.lasts(instant)
                if ready and in_group(self.club_id, number, pilot.percent, member_id):
                    return self.versions[number - 1]
        return self._in_turn[max(0, bisect_right(self._starts, instant) - 1)]

    @property
    def latest_counter(self) -> int:
        """The id of the counter that was registered last; 0 where nothing is counted."""
        return self.counter_ids[-1] if self.counter_ids else 0

    def counted(self, filled: int) -> int:
        """How many of the live counters, by place, count a member who is filled up to an id."""
        return bisect_right(self.counter_ids, filled)

    def version(self, number: int) -> Bylaws:
        """A version by its number."""
        return self.versions[number - 1]


_loaded: dict[tuple[str, int], tuple[tuple[Any, ...], Programme]] = {}
_STAMP = """
    SELECT count(*), count(*) FILTER (WHERE filling), count(pilot_until), max(pilot_until),
        (SELECT count(*) FROM counter WHERE club_id = %s)
    FROM bylaws WHERE club_id = %s
"""
"""What changes whenever the programme does."""


def programme(conn: Connection, club_id: int) -> Programme:
    """The club's programme as published now.

    Raises:
        NotFound: no such club, or nothing is published.
    """
    stamp = conn.execute(_STAMP, [club_id, club_id]).fetchone()
    assert stamp
    # The database is part of the key: clubs of two instances (as in tests) may share their numbers.
    key = (f"{conn.info.host}/{conn.info.port}/{conn.info.dbname}", club_id)
    found = _loaded.get(key)
    if found is None or found[0] != stamp:
        found = stamp, _load(conn, club_id)
        _loaded[key] = found
    return found[1]


def drafted(conn: Connection, club_id: int, document: Mapping[str, Any]) -> Programme:
    """A programme of one's own that has a draft as its last version, and what that counts anew at the end of `live`.

    Nothing of the draft's own counters is kept anywhere: whoever reads them counts what is recorded.

    Raises:
        Invalid: the draft has faults.
    """
    terms = _load(conn, club_id)
    bylaws = load(document, len(terms.versions) + 1)
    fresh = [counter for counter in bylaws.own_counters() if counter not in terms.live]
    live = (*terms.live, *fresh)
    versions = (*terms.versions, bylaws)
    for its in versions:
        its.bind(live)
    return replace(
        terms,
        versions=versions,
        from_at=(*terms.from_at, terms.from_at[-1]),
        filled=(*terms.filled, False),
        live=live,
        counter_ids=(*terms.counter_ids, *(terms.latest_counter + n for n, _ in enumerate(fresh, 1))),
    )


def forget() -> None:
    """Drop what is loaded: for a process whose database was emptied and filled anew."""
    _loaded.clear()


def _load(conn: Connection, club_id: int) -> Programme:
    club = conn.execute(
        "SELECT code, name, currency, display, timezone, calendar FROM club WHERE id = %s", [club_id]
    ).fetchone()
    rows = conn.execute(
        "SELECT version, from_at, NOT filling, document, pilot, pilot_until FROM bylaws WHERE club_id = %s"
        " ORDER BY version",
        [club_id],
    ).fetchall()
    if not club or not rows:
        raise NotFound(Text("There is no such club.", "چنین باشگاهی نیست."))
    versions = tuple(load(document, version) for version, _, _, document, *_ in rows)
    counters = conn.execute(
        "SELECT id, definition, digest FROM counter WHERE club_id = %s ORDER BY id", [club_id]
    ).fetchall()
    named = {counter.digest: counter for bylaws in versions for counter in bylaws.own_counters()}
    calendar = versions[0].club.calendar
    live = tuple(named.get(bytes(digest)) or stored_counter(its, calendar) for _, its, digest in counters)
    for bylaws in versions:
        bylaws.bind(live)
    code, name, currency, display, zone, system = club
    kind: System = system
    return Programme(
        club_id,
        code,
        Text(name["en"], name["fa"]),
        currency,
        unit(currency, display),
        Calendar(zone, kind),
        versions,
        tuple(from_at for _, from_at, *_ in rows),
        tuple(filled for _, _, filled, *_ in rows),
        tuple(Pilot(row[0], row[4], row[1], row[5]) for row in rows if row[4] is not None),
        live,
        tuple(id_ for id_, *_ in counters),
    )
