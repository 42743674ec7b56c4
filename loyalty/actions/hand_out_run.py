"""Hand out a run of a challenge, or let a member join one: an event of the club's own, judged like every other."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyalty import outbox
from loyalty.actions.record_events import record
from loyalty.db import retried, transaction
from loyalty.errors import Conflict
from loyalty.handouts import begun, challenge_of, next_number, window_of
from loyalty.hands import locked, refuse_gone
from loyalty.rules import MemberRef
from loyalty.rules.challenges import Window
from loyalty.values import Text
from loyalty.versions import programme
from loyalty.whose import named

_OPEN: Final = """
    SELECT 1 FROM challenge_run WHERE member_id = %s AND challenge = %s AND completed_at IS NULL
        AND (from_at IS NULL OR from_at <= %s) AND (until_at IS NULL OR until_at >= %s)
"""


def hand_out_run(
    club_id: int, code: str, ref: MemberRef, from_at: datetime | None, until_at: datetime | None, now: datetime
) -> tuple[int, str]:
    """Begin a run of a challenge for a member; answers the member's id and the run's key.

    It begins now and lasts as the challenge says, unless other instants are given, past ones too: then what is recorded
    in its window counts, and may complete it at once.

    Raises:
        NotFound: the version in force has no such challenge, or nobody is the member.
        Conflict: its runs begin by themselves; the member has joined already, is gone or earns nothing.
        Invalid: the run would end before it begins, or reach beyond the challenge's own days.
    """
    found = _hand_out(club_id, code, ref, from_at, until_at, now)
    outbox.wake()
    return found


@retried
def _hand_out(
    club_id: int, code: str, ref: MemberRef, from_at: datetime | None, until_at: datetime | None, now: datetime
) -> tuple[int, str]:
    with transaction() as conn:
        terms, member_id = programme(conn, club_id), named(conn, club_id, ref, "/member")
        [member] = locked(conn, club_id, [member_id]).values()
        refuse_gone(conn, member)
        challenge = challenge_of(terms, code, now, member_id)
        if not terms.at(now, member_id).membership[member.status].earns:
            raise Conflict(Text("The member's standing does not allow earning.", "وضعیت عضو اجازهٔ دریافت نمی‌دهد."))
        begins, ends = window_of(challenge, terms, from_at, until_at, now)
        if challenge.start == "chosen" and conn.execute(_OPEN, [member_id, code, now, now]).fetchone():
            raise Conflict(Text("The member takes part already.", "عضو هم‌اکنون در این چالش شرکت دارد."))
        key = str(next_number(conn))
        event = begun(code, Window(key, begins, ends), f"run {key}", member_id, now)
        [outcome] = record(conn, club_id, [event], now)
        if outcome.problem is not None:
            raise outcome.problem
        return member_id, key
