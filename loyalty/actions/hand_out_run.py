"""Hand out a run of a challenge, or let a member join one: an event of the club's own, judged like every other."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyalty import outbox
from loyalty.actions.record_events import record
from loyalty.db import retried, transaction
from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.hands import locked, refuse_gone
from loyalty.rules import Event, MemberRef
from loyalty.rules.challenges import Challenge, Window
from loyalty.rules.runs import HANDED_OUT
from loyalty.rules.terms import Term
from loyalty.values import Text
from loyalty.versions import Connection, Programme, programme
from loyalty.whose import named

_NUMBER: Final = "SELECT nextval('event_id')"
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
        bylaws = terms.at(now, member_id)
        challenge = bylaws.challenges.get(code)
        if challenge is None:
            raise NotFound(Text("There is no such challenge.", "چنین چالشی نیست."))
        if not bylaws.membership[member.status].earns:
            raise Conflict(Text("The member's standing does not allow earning.", "وضعیت عضو اجازهٔ دریافت نمی‌دهد."))
        window = _window(challenge, terms, from_at, until_at, now)
        _may_begin(conn, challenge, member_id, now)
        number = conn.execute(_NUMBER).fetchone()
        assert number
        key = str(number[0])
        told = {"challenge": code, "run": key}
        told |= {name: at.isoformat() for name, at in (("from", window.from_at), ("until", window.until_at)) if at}
        event = Event(HANDED_OUT, now, f"run {key}", member=MemberRef("id", str(member_id)), attributes=told)
        [outcome] = record(conn, club_id, [event], now)
        if outcome.problem is not None:
            raise outcome.problem
        return member_id, key


def _window(
    challenge: Challenge, terms: Programme, from_at: datetime | None, until_at: datetime | None, now: datetime
) -> Window:
    """When the run lasts: as asked, else from now on for as long as the challenge says."""
    whole = challenge.whole(terms.calendar)
    begins = from_at or now
    ends = until_at
    if ends is None:
        ends = _lasts(challenge.lasts, begins, terms) if challenge.lasts else whole.until_at
        if ends and whole.until_at:
            ends = min(ends, whole.until_at)
    if ends is not None and ends < begins:
        raise Invalid.at("/until", Text("The run would end before it begins.", "این دور پیش از آغاز پایان می‌یابد."))
    for path, at in (("/from", begins), ("/until", ends)):
        if at is not None and not whole.holds(at):
            raise Invalid.at(
                path, Text("This lies beyond the days of the challenge.", "این بیرون از روزهای خود چالش است.")
            )
    return Window("", begins, ends)


def _lasts(term: Term, begins: datetime, terms: Programme) -> datetime:
    try:
        return term.ends(begins, terms.calendar)
    except (OverflowError, ValueError):
        raise Invalid.at("/from", Text("This lies beyond the calendar.", "این بیرون از تقویم است.")) from None


def _may_begin(conn: Connection, challenge: Challenge, member_id: int, now: datetime) -> None:
    if challenge.start == "automatic":
        raise Conflict(Text("Runs of this challenge begin by themselves.", "دورهای این چالش خودبه‌خود آغاز می‌شوند."))
    if challenge.start == "chosen" and conn.execute(_OPEN, [member_id, challenge.code, now, now]).fetchone():
        raise Conflict(Text("The member takes part already.", "عضو هم‌اکنون در این چالش شرکت دارد."))
