"""Messages written in the transaction that causes them, and delivered afterwards at least once.

A message is taken by pushing its `due_at` ahead (a lease), and its row goes only when its handlers have succeeded. So
nothing is lost with a killed process or an emptied Valkey: what was taken and never delivered falls due again.
Handlers are therefore called again with what they have seen already, and must bear it.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

import psycopg
import redis
import sqlalchemy.exc
import structlog
from flask import current_app
from psycopg.types.json import Jsonb
from rq.timeouts import JobTimeoutException

from loyalty.db import connection, transaction
from loyalty.valkey import valkey

log = structlog.get_logger()

BATCH: Final = 500
"""Messages that are taken at a time."""
LEASE: Final = timedelta(minutes=2)
"""How long a taken message is left to its deliverer before it falls due again."""
FIRST_PAUSE: Final = timedelta(seconds=5)
LONGEST_PAUSE: Final = timedelta(hours=1)
BELL: Final = "outbox:bell"
"""A list in Valkey that holds one element when there is something to relay."""
GATHER: Final = 0.05
"""Seconds that whoever hears the bell lets pass before looking: under load one look then takes many messages."""
SILENCE: Final = 5.0
"""Seconds without a nudge after one that failed, so that an absent Valkey does not slow every purchase."""
_SILENT_UNTIL: Final = "loyalty.outbox.silent_until"
_ELSEWHERE: Final = (
    redis.ConnectionError,
    redis.TimeoutError,
    psycopg.OperationalError,
    sqlalchemy.exc.OperationalError,
    JobTimeoutException,
)
"""Failures that don't go away when the messages are tried apart."""


class Message(NamedTuple):
    """What happened, as it lies in the outbox; `id` is stable over repeated deliveries."""

    id: int
    club_id: int
    member_id: int | None
    type: str
    data: dict[str, Any]
    attempts: int
    created_at: datetime


Handler = Callable[[int, list[Message], datetime], None]
"""Delivers messages of one type and club: all of them, or raises. Called outside of any transaction; it bounds the time
that it waits for others."""


def send(type_: str, club_id: int, data: Iterable[tuple[int | None, dict[str, Any]]], now: datetime) -> None:
    """Write messages of one type, each about a member or none, in the caller's transaction; call `wake` after it."""
    rows = list(data)
    connection().execute(
        "INSERT INTO outbox (club_id, member_id, type, data, created_at, due_at)"
        " SELECT %s, m, %s, d, %s, %s FROM unnest(%s::bigint[], %s::jsonb[]) AS u(m, d)",
        (club_id, type_, now, now, [m for m, _ in rows], [Jsonb(d) for _, d in rows]),
    )


def wake() -> None:
    """Nudge the relay after a commit. Best effort: it looks by itself every moment anyway.

    Soon after a ring another is not needed: whoever heard that one has yet to look. Rung inside a transaction it may be
    too early; whoever opened that one rings again.
    """
    begun = time.monotonic()
    if begun < current_app.extensions.get(_SILENT_UNTIL, 0.0):
        return
    try:
        pipe = valkey().pipeline(transaction=False)
        pipe.lpush(BELL, 1)
        pipe.ltrim(BELL, 0, 0)
        pipe.execute()
        current_app.extensions[_SILENT_UNTIL] = begun + GATHER / 2
    except redis.RedisError as error:
        current_app.extensions[_SILENT_UNTIL] = time.monotonic() + SILENCE
        log.warning("outbox.not_woken", reason=str(error))


def take(now: datetime, at_most: int = BATCH) -> list[int]:
    """Lease the messages that are due, oldest first, leaving out what another relay is taking at this moment."""
    with transaction() as conn:
        # A lease that a crash undoes is only taken again: no need to wait for the disk.
        conn.execute("SET LOCAL synchronous_commit = off")
        rows = conn.execute(
            "UPDATE outbox SET due_at = %s WHERE id IN"
            " (SELECT id FROM outbox WHERE due_at <= %s ORDER BY due_at, id LIMIT %s FOR UPDATE SKIP LOCKED)"
            " RETURNING id",
            (now + LEASE, now, at_most),
        ).fetchall()
    return sorted(id_ for (id_,) in rows)


def give_back(ids: Sequence[int], now: datetime) -> None:
    """End the lease of messages that could not be handed on."""
    with transaction() as conn:
        conn.execute("UPDATE outbox SET due_at = %s WHERE id = ANY(%s)", (now, list(ids)))


def deliver(ids: Sequence[int], handlers: Mapping[str, Sequence[Handler]], now: datetime) -> int:
    """Deliver taken messages; a type without handlers has nobody to reach. Answers how many are done with.

    A message that fails falls due again after a pause that doubles; the others go on without it.
    """
    with transaction() as conn:
        rows = conn.execute(
            "SELECT id, club_id, member_id, type, data, attempts, created_at FROM outbox"
            " WHERE id = ANY(%s) ORDER BY id",
            (list(ids),),
        ).fetchall()
    groups: defaultdict[tuple[int, str], list[Message]] = defaultdict(list)
    for row in rows:
        message = Message(*row)
        groups[message.club_id, message.type].append(message)
    failed: dict[int, int] = {}
    for (_, type_), messages in groups.items():
        for handler in handlers.get(type_, ()):
            failed |= {message.id: message.attempts for message in _attempt(handler, messages, now)}
    with transaction() as conn:
        # A deletion that a crash undoes is only a delivery more.
        conn.execute("SET LOCAL synchronous_commit = off")
        conn.execute("DELETE FROM outbox WHERE id = ANY(%s)", ([row[0] for row in rows if row[0] not in failed],))
        conn.execute(
            "UPDATE outbox SET attempts = attempts + 1, due_at = u.due_at"
            " FROM unnest(%s::bigint[], %s::timestamptz[]) AS u(id, due_at) WHERE outbox.id = u.id",
            (list(failed), [now + pause(attempts) for attempts in failed.values()]),
        )
    return len(rows) - len(failed)


def pause(attempts: int) -> timedelta:
    """How long to wait after a failure that `attempts` others went before."""
    return min(FIRST_PAUSE * (1 << min(attempts, 20)), LONGEST_PAUSE)


def _attempt(handler: Handler, messages: list[Message], now: datetime) -> list[Message]:
    """The messages that the handler could not deliver: where one of many fails, the halves are tried apart."""
    try:
        handler(messages[0].club_id, messages, now)
    except Exception as error:
        if len(messages) == 1 or isinstance(error, _ELSEWHERE):
            log.exception("outbox.undelivered", type=messages[0].type, ids=[m.id for m in messages[:10]])
            return messages
        half = len(messages) // 2
        return _attempt(handler, messages[:half], now) + _attempt(handler, messages[half:], now)
    return []
