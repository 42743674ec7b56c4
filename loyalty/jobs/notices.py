"""To members: handing notices that are due to the queue, and the job that sends them."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyalty import config
from loyalty.jobs.queue import put, queue
from loyalty.notices import sending

AHEAD: Final = 4
"""Jobs that may wait in the queue before notices add to them: few, so that boards and webhooks don't wait for a flood
of letters."""
SECONDS: Final = 100
"""How long the job may take: less than the lease."""


def relay(now: datetime) -> int:
    """Hand notices that are due to the queue, while that is short. Answers how many it was.

    Raises:
        redis.RedisError: Valkey is away; nothing was taken.
    """
    handed = 0
    while len(queue()) < AHEAD and (ids := sending.take(now)):
        lease = now + sending.LEASE
        try:
            put("loyalty.jobs.notices.deliver", ids, lease.isoformat(), seconds=SECONDS)
        except BaseException:
            sending.release(ids, lease, now)
            raise
        handed += len(ids)
    return handed


def deliver(ids: list[int], leased_until: str) -> None:
    """The job: send these notices, if the lease still holds them."""
    sending.send_leased(ids, datetime.fromisoformat(leased_until), config.now)
