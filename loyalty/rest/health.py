"""Whether the instance lives, and whether it can do its work: for load balancers, supervisors and people."""

from __future__ import annotations

from collections.abc import Callable

import redis
from flask import Blueprint, Response, jsonify
from sqlalchemy.exc import SQLAlchemyError

from loyalty import migrations
from loyalty.config import now
from loyalty.db import db
from loyalty.queries.worker import worker_seen
from loyalty.valkey import valkey

health = Blueprint("health", __name__)


@health.get("/healthz")
def alive() -> Response:
    """The process answers; nothing else is looked at."""
    return jsonify(status="alive")


@health.get("/readyz")
def ready() -> tuple[Response, int]:
    """200 when everything that the work needs is there, else 503; each check is `ok` or says what is missing."""
    checks: dict[str, Callable[[], str | None]] = {
        "database": _database,
        "migrations": _migrations,
        "valkey": _valkey,
        "worker": _worker,
    }
    found = {name: check() or "ok" for name, check in checks.items()}
    fine = all(said == "ok" for said in found.values())
    return jsonify(status="ready" if fine else "not ready", checks=found), 200 if fine else 503


def _database() -> str | None:
    try:
        with db.engine.connect() as connection:
            connection.exec_driver_sql("SELECT 1")
    except SQLAlchemyError:
        return "does not answer"
    return None


def _migrations() -> str | None:
    try:
        current = migrations.current()
    except SQLAlchemyError:
        return "unknown: the database does not answer"
    head = migrations.head()
    return None if current == head else f"the database stands at {current or 'nothing'}, the code needs {head}"


def _valkey() -> str | None:
    try:
        valkey().ping()
    except redis.RedisError:
        return "does not answer"
    return None


def _worker() -> str | None:
    return None if worker_seen(now()) else "none was seen lately"
