"""When a message is tried again, when a webhook is left in peace, and when it is given up. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple
from zlib import crc32

FIRST_PAUSE: Final = timedelta(seconds=10)
LONGEST_PAUSE: Final = timedelta(hours=8)
ATTEMPTS: Final = 16
"""Tries of one message, over about three days."""
LONGEST_REST: Final = timedelta(minutes=15)
FAILING_FOR: Final = timedelta(days=5)
"""After so long without anything that arrived, the next failure disables a webhook."""
GONE: Final = 410
_BUSY: Final = frozenset((429, 502, 503, 504))
"""Answers of a receiver that is there, but can't take more just now."""

Error = Literal["status", "silent", "unreachable"]


class Result(NamedTuple):
    """What came of sending a message once."""

    delivery_id: int
    message_id: str
    tried: int
    """How often, this time included."""
    status: int | None
    error: Error | None

    @property
    def calls_for_rest(self) -> bool:
        """Whether further messages would fare no better just now."""
        return self.error in ("silent", "unreachable") or self.status in _BUSY or self.status == GONE

    def due_again(self, now: datetime) -> datetime | None:
        """When the message is tried again; None when it has arrived or is given up."""
        if self.error is None or self.tried >= ATTEMPTS:
            return None
        return now + pause(self.tried, self.message_id)


class Health(NamedTuple):
    """How a webhook does."""

    failures: int
    """Turns in a row in which nothing reached it."""
    failing_since: datetime | None
    disabled_at: datetime | None
    disabled_because: Literal["failing", "gone"] | None
    rests_until: datetime

    def after(self, results: Sequence[Result], now: datetime) -> Health:
        """How it does after a turn. One message that arrives, be it a test, and it is as good as new."""
        if not results:
            return self
        rests = results[-1].calls_for_rest
        if any(result.error is None for result in results):
            return Health(0, None, None, None, now + rest(1) if rests else now)
        failures, since = self.failures + 1, self.failing_since or now
        disabled_at, because = self.disabled_at, self.disabled_because
        if because is None and results[-1].status == GONE:
            disabled_at, because = now, "gone"
        elif because is None and now - since >= FAILING_FOR:
            disabled_at, because = now, "failing"
        return Health(failures, since, disabled_at, because, now + rest(failures) if rests else now)


def pause(tried: int, message_id: str) -> timedelta:
    """How long to wait after so many tries: three times as long each time, and up to a fifth more or less.

    The message's own name decides that: what failed together is not tried again together.
    """
    spread = crc32(f"{message_id}:{tried}".encode()) / 2**32 * 0.4 + 0.8
    return _growing(tried, LONGEST_PAUSE) * spread


def rest(failures: int) -> timedelta:
    """How long a webhook is left in peace after so many turns in vain."""
    return _growing(failures, LONGEST_REST)


def _growing(count: int, longest: timedelta) -> timedelta:
    times: int = 3 ** min(count - 1, 20)
    return min(FIRST_PAUSE * times, longest)
