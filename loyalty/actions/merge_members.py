"""Merge a member into another: two records of one person go on as one, and nothing that was written is changed."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyalty import absent, playing
from loyalty.actions.forfeit_points import next_event
from loyalty.db import Overtaken, retried, transaction
from loyalty.errors import Conflict, Invalid
from loyalty.filling import fill
from loyalty.gamification import seasons, teams
from loyalty.gather import Locked, lock
from loyalty.hands import refuse_gone
from loyalty.ledger.lots import Cause
from loyalty.ledger.merges import unite
from loyalty.merging import add_counters, join_runs, move_purses, opened, order_of, stand_merged, tell
from loyalty.outbox import wake
from loyalty.piloted import leave
from loyalty.playing import today
from loyalty.rules.facts import MemberRef
from loyalty.values import Text
from loyalty.versions import Connection, Programme, programme
from loyalty.whose import resolve

_BADGES: Final = """
    INSERT INTO badge_level (member_id, club_id, code, level, event_id, earned_at)
    SELECT %s, club_id, code, level, event_id, earned_at FROM badge_level WHERE member_id = %s
    ON CONFLICT DO NOTHING
"""
_SETS: Final = """
    INSERT INTO set_done (member_id, collection, club_id, completed_at)
    SELECT %(survivor)s, collection, club_id, completed_at FROM set_done WHERE member_id = %(member)s
    ON CONFLICT DO NOTHING
"""
_TURNS: Final = """
    INSERT INTO spin_turn (member_id, spin, start, club_id, event_id, version, draw, odd, turned_at)
    SELECT %(survivor)s, spin, start, club_id, event_id, version, draw, odd, turned_at
    FROM spin_turn WHERE member_id = %(member)s ON CONFLICT DO NOTHING
"""
_FRIENDS: Final = """
    INSERT INTO friend (member_id, friend_id, club_id, asked_at)
    SELECT %(survivor)s, friend_id, club_id, asked_at FROM friend
    WHERE member_id = %(member)s AND friend_id <> %(survivor)s
    UNION ALL
    SELECT member_id, %(survivor)s, club_id, asked_at FROM friend
    WHERE friend_id = %(member)s AND member_id <> %(survivor)s
    ON CONFLICT DO NOTHING
"""
"""The merged member's own stay as they are: nobody sees them, and unmerging finds them again."""
_NOTED: Final = """
    INSERT INTO member_merge (member_id, id, club_id, into_id, reason, merged_at, entries)
    VALUES (%s, %s, %s, %s, %s, %s, %s)
"""
_IDENTIFIERS: Final = """
    UPDATE identifier SET member_id = %s, origin = coalesce(origin, member_id) WHERE club_id = %s AND member_id = %s
"""


def merge_members(club_id: int, member_id: int, into: MemberRef, reason: str, now: datetime) -> int:
    """Merge a member into the one that `into` names; answers the survivor's id.

    Identifiers point to the survivor, balances move in lots that keep their ends, the survivor's counters rise by the
    merged member's, badges are added and runs of challenges joined. Purchases, entries and counters of the merged
    member stay as they are.

    Raises:
        NotFound: the club has no such member.
        Invalid: `into` names nobody, or the same member.
        Conflict: the member is merged or erased already, or has an open hold.
    """
    survivor = _merge(club_id, member_id, into, reason, now)
    wake()
    return survivor


_HELD: Final = """
    SELECT EXISTS (SELECT FROM redemption WHERE member_id = %s AND status = 'held' AND until > %s)
"""


@retried
def _merge(club_id: int, member_id: int, into: MemberRef, reason: str, now: datetime) -> int:
    with transaction() as conn:
        survivor = resolve(conn, club_id, {into}).get(into)
        if survivor is None:
            raise Invalid.at("/into", Text("There is no such member.", "چنین عضوی نیست."))
        if survivor == member_id:
            raise Invalid.at("/into", Text("This is the same member.", "این همان عضو است."))
        terms = programme(conn, club_id)
        locked = lock(conn, club_id, [member_id, survivor])
        _check(conn, locked, member_id, survivor)
        fill(conn, terms, {row.id: row.filled for row in locked.values()})
        event = next_event(conn)
        entries = _move(conn, terms, locked[member_id], locked[survivor], event, reason, now)
        _point(conn, club_id, member_id, survivor)
        conn.execute(_NOTED, [member_id, event, club_id, survivor, reason, now, entries])
        add_counters(conn, terms, survivor, member_id, 1)
        conn.execute(_BADGES, [survivor, member_id])
        if terms.pilots:
            leave(conn, member_id, now)
        join_runs(conn, terms, survivor, member_id)
        seasons.join(conn, survivor, member_id)
        conn.execute(_SETS, {"survivor": survivor, "member": member_id})
        conn.execute(_TURNS, {"survivor": survivor, "member": member_id})
        conn.execute(_FRIENDS, {"survivor": survivor, "member": member_id})
        if (team := teams.merge(conn, survivor, member_id, today(terms, now), now)) is not None:
            playing.tell(club_id, team, now)
        _stand(conn, terms, locked[member_id], locked[survivor], event, now)
        tell(club_id, "member.merged", member_id, ("into", survivor), event, now)
        return survivor


def _check(conn: Connection, locked: dict[int, Locked], member_id: int, survivor: int) -> None:
    if member_id not in locked:
        raise absent.member()
    refuse_gone(conn, locked[member_id])
    if locked[survivor].gone:
        raise Overtaken


def _move(
    conn: Connection, terms: Programme, merged: Locked, survivor: Locked, event: int, reason: str, now: datetime
) -> int:
    """Move what the merged member has and owes; answers how long the survivor's chain was before."""
    giver = opened(conn, merged, now)
    if any(purse.held for purse in giver.purses.values()) or _holds_rewards(conn, merged.id, now):
        raise Conflict(
            Text(
                "This member has an open hold; capture or release it first, or wait until it lapses.",
                "این عضو مبلغ مسدودشدهٔ باز دارد؛ نخست آن را نهایی یا آزاد کنید، یا تا پایان مهلتش صبر کنید.",
            )
        )
    taker = opened(conn, survivor, now, [lot for purse in giver.purses.values() for lot in purse.lots])
    entries = taker.entries + len(taker.log)  # what was due has come first
    cause, bylaws = Cause(event, now), terms.at(now)
    move_purses(
        conn,
        terms.club_id,
        (giver, taker),
        lambda wallet, one, other: unite(cause, one, other, order_of(bylaws, wallet)),
        ("merge", event, reason),
        now,
    )
    return entries


def _point(conn: Connection, club_id: int, member_id: int, survivor: int) -> None:
    """Let everything that names the merged member name the survivor."""
    conn.execute("UPDATE member SET merged_into = %s WHERE id = %s", [survivor, member_id])
    conn.execute(_IDENTIFIERS, [survivor, club_id, member_id])


def _stand(conn: Connection, terms: Programme, merged: Locked, survivor: Locked, event: int, now: datetime) -> None:
    """Let the survivor stand where both together have come to."""
    at = max((at for at in (merged.latest_at, survivor.latest_at) if at is not None), default=None)
    conn.execute("UPDATE member SET latest_at = %s WHERE id = %s", [at, survivor.id])
    stand_merged(conn, terms, survivor._replace(latest_at=at), merged, event, now)


def _holds_rewards(conn: Connection, member_id: int, now: datetime) -> bool:
    """Whether a reward is held for a member, also one that costs nothing."""
    row = conn.execute(_HELD, [member_id, now]).fetchone()
    return row == (True,)
