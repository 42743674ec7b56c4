"""Runs of challenges between the database and the rules: read, counted from what is recorded, and written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from loyalty.arrays import array, columns
from loyalty.cases import Case
from loyalty.ledger.runs import COLUMNS, Asked, Key, State, count, key_of, stored_run
from loyalty.rules import Bylaws
from loyalty.rules.member import MemberFacts
from loyalty.rules.runs import Run, changed, runs_at
from loyalty.versions import Connection, Programme

_RUNS: Final = f"""
    SELECT {COLUMNS}
    FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS asked (member_id, first, last)
    JOIN challenge_run run ON run.member_id = asked.member_id
        AND (run.from_at IS NULL OR run.from_at <= asked.last) AND (run.until_at IS NULL OR run.until_at >= asked.first)
"""  # noqa: S608 - constants
WRITE: Final = """
    INSERT INTO challenge_run (member_id, challenge, key, club_id, from_at, until_at, version, state, completed_at,
        completed_by, completed_version)
    SELECT member_id, challenge, key, %s, from_at, until_at, version, state, completed_at, completed_by, by_version
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::int[], %s::jsonb[],
        %s::timestamptz[], %s::bigint[], %s::int[])
        AS run (member_id, challenge, key, from_at, until_at, version, state, completed_at, completed_by, by_version)
    ON CONFLICT (member_id, challenge, key) DO UPDATE
    SET from_at = excluded.from_at, until_at = excluded.until_at, version = excluded.version, state = excluded.state,
        completed_at = coalesce(challenge_run.completed_at, excluded.completed_at),
        completed_by = coalesce(challenge_run.completed_by, excluded.completed_by),
        completed_version = coalesce(challenge_run.completed_version, excluded.completed_version)
"""
_COUNTED: Final = """
    UPDATE challenge_run SET version = run.version, state = run.state
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::int[], %s::jsonb[])
        AS run (member_id, challenge, key, version, state)
    WHERE challenge_run.member_id = run.member_id AND challenge_run.challenge = run.challenge
        AND challenge_run.key = run.key
"""
_COMPLETED: Final = """
    SELECT member_id, challenge, count(*) FROM challenge_run
    WHERE member_id = ANY(%s::bigint[]) AND completed_at IS NOT NULL GROUP BY member_id, challenge
"""

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def gather_runs(
    conn: Connection, terms: Programme, cases: Sequence[Case], latest: Mapping[int, datetime | None]
) -> dict[int, tuple[Run, ...]]:
    """The runs that some cases may serve, by member; no statement where no version at hand has challenges.

    A run that is met for the first time, or counted otherwise before, is counted from what is recorded.
    """
    asked = [case for case in cases if case.bylaws.challenges]
    if not asked:
        return {}
    spans: dict[int, tuple[datetime, datetime]] = {}
    for case in asked:
        at = case.event.occurred_at
        first, last = spans.get(case.member_id, (at, at))
        spans[case.member_id] = min(first, at), max(last, at)
    runs = read(conn, terms, spans)
    known = {key_of(id_, run) for id_, its in runs.items() for run in its}
    to_count: dict[Key, Asked] = {}
    for case in asked:
        id_, bylaws = case.member_id, case.bylaws
        for run in runs_at(bylaws, runs.get(id_, ()), case.event):
            key = key_of(id_, run)
            if key not in to_count and (not run.basis or key not in known):
                to_count[key] = Asked(id_, emptied(bylaws, run), bylaws)
    begun = {key: its for key, its in to_count.items() if _maybe_recorded(its.run, latest[its.member_id])}
    counted = {key: its.run for key, its in to_count.items()} | count(conn, terms, begun)
    for (id_, *_), run in counted.items():
        runs[id_] = changed(runs.get(id_, ()), [run])
    return runs


def _maybe_recorded(run: Run, latest: datetime | None) -> bool:
    """Whether something may be recorded in a run's window, by when the latest event was."""
    return latest is not None and (run.window.from_at is None or latest >= run.window.from_at)


