"""Whether the instance lives, and what it lacks."""

from __future__ import annotations

import psycopg
import pytest
from flask import Flask
from flask.testing import FlaskClient

from loyalty import migrations
from loyalty.config import Settings
from loyalty.queries.worker import EXPECTED
from loyalty.valkey import valkey
from wsgi import create_app


def test_alive_looks_at_nothing(tmp_path):
    nowhere = Settings("postgresql://127.0.0.1:1/x", "redis://127.0.0.1:1", "secret", tmp_path)
    app = create_app(nowhere)
    assert app.test_client().get("/healthz").json == {"status": "alive"}
    answer = app.test_client().get("/readyz")
    assert answer.status_code == 503
    assert answer.json["checks"]["database"] == "does not answer"
    assert answer.json["checks"]["valkey"] == "does not answer"


def test_ready_when_everything_is_there(client: FlaskClient, clock):
    valkey().set(EXPECTED, clock.now.timestamp() + 30)
    answer = client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {
        "status": "ready",
        "checks": {"database": "ok", "migrations": "ok", "valkey": "ok", "worker": "ok"},
    }


def test_a_worker_that_was_not_seen_lately_is_missed(client: FlaskClient, clock):
    valkey().set(EXPECTED, clock.now.timestamp() + 30)
    clock.move(minutes=5)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["checks"]["worker"] == "none was seen lately"


@pytest.fixture
def older(app: Flask, settings: Settings):
    """A database at an earlier step."""
    with psycopg.connect(settings.database_url, autocommit=True) as conn:
        (step,) = conn.execute("SELECT version_num FROM alembic_version").fetchone()
        conn.execute("UPDATE alembic_version SET version_num = '0000'")
        yield
        conn.execute("UPDATE alembic_version SET version_num = %s", [step])


def test_a_database_at_another_step_is_not_ready(older, client: FlaskClient):
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json["checks"]["migrations"] == f"the database stands at 0000, the code needs {migrations.head()}"
