"""After returns: completed runs whose goal is no longer met are open again; they may be completed anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from loyalty.arrays import columns
from loyalty.ledger.runs import COLUMNS, Asked, Key, State, count, key_of, stored_run
from loyalty.rules import Bylaws
from loyalty.rules.giving import badges_of
from loyalty.rules.runs import Run
from loyalty.runs import emptied, has_challenges
from loyalty.sold import Sold
from loyalty.versions import Connection, Programme

if TYPE_CHECKING:
    from loyalty.stand_anew import Anew

_COMPLETED: Final = f"""
    SELECT completed_by, completed_version, {COLUMNS}
    FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) AS asked (member_id, first, last)
    JOIN challenge_run run ON run.member_id = asked.member_id AND completed_at IS NOT NULL
        AND (run.from_at IS NULL OR run.from_at <= asked.last) AND (run.until_at IS NULL OR run.until_at >= asked.first)
"""  # noqa: S608 - constants
_UNDO: Final = """
    UPDATE challenge_run SET completed_at = NULL, completed_by = NULL, completed_version = NULL
    FROM unnest(%s::bigint[], %s::text[], %s::text[]) AS undone (member_id, challenge, key)
    WHERE challenge_run.member_id = undone.member_id AND challenge_run.challenge = undone.challenge
        AND challenge_run.key = undone.key
"""


class Done(NamedTuple):
    """A run that was completed: with which event, and by which version."""

    member_id: int
    run: Run
    event_id: int
    bylaws: Bylaws

    @property
    def badges(self) -> tuple[str, ...]:
        """The badges that came with it."""
        return badges_of(self.bylaws.challenges[self.run.challenge].give)


class Looked(NamedTuple):
    """Completed runs that something came back in: those that are open again, and those that still stand."""

    undone: list[Done]
    standing: list[Done]


def undo_runs(conn: Connection, terms: Programme, asked: Mapping[int, Anew], sold: Mapping[int, Sold]) -> Looked:
    """Look at the completed runs of locked members that something came back in; what they gave is left to the caller.

    Each is held against the version that found it completed: a later one that asks for more takes nothing away.
    """
    if not has_challenges(terms):
        return Looked([], [])
    instants = {id_: [its.at for its in anew.returned] for id_, anew in asked.items() if anew.returned}
    spans = [(id_, min(ats), max(ats)) for id_, ats in instants.items()]
    done: dict[Key, Done] = {}
    for event_id, version, *row in conn.execute(_COMPLETED, columns(spans)) if spans else ():
        run, bylaws = stored_run(terms, row), terms.version(version)
        if any(run.window.holds(at) for at in instants[row[0]]):
            done[key_of(row[0], run)] = Done(row[0], run, event_id, bylaws)
    states: dict[int, State] = {its.id: its.present() for its in sold.values()}
    to_count = {key: Asked(its.member_id, emptied(its.bylaws, its.run), its.bylaws) for key, its in done.items()}
    looked = Looked([], [])
    for key, run in count(conn, terms, to_count, states).items():
        reached = run.reached(done[key].bylaws.challenges[run.challenge])
        (looked.standing if reached else looked.undone).append(done[key])
    if looked.undone:
        conn.execute(_UNDO, columns([key_of(its.member_id, its.run) for its in looked.undone]))
    for its in looked.undone:
        asked[its.member_id].undone.append((its.run.challenge, its.run.window.key))
    return looked