def read(
    conn: Connection, terms: Programme, spans: Mapping[int, tuple[datetime, datetime]]
) -> dict[int, tuple[Run, ...]]:
    """The runs of some members that hold some instant of a span each."""
    found: dict[int, list[Run]] = {}
    for row in conn.execute(_RUNS, columns([(id_, *span) for id_, span in spans.items()])):
        found.setdefault(row[0], []).append(stored_run(terms, row))
    return {id_: tuple(its) for id_, its in found.items()}


def rows_of(cases: Sequence[Case], members: Mapping[int, MemberFacts]) -> list[tuple[Any, ...]]:
    """The rows of the runs that some judged cases changed, as they leave the chunk."""
    touched: dict[Key, None] = {}
    by: dict[Key, tuple[int, int]] = {}
    for case in cases:
        assert case.ruling
        touched |= dict.fromkeys(key_of(case.member_id, run) for run in case.ruling.runs)
        for done in case.ruling.completed:
            by[case.member_id, done.challenge, done.key] = case.id, case.bylaws.version
    if not touched:
        return []
    runs = {key_of(id_, run): run for id_, member in members.items() for run in member.runs}
    return [_row(key, runs[key], by.get(key)) for key in touched]


def _row(key: Key, run: Run, by: tuple[int, int] | None) -> tuple[Any, ...]:
    _, from_at, until_at = run.window
    completed = (run.completed_at, *by) if by else (None, None, None)
    return (*key, from_at, until_at, run.version if run.basis else 0, _json(run.state()), *completed)


def count_again(
    conn: Connection, terms: Programme, instants: Mapping[int, Sequence[datetime]], states: Mapping[int, State]
) -> None:
    """Count those runs of some members anew that hold one of some instants: something of those came back.

    `states` are those of purchases that are not written yet.
    """
    if not has_challenges(terms):
        return
    spans = {id_: (min(its), max(its)) for id_, its in instants.items()}
    touched = {
        id_: [run for run in runs if run.basis and any(run.window.holds(at) for at in instants[id_])]
        for id_, runs in read(conn, terms, spans).items()
    }
    _count_all(conn, terms, touched, states)


def count_all(conn: Connection, terms: Programme, member_id: int) -> None:
    """Count every run of a locked member anew: whose purchases count for them has changed."""
    found = conn.execute(f"SELECT {COLUMNS} FROM challenge_run run WHERE member_id = %s", [member_id])  # noqa: S608
    runs = [run for row in found if (run := stored_run(terms, row)).basis]
    _count_all(conn, terms, {member_id: runs}, {})


def _count_all(
    conn: Connection, terms: Programme, runs: Mapping[int, Sequence[Run]], states: Mapping[int, State]
) -> None:
    asked = {
        key_of(id_, run): Asked(id_, emptied(terms.version(run.version), run), terms.version(run.version))
        for id_, its in runs.items()
        for run in its
    }
    rows = [(*key, run.version, _json(run.state())) for key, run in count(conn, terms, asked, states).items()]
    if rows:
        conn.execute(_COUNTED, columns(rows))


def has_challenges(terms: Programme) -> bool:
    """Whether any version has challenges."""
    return any(bylaws.challenges for bylaws in terms.versions)


def emptied(bylaws: Bylaws, run: Run) -> Run:
    """A run as if nothing had happened in it, to be counted as a version does."""
    fresh = Run.of(bylaws.challenges[run.challenge], run.window, bylaws.version)
    return replace(fresh, completed_at=run.completed_at)


def completed(conn: Connection, ids: Iterable[int]) -> dict[int, dict[str, int]]:
    """How many runs of each challenge some members have completed."""
    found: dict[int, dict[str, int]] = {}
    for member_id, code, times in conn.execute(_COMPLETED, [array(ids)]):
        found.setdefault(member_id, {})[code] = times
    return found
