"""Runs that are handed out: how long they last, the event by which one begins, and hand-outs to whole segments."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from psycopg.types.json import Json

from loyalty.calendars import Calendar
from loyalty.errors import Conflict, Invalid, NotFound
from loyalty.rules import Event, MemberRef
from loyalty.rules.challenges import Challenge, Window
from loyalty.rules.runs import HANDED_OUT
from loyalty.rules.terms import INSTANT, Term
from loyalty.values import Text
from loyalty.versions import Connection, Programme

_COLUMNS: Final = """
    id, challenge, segment, filter, from_at, until_at, asked_at, asked_by, looked_at_id, looked_at, begun, done_at
"""
_NUMBER: Final = "SELECT nextval('event_id')"
_ASK: Final = """
    INSERT INTO handout (id, club_id, challenge, segment, filter, from_at, until_at, asked_at, asked_by)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_OPEN: Final = f"SELECT {_COLUMNS} FROM handout WHERE club_id = %s AND done_at IS NULL ORDER BY id"  # noqa: S608
_LOCK: Final = f"SELECT {_COLUMNS} FROM handout WHERE club_id = %s AND id = %s FOR UPDATE"  # noqa: S608 - constants
_ONE: Final = f"SELECT {_COLUMNS} FROM handout WHERE club_id = %s AND challenge = %s AND id = %s"  # noqa: S608
_LATEST: Final = f"""
    SELECT {_COLUMNS} FROM handout WHERE club_id = %s AND segment = %s ORDER BY id DESC LIMIT %s
"""  # noqa: S608 - constants
_FURTHER: Final = """
    UPDATE handout SET looked_at_id = %s, looked_at = looked_at + %s, begun = begun + %s, done_at = %s WHERE id = %s
"""


class Handout(NamedTuple):
    """A challenge that is being handed out to a segment, or was."""

    id: int
    """Also the key of everybody's run, so that nobody gets two of it."""
    challenge: str
    segment: str
    filter: dict[str, Any]
    """The segment's filter when this was asked for."""
    from_at: datetime
    until_at: datetime | None
    asked_at: datetime
    asked_by: str
    looked_at_id: int
    """The last member who was looked at."""
    looked_at: int
    """How many members were looked at."""
    begun: int
    """How many runs have begun."""
    done_at: datetime | None

    @property
    def window(self) -> Window:
        """When everybody's run lasts."""
        return Window(str(self.id), self.from_at, self.until_at)


def challenge_of(terms: Programme, code: str, at: datetime, member_id: int | None = None) -> Challenge:
    """A challenge whose runs do not begin by themselves.

    Raises:
        NotFound: the version in force has no such challenge.
        Conflict: its runs begin by themselves.
    """
    challenge = terms.at(at, member_id).challenges.get(code)
    if challenge is None:
        raise NotFound(Text("There is no such challenge.", "چنین چالشی نیست."))
    if challenge.start == "automatic":
        raise Conflict(Text("Runs of this challenge begin by themselves.", "دورهای این چالش خودبه‌خود آغاز می‌شوند."))
    return challenge


def next_number(conn: Connection) -> int:
    """A number that no event has, to be the key of a run."""
    row = conn.execute(_NUMBER).fetchone()
    assert row
    return int(row[0])


def end_of(bound: date | datetime | None, calendar: Calendar, *, last: bool = False) -> datetime | None:
    """An end of a run as somebody gave it: an instant, or of a day its first instant or its last."""
    if bound is None or isinstance(bound, datetime):
        return bound
    return calendar.instant(calendar.next_start("day", bound)) - INSTANT if last else calendar.instant(bound)


def window_of(
    challenge: Challenge, terms: Programme, from_at: datetime | None, until_at: datetime | None, now: datetime
) -> tuple[datetime, datetime | None]:
    """When a run lasts: as asked, else from now on for as long as the challenge says.

    Raises:
        Invalid: it would end before it begins, or reach beyond the challenge's own days.
    """
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
    return begins, ends


def _lasts(term: Term, begins: datetime, terms: Programme) -> datetime:
    try:
        return term.ends(begins, terms.calendar)
    except (OverflowError, ValueError):
        raise Invalid.at("/from", Text("This lies beyond the calendar.", "این بیرون از تقویم است.")) from None


def begun(challenge: str, window: Window, key: str, member_id: int, now: datetime) -> Event:
    """The event by which a member's run begins; `key` names the event."""
    told = {"challenge": challenge, "run": window.key}
    told |= {name: at.isoformat() for name, at in (("from", window.from_at), ("until", window.until_at)) if at}
    return Event(HANDED_OUT, now, key, member=MemberRef("id", str(member_id)), attributes=told)


def ask(conn: Connection, club_id: int, its: Handout) -> None:
    """Note that a challenge is to be handed out to a segment."""
    asked = [its.challenge, its.segment, Json(its.filter), its.from_at, its.until_at, its.asked_at, its.asked_by]
    conn.execute(_ASK, [its.id, club_id, *asked])


def waiting(conn: Connection, club_id: int) -> list[Handout]:
    """Hand-outs that are not done."""
    return [Handout(*row) for row in conn.execute(_OPEN, [club_id])]


def locked(conn: Connection, club_id: int, id_: int) -> Handout:
    """A hand-out, locked."""
    row = conn.execute(_LOCK, [club_id, id_]).fetchone()
    assert row
    return Handout(*row)


def one(conn: Connection, club_id: int, challenge: str, id_: int) -> Handout | None:
    """A hand-out of a challenge, if there is one of this number."""
    row = conn.execute(_ONE, [club_id, challenge, id_]).fetchone()
    return Handout(*row) if row else None


def latest(conn: Connection, club_id: int, segment: str, most: int) -> list[Handout]:
    """The latest hand-outs to a segment."""
    return [Handout(*row) for row in conn.execute(_LATEST, [club_id, segment, most])]


def note(
    conn: Connection, its: Handout, looked_at: Mapping[int, object], begun_now: int, done_at: datetime | None
) -> None:
    """Note how far a hand-out has come."""
    last = max(looked_at, default=its.looked_at_id)
    conn.execute(_FURTHER, [last, len(looked_at), begun_now, done_at, its.id])
