"""To members: handing notices that are due to the queue, and the job that sends them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from loyalty import config, senders
from loyalty.jobs.queue import put, queue
from loyalty.notices import sending
from loyalty.valkey import valkey

AHEAD: Final = 4
"""Jobs that may wait in the queue before notices add to them: few, so that boards and webhooks don't wait for a flood
of letters."""
SECONDS: Final = 100
"""How long the job may take: less than the lease."""


REST: Final = timedelta(seconds=20)
"""How long a channel is left in peace after it failed: one that hangs keeps a worker for seconds, once in a while."""
_RESTS: Final = "notices:rests:{channel}"
"""In Valkey, until when a channel rests; forgotten, it is only tried sooner."""


def relay(now: datetime) -> int:
    """Hand notices that are due to the queue, a channel to a job, while that is short. Answers how many it was.

    Raises:
        redis.RedisError: Valkey is away; nothing was taken.
    """
    handed = 0
    for channel in senders.CHANNELS:
        if _rests(channel, now):
            continue
        while len(queue()) < AHEAD and (ids := sending.take(channel, now)):
            lease = now + sending.LEASE
            try:
                put("loyalty.jobs.notices.deliver", channel, ids, lease.isoformat(), seconds=SECONDS)
            except BaseException:
                sending.release(ids, lease, now)
                raise
            handed += len(ids)
    return handed


def deliver(channel: str, ids: list[int], leased_until: str) -> None:
    """The job: send these letters of a channel, if the lease still holds them; a channel that fails rests."""
    lease = datetime.fromisoformat(leased_until)
    if _rests(channel, config.now()):  # since a job before this one
        sending.release(ids, lease, config.now())
        return
    if not sending.send_leased(ids, lease, config.now):
        until = config.now() + REST
        valkey().set(_RESTS.format(channel=channel), until.isoformat(), ex=REST)


def _rests(channel: str, now: datetime) -> bool:
    until = valkey().get(_RESTS.format(channel=channel))
    return until is not None and now < datetime.fromisoformat(until.decode() if isinstance(until, bytes) else until)
