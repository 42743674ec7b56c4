"""Runs of challenges counted from what is recorded: when they are met first, after returns, and to prove them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any, Final, NamedTuple

from loyalty.arrays import columns
from loyalty.cases import facts_again, stored_purchase
from loyalty.ledger.counted import families, left_of
from loyalty.rules import Bylaws, Event, Facts
from loyalty.rules.challenges import Window
from loyalty.rules.known import event_values
from loyalty.rules.occasions import OF_TIERS
from loyalty.rules.ruling import Given
from loyalty.rules.runs import Run
from loyalty.versions import Connection, Programme

Key = tuple[int, str, str]
"""Member, challenge, key of the run."""
State = tuple[Facts | None, tuple[Given, ...]]
"""The facts of what is left of an event, as discounts leave it, and what is given for that."""
COLUMNS: Final = "run.member_id, challenge, key, from_at, until_at, version, state, completed_at"
"""Of a run's row, as `stored_run` reads them."""

_ASKED: Final = """
    unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS asked (member_id, first, last)
"""
_WITHIN: Final = """
    AND (asked.first IS NULL OR occurred_at >= asked.first) AND (asked.last IS NULL OR occurred_at <= asked.last)
"""
_PURCHASES: Final = f"""
    SELECT its.member_id, its.id, receipt, store.code, occurred_at, gross, net, lines, extra, version, ruling, kept
    FROM {_ASKED} JOIN purchase its ON its.member_id = asked.member_id {_WITHIN}
    JOIN store ON store.id = its.store_id WHERE voided_at IS NULL
"""  # noqa: S608 - constants
_EVENTS: Final = f"""
    SELECT its.member_id, its.id, type, source, key, coalesce(store.code, ''), occurred_at, data, version, ruling, kept
    FROM {_ASKED} JOIN event its ON its.member_id = asked.member_id {_WITHIN}
    LEFT JOIN store ON store.id = its.store_id
"""  # noqa: S608 - constants


class Asked(NamedTuple):
    """A run of a member that is to be counted from what is recorded, and the version whose challenge says how."""

    member_id: int
    run: Run
    bylaws: Bylaws


class Recorded(NamedTuple):
    """An event as it counts now: what is left of it, and what articles give for that."""

    at: datetime
    id: int
    left: Facts
    awards: tuple[Given, ...]


def key_of(member_id: int, run: Run) -> Key:
    """What names a run among all."""
    return member_id, run.challenge, run.window.key


def stored_run(terms: Programme, row: Sequence[Any]) -> Run:
    """A run from its row: member, challenge, key, from, until, version, state, completed at."""
    _, code, key, from_at, until_at, version, state, completed_at = row
    challenge = terms.version(version).challenges.get(code) if version else None
    window = Window(key, from_at, until_at)
    if challenge is None:
        return Run(code, window, 0, (), (), completed_at=completed_at)
    return replace(Run.of(challenge, window, version), completed_at=completed_at).with_state(challenge, state)


def count(
    conn: Connection, terms: Programme, asked: Mapping[Key, Asked], states: Mapping[int, State] | None = None
) -> dict[Key, Run]:
    """Runs counted from what is recorded in their windows, of their members and whoever was merged into them.

    `states` are those of purchases that are not written yet.
    """
    if not asked:
        return {}
    by_member: dict[int, list[Key]] = {}
    for key in asked:
        by_member.setdefault(key[0], []).append(key)
    counts_for = families(conn, list(by_member))
    found = {key: its.run for key, its in asked.items()}
    windows = {
        owner: _around([asked[key].run.window for whose in counted for key in by_member[whose]])
        for owner, counted in counts_for.items()
    }
    for owner, its in _recorded(conn, terms, windows, states or {}):
        for whose in counts_for[owner]:
            for key in by_member[whose]:
                if found[key].window.holds(its.at):
                    found[key] = _plus(found[key], asked[key].bylaws, its)
    return found


def _around(windows: Sequence[Window]) -> tuple[datetime | None, datetime | None]:
    """From when until when some windows reach."""
    firsts, lasts = [its.from_at for its in windows], [its.until_at for its in windows]
    first = None if None in firsts else min(at for at in firsts if at)
    return first, None if None in lasts else max(at for at in lasts if at)


def _plus(run: Run, bylaws: Bylaws, its: Recorded) -> Run:
    challenge = bylaws.challenges[run.challenge]
    facts = event_facts(bylaws, its.left)
    return run.plus(challenge, its.at, challenge.adds(facts, its.awards))


def event_facts(bylaws: Bylaws, judged: Facts) -> Facts:
    """An event alone, as a challenge looks at it: as discounts left it under whatever version judged it."""
    event, calendar = judged.event, bylaws.club.calendar
    moment = calendar.moment(event.occurred_at)
    values = event_values(bylaws.event_reads, event)
    return Facts(event, moment, calendar, None, -1, [], [], moment.day, None, -1, {}, values, offs=judged.offs)


def _recorded(
    conn: Connection,
    terms: Programme,
    windows: Mapping[int, tuple[datetime | None, datetime | None]],
    states: Mapping[int, State],
) -> list[tuple[int, Recorded]]:
    """Whatever counts of some members within a window each, in its order."""
    asked = columns([(owner, *window) for owner, window in windows.items()])
    with conn.pipeline():
        purchases = conn.execute(_PURCHASES, asked)
        events = conn.execute(_EVENTS, asked)
    found = [*_purchases(terms, purchases, states), *_events(terms, events, states)]
    return sorted(found, key=lambda its: its[1][:2])


def _purchases(
    terms: Programme, rows: Iterable[tuple[Any, ...]], states: Mapping[int, State]
) -> Iterable[tuple[int, Recorded]]:
    for owner, id_, receipt, store, at, gross, net, lines, extra, version, ruling, state in rows:
        if ruling["facts"].get("inactive"):
            continue
        if id_ in states:
            left, given = states[id_]
        else:
            purchase = stored_purchase(receipt, store, at, terms.currency, gross, net, lines, extra)
            left = left_of(terms.version(version), purchase, ruling, state)
            given = tuple(Given(*award) for award in (state or ruling)["awards"])
        if left is not None:
            yield owner, Recorded(at, id_, left, given)


def _events(
    terms: Programme, rows: Iterable[tuple[Any, ...]], states: Mapping[int, State]
) -> Iterable[tuple[int, Recorded]]:
    for owner, id_, type_, source, key, store, at, data, version, ruling, state in rows:
        if type_ in OF_TIERS or ruling["facts"].get("inactive"):
            continue
        event = Event(type_, at, key, source, store, attributes=data)
        given = tuple(Given(*award) for award in (state or ruling)["awards"])
        left = facts_again(terms.version(version), event, ruling["facts"])
        yield owner, Recorded(at, id_, left, states[id_][1] if id_ in states else given)
