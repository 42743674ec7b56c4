"""How often something secret may be tried: counts in Valkey that lapse by themselves.

Where Valkey is away nobody is locked out: what is guarded here is slow to try by itself (argon2, short-lived codes).
"""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterator, Sequence
from contextlib import contextmanager
from typing import Final, NamedTuple

import redis
import structlog

from loyalty.errors import RateLimited
from loyalty.valkey import valkey
from loyalty.values import Text

log = structlog.get_logger()

_TOO_MANY: Final = Text(
    "Too many attempts. Wait a little and try again.",
    "تلاش‌های پیاپی بیش از حد بود. کمی صبر کنید و دوباره امتحان کنید.",
)


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
        raise RateLimited(_TOO_MANY, wait)


def give_back(guards: list[Guard]) -> None:
    """Forget the try that `spend` counted: it was the right person's."""
    with _valkey() as client:
        pipe = client.pipeline(transaction=False)
        for guard in guards:
            pipe.decr(guard.key)
        pipe.execute()


class Guess(NamedTuple):
    """Secrets that somebody shows at once, and who does: each guard counts how many different ones were wrong."""

    guards: tuple[Guard, ...]
    secrets: frozenset[str]


class Counted(NamedTuple):
    """A guess that was counted."""

    wait: int
    """Seconds until it may be made; 0: it may be looked at."""
    fresh: frozenset[tuple[str, str]]
    """Of its secrets those that were not counted before, each with the key of its count."""


def guess(guesses: Sequence[Guess]) -> list[Counted]:
    """Count what is shown, before it is looked at, as if all of it were wrong; the same secret again counts once.

    What has to wait is not counted.
    """
    asked = [(n, guard, its.secrets) for n, its in enumerate(guesses) if its.secrets for guard in its.guards]
    waits, fresh = [0] * len(guesses), [set[tuple[str, str]]() for _ in guesses]
    with _valkey() as client:
        pipe = client.pipeline(transaction=False)
        for _, guard, secrets in asked:
            for secret in secrets:
                pipe.sadd(guard.key, _hashed(secret))
            pipe.expire(guard.key, guard.seconds, nx=True)
            pipe.scard(guard.key)
            pipe.ttl(guard.key)
        answers = iter(pipe.execute())
        for n, guard, secrets in asked:
            added = {(guard.key, secret) for secret in secrets if next(answers)}
            _, many, ttl = (next(answers) for _ in range(3))
            fresh[n] |= added
            if many > guard.at_most and added:
                waits[n] = max(waits[n], ttl, 1)
    counted = [Counted(wait, frozenset(added)) for wait, added in zip(waits, fresh, strict=True)]
    forget([(its, None) for its in counted if its.wait])
    return counted


def forget(guesses: Sequence[tuple[Counted, Container[str] | None]]) -> None:
    """Take back what `guess` counted: of each the secrets that were right, or all; what was wrong before stays."""
    gone = [its for counted, right in guesses for its in counted.fresh if right is None or its[1] in right]
    if gone:
        with _valkey() as client:
            pipe = client.pipeline(transaction=False)
            for key, secret in gone:
                pipe.srem(key, _hashed(secret))
            pipe.execute()


def too_many(wait: int) -> RateLimited:
    """What whoever has to wait is told."""
    return RateLimited(_TOO_MANY, wait)


def _hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()[:16]


@contextmanager
def _valkey() -> Iterator[redis.Redis]:
    """The client of this application; its faults are written down and passed over."""
    try:
        yield valkey()
    except redis.RedisError as error:
        log.warning("attempts.uncounted", reason=str(error))
