"""A real PostgreSQL and a real Valkey for the whole run, shared by all workers; a database of its own for each."""

from __future__ import annotations

import contextvars
import fcntl
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import hypothesis
import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient
from psycopg import sql

from loyalty import engines as embedded
from loyalty import migrations, versions
from loyalty.config import Settings
from loyalty.db import base_app, db
from loyalty.jobs.worker import LIFE, Worker
from loyalty.models import EVENT_ID
from loyalty.valkey import connect
from wsgi import create_app

pytest_plugins = ["tests.browser"]

# A busy machine is no fault: how long an example takes is never what a test is about.
hypothesis.settings.register_profile("patient", deadline=None)
hypothesis.settings.load_profile("patient")

HOME = "LOYALTY_TEST_HOME"
"""Names the folder of this run's engines to the workers that pytest-xdist starts."""
START = datetime(2026, 11, 1, 9, 0, tzinfo=UTC)
"""Where the clock stands when a test begins: Sunday, 10 Aban 1405, half past twelve in Tehran."""


def pytest_configure(config: pytest.Config) -> None:
    if HOME not in os.environ:
        os.environ[HOME] = tempfile.mkdtemp(prefix="shamseh-tests-")
        Path(os.environ[HOME]).chmod(0o711)
        config.add_cleanup(lambda: shutil.rmtree(os.environ.pop(HOME), ignore_errors=True))


class Clock:
    """The application's clock; it stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        return self.now

    def move(self, **by: float) -> datetime:
        """Let time pass: `clock.move(days=3, hours=2)`."""
        self.now += timedelta(**by)
        return self.now


class Client(FlaskClient):
    """A browser or till: its requests share nothing with the test's own application context, as in real life."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        return contextvars.Context().run(super().open, *args, **kwargs)


@pytest.fixture(scope="session")
def home() -> Path:
    """The folder of this run; short enough for sockets, open enough for an unprivileged server."""
    return Path(os.environ[HOME])


@pytest.fixture(scope="session")
def engines(home: Path) -> Iterator[embedded.Addresses]:
    """PostgreSQL and Valkey. The first worker starts them and waits for the others before it stops them."""
    with embedded.engines(home / "engines", "tests", durable=False) as addresses:
        yield addresses


@pytest.fixture(scope="session")
def template(home: Path, engines: embedded.Addresses) -> str:
    """The name of a migrated database that nobody is connected to."""
    with (home / "template.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        app = base_app(Settings(engines.database_url, engines.redis_url, "template", home))
        with app.app_context():
            migrations.upgrade()
            db.engine.dispose()
    return "loyalty"


@pytest.fixture(scope="session")
def worker_number(worker_id: str) -> int:
    return int(worker_id.removeprefix("gw")) if worker_id.startswith("gw") else 0


@pytest.fixture(scope="session")
def own_settings(home: Path, engines: embedded.Addresses, template: str, worker_number: int) -> Settings:
    """This worker's own database and its own part of Valkey."""
    name = f"test_{worker_number}"
    with psycopg.connect(engines.database_url.replace(f"/{template}?", "/postgres?"), autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(template)))
    return Settings(
        database_url=engines.database_url.replace(f"/{template}?", f"/{name}?"),
        redis_url=engines.redis_url.replace("db=0", f"db={worker_number % 16}"),
        secret_key="a-secret-that-only-the-tests-know-1234567890",
        data=home / f"data-{worker_number}",
        clock=Clock(),
        testing=True,
    )


@pytest.fixture(scope="session")
def application(own_settings: Settings) -> Flask:
    app = create_app(own_settings)
    app.test_client_class = Client
    return app


@pytest.fixture
def settings(own_settings: Settings) -> Settings:
    return own_settings


@pytest.fixture
def clock(own_settings: Settings) -> Clock:
    assert isinstance(own_settings.clock, Clock)
    return own_settings.clock


@pytest.fixture
def app(application: Flask, clock: Clock) -> Iterator[Flask]:
    """The application on an empty database and an empty Valkey, its context open for actions and queries."""
    clock.now = START
    with application.app_context():
        yield application
        db.session.remove()
        _empty_database()
        versions.forget()
    with connect(application.extensions["loyalty"].redis_url) as valkey:
        valkey.flushdb()


@pytest.fixture
def work(app: Flask) -> Callable[[], None]:
    """Let a worker do what lies in the queue."""

    def run() -> None:
        kept = {name: signal.getsignal(name) for name in (signal.SIGTERM, signal.SIGINT)}
        try:
            with connect(app.extensions["loyalty"].redis_url, patience=LIFE) as connection:
                Worker(app, connection).work(burst=True, logging_level="ERROR")
        finally:
            for name, handler in kept.items():
                signal.signal(name, handler)

    return run


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def _empty_database() -> None:
    """Empty the tables that hold rows; their numbers begin at one again."""
    tables = [table.name for table in db.metadata.tables.values()]
    asked = " UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM {name})" for name in tables)
    with db.engine.begin() as connection:
        filled = connection.exec_driver_sql(asked).scalars().all()
        if filled:
            connection.exec_driver_sql(f"TRUNCATE {', '.join(filled)} RESTART IDENTITY CASCADE")
            connection.exec_driver_sql(f"ALTER SEQUENCE {EVENT_ID.name} RESTART")
