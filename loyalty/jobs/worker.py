"""The worker's process: does one job after another until it is told to stop."""

from __future__ import annotations

import signal
import sys
import time
from types import FrameType
from typing import Any, Final

import redis
import structlog
from flask import Flask, current_app
from rq import Queue, SimpleWorker
from rq.job import Job

from loyalty.config import settings
from loyalty.jobs.queue import NAME
from loyalty.queries.worker import EXPECTED
from loyalty.valkey import connect

log = structlog.get_logger()

LIFE: Final = 30
"""Seconds after which an idle worker that was not heard of counts as gone; it is heard of in half that time."""
PATIENCE: Final = 60
"""Seconds that the worker may stay silent before it is missed."""


class Worker(SimpleWorker):
    """Does jobs in this very process: killing it leaves no half of it at work, and what it has read stays warm."""

    max_connection_wait_time = 5.0

    def __init__(self, app: Flask, connection: redis.Redis) -> None:
        super().__init__(
            [Queue(NAME, connection=connection, serializer="json")],
            connection=connection,
            serializer="json",
            worker_ttl=LIFE,
            log_job_description=False,
        )
        self.app = app
        self.told_to_stop = False

    def perform_job(self, job: Job, queue: Queue, execution: Any) -> bool:
        """Do a job in an application context of its own."""
        with self.app.app_context():
            return super().perform_job(job, queue, execution)

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """Let ourselves be seen; before a job, `timeout` says for how long it may keep us."""
        super().heartbeat(timeout, pipeline)
        clock = self.app.extensions["loyalty"].clock
        until = clock().timestamp() + max(timeout or 0, PATIENCE)
        (self.connection if pipeline is None else pipeline).set(EXPECTED, until)

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        """Stop after the job at hand."""
        self.told_to_stop = True
        super().request_stop(signum, frame)  # type: ignore[no-untyped-call]


def work() -> None:
    """Do the jobs of this instance until told to stop (SIGTERM); Valkey and PostgreSQL may come and go meanwhile."""
    app: Flask = current_app._get_current_object()  # type: ignore[attr-defined]
    url = settings().redis_url
    wait = 0.0
    while True:
        # Between two lives of the worker nothing is begun: to stop is to leave.
        for name in (signal.SIGTERM, signal.SIGINT):
            signal.signal(name, lambda *_: sys.exit(0))
        time.sleep(wait)
        wait = min(max(2 * wait, 0.5), 10.0)
        try:
            worker = Worker(app, connect(url, patience=LIFE))
        except redis.RedisError as error:
            log.warning("worker.waits", reason=str(error), seconds=wait)
            continue
        try:
            worker.work(logging_level="WARNING")
            wait = 0.5
        except redis.RedisError as error:
            log.warning("worker.broke_off", reason=str(error))
        if worker.told_to_stop:
            return
