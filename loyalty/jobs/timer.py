"""The timer's process: relays what waits every moment, and once a minute looks which duties are due."""

from __future__ import annotations

import signal
import time
from datetime import datetime
from typing import Any, Final

import psycopg
import redis
import sqlalchemy.exc
import structlog
from flask import Flask, current_app

from loyalty.config import now, settings
from loyalty.jobs import deliveries, duties, notices, webhooks
from loyalty.outbox import BELL, GATHER
from loyalty.valkey import connect

log = structlog.get_logger()

MOMENT: Final = 1.0
"""Seconds between two looks into the outbox when nobody rings."""
LONGEST_PAUSE: Final = 15.0
AWAY: Final = (redis.RedisError, psycopg.OperationalError, sqlalchemy.exc.OperationalError)
"""Failures that say all there is to know in one line."""


class Timer:
    """Relays and ticks until it is told to stop; a failure of either is logged, and tried again after a pause."""

    def __init__(self, app: Flask, bell: redis.Redis) -> None:
        self.app, self.bell = app, bell
        self.stopping = False
        self.ticked: datetime | None = None

    def stop(self, *_: Any) -> None:
        """Come to an end within a moment; also a signal handler."""
        self.stopping = True

    def run(self) -> None:
        """Keep time."""
        pause = 0.0
        while not self.stopping:
            try:
                self.turn()
                pause = 0.0
            except Exception as error:  # whatever it was, the next message and the next duty must not suffer
                pause = min(max(2 * pause, 0.5), LONGEST_PAUSE)
                log.warning("timer.failed", reason=str(error), seconds=pause, exc_info=not isinstance(error, AWAY))
                self._sleep(pause)

    def turn(self) -> None:
        """Relay what is due, look at the duties if it is a new minute, and wait for the bell."""
        with self.app.app_context():
            at = now()
            deliveries.relay(at)
            webhooks.relay(at)
            notices.relay(at)
            minute = at.replace(second=0, microsecond=0)
            if self.ticked != minute:
                duties.tick(at)
                self.ticked = minute
        if self.bell.blpop([BELL], timeout=MOMENT):
            self._sleep(GATHER)

    def _sleep(self, seconds: float) -> None:
        end = time.monotonic() + seconds
        while not self.stopping and (left := end - time.monotonic()) > 0:
            time.sleep(min(left, 0.2))


def keep_time() -> None:
    """Relay messages and tell the duties of this instance until told to stop (SIGTERM); its servers may come and go."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    timer = Timer(app, connect(settings().redis_url, patience=MOMENT + 5))
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, timer.stop)
    timer.run()
