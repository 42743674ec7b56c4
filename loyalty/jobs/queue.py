"""The queue of jobs in Valkey. What lies in it may be lost at any moment: the outbox and the duties bring it back."""

from __future__ import annotations

from typing import Any, Final

from rq import Queue

from loyalty.valkey import valkey

NAME: Final = "loyalty"
KEPT: Final = 24 * 3600
"""Seconds for which a failed job can be looked at."""


def queue() -> Queue:
    """The one queue; jobs and their arguments are written as JSON."""
    return Queue(NAME, connection=valkey(), serializer="json")


def put(function: str, *args: Any, seconds: int) -> None:
    """Ask a worker to call `loyalty.jobs.…` with arguments that JSON can write, within so many seconds.

    The job's id is one that RQ makes: letters, digits and hyphens.
    """
    queue().enqueue_call(function, args, timeout=seconds, result_ttl=0, failure_ttl=KEPT)
