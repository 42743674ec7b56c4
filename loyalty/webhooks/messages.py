"""What webhooks are told: the types, and a message of the outbox as what it means to a receiver."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import psycopg

from loyalty.arrays import array
from loyalty.outbox import Message

Connection = psycopg.Connection[tuple[Any, ...]]

AS_IS: Final = (
    "member.joined",
    "member.merged",
    "member.unmerged",
    "points.reversed",
    "points.expired",
    "tier.changed",
    "badge.earned",
    "challenge.completed",
    "streak.reached",
    "redemption.held",
    "redemption.issued",
    "redemption.used",
    "redemption.voided",
    "redemption.lapsed",
    "redemption.reversed",
    "raffle.drawn",
    "season.settled",
    "bylaws.published",
)
"""Types that are told as they lie in the outbox, with the member."""
AWARDED: Final = "points.awarded"
"""Read from the ledger: a purchase writes one message, however much it gave."""
CHANGED: Final = "member.changed"
TEST: Final = "webhook.test"
TYPES: Final = (*AS_IS[:3], AWARDED, *AS_IS[3:])
"""What a webhook may ask for."""
SOURCES: Final = (*AS_IS, CHANGED)
"""The types of the outbox that something is made of."""


class Part(NamedTuple):
    """One thing to tell; `outbox_id` and `part` name it, however often the outbox delivers."""

    outbox_id: int
    part: int
    type: str
    member_id: int | None
    body: dict[str, Any]


def body(type_: str, at: datetime, data: dict[str, Any]) -> dict[str, Any]:
    """A message as it is sent."""
    return {"type": type_, "timestamp": _instant(at), "data": data}


def parts(conn: Connection, messages: Sequence[Message], wanted: set[str]) -> list[Part]:
    """What messages of the outbox come to, as far as somebody wants to hear it; at most one statement."""
    told = [_as_it_is(message) for message in messages if message.type in AS_IS and message.type in wanted]
    if AWARDED in wanted:
        told += _awarded(conn, [m for m in messages if m.type == CHANGED and m.data.get("events")])
    return told


def _as_it_is(message: Message) -> Part:
    member = {} if message.member_id is None else {"member": message.member_id}
    told = body(message.type, message.created_at, member | message.data)
    return Part(message.id, 0, message.type, message.member_id, told)


def _awarded(conn: Connection, messages: Sequence[Message]) -> list[Part]:
    """Every entry by which these events gave something. An entry never changes: its number is the part."""
    events = [(message, event) for message in messages for event in message.data["events"]]
    if not events:
        return []
    rows = conn.execute(
        "SELECT e.n, place, e.member_id, e.event_id, e.wallet, e.amount, e.article, e.version, e.occurred_at,"
        " e.target = 'pending'"
        " FROM unnest(%s::bigint[], %s::bigint[]) WITH ORDINALITY AS told (member_id, event_id, place)"
        " JOIN entry e ON e.member_id = told.member_id AND e.event_id = told.event_id"
        " WHERE e.source = 'issued' AND e.target IN ('available', 'pending') ORDER BY place, e.n",
        [array(message.member_id for message, _ in events), array(event for _, event in events)],
    )
    found: list[Part] = []
    for entry, place, member, event, wallet, amount, article, version, at, pending in rows:
        data = {
            "member": member,
            "event": event,
            "wallet": wallet,
            "amount": amount,
            "pending": pending,
            "article": article,
            "version": version,
            "occurred_at": _instant(at),
        }
        message = events[place - 1][0]
        found.append(Part(message.id, entry, AWARDED, member, body(AWARDED, message.created_at, data)))
    return found


def _instant(at: datetime) -> str:
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")
