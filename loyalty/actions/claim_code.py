"""Let a member have a code: one out of a pack is told as an event, one for a discount becomes that member's own."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyalty import absent, outbox
from loyalty.actions.record_events import record
from loyalty.db import retried, transaction
from loyalty.gather import lock
from loyalty.outcome import Outcome
from loyalty.rewards.codes import digest
from loyalty.rules import Event
from loyalty.rules.facts import MemberRef
from loyalty.whose import named

_FIND: Final = """
    SELECT code.id, series.purpose, series.code FROM code JOIN code_series series ON series.id = series_id
    WHERE code.club_id = %(club)s AND digest = %(digest)s AND blocked_at IS NULL AND member_id IS NULL AND used = 0
        AND code.uses = 1 AND (series.from_at IS NULL OR series.from_at <= %(now)s)
        AND (series.until_at IS NULL OR series.until_at >= %(now)s)
    FOR UPDATE OF code
"""
_TAKE: Final = "UPDATE code SET member_id = %s, used = %s WHERE id = %s"


def claim_code(club_id: int, member: MemberRef, typed: str, instance_key: str, now: datetime) -> Outcome | None:
    """Give a code to a member, once; answers what came of the event that a code in a pack is.

    Raises:
        NotFound: the club has no such member.
        CodeRefused: the code cannot be used; nobody is told why.
    """
    outcome = _claim(club_id, member, typed, instance_key, now)
    outbox.wake()
    return outcome


@retried
def _claim(club_id: int, member: MemberRef, typed: str, instance_key: str, now: datetime) -> Outcome | None:
    with transaction() as conn:
        member_id = named(conn, club_id, member, "/member")
        lock(conn, club_id, [member_id])
        asked = {"club": club_id, "digest": digest(club_id, typed, instance_key), "now": now}
        row = conn.execute(_FIND, asked).fetchone()
        if row is None:
            raise absent.code()
        id_, purpose, series = row
        conn.execute(_TAKE, [member_id, int(purpose == "pack"), id_])
        if purpose != "pack":
            return None
        ref = MemberRef("id", str(member_id))
        (outcome,) = record(conn, club_id, [Event(f"code:{series}", now, key=f"code:{id_}", member=ref)], now)
        return outcome
