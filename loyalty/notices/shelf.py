"""Notices as they are kept: written once each for their members, and set on their way through the channels.

Whoever notes for a club holds the club's row meanwhile (`FOR NO KEY UPDATE`, which no purchase waits for): so caps
count exactly, however many workers deliver.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

import psycopg

from loyalty.arrays import array, columns
from loyalty.calendars import Calendar
from loyalty.merged import lines
from loyalty.notices.base import Channel, Notice
from loyalty.notices.terms import FRESH, NEWS, Tally, Terms, terms_of
from loyalty.values import Text

Connection = psycopg.Connection[tuple[Any, ...]]

_HELD: Final = "SELECT 1 FROM club WHERE id = %s FOR NO KEY UPDATE"
_SETTINGS: Final = "SELECT document FROM notice_settings WHERE club_id = %s"
_INSERT: Final = """
    INSERT INTO notice (member_id, key, club_id, kind, about, slots, at, noted_at, until_at)
    SELECT n.member_id, n.key, %s, n.kind, n.about, n.slots, n.at, %s, n.until_at
    FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::jsonb[], %s::jsonb[], %s::timestamptz[], %s::timestamptz[])
        WITH ORDINALITY AS n (member_id, key, kind, about, slots, at, until_at, place)
    JOIN member ON member.id = n.member_id AND member.erased_at IS NULL AND member.status IN ('active', 'suspended')
    ORDER BY place
    ON CONFLICT (member_id, key) DO NOTHING
    RETURNING member_id, id, kind, at, until_at
"""
_CONSENTS: Final = """
    SELECT profile.member_id, consents, email IS NOT NULL, EXISTS (
        SELECT FROM identifier WHERE identifier.member_id = profile.member_id AND kind = 'phone'
    )
    FROM profile JOIN member ON member.id = profile.member_id
    WHERE profile.member_id = ANY(%s::bigint[]) AND member.status = 'active'
"""
_LEFT: Final = """
    SELECT member_id, channel, day, count(*) FROM notice_sending
    WHERE member_id = ANY(%s::bigint[]) AND day >= %s AND because IS NULL GROUP BY member_id, channel, day
"""
_SEND: Final = """
    INSERT INTO notice_sending (club_id, member_id, notice_id, channel, message_id, day, created_at, due_at, because)
    SELECT %s, member_id, notice_id, channel, message_id, day, %s, due_at, because
    FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::date[], %s::timestamptz[], %s::text[])
        AS its (member_id, notice_id, channel, message_id, day, due_at, because)
"""

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Told(NamedTuple):
    """What a member is to be told, with what its sentences name."""

    member_id: int
    notice: Notice
    slots: Mapping[str, Text]
    at: datetime
    """When it happened, or was found."""
    until: datetime | None = None
    """The last instant at which it is worth being sent."""


class Noted(NamedTuple):
    """A notice that was written just now."""

    member_id: int
    id: int
    kind: str
    at: datetime
    until: datetime | None


def settings_of(conn: Connection, club_id: int) -> Terms:
    """How the club wants its members told."""
    row = conn.execute(_SETTINGS, [club_id]).fetchone()
    return terms_of(row[0] if row else {})


def note(conn: Connection, club_id: int, calendar: Calendar, told: Sequence[Told], now: datetime) -> int:
    """Write what members are told, each once, and set it on its way; answers how many were new.

    A fixed number of statements. Of a member who was merged meanwhile the one who goes on is told.
    """
    conn.execute(_HELD, [club_id])
    terms = settings_of(conn, club_id)
    told = [its for its in told if terms.kinds[its.notice.kind] and now - its.at < NEWS]
    if not told:
        return 0
    goes_on = {member: line[-1] for member, line in lines(conn, {its.member_id for its in told}).items()}
    rows = {(goes_on[its.member_id], its.notice.key): _row(goes_on[its.member_id], its) for its in told}
    new = [Noted._make(row) for row in conn.execute(_INSERT, [club_id, now, *columns(list(rows.values()))])]
    fresh = [its for its in new if now - its.at < FRESH and terms.outward(its.kind)]
    if fresh:
        _set_out(conn, club_id, calendar, terms, fresh, now)
    return len(new)


def _row(member_id: int, its: Told) -> tuple[Any, ...]:
    notice = its.notice
    slots = {name: text._asdict() for name, text in its.slots.items()}
    return member_id, notice.key, notice.kind, _json(notice.about()), _json(slots), its.at, its.until


def _set_out(
    conn: Connection, club_id: int, calendar: Calendar, terms: Terms, fresh: Sequence[Noted], now: datetime
) -> None:
    """Set notices on their way by every channel that the club uses and the member has agreed to."""
    leaves_at = terms.leaves_at(now, calendar)
    day = calendar.moment(leaves_at).day
    open_to = _agreed(conn, {its.member_id for its in fresh})
    tally = Tally(_gone_out(conn, open_to, calendar.start_of("week", day)), calendar)
    rows = []
    for its in fresh:
        if its.until is not None and its.until < leaves_at:
            continue
        for channel in terms.outward(its.kind):
            if channel in open_to.get(its.member_id, ()):
                takes = tally.takes(its.member_id, channel, day, terms.rules[channel])
                due_at, because = (leaves_at, None) if takes else (None, "cap")
                message_id = secrets.token_hex(12)
                rows.append((its.member_id, its.id, channel, message_id, day, due_at, because))
    if rows:
        conn.execute(_SEND, [club_id, now, *columns(rows)])


def _agreed(conn: Connection, members: Iterable[int]) -> dict[int, set[Channel]]:
    """By which channels members may be reached: with their consent, and an address for it."""
    found: dict[int, set[Channel]] = {}
    for member_id, consents, has_email, has_phone in conn.execute(_CONSENTS, [array(members)]):
        there: dict[Channel, bool] = {"email": has_email, "sms": has_phone}
        found[member_id] = {channel for channel, has in there.items() if has and consents.get(channel) is True}
    return found


def _gone_out(conn: Connection, members: Iterable[int], since: date) -> dict[tuple[int, str], dict[date, int]]:
    found: dict[tuple[int, str], dict[date, int]] = {}
    for member_id, channel, day, count in conn.execute(_LEFT, [array(members), since]):
        found.setdefault((member_id, channel), {})[day] = count
    return found
