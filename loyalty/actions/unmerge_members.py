"""Undo a merge: both members go on by themselves, with what each had; what was spent meanwhile is the survivor's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from typing import Any, Final

from loyalty import absent
from loyalty.actions.forfeit_points import next_event
from loyalty.arrays import array
from loyalty.db import Overtaken, retried, transaction
from loyalty.errors import Conflict
from loyalty.filling import fill
from loyalty.gather import Locked, lock
from loyalty.hands import refuse_gone
from loyalty.ledger.lots import Cause, Purse
from loyalty.ledger.merges import Flow, part
from loyalty.merging import (
    add_counters,
    family,
    latest,
    move_purses,
    opened,
    order_of,
    part_runs,
    stand_alone,
    tell,
)
from loyalty.outbox import wake
from loyalty.piloted import come_back
from loyalty.values import Text
from loyalty.versions import Connection, Programme, programme

_SINCE: Final = """
    SELECT wallet, event_id, lot, source, target, amount FROM entry WHERE member_id = %s AND n > (
        SELECT entries FROM member_merge WHERE member_id = %s AND id = %s
    )
    ORDER BY n
"""
_PAID: Final = "SELECT id FROM hold WHERE member_id = ANY(%s)"
_OWN_MERGES: Final = """
    SELECT id FROM member_merge WHERE member_id = %(member)s
    UNION ALL
    SELECT undone_id FROM member_merge WHERE member_id = %(member)s AND undone_id IS NOT NULL
"""
_IDENTIFIERS: Final = """
    UPDATE identifier SET member_id = %(member)s, origin = nullif(origin, %(member)s)
    WHERE club_id = %(club)s AND member_id = %(survivor)s AND origin = ANY(%(family)s::bigint[])
"""
_BADGES: Final = """
    DELETE FROM badge_level own USING badge_level theirs
    WHERE own.member_id = %s AND theirs.member_id = %s
        AND own.code = theirs.code AND own.level = theirs.level AND own.event_id = theirs.event_id
"""
_UNDO: Final = """
    UPDATE member_merge SET undone_id = %s, undone_reason = %s, undone_at = %s WHERE member_id = %s AND id = %s
