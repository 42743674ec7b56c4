"""Who was judged by a pilot, from when until when: entered with the first such event, closed with the pilot."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from loyalty.cases import Case
from loyalty.versions import Connection, Programme

ENTRIES: Final = """
    INSERT INTO pilot_member (member_id, version, club_id, from_at, until)
    SELECT member_id, version, %s, from_at, (
        SELECT pilot_until FROM bylaws WHERE bylaws.club_id = %s AND bylaws.version = judged.version FOR SHARE
    )
    FROM unnest(%s::bigint[], %s::int[], %s::timestamptz[]) AS judged (member_id, version, from_at)
    WHERE NOT EXISTS (
        SELECT FROM pilot_member known WHERE known.member_id = judged.member_id AND known.version = judged.version
            AND known.from_at <= judged.from_at
    )
    ON CONFLICT (member_id, version) DO UPDATE SET from_at = excluded.from_at
"""
"""Whoever enters waits for whoever is just ending the pilot, and the other way round: no entry is left open."""
_CLOSE: Final = """
    UPDATE pilot_member SET until = greatest(from_at, %(at)s)
    WHERE club_id = %(club)s AND version = %(version)s AND (until IS NULL OR until > %(at)s)
"""
_LEAVE: Final = """
    UPDATE pilot_member SET until = greatest(from_at, %(at)s)
    WHERE member_id = %(member)s AND (until IS NULL OR until > %(at)s)
"""
_COME_BACK: Final = """
    UPDATE pilot_member own SET until = pilot_until FROM bylaws, member_merge
    WHERE own.member_id = %s AND bylaws.club_id = own.club_id AND bylaws.version = own.version
        AND member_merge.member_id = own.member_id AND member_merge.id = %s
        AND own.until = greatest(own.from_at, merged_at) AND (pilot_until IS NULL OR pilot_until > merged_at)
"""


def entries(programme: Programme, cases: Sequence[Case]) -> list[tuple[Any, ...]]:
    """Members judged by a pilot, each with the first of these events, in the columns of `ENTRIES`."""
    pilots = {pilot.version for pilot in programme.pilots}
    first: dict[tuple[int, int], datetime] = {}
    for case in cases:
        if case.bylaws.version in pilots:
            key, at = (case.member_id, case.bylaws.version), case.event.occurred_at
            first[key] = min(at, first.get(key, at))
    return [(*key, at) for key, at in first.items()]


def close(conn: Connection, club_id: int, version: int, at: datetime) -> None:
    """Let everybody leave a pilot that ends at an instant; also who would have left later."""
    conn.execute(_CLOSE, {"club": club_id, "version": version, "at": at})


def leave(conn: Connection, member_id: int, at: datetime) -> None:
    """Let a member who goes on as another leave every pilot."""
    conn.execute(_LEAVE, {"member": member_id, "at": at})


def come_back(conn: Connection, member_id: int, merge: int) -> None:
    """Undo `leave` for the merge of that number."""
    conn.execute(_COME_BACK, [member_id, merge])
