"""What is on its way to webhooks: written from the outbox, leased for a turn, settled after it.

A turn leases a whole webhook, so that one receiver is spoken to by one worker at a time, and one that hangs keeps no
more than that one busy. A lease is known by its end: whoever comes back after it finds that it holds nothing.
"""

from __future__ import annotations

import secrets
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from psycopg.types.json import Json

from loyalty import absent
from loyalty.config import settings
from loyalty.db import transaction
from loyalty.keys import unseal
from loyalty.outbox import Message, wake
from loyalty.webhooks import messages as told
from loyalty.webhooks.messages import Connection, Part
from loyalty.webhooks.schedule import Health, Result

LEASE: Final = timedelta(minutes=2)
"""How long a webhook is left to whoever took it."""
AT_ONCE: Final = 20
"""Webhooks that are taken together."""
MOST: Final = 100
"""Messages that a webhook gets in one turn."""


class Delivery(NamedTuple):
    """A message that is due."""

    id: int
    message_id: str
    body: dict[str, Any]
    attempts: int


class Turn(NamedTuple):
    """A leased webhook and what is due to it."""

    webhook_id: int
    url: str
    secret: bytes
    health: Health
    deliveries: list[Delivery]


def spread(club_id: int, messages: list[Message], now: datetime) -> None:
    """Write messages of the outbox down for every webhook of the club that wants them; again changes nothing."""
    with transaction() as conn:
        hooks = conn.execute(
            "SELECT id, types FROM webhook WHERE club_id = %s AND disabled_at IS NULL", [club_id]
        ).fetchall()
        parts = told.parts(conn, messages, {type_ for _, types in hooks for type_ in types}) if hooks else []
        rows = [(hook, part) for part in parts for hook, types in hooks if part.type in types]
        if rows:
            _insert(conn, rows, now)
    if rows:
        wake()


def rouse(conn: Connection, club_id: int, webhook_id: int, now: datetime) -> None:
    """End a webhook's rest: a person wants to see something arrive.

    Raises:
        NotFound: the club has no such webhook.
    """
    done = conn.execute(
        "UPDATE webhook SET rests_until = least(rests_until, %s) WHERE club_id = %s AND id = %s",
        [now, club_id, webhook_id],
    )
    if not done.rowcount:
        raise absent.webhook()


def put(conn: Connection, webhook_id: int, type_: str, data: dict[str, Any], now: datetime) -> int:
    """Write one message to one webhook, whether or not it asked for the type; answers the delivery's id."""
    row = conn.execute(
        "INSERT INTO webhook_delivery (webhook_id, message_id, part, type, body, created_at, due_at)"
        " VALUES (%s, %s, 0, %s, %s, %s, %s) RETURNING id",
        [webhook_id, _message_id(), type_, Json(told.body(type_, now, data)), now, now],
    ).fetchone()
    assert row
    return int(row[0])


def _insert(conn: Connection, rows: Sequence[tuple[int, Part]], now: datetime) -> None:
    conn.execute(
        "INSERT INTO webhook_delivery (webhook_id, message_id, outbox_id, part, type, body, member_id, created_at,"
        " due_at)"
        " SELECT n.webhook_id, message_id, outbox_id, part, type, body, member_id, %s, %s"
        " FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::text[], %s::json[], %s::bigint[])"
        " WITH ORDINALITY AS n (webhook_id, message_id, outbox_id, part, type, body, member_id, place)"
        " JOIN webhook w ON w.id = n.webhook_id ORDER BY place"
        " ON CONFLICT ON CONSTRAINT webhook_delivery_once DO NOTHING",
        [
            now,
            now,
            [hook for hook, _ in rows],
            [_message_id() for _ in rows],
            [part.outbox_id for _, part in rows],
            [part.part for _, part in rows],
            [part.type for _, part in rows],
            [Json(part.body) for _, part in rows],
            [part.member_id for _, part in rows],
        ],
    )


