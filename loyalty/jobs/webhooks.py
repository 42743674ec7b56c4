"""To other systems: handing webhooks that are due to the queue, and the job that sends to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from loyalty import config
from loyalty.jobs.queue import put, queue
from loyalty.webhooks import shelf
from loyalty.webhooks.schedule import Result
from loyalty.webhooks.sending import send_all
from loyalty.webhooks.shelf import Turn

AHEAD: Final = 20
"""Jobs that may wait in the queue before webhooks add to them."""
SECONDS: Final = 60
"""How long the job may take: less than the lease. It needs some ten at the worst, whatever the receivers do."""


def relay(now: datetime) -> int:
    """Hand webhooks that are due to the queue, while that is short. Answers how many webhooks it was.

    Raises:
        redis.RedisError: Valkey is away; nothing was taken.
    """
    handed = 0
    while len(queue()) < AHEAD and (ids := shelf.take(now)):
        lease = now + shelf.LEASE
        try:
            put("loyalty.jobs.webhooks.deliver", ids, lease.isoformat(), seconds=SECONDS)
        except BaseException:
            shelf.release(ids, lease, now)
            raise
        handed += len(ids)
    return handed


def deliver(ids: list[int], leased_until: str) -> None:
    """The job: send what is due to these webhooks, if the lease still holds them."""
    lease = datetime.fromisoformat(leased_until)

    def settle(turn: Turn, results: Sequence[Result]) -> None:
        shelf.settle(turn, results, lease, config.now())

    turns = shelf.turns(ids, lease, config.now())
    send_all(turns, config.now, settle)
    shelf.release([turn.webhook_id for turn in turns if not turn.deliveries], lease, config.now())
