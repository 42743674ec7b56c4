"""A rehearsal as a job: in parts, on any worker, with progress; cancelled, killed and done again; and never a trace."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from itertools import count
from threading import Thread
from typing import Any

import psycopg
import pytest
from flask import Flask

from loyalty.actions import rehearse_part as doing
from loyalty.actions.ask_rehearsal import ask_rehearsal
from loyalty.actions.cancel_rehearsal import cancel_rehearsal
from loyalty.actions.rehearse_part import rehearse_part
from loyalty.config import Settings
from loyalty.db import connection, db, transaction
from loyalty.errors import Invalid
from loyalty.jobs import deliveries, duties
from loyalty.queries import rehearsals
from loyalty.queries.rehearsals import RehearsalView
from loyalty.rehearsal.reading import ByMember
from loyalty.valkey import valkey
from tests.conftest import START, Clock
from tests.story import Story, article, document

LIMIT = {"per": "club", "every": "month", "at_most": 25, "of": "points"}
TWICE = document(article("1", {"points": {"per": 1000, "give": 2}}))


@pytest.fixture
def story(app: Flask) -> Story:
    story = Story()
    for n in range(1, 8):
        member = story.enrols(f"Member {n}")
        for _ in range(n % 3 + 1):
            story.buys(member, 1_000 * n)
    return story


def ask(story: Story, bylaws: dict[str, Any] = TWICE, **more: Any) -> int:
    db.session.rollback()
    return ask_rehearsal(story.club_id, bylaws, None, None, START + timedelta(seconds=1), **more)


def look(story: Story, id_: int) -> RehearsalView:
    db.session.rollback()
    return rehearsals.one(story.club_id, id_)


def tables() -> dict[str, list[Any]]:
    """Everything that is stored, but for rehearsals themselves and the messages about them."""
    db.session.rollback()
    own = {"rehearsal", "rehearsal_part", "outbox", "duty"}
    names = [name for name in db.metadata.tables if name not in own]
    return {name: connection().execute(f"SELECT * FROM {name} AS its ORDER BY its::text").fetchall() for name in names}


def test_workers_do_the_parts_and_the_last_one_adds_them_up(
    story: Story, clock: Clock, work: Callable[[], None]
) -> None:
    id_ = ask(story, parts=3)
    waiting = look(story, id_)
    assert (waiting.status, waiting.done, waiting.of, waiting.report) == ("running", 0, 7, None)
    deliveries.relay(clock.move(seconds=2))
    work()
    done = look(story, id_)
    assert (done.status, done.done, done.of) == ("done", 7, 7)
    assert done.report
    assert (
        done.report["difference"]["wallets"]["points"]["issued"]
        == done.report["recorded"]["wallets"]["points"]["issued"]
    )


def test_split_over_two_workers_it_finds_what_one_finds(story: Story, app: Flask) -> None:
    whole, split = ask(story, parts=1), ask(story, parts=4)
    for n in (0, 1):
        rehearse_part(whole, n, lambda: START)

    def worker(order: list[int]) -> None:
        with app.app_context():
            for n in order:
                rehearse_part(split, n, lambda: START)

    threads = [Thread(target=worker, args=(order,)) for order in ([0, 1, 2, 3, 4], [4, 3, 2, 1, 0])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    one, other = look(story, whole), look(story, split)
    assert one.report
    assert one.report == other.report


def test_nothing_of_the_club_changes(story: Story, clock: Clock, work: Callable[[], None]) -> None:
    before = tables()
    id_ = ask(story, document(article("1", {"points": {"fixed": 1}}, limits=[LIMIT])))
    deliveries.relay(clock.move(seconds=2))
    work()
    assert look(story, id_).status == "done"
    assert tables() == before


def test_what_folds_could_not_write_if_it_tried(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    def steal(conn: Any, *_: Any) -> Any:
        return conn.execute("UPDATE balance SET available = 0")

    monkeypatch.setattr(doing, "rehearse", steal)
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        rehearse_part(ask(story), 1, lambda: START)


def test_a_cancelled_one_is_left_by_who_is_at_it(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    id_ = ask(story)
    looks = count()

    def of(self: ByMember, member_id: int, then: Any = ByMember.of) -> Any:
        if next(looks) == 1:
            with transaction() as conn:
                conn.execute("SELECT 1")
            with psycopg.connect(connection().info.dsn, password=connection().info.password) as other:
                other.execute("UPDATE rehearsal SET status = 'cancelled', cancelled_at = now() WHERE id = %s", [id_])
        return then(self, member_id)

    monkeypatch.setattr(ByMember, "of", of)
    assert not rehearse_part(id_, 1, lambda: START)
    assert look(story, id_).report is None


def test_one_that_has_ended_cannot_be_cancelled_and_a_cancelled_one_is_not_begun(story: Story) -> None:
    ended, cancelled = ask(story, parts=1), ask(story, parts=1)
    for n in (0, 1):
        rehearse_part(ended, n, lambda: START)
    for id_ in (ended, cancelled):
        db.session.rollback()
        cancel_rehearsal(story.club_id, id_, START)
    assert look(story, ended).status == "done"
    assert not rehearse_part(cancelled, 1, lambda: START)
    assert look(story, cancelled).status == "cancelled"


AT_IT = """
import sys, time
from loyalty.actions import rehearse_part as doing
from loyalty.cli.instance import application
from loyalty.config import now
import os
with application(os.environ):
    def fold(*_):
        print("at it", flush=True)
        time.sleep(60)
    doing.rehearse = fold
    doing.rehearse_part(int(sys.argv[1]), 1, now)
"""


def test_a_part_whose_worker_was_killed_is_done_again_by_the_timer(
    story: Story, settings: Settings, clock: Clock, work: Callable[[], None]
) -> None:
    duties.tick(clock.now)
    id_ = ask(story, parts=2)
    environment = {
        **os.environ,
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "LOYALTY_SECRET_KEY": settings.secret_key,
    }
    command = [sys.executable, "-c", AT_IT, str(id_)]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout
        assert worker.stdout.readline() == "at it\n"
        assert not rehearse_part(id_, 1, lambda: START)  # somebody is at it
        worker.kill()
    valkey().flushdb()
    with transaction() as conn:
        conn.execute("DELETE FROM outbox")
    duties.tick(clock.move(minutes=2))
    work()
    done = look(story, id_)
    assert done.status == "done"
    assert done.report
    assert done.report["members"] == 7


def test_a_part_that_fails_every_time_ends_the_rehearsal(story: Story, monkeypatch: pytest.MonkeyPatch) -> None:
    id_ = ask(story, parts=1)
    monkeypatch.setattr(doing, "rehearse", lambda *_: 1 / 0)
    for _ in range(doing.TRIES):
        with pytest.raises(ZeroDivisionError):
            rehearse_part(id_, 1, lambda: START)
    assert not rehearse_part(id_, 1, lambda: START)
    assert look(story, id_).status == "failed"


def test_a_document_with_faults_and_an_empty_span_are_refused(story: Story) -> None:
    with pytest.raises(Invalid, match="/articles/0"):
        ask(story, document(article("1", {"pionts": {"fixed": 1}})))
    with pytest.raises(Invalid, match="ends before it begins"):
        ask_rehearsal(story.club_id, TWICE, START + timedelta(days=2), None, START)
    other = document()
    other["club"] = {**other["club"], "timezone": "Europe/Berlin"}
    with pytest.raises(Invalid, match="/club/timezone"):
        ask(story, other)