def _message_id() -> str:
    return f"msg_{secrets.token_hex(12)}"


def take(now: datetime) -> list[int]:
    """Lease webhooks to which something is due until `now + LEASE`; whoever waited longest comes first."""
    with transaction() as conn:
        rows = conn.execute(
            "UPDATE webhook SET leased_until = %s WHERE id IN (SELECT id FROM webhook w"
            " WHERE rests_until <= %s AND leased_until <= %s"
            " AND EXISTS (SELECT FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.due_at <= %s)"
            " ORDER BY rests_until, id LIMIT %s FOR UPDATE SKIP LOCKED) RETURNING id",
            [now + LEASE, now, now, now, AT_ONCE],
        ).fetchall()
    return sorted(id_ for (id_,) in rows)


def release(ids: Sequence[int], lease: datetime, now: datetime) -> None:
    """End a lease on whatever it still holds."""
    with transaction() as conn:
        conn.execute(
            "UPDATE webhook SET leased_until = %s WHERE id = ANY(%s) AND leased_until = %s", [now, list(ids), lease]
        )


def turns(ids: Sequence[int], lease: datetime, now: datetime) -> list[Turn]:
    """What is due to the webhooks that a lease holds, the oldest first."""
    with transaction() as conn:
        hooks = conn.execute(
            "SELECT id, url, secret, failures, failing_since, disabled_at, disabled_because, rests_until"
            " FROM webhook WHERE id = ANY(%s) AND leased_until = %s ORDER BY id",
            [list(ids), lease],
        ).fetchall()
        rows = conn.execute(
            "SELECT w.id, d.* FROM unnest(%s::bigint[]) AS w (id) CROSS JOIN LATERAL ("
            "SELECT id, message_id, body, attempts FROM webhook_delivery WHERE webhook_id = w.id AND due_at <= %s"
            " ORDER BY due_at, id LIMIT %s) d",
            [[hook[0] for hook in hooks], now, MOST],
        ).fetchall()
    due: defaultdict[int, list[Delivery]] = defaultdict(list)
    for webhook_id, *delivery in rows:
        due[webhook_id].append(Delivery(*delivery))
    key = settings().secret_key
    return [
        Turn(id_, url, unseal(secret, owner(id_), key, "webhook"), Health(*health), due[id_])
        for id_, url, secret, *health in hooks
    ]


def settle(turn: Turn, results: Sequence[Result], lease: datetime, now: datetime) -> None:
    """Write what came of a turn, and end its lease. Who is disabled is owed nothing any longer."""
    health = turn.health.after(results, now)
    with transaction() as conn:
        conn.execute(
            "UPDATE webhook_delivery d SET attempts = r.tried, answered = r.status, error = r.error,"
            " due_at = r.due_at, delivered_at = CASE WHEN r.error IS NULL THEN %s::timestamptz END"
            " FROM unnest(%s::bigint[], %s::int[], %s::int[], %s::text[], %s::timestamptz[])"
            " AS r (id, tried, status, error, due_at) WHERE d.id = r.id",
            [
                now,
                [result.delivery_id for result in results],
                [result.tried for result in results],
                [result.status for result in results],
                [result.error for result in results],
                [result.due_again(now) for result in results],
            ],
        )
        conn.execute(
            "UPDATE webhook SET leased_until = %s, failures = %s, failing_since = %s, disabled_at = %s,"
            " disabled_because = %s, rests_until = %s WHERE id = %s AND leased_until = %s",
            [now, *health, turn.webhook_id, lease],
        )
        if health.disabled_at:
            conn.execute(
                "UPDATE webhook_delivery SET due_at = NULL WHERE webhook_id = %s AND due_at IS NOT NULL",
                [turn.webhook_id],
            )


def owner(webhook_id: int) -> bytes:
    """What a webhook's sealed secret is bound to."""
    return str(webhook_id).encode()
