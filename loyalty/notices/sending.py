"""Notices on their way: leased for a job, made into letters as things stand by then, handed on, and settled one by one.

A lease is known by its end: whoever comes back after it finds that it holds nothing. A letter that was handed on and
could not be settled any more goes once again, under the same id.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, Literal, NamedTuple

import structlog
from rq.timeouts import JobTimeoutException

from loyalty import senders
from loyalty.arrays import array
from loyalty.calendars import Calendar
from loyalty.config import Clock, settings
from loyalty.db import transaction
from loyalty.letters import Letter, Undeliverable
from loyalty.merged import lines
from loyalty.notices.kinds import KINDS
from loyalty.notices.shelf import Connection
from loyalty.notices.templates import Texts, say
from loyalty.notices.terms import Terms, terms_of
from loyalty.notices.wording import To, letter_of
from loyalty.values import Text
from loyalty.webhooks.schedule import pause

log = structlog.get_logger()

LEASE: Final = timedelta(minutes=2)
AT_ONCE: Final = 50
"""Letters of one job."""
BUDGET: Final = 60.0
"""Seconds after which a job begins no further letter."""
ATTEMPTS: Final = 12
"""Tries of one letter, over about a day and a half."""
_LONGEST: Final = 300
"""Characters of an error that are kept."""

Because = Literal["consent", "address", "late", "refused", "failed"]

_TAKE: Final = """
    UPDATE notice_sending SET due_at = %s WHERE id IN (
        SELECT id FROM notice_sending WHERE channel = %s AND due_at <= %s
        ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED
    ) RETURNING id
"""
_DUE: Final = """
    SELECT its.id, its.club_id, its.member_id, channel, message_id, attempts, notice.kind, notice.slots, until_at
    FROM notice_sending its JOIN notice ON notice.member_id = its.member_id AND notice.id = its.notice_id
    WHERE its.id = ANY(%s::bigint[]) AND due_at = %s ORDER BY its.id
"""
_PEOPLE: Final = """
    SELECT member.id, member.status, name, lang, coalesce(consents, '{}'), email, (
        SELECT value FROM identifier WHERE identifier.member_id = member.id AND kind = 'phone'
        ORDER BY origin IS NOT NULL, value LIMIT 1
    )
    FROM member LEFT JOIN profile ON profile.member_id = member.id WHERE member.id = ANY(%s::bigint[])
"""
_CLUBS: Final = """
    SELECT club.id, code, name, timezone, calendar, coalesce(settings.document, '{}')
    FROM club LEFT JOIN notice_settings settings ON settings.club_id = club.id WHERE club.id = ANY(%s::bigint[])
"""
_TEXTS: Final = "SELECT club_id, kind, texts FROM notice_template WHERE club_id = ANY(%s::bigint[])"
_SETTLE: Final = """
    UPDATE notice_sending
    SET attempts = %s, tried_at = coalesce(%s, tried_at), error = %s, due_at = %s, sent_at = %s, because = %s
    WHERE id = %s AND due_at = %s
