"""Hand a challenge out to a segment: everybody who belongs to it gets a run with the same window, each one once.

Asking is one transaction; then members are looked at in batches, each a transaction that notes how far it has come. So
it may be broken off anywhere and go on, and who has begun already is not begun again.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from loyalty import absent, acts, handouts, outbox
from loyalty.actions.record_events import record
from loyalty.acts import By
from loyalty.arrays import array
from loyalty.db import connection, retried, transaction
from loyalty.errors import Conflict, Invalid
from loyalty.gather import LOCKED, Locked
from loyalty.handouts import Handout, challenge_of, next_number, window_of
from loyalty.rules.challenges import Challenge
from loyalty.selections import holding, selection, with_segments
from loyalty.values import Text
from loyalty.versions import Connection, Programme, programme

BATCH: Final = 500
"""Members who are looked at in one transaction."""

_SEGMENT: Final = "SELECT filter FROM segment WHERE club_id = %s AND code = %s"
_NEXT: Final = f"""
    SELECT {LOCKED} FROM member
    WHERE club_id = %s AND id > %s AND merged_into IS NULL AND erased_at IS NULL ORDER BY id LIMIT %s
"""  # noqa: S608 - constants
_IN_IT: Final = """
    SELECT DISTINCT member_id FROM challenge_run
    WHERE member_id = ANY(%s::bigint[]) AND challenge = %s AND completed_at IS NULL
        AND (from_at IS NULL OR from_at <= %s) AND (until_at IS NULL OR until_at >= %s)
"""


def ask_handout(
    club_id: int,
    challenge: str,
    segment: str,
    from_at: datetime | None,
    until_at: datetime | None,
    by: By,
    now: datetime,
) -> Handout:
    """Ask for a challenge to be handed out to the members of a segment; it begins with the next tick at the latest.

    Raises:
        NotFound: there is no such challenge or segment.
        Conflict: runs of the challenge begin by themselves; the segment no longer fits the version in force.
        Invalid: the runs would end before they begin, or reach beyond the challenge's own days.
    """
    with transaction() as conn:
        terms = programme(conn, club_id)
        begins, ends = window_of(challenge_of(terms, challenge, now), terms, from_at, until_at, now)
        row = conn.execute(_SEGMENT, [club_id, segment]).fetchone()
        if row is None:
            raise absent.segment()
        tree = with_segments(conn, club_id, row[0], "/segment")
        try:
            selection(conn, club_id, tree, now)
        except Invalid as invalid:
            said = Text(
                "This segment asks for something that the bylaws in force do not have.",
                "این بخش چیزی را می‌خواهد که در آیین‌نامهٔ جاری نیست.",
            )
            raise Conflict(said, invalid.faults) from None
        number = next_number(conn)
        its = Handout(number, challenge, segment, tree, begins, ends, now, str(by), 0, 0, 0, None)
        handouts.ask(conn, club_id, its)
        acts.note(conn, club_id, by, "runs.handed_out", now, challenge=challenge, segment=segment)
        outbox.send("handout.asked", club_id, [(None, {"handout": number})], now)
    outbox.wake()
    return its


def any_to_hand_out(club_id: int) -> bool:
    """Whether a hand-out is not done."""
    return bool(handouts.waiting(connection(), club_id))


def hand_out_runs(club_id: int, now: datetime) -> int:
    """Go on with every hand-out until it is done; answers how many runs have begun."""
    with transaction() as conn:
        waiting = handouts.waiting(conn, club_id)
    total = 0
    for its in waiting:
        while (begun := _some(club_id, its.id, now)) is not None:
            total += begun
    if total:
        outbox.wake()
    return total


@retried
def _some(club_id: int, id_: int, now: datetime) -> int | None:
    """Look at a batch of members; answers how many runs began, None where the hand-out is done."""
    with transaction() as conn:
        its = handouts.locked(conn, club_id, id_)
        if its.done_at is not None:
            return None
        terms = programme(conn, club_id)
        rows = {row[0]: Locked(*row) for row in conn.execute(_NEXT, [club_id, its.looked_at_id, BATCH])}
        chosen = sorted(_chosen(conn, terms, its, rows, now))
        events = [handouts.begun(its.challenge, its.window, f"run {its.id} {id_}", id_, now) for id_ in chosen]
        outcomes = record(conn, club_id, events, now) if events else []
        began = sum(outcome.status == "recorded" for outcome in outcomes)
        handouts.note(conn, its, rows, began, now if len(rows) < BATCH else None)
        return began


def _chosen(conn: Connection, terms: Programme, its: Handout, rows: dict[int, Locked], now: datetime) -> Iterable[int]:
    """Of some members those who get a run: who belong now, may earn, and have not joined already."""
    if not rows:
        return []
    [belongs] = holding(conn, terms, [its.filter], rows, now)
    able = {
        id_: challenge
        for id_, row in rows.items()
        if belongs[id_] and (challenge := _open_to(terms, its.challenge, row, now)) is not None
    }
    chosen = [id_ for id_, challenge in able.items() if challenge.start == "chosen"]
    joined = {row[0] for row in conn.execute(_IN_IT, [array(chosen), its.challenge, now, now])} if chosen else set()
    return able.keys() - joined


def _open_to(terms: Programme, code: str, row: Locked, now: datetime) -> Challenge | None:
    """The challenge as a member's version has it, if it can be handed out to the member."""
    bylaws = terms.at(now, row.id)
    challenge = bylaws.challenges.get(code)
    earns = bylaws.membership[row.status].earns
    return challenge if earns and challenge is not None and challenge.start != "automatic" else None
