"""Turn a spin: the server decides by a draw that is kept, and gives what it comes to; once in each period."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from loyalty import chance, outbox
from loyalty.actions.record_events import record
from loyalty.db import retried, transaction
from loyalty.errors import Conflict, LimitReached, NotFound
from loyalty.hands import locked, refuse_gone
from loyalty.rules import Event, MemberRef
from loyalty.rules.prizes import prize_name
from loyalty.rules.winning import PRIZE
from loyalty.values import Text
from loyalty.versions import programme
from loyalty.whose import named

_HAD: Final = "SELECT 1 FROM spin_turn WHERE member_id = %s AND spin = %s AND start = %s"
_TURN: Final = """
    INSERT INTO spin_turn (member_id, spin, start, club_id, event_id, version, draw, odd, turned_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


class Turned(NamedTuple):
    """What a turn came to: which of the odds, from 1, by the version whose they are."""

    member_id: int
    event_id: int
    version: int
    odd: int


def turn_spin(club_id: int, code: str, ref: MemberRef, now: datetime, instance_key: str) -> Turned:
    """Turn a spin for a member.

    Raises:
        NotFound: the version in force has no such spin, or nobody is the member.
        Conflict: the member is gone or may not earn.
        LimitReached: the member has had the turn of this period.
    """
    turned = _turn(club_id, code, ref, now, instance_key)
    outbox.wake()
    return turned


@retried
def _turn(club_id: int, code: str, ref: MemberRef, now: datetime, instance_key: str) -> Turned:
    with transaction() as conn:
        terms, member_id = programme(conn, club_id), named(conn, club_id, ref, "/member")
        [member] = locked(conn, club_id, [member_id]).values()
        refuse_gone(conn, member)
        bylaws = terms.at(now, member_id)
        spin = bylaws.game.spins.get(code)
        if spin is None:
            raise NotFound(Text("There is no such spin.", "چنین گردونه‌ای نیست."))
        if not bylaws.membership[member.status].earns:
            raise Conflict(Text("The member's standing does not allow earning.", "وضعیت عضو اجازهٔ دریافت نمی‌دهد."))
        start = terms.calendar.start_of(spin.each, terms.calendar.moment(now).day)
        if conn.execute(_HAD, [member_id, code, start]).fetchone():
            raise LimitReached(
                Text("This turn has been had; the next one comes.", "این نوبت چرخانده شده است؛ نوبت بعد در راه است.")
            )
        key = f"{PRIZE}:spin:{code}:{start.isoformat()}:{member_id}"
        drawn = chance.draw(club_id, key, instance_key)
        odd = spin.turn(drawn)
        told = {"prize": prize_name("spin", code, odd), "draw": drawn.hex(), "version": bylaws.version}
        event = Event(PRIZE, now, key, member=MemberRef("id", str(member_id)), attributes=told)
        [outcome] = record(conn, club_id, [event], now)
        if outcome.problem is not None:
            raise outcome.problem
        assert outcome.id is not None
        conn.execute(_TURN, [member_id, code, start, club_id, outcome.id, bylaws.version, drawn, odd, now])
        return Turned(member_id, outcome.id, bylaws.version, odd)
