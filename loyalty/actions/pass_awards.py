"""Pass awards on: what an event gives to others than its member, once it has outlived the return window."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Final

from loyalty.actions.record_events import record
from loyalty.arrays import array
from loyalty.db import connection, retried, transaction
from loyalty.outbox import wake
from loyalty.rules import Bylaws, Event, Facts, MemberRef
from loyalty.rules.awards.receiver import CASHIER, FRIEND
from loyalty.rules.known import FIELD
from loyalty.rules.occasions import REFERRAL
from loyalty.rules.passing import PASSED, Passed, passed
from loyalty.sold import read_sold
from loyalty.versions import Connection, Programme, programme

BATCH: Final = 200
"""Events whose awards are passed on in one transaction."""

_DUE: Final = """
    SELECT member_id, id FROM handover WHERE club_id = %s AND due_at <= %s AND done_at IS NULL
    ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED
"""
_DONE: Final = """
    UPDATE handover SET done_at = %s FROM unnest(%s::bigint[], %s::bigint[]) AS done (member_id, id)
    WHERE handover.member_id = done.member_id AND handover.id = done.id
"""
_REFERRERS: Final = """
    SELECT member_id, referred_by FROM profile WHERE member_id = ANY(%s::bigint[]) AND referred_by IS NOT NULL
"""


def any_to_pass(club_id: int, now: datetime) -> bool:
    """Whether anything is due."""
    query = "SELECT EXISTS (SELECT FROM handover WHERE club_id = %s AND due_at <= %s AND done_at IS NULL)"
    row = connection().execute(query, [club_id, now]).fetchone()
    return bool(row and row[0])


def pass_awards(club_id: int, now: datetime) -> int:
    """Pass on whatever is due, in batches; answers how many awards came to somebody. Safe to do again."""
    total = 0
    while True:
        count, given = _batch(club_id, now)
        total += given
        if given:
            wake()
        if count < BATCH:
            return total


@retried
def _batch(club_id: int, now: datetime) -> tuple[int, int]:
    """A batch; how many events it was, and how many awards were given."""
    with transaction() as conn:
        due = conn.execute(_DUE, [club_id, now, BATCH]).fetchall()
        if not due:
            return 0, 0
        terms = programme(conn, club_id)
        ids = [id_ for _, id_ in due]
        referrers: dict[int, int] = dict(conn.execute(_REFERRERS, [array({who for who, _ in due})]).fetchall())
        events = [
            event
            for id_, giver, bylaws, facts in _kept(conn, terms, ids)
            for award in passed(bylaws, facts)
            if (event := _event(award, id_, giver, bylaws, facts, referrers)) is not None
        ]
        given = 0
        for start in range(0, len(events), BATCH):
            outcomes = record(conn, club_id, events[start : start + BATCH], now)
            given += sum(its.status == "recorded" for its in outcomes)
        conn.execute(_DONE, [now, array(who for who, _ in due), array(ids)])
        return len(due), given


def _kept(conn: Connection, terms: Programme, ids: list[int]) -> Iterable[tuple[int, int, Bylaws, Facts]]:
    """(number, member, version, facts) of events that still stand, by what is kept of them, in their order."""
    found: list[tuple[int, int, Bylaws, Facts]] = []
    for its in read_sold(conn, terms, ids).values():
        facts = its.kept_facts() if not its.voided_at else None
        if facts is not None:
            found.append((its.id, its.owner, its.bylaws, facts))
    return sorted(found, key=lambda one: one[0])


def _event(
    award: Passed, event_id: int, giver: int, bylaws: Bylaws, facts: Facts, referrers: Mapping[int, int]
) -> Event | None:
    """The event that brings an award to its receiver; None where there is none.

    Of a referral there is one for each friend and award, whichever of the friend's purchases outlives its window first.
    """
    receiver = _receiver(award, giver, facts, referrers)
    if receiver is None:
        return None
    article = next(its for its in bylaws.articles if its.no == award.article)
    what = f"{REFERRAL.type}:{giver}" if article.on == REFERRAL else f"{PASSED}:{event_id}"
    return Event(
        PASSED,
        facts.event.occurred_at,
        f"{what}:{award.article}:{award.award}",
        member=receiver,
        attributes=award.data(event_id, giver, bylaws.version),
    )


def _receiver(award: Passed, giver: int, facts: Facts, referrers: Mapping[int, int]) -> MemberRef | None:
    if award.to == FRIEND:
        return MemberRef("id", str(giver))
    if award.to == CASHIER:
        return MemberRef("external_id", facts.event.cashier) if facts.event.cashier else None
    if award.to.startswith(FIELD):
        named = facts.event.attributes.get(award.to.removeprefix(FIELD))
        return MemberRef("external_id", named) if isinstance(named, str) and named else None
    referrer = referrers.get(giver)
    return MemberRef("id", str(referrer)) if referrer is not None else None
