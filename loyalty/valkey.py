"""The connection to Valkey (or Redis): what is kept there can be rebuilt, so whoever asks must bear its absence."""

from __future__ import annotations

from typing import Final

import redis
from flask import current_app
from redis.backoff import NoBackoff
from redis.retry import Retry

from loyalty.config import settings

PATIENCE: Final = 2.0
"""Seconds that one command, or a connection, may take."""


def connect(url: str, *, patience: float = PATIENCE) -> redis.Redis:
    """A client of its own; `unix:///path?db=0` works like `redis://…`. A dropped connection is tried once more.

    For whoever waits inside a command (a blocking pop): `patience` must be longer than the wait.
    """
    return redis.Redis.from_url(
        url,
        socket_timeout=patience,
        socket_connect_timeout=PATIENCE,
        retry=Retry(NoBackoff(), 1),
        health_check_interval=30,
    )


def valkey() -> redis.Redis:
    """The client that the running application's threads share."""
    client: redis.Redis | None = current_app.extensions.get("loyalty.valkey")
    if client is None:
        client = current_app.extensions["loyalty.valkey"] = connect(settings().redis_url)
    return client