"""


class Moved:
    """What came to the survivor with a merge, in one wallet, and what became of its lots since."""

    def __init__(self) -> None:
        self.lots: defaultdict[int, int] = defaultdict(int)
        self.debt = 0
        self.flows: list[Flow] = []

    def add(self, merge: int, paid: Collection[int], flow: Flow) -> None:
        """Note an entry of the survivor, the merge's own or a later one; `paid` are the merged member's payments.

        What came back of these with returns, to the survivor, came with the merge as well.
        """
        if flow.source == "moved" and flow.lot is not None and (flow.event_id == merge or flow.event_id in paid):
            self.lots[flow.lot] += flow.amount
        elif flow.event_id == merge and flow.target == "moved":
            self.debt += flow.amount
        else:
            self.flows.append(flow)

    def touched(self) -> set[int]:
        """The lots that undoing it may change: those that moved, and those that paid debts."""
        return {*self.lots, *(flow.lot for flow in self.flows if flow.lot is not None and flow.target == "debt")}


def unmerge_members(club_id: int, member_id: int, reason: str, now: datetime) -> int:
    """Undo the merge of a member; answers the id of the one it had gone on as.

    What came with the merge goes back, less what was returned or expired meanwhile. What the survivor has spent of it
    is taken from the survivor's other points, and stays as a debt where they don't suffice.

    Raises:
        NotFound: the club has no such member.
        Conflict: the member is not merged, or is erased; or the other has gone on as a third one.
    """
    survivor = _unmerge(club_id, member_id, reason, now)
    wake()
    return survivor


@retried
def _unmerge(club_id: int, member_id: int, reason: str, now: datetime) -> int:
    with transaction() as conn:
        survivor = _survivor(conn, club_id, member_id)
        terms = programme(conn, club_id)
        locked = lock(conn, club_id, [member_id, survivor])
        if _survivor(conn, club_id, member_id) != survivor:
            raise Overtaken
        refuse_gone(conn, locked[survivor])
        fill(conn, terms, {row.id: row.filled for row in locked.values()})
        event, merge = next_event(conn), _merge(conn, member_id)
        _move(conn, terms, locked[member_id], locked[survivor], (merge, event), reason, now)
        _point(conn, club_id, member_id, survivor)
        add_counters(conn, terms, survivor, member_id, -1)
        conn.execute(_BADGES, [survivor, member_id])
        if terms.pilots:
            come_back(conn, member_id, merge)
        part_runs(conn, terms, survivor, member_id)
        conn.execute(_UNDO, [event, reason, now, member_id, merge])
        _stand(conn, terms, locked[member_id], locked[survivor], event, now)
        tell(club_id, "member.unmerged", member_id, ("from", survivor), event, now)
        return survivor


def _survivor(conn: Connection, club_id: int, member_id: int) -> int:
    """Into whom a member was merged."""
    row = conn.execute(
        "SELECT merged_into, erased_at FROM member WHERE club_id = %s AND id = %s", [club_id, member_id]
    ).fetchone()
    if row is None:
        raise absent.member()
    survivor, erased_at = row
    if erased_at is not None:
        raise absent.gone(None)
    if survivor is None:
        raise Conflict(Text("This member is not merged into another.", "این عضو در عضو دیگری ادغام نشده است."))
    return int(survivor)


def _merge(conn: Connection, member_id: int) -> int:
    row = conn.execute("SELECT id FROM member_merge WHERE member_id = %s AND undone_id IS NULL", [member_id]).fetchone()
    assert row
    return int(row[0])


def _move(
    conn: Connection,
    terms: Programme,
    merged: Locked,
    survivor: Locked,
    events: tuple[int, int],
    reason: str,
    now: datetime,
) -> None:
    """Move back what came with the merge."""
    merge, event = events
    came = _came(conn, merged.id, survivor.id, merge)
    own_merges = {row[0] for row in conn.execute(_OWN_MERGES, {"member": survivor.id})}
    giver = opened(conn, survivor, now, [lot for moved in came.values() for lot in moved.touched()])
    taker = opened(conn, merged, now, [lot for moved in came.values() for lot in moved.lots])
    cause, bylaws, nothing = Cause(event, now), terms.at(now), Moved()

    def act(wallet: str, one: Purse, other: Purse) -> None:
        moved = came.get(wallet, nothing)
        part(cause, one, other, moved.lots, moved.debt, moved.flows, own_merges, order_of(bylaws, wallet))

    move_purses(conn, terms.club_id, (giver, taker), act, ("unmerge", event, reason), now)


def _came(conn: Connection, merged: int, survivor: int, merge: int) -> dict[str, Moved]:
    """What came with a merge, by wallet."""
    came: dict[str, Moved] = {}
    paid = {row[0] for row in conn.execute(_PAID, [family(conn, merged)])}
    rows: Any = conn.execute(_SINCE, [survivor, merged, merge])
    for wallet, *flow in rows:
        came.setdefault(wallet, Moved()).add(merge, paid, Flow(*flow))
    return came


def _point(conn: Connection, club_id: int, member_id: int, survivor: int) -> None:
    """Let everything that named the member before the merge name it again."""
    conn.execute("UPDATE member SET merged_into = NULL WHERE id = %s", [member_id])
    whose = {"family": array(family(conn, member_id)), "club": club_id, "member": member_id, "survivor": survivor}
    conn.execute(_IDENTIFIERS, whose)


def _stand(conn: Connection, terms: Programme, merged: Locked, survivor: Locked, event: int, now: datetime) -> None:
    """Let each stand where their own purchases have brought them."""
    at = latest(conn, survivor.id)
    conn.execute("UPDATE member SET latest_at = %s WHERE id = %s", [at, survivor.id])
    for row in (merged, survivor._replace(latest_at=at)):
        stand_alone(conn, terms, row, event, now, merged)
