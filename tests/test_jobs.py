"""Worker and timer: the way from the outbox to the boards, duties done once, and what failures leave of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import redis

from loyalty import config
from loyalty.actions.update_member import update_member
from loyalty.db import transaction
from loyalty.errors import Unavailable
from loyalty.gamification import leaderboards, scores
from loyalty.gamification.boards import live_boards
from loyalty.jobs import deliveries, duties
from loyalty.jobs.duties import Duty
from loyalty.jobs.queue import queue
from loyalty.jobs.timer import Timer
from loyalty.queries.worker import worker_seen
from loyalty.valkey import connect, valkey
from tests.small_club import SmallClub, programme_of


@pytest.fixture
def club(app, clock) -> SmallClub:
    return SmallClub(clock)


def waiting() -> int:
    with transaction() as conn:
        return conn.execute("SELECT count(*) FROM outbox").fetchone()[0]


# --- messages -------------------------------------------------------------------------------------------------------


def test_a_purchase_reaches_the_board_through_relay_queue_and_worker(club, clock, work):
    club.buys("ada", 500, deliver=False)
    assert club.places() == []
    assert deliveries.relay(clock.now) > 0
    work()
    assert [score for *_, score in club.places()] == [500]
    assert waiting() == 0
    assert len(queue()) == 0


def test_the_boards_of_a_new_club_are_filled_at_once(app, clock, work):
    club = SmallClub(clock, filled=False)
    with pytest.raises(Unavailable):
        club.board()
    deliveries.relay(clock.now)
    work()
    assert club.places() == []


def test_hundreds_of_messages_are_one_job(club, clock):
    for n in range(30):
        club.buys(f"m{n}", 100, deliver=False)
    deliveries.relay(clock.now)
    (job_id,) = queue().job_ids
    assert job_id.replace("-", "").isalnum()


def test_what_an_emptied_valkey_forgot_is_handed_over_again(club, clock, work):
    club.buys("ada", 500, deliver=False)
    deliveries.relay(clock.now)
    valkey().flushdb()
    work()
    assert waiting() > 0
    deliveries.relay(clock.move(minutes=3))
    scores.rebuild_all(valkey(), programme_of(club.id), clock.now)
    work()
    assert waiting() == 0
    assert [score for *_, score in club.places()] == [500]


def test_where_valkey_is_away_nothing_leaves_the_outbox(app, club, clock, monkeypatch, work):
    club.buys("ada", 500, deliver=False)
    with monkeypatch.context() as patch:
        patch.setitem(app.extensions, "loyalty.valkey", connect("unix:///nowhere/valkey.sock?db=0"))
        with pytest.raises(redis.ConnectionError):
            deliveries.relay(clock.now)
    deliveries.relay(clock.now)
    work()
    assert [score for *_, score in club.places()] == [500]


def test_a_full_queue_is_not_filled_further(club, clock, monkeypatch):
    monkeypatch.setattr(deliveries, "AHEAD", 1)
    club.buys("ada", 500, deliver=False)
    assert deliveries.relay(clock.now) > 0
    club.buys("bita", 500, deliver=False)
    assert deliveries.relay(clock.now) == 0


def test_a_member_who_leaves_the_boards_is_taken_off_them(club, clock):
    ada = club.buys("ada", 500)
    update_member(club.id, ada, {"on_boards": False}, clock.now)
    deliveries.deliver_due(clock.now)
    assert club.places() == []
    update_member(club.id, ada, {"on_boards": True}, clock.now)
    deliveries.deliver_due(clock.now)
    assert len(club.places()) == 1
    update_member(club.id, ada, {"status": "suspended"}, clock.now)
    deliveries.deliver_due(clock.now)
    assert club.places() == []


# --- the worker -----------------------------------------------------------------------------------------------------


def test_a_worker_lets_itself_be_seen_and_is_missed_after_a_while(club, clock, work):
    assert not worker_seen(clock.now)
    work()
    assert worker_seen(clock.now)
    assert not worker_seen(clock.move(minutes=2))


# --- duties ---------------------------------------------------------------------------------------------------------


class Diary:
    """A duty that writes down when it was done as of."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.done: list[datetime] = []
        self.fails = False
        self.duty = Duty("write", duties.at_midnight, self.write)
        monkeypatch.setattr(duties, "DUTIES", {"write": self.duty})

    def write(self, club_id: int, at: datetime) -> None:
        if self.fails:
            raise RuntimeError("no ink")
        with transaction() as conn:  # as any action does
            conn.execute("SELECT 1")
        self.done.append(at)


@pytest.fixture
def diary(monkeypatch) -> Diary:
    return Diary(monkeypatch)


def test_a_daily_duty_falls_due_at_the_clubs_own_midnight(club, clock, work, diary):
    clock.now = datetime(2026, 11, 1, 20, 0, tzinfo=UTC)  # half past eleven in Tehran
    duties.tick(clock.now)
    work()
    assert diary.done == []
    duties.tick(clock.move(minutes=31))
    work()
    assert diary.done == [datetime(2026, 11, 1, 20, 30, tzinfo=UTC)]
    duties.tick(clock.move(hours=20))
    work()
    assert len(diary.done) == 1


def test_days_that_were_missed_are_caught_up_one_by_one(club, clock, work, diary):
    duties.tick(clock.now)
    duties.tick(clock.move(days=3))
    work()
    first = datetime(2026, 11, 1, 20, 30, tzinfo=UTC)
    assert diary.done == [first + timedelta(days=n) for n in range(3)]


def test_a_duty_asked_for_twice_is_done_once(club, clock, work, diary):
    duties.tick(clock.now)
    clock.move(days=1)
    for _ in range(3):
        duties.tick(clock.now)
    work()
    assert len(diary.done) == 1


def test_of_two_workers_at_one_duty_one_goes_without(app, club, clock, diary):
    duties.tick(clock.now)
    clock.move(days=1)
    other: list[bool] = []

    def write(club_id: int, at: datetime) -> None:
        with app.app_context():
            other.append(duties.perform_once(club_id, diary.duty, clock.now))
        diary.done.append(at)

    assert duties.perform_once(club.id, diary.duty._replace(do=write), clock.now)
    assert other == [False]
    assert len(diary.done) == 1


def test_a_duty_that_fails_stays_due(club, clock, work, diary):
    duties.tick(clock.now)
    diary.fails = True
    duties.tick(clock.move(days=1))
    work()
    diary.fails = False
    duties.tick(clock.now)
    work()
    assert len(diary.done) == 1


def test_the_timer_has_boards_filled_that_valkey_lost(app, club, clock, work):
    club.buys("ada", 500)
    valkey().flushdb()
    assert not leaderboards.complete(valkey(), _board(club, clock))
    with connect(config.settings().redis_url) as bell:
        Timer(app, bell).turn()
    work()
    assert [score for *_, score in club.places()] == [500]


def test_a_club_without_bylaws_is_no_reason_to_stop(app, club, clock, work):
    with transaction() as conn:
        conn.execute(
            "INSERT INTO club (code, name, currency, timezone, calendar, created_at)"
            """ VALUES ('empty', '{"en": "Empty", "fa": "خالی"}', 'IRR', 'Asia/Tehran', 'jalali', now())"""
        )
    club.buys("ada", 500)
    valkey().flushdb()
    duties.tick(clock.now)
    work()
    assert len(club.places()) == 1


def _board(club, clock):
    return live_boards(programme_of(club.id), clock.now)["month"]
