"""How often something secret may be tried: counts in Valkey that lapse by themselves.

Where Valkey is away nobody is locked out: what is guarded here is slow to try by itself (argon2, short-lived codes).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import redis
import structlog

from loyalty.errors import RateLimited
from loyalty.valkey import valkey
from loyalty.values import Text

log = structlog.get_logger()


class Guard(NamedTuple):
    """What is counted (an address, an account), how many tries it has, and in how many seconds."""

    name: str
    subject: str
    at_most: int
    seconds: int

    @property
    def key(self) -> str:
        """The count's key; hashed, because a subject is personal."""
        return f"attempts:{self.name}:{hashlib.sha256(self.subject.encode()).hexdigest()[:32]}"


def spend(guards: list[Guard]) -> None:
    """Count one try against every guard, before it is made, so that tries at the same time count as well.

    Raises:
        RateLimited: one of them had none left; `retry_after` says when it has.
    """
    wait = 0
    with _valkey() as client:
        pipe = client.pipeline(transaction=False)
        for guard in guards:
            pipe.set(guard.key, 0, ex=guard.seconds, nx=True)
            pipe.incr(guard.key)
            pipe.ttl(guard.key)
        answers = pipe.execute()
        for guard, count, ttl in zip(guards, answers[1::3], answers[2::3], strict=True):
            if count > guard.at_most:
                wait = max(wait, ttl, 1)
    if wait:
        raise RateLimited(
            Text(
                "Too many attempts. Wait a little and try again.",
                "تلاش‌های پیاپی بیش از حد بود. کمی صبر کنید و دوباره امتحان کنید.",
            ),
            wait,
        )


def give_back(guards: list[Guard]) -> None:
    """Forget the try that `spend` counted: it was the right person's."""
    with _valkey() as client:
        pipe = client.pipeline(transaction=False)
        for guard in guards:
            pipe.decr(guard.key)
        pipe.execute()


@contextmanager
def _valkey() -> Iterator[redis.Redis]:
    """The client of this application; its faults are written down and passed over."""
    try:
        yield valkey()
    except redis.RedisError as error:
        log.warning("attempts.uncounted", reason=str(error))
