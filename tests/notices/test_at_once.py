"""Many workers at once: what is told is told once, and caps hold."""

from __future__ import annotations

import threading

import pytest

from loyalty.actions.tell_members import tell_members
from loyalty.db import transaction
from loyalty.outbox import Message
from tests.notices.conftest import SARA, Telling, decides


@pytest.fixture
def club(app, clock) -> Telling:
    club = Telling(clock)
    decides(club.club_id, clock.now, channels={"email": {"on": True, "day": 2, "week": 5}})
    return club


def at_once(app, *calls) -> None:
    ready = threading.Barrier(len(calls))

    def run(call) -> None:
        with app.app_context():
            ready.wait()
            call()

    threads = [threading.Thread(target=run, args=(call,)) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def test_sixteen_workers_send_one_member_no_more_than_the_cap_and_nothing_twice(app, club, clock):
    sara = club.enrols("Sara", email=SARA, consents={"email": True})
    moves = [
        Message(
            n,
            club.club_id,
            sara,
            "tier.changed",
            {"from": "bronze", "to": "silver", "at": clock.move(seconds=1).isoformat()},
            0,
            clock.now,
        )
        for n in range(8)
    ]
    at_once(app, *(lambda its=its: tell_members(club.club_id, [its], clock.now) for its in moves * 2))
    assert len(club.feed(sara)) == 8
    assert [because for *_, because in club.sendings()].count(None) == 2
    with transaction() as conn:
        assert conn.execute("SELECT count(*) FROM notice_sending").fetchone() == (8,)
