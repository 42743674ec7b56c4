"""The steps lead to exactly what the models declare, and several starters take turns."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from flask import Flask
from sqlalchemy import CheckConstraint

from loyalty import migrations
from loyalty.config import Settings
from loyalty.db import base_app, db


@pytest.fixture
def empty(settings: Settings) -> Iterator[Flask]:
    """An application on a database without any table."""
    name = settings.database_url.partition("?")[0].rpartition("/")[2]
    server = settings.database_url.replace(f"/{name}?", "/postgres?")
    with psycopg.connect(server, autocommit=True) as conn:
        conn.execute(f"CREATE DATABASE {name}_empty TEMPLATE template0")
    url = settings.database_url.replace(f"/{name}?", f"/{name}_empty?")
    app = base_app(Settings(url, settings.redis_url, settings.secret_key, settings.data))
    yield app
    with app.app_context():
        db.engine.dispose()
    with psycopg.connect(server, autocommit=True) as conn:
        conn.execute(f"DROP DATABASE {name}_empty WITH (FORCE)")


def test_the_steps_lead_to_the_models(app: Flask):
    with db.engine.connect() as connection:
        assert migrations.difference(connection) == []
        found = connection.exec_driver_sql("SELECT conname FROM pg_constraint WHERE contype = 'c'").scalars().all()
    checks = {
        c.name for table in db.metadata.tables.values() for c in table.constraints if isinstance(c, CheckConstraint)
    }
    assert checks <= set(found)


def test_several_starters_take_turns(empty: Flask, tmp_path: Path):
    settings = empty.extensions["loyalty"]
    env = {**os.environ, "DATABASE_URL": settings.database_url, "REDIS_URL": settings.redis_url}
    command = [sys.executable, "-m", "loyalty.cli", "--data", str(tmp_path), "migrate", "--json"]
    starters = [subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE) for _ in range(3)]
    for starter in starters:
        said, complaint = starter.communicate(timeout=60)
        assert starter.returncode == 0, complaint
        assert json.loads(said)["to"] == migrations.head()
    with empty.app_context():
        assert migrations.current() == migrations.head()


def test_nothing_of_a_step_stays_set_on_the_connection(empty: Flask):
    with empty.app_context():
        migrations.upgrade()
        with db.engine.connect() as connection:
            assert connection.exec_driver_sql("SHOW lock_timeout").scalar() == "0"
            assert not connection.exec_driver_sql("SELECT 1 FROM pg_locks WHERE locktype = 'advisory'").scalar()
