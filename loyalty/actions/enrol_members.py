"""Enrol people into a club: one or thousands in the same number of statements."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

import psycopg
from psycopg.types.json import Jsonb

from loyalty import cards, outbox
from loyalty.actions.record_events import record
from loyalty.db import retried, transaction
from loyalty.enrolment import Enrolment
from loyalty.errors import Conflict, Fault, Invalid
from loyalty.formats import search_key
from loyalty.outcome import CHUNK
from loyalty.rules import Event
from loyalty.rules.facts import MemberRef
from loyalty.rules.occasions import ENROLMENT
from loyalty.values import Text
from loyalty.versions import programme
from loyalty.whose import resolve

Connection = psycopg.Connection[tuple[Any, ...]]
Known = tuple[str, str]
"""Kind and value of what a member is known by."""

TAKEN: Final = Text("Another member has this.", "این را عضو دیگری دارد.")


class Enrolled(NamedTuple):
    """A new member and the card, as it is stored (`loyalty.cards.shown` groups it)."""

    id: int
    card: str


@retried
def enrol_members(club_id: int, enrolments: Sequence[Enrolment], now: datetime) -> list[Enrolled]:
    """Enrol all of them or none, in order; each gets a card number where it brings none.

    Raises:
        Conflict: a card, phone or external id is another member's, or comes twice; the faults name the fields.
        Invalid: a `referred_by` names nobody.
    """
    with transaction() as conn:
        enrolled = enrol(conn, club_id, enrolments, now)
    outbox.wake()
    return enrolled


def enrol(conn: Connection, club_id: int, enrolments: Sequence[Enrolment], now: datetime) -> list[Enrolled]:
    """`enrol_members` inside a transaction that is open already."""
    if not enrolments:
        return []
    cards_of = [enrolment.card or cards.make() for enrolment in enrolments]
    known = [_known(enrolment, card) for enrolment, card in zip(enrolments, cards_of, strict=True)]
    _refuse_repeated(known)
    referrers = _referrers(conn, club_id, enrolments)
    joined = [enrolment.joined_at or now for enrolment in enrolments]
    ids = _insert_members(conn, club_id, joined)
    _insert_profiles(conn, club_id, ids, enrolments, referrers)
    _insert_identifiers(conn, club_id, ids, known)
    told = [(member_id, {"joined_at": at.isoformat()}) for member_id, at in zip(ids, joined, strict=True)]
    outbox.send("member.joined", club_id, told, now)
    _welcome(conn, club_id, ids, joined, now)
    return [Enrolled(member_id, card) for member_id, card in zip(ids, cards_of, strict=True)]


def _welcome(conn: Connection, club_id: int, ids: list[int], joined: list[datetime], now: datetime) -> None:
    """Let those have what joining gives whose version, as of then, gives something for it."""
    terms = programme(conn, club_id)
    events = [
        Event(ENROLMENT.type, at, f"{ENROLMENT.type}:{id_}", member=MemberRef("id", str(id_)))
        for id_, at in zip(ids, joined, strict=True)
        if ENROLMENT.type in terms.at(at, id_).occasions
    ]
    for start in range(0, len(events), CHUNK):
        record(conn, club_id, events[start : start + CHUNK], now)


def _known(enrolment: Enrolment, card: str) -> list[Known]:
    given = (("card", card), ("phone", enrolment.phone), ("external_id", enrolment.external_id))
    return [(kind, value) for kind, value in given if value]


def _place(index: int, kind: str, count: int) -> str:
    """Where a fault lies: in the one enrolment, or in one of many."""
    return f"/{kind}" if count == 1 else f"/{index}/{kind}"


def _refuse_repeated(known: list[list[Known]]) -> None:
    count = Counter(each for own in known for each in own)
    if len(count) == count.total():
        return
    twice = [(index, kind) for index, own in enumerate(known) for kind, value in own if count[kind, value] > 1]
    raise _conflict(twice, len(known))


def _conflict(places: list[tuple[int, str]], count: int) -> Conflict:
    faults = [Fault(_place(index, kind, count), TAKEN) for index, kind in places]
    return Conflict(Text("Somebody is known by this already.", "کسی پیش‌تر با این مشخصات ثبت شده است."), faults)


def _referrers(conn: Connection, club_id: int, enrolments: Sequence[Enrolment]) -> list[int | None]:
    refs: set[MemberRef] = {enrolment.referred_by for enrolment in enrolments if enrolment.referred_by}
    if not refs:
        return [None] * len(enrolments)
    found = resolve(conn, club_id, refs)
    faults = [
        Fault(_place(index, "referred_by", len(enrolments)), Text("There is no such member.", "چنین عضوی نیست."))
        for index, enrolment in enumerate(enrolments)
        if enrolment.referred_by and enrolment.referred_by not in found
    ]
    if faults:
        raise Invalid(faults)
    return [found[enrolment.referred_by] if enrolment.referred_by else None for enrolment in enrolments]


def _insert_members(conn: Connection, club_id: int, joined: list[datetime]) -> list[int]:
    rows = conn.execute(
        "SELECT nextval(pg_get_serial_sequence('member', 'id')) FROM generate_series(1, %s)", [len(joined)]
    )
    ids = [row[0] for row in rows]
    conn.execute(
        "INSERT INTO member (id, club_id, joined_at, filled)"
        " SELECT id, %s, joined, (SELECT coalesce(max(id), 0) FROM counter WHERE club_id = %s)"
        " FROM unnest(%s::bigint[], %s::timestamptz[]) AS n(id, joined)",
        [club_id, club_id, ids, joined],
    )
    return ids


def _insert_profiles(
    conn: Connection, club_id: int, ids: list[int], enrolments: Sequence[Enrolment], referrers: list[int | None]
) -> None:
    conn.execute(
        "INSERT INTO profile (member_id, club_id, name, sort_key, email, birthday, attributes, consents, referred_by,"
        " lang, alias, on_boards)"
        " SELECT id, %s, name, sort_key, email, birthday, attributes, consents, referred_by, lang, alias, on_boards"
        " FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::text[], %s::date[], %s::jsonb[], %s::jsonb[],"
        " %s::bigint[], %s::text[], %s::text[], %s::bool[]) AS n(id, name, sort_key, email, birthday, attributes,"
        " consents, referred_by, lang, alias, on_boards)",
        [
            club_id,
            ids,
            [e.name for e in enrolments],
            [search_key(e.name or "") for e in enrolments],
            [e.email for e in enrolments],
            [e.birthday for e in enrolments],
            [Jsonb(e.attributes) for e in enrolments],
            [Jsonb(e.consents) for e in enrolments],
            referrers,
            [e.lang for e in enrolments],
            [e.alias for e in enrolments],
            [e.on_boards for e in enrolments],
        ],
    )


def _insert_identifiers(conn: Connection, club_id: int, ids: list[int], known: list[list[Known]]) -> None:
    rows = [(kind, value, member_id) for own, member_id in zip(known, ids, strict=True) for kind, value in own]
    kinds, values, owners = (list(column) for column in zip(*rows, strict=True))
    inserted = conn.execute(
        "INSERT INTO identifier (club_id, kind, value, member_id)"
        " SELECT %s, kind, value, id FROM unnest(%s::text[], %s::text[], %s::bigint[]) AS n(kind, value, id)"
        " ON CONFLICT DO NOTHING RETURNING kind, value",
        [club_id, kinds, values, owners],
    ).fetchall()
    if len(inserted) < len(rows):
        missing = {(kind, value) for kind, value, _ in rows} - {(kind, value) for kind, value in inserted}
        raise _conflict(
            [(index, kind) for index, own in enumerate(known) for kind, value in own if (kind, value) in missing],
            len(known),
        )