"""


class Sending(NamedTuple):
    """A notice that is due by a channel."""

    id: int
    club_id: int
    member_id: int
    channel: senders.Channel
    message_id: str
    attempts: int
    kind: str
    slots: dict[str, Any]
    until: datetime | None


class Person(NamedTuple):
    """Whom it goes to, as that one is known now."""

    id: int
    status: str
    name: str | None
    lang: str | None
    consents: dict[str, Any]
    email: str | None
    phone: str | None


class Club(NamedTuple):
    """In whose name it goes."""

    code: str
    name: Text
    calendar: Calendar
    terms: Terms


class Outcome(NamedTuple):
    """What came of one: sent, withheld for good, or to be tried again."""

    attempts: int
    error: str | None = None
    due_at: datetime | None = None
    sent_at: datetime | None = None
    because: Because | None = None


class Loaded(NamedTuple):
    """What a job is to send, and all that its letters are made of."""

    due: list[Sending]
    people: dict[int, Person]
    clubs: dict[int, Club]
    texts: dict[tuple[int, str], Texts]


def take(channel: senders.Channel, now: datetime) -> list[int]:
    """Lease what is due by a channel until `now + LEASE`, the oldest first."""
    with transaction() as conn:
        return sorted(row[0] for row in conn.execute(_TAKE, [now + LEASE, channel, now, AT_ONCE]))


def release(ids: Sequence[int], lease: datetime, until: datetime) -> None:
    """End a lease on what it still holds; that is due then."""
    with transaction() as conn:
        conn.execute(
            "UPDATE notice_sending SET due_at = %s WHERE id = ANY(%s::bigint[]) AND due_at = %s",
            [until, array(ids), lease],
        )


def send_leased(ids: Sequence[int], lease: datetime, clock: Clock) -> bool:
    """Send what a lease on letters of one channel holds; whether the channel took all that was tried.

    Where it fails, the next letter would fare no better: what is left is due as before.
    """
    with transaction() as conn:
        loaded = _load(conn, ids, lease)
    begun, well = time.monotonic(), True
    for its in loaded.due:
        if time.monotonic() - begun > BUDGET or clock() >= lease:
            break
        outcome = _send(its, loaded, clock())
        _settle(its, outcome, lease, clock())
        well = outcome.error is None or outcome.because == "refused"
        if not well:
            break
    release([its.id for its in loaded.due], lease, clock())
    return well


def _load(conn: Connection, ids: Sequence[int], lease: datetime) -> Loaded:
    due = [Sending._make(row) for row in conn.execute(_DUE, [array(ids), lease])]
    goes_on = {member: line[-1] for member, line in lines(conn, {its.member_id for its in due}).items()}
    known = {row[0]: Person._make(row) for row in conn.execute(_PEOPLE, [array(set(goes_on.values()))])}
    clubs = array({its.club_id for its in due})
    return Loaded(
        due,
        {member: known[top] for member, top in goes_on.items()},
        {
            id_: Club(code, Text(**name), Calendar(zone, system), terms_of(form))
            for id_, code, name, zone, system, form in conn.execute(_CLUBS, [clubs])
        },
        {(club_id, kind): texts for club_id, kind, texts in conn.execute(_TEXTS, [clubs])},
    )


def _send(its: Sending, loaded: Loaded, now: datetime) -> Outcome:
    person, club = loaded.people[its.member_id], loaded.clubs[its.club_id]
    address = person.email if its.channel == "email" else person.phone
    if its.until is not None and its.until < now:
        return Outcome(its.attempts, because="late")
    if person.status != "active" or person.consents.get(its.channel) is not True:
        return Outcome(its.attempts, because="consent")
    if not address:
        return Outcome(its.attempts, because="address")
    leaves_at = club.terms.leaves_at(now, club.calendar)
    if leaves_at > now:  # it was due before it became quiet
        return Outcome(its.attempts, due_at=leaves_at)
    letter = _letter(its, person, address, loaded, now)
    tried = its.attempts + 1
    try:
        senders.sender(its.channel)(letter)
    except Undeliverable as refused:
        return Outcome(tried, str(refused)[:_LONGEST], because="refused")
    except JobTimeoutException:
        raise
    except Exception as error:  # a sender may be anybody's; whatever it fails of, the others go on
        # By name alone: what servers say of an address belongs to the row that erasure deletes, not into a log.
        log.warning("notice.not_sent", sending=its.id, channel=its.channel, tried=tried, reason=type(error).__name__)
        said = f"{type(error).__name__}: {error}"[:_LONGEST]
        if tried >= ATTEMPTS:
            return Outcome(tried, said, because="failed")
        return Outcome(tried, said, club.terms.leaves_at(now + pause(tried, its.message_id), club.calendar))
    return Outcome(tried, sent_at=now)


def _letter(its: Sending, person: Person, address: str, loaded: Loaded, now: datetime) -> Letter:
    club, called = loaded.clubs[its.club_id], person.name or ""
    texts = loaded.texts.get((its.club_id, its.kind), {})
    title, body = say(KINDS[its.kind], texts, its.channel, its.slots, {"name": Text(called, called), "club": club.name})
    base = settings().base_url
    page = f"{base}/m/{club.code}/notices" if base else ""
    usual = "fa" if club.calendar.system == "jalali" else "en"
    to = To(address, called, "en" if (person.lang or usual) == "en" else "fa", club.name, page)
    return letter_of(its.channel, to, title, body, its.message_id, now)


def _settle(its: Sending, outcome: Outcome, lease: datetime, now: datetime) -> None:
    tried_at = now if outcome.attempts > its.attempts else None
    with transaction() as conn:
        conn.execute(
            _SETTLE,
            [outcome.attempts, tried_at, *outcome[1:], its.id, lease],
        )
