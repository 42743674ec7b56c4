"""Several timers at once, and one that is killed in the midst of a draw: it is drawn once, and by the same entries."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from flask import Flask

from loyalty.actions.draw_raffles import draw_raffles
from loyalty.config import Settings
from loyalty.db import connection, db
from loyalty.jobs.duties import DUTIES, perform_once
from loyalty.rewards import draws
from loyalty.rewards.draws import Draw
from tests.actions.at_once import at_once
from tests.actions.test_draw_raffles import ABAN, OVER, club
from tests.conftest import Clock
from tests.story import Story

PRIZES = [{"give": [{"points": {"fixed": 5000}}], "winners": 20}]
CHILD = """
import sys
from datetime import datetime
from loyalty.actions.draw_raffles import draw_raffles
from loyalty.config import Settings
from wsgi import create_app
with create_app(Settings.from_environment()).app_context():
    draw_raffles(int(sys.argv[1]), datetime.fromisoformat(sys.argv[2]))
"""


@pytest.fixture
def story(app: Flask) -> Story:
    return club(prizes=PRIZES)


def members(story: Story, count: int) -> list[int]:
    found = [story.enrols(str(n)) for n in range(count)]
    story.records([story.sale(member, 1000 * n) for n, member in enumerate(found, 1)])
    return found


def drawn(story: Story) -> Draw:
    found = draws.of_day(connection(), story.club_id, "monthly", ABAN)
    assert found
    return found


def won(story: Story) -> int:
    row = connection().execute("SELECT count(*) FROM event WHERE type = 'prize'").fetchone()
    assert row
    return int(row[0])


def test_sixteen_who_draw_at_once_draw_once(app: Flask, story: Story) -> None:
    members(story, 30)
    came = at_once(app, *[lambda: f"drew {draw_raffles(story.club_id, OVER)}"] * 16)
    assert came == {"drew 1": 1, "drew 0": 15}
    assert (won(story), len(drawn(story).winners or [])) == (20, 20)
    assert story.books_agree()


def test_two_timers_draw_once(app: Flask, story: Story, clock: Clock) -> None:
    members(story, 30)
    db.session.execute(db.text("INSERT INTO duty SELECT club.id, 'draw_raffles', now() FROM club"))
    db.session.commit()
    clock.now = OVER + timedelta(seconds=30)
    at_once(app, *[lambda: perform_once(story.club_id, DUTIES["draw_raffles"], clock.now)] * 2)
    assert won(story) == 20
    assert story.books_agree()


@pytest.fixture
def other(settings: Settings) -> Iterator[psycopg.Connection]:
    with psycopg.connect(settings.database_url) as conn:
        yield conn


def waits(conn: psycopg.Connection) -> bool:
    """Whether somebody waits for a lock of ours."""
    row = conn.execute(
        "SELECT count(*) FROM pg_stat_activity WHERE pg_backend_pid() = ANY(pg_blocking_pids(pid))"
    ).fetchone()
    return bool(row and row[0])


def test_a_timer_that_is_killed_in_the_midst_of_a_draw_leaves_nothing_half_done(
    app: Flask, story: Story, settings: Settings, other: psycopg.Connection
) -> None:
    everybody = members(story, 30)
    env = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "LOYALTY_SECRET_KEY": settings.secret_key,
        "LOYALTY_DATA": str(settings.data),
    }
    other.execute("SELECT FROM member WHERE id = ANY(%s) FOR UPDATE", [everybody])
    child = subprocess.Popen([sys.executable, "-c", CHILD, str(story.club_id), OVER.isoformat()], env=env)
    for _ in range(600):
        if waits(other) or child.poll() is not None:
            break
        time.sleep(0.05)
    assert child.poll() is None, "it waits for the winners"
    child.kill()
    child.wait()
    closed = drawn(story).digest
    assert closed is not None
    assert (drawn(story).drawn_at, won(story)) == (None, 0)
    connection().rollback()
    other.rollback()
    late = everybody[0]
    story.buys(late, 50_000)
    assert draw_raffles(story.club_id, OVER + timedelta(minutes=1)) == 1
    assert (drawn(story).digest, won(story)) == (closed, 20)
    assert story.books_agree()
