"""Whether anybody is doing the jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Final

import redis

from loyalty.valkey import valkey

EXPECTED: Final = "worker:expected"
"""A key in Valkey: until when (seconds since 1970) a living worker will have let itself be seen again."""


def worker_seen(now: datetime) -> bool:
    """Whether a worker was seen lately; False also where Valkey can't be asked."""
    try:
        until = valkey().get(EXPECTED)
    except redis.RedisError:
        return False
    return until is not None and float(until) >= now.timestamp()
