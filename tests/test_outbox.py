"""The outbox: what a transaction caused reaches its handlers at least once, whatever fails on the way."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import redis

from loyalty import outbox
from loyalty.db import transaction
from loyalty.valkey import connect


@pytest.fixture
def club(app) -> int:
    with transaction() as conn:
        return conn.execute(
            "INSERT INTO club (code, name, currency, timezone, calendar, created_at)"
            " VALUES ('anar', '{}', 'IRR', 'Asia/Tehran', 'jalali', now()) RETURNING id"
        ).fetchone()[0]


@pytest.fixture
def send(club, clock):
    def write(*numbers: int, type_: str = "something.happened") -> None:
        with transaction():
            outbox.send(type_, club, [(None, {"n": n}) for n in numbers], clock.now)

    return write


class Listener:
    """A handler that remembers what it heard, and refuses the numbers it is told to."""

    def __init__(self, refuses: set[int] | None = None) -> None:
        self.heard: list[int] = []
        self.refuses = refuses or set()

    def __call__(self, club_id, messages, now) -> None:
        numbers = [message.data["n"] for message in messages]
        if self.refuses & set(numbers):
            raise RuntimeError("no")
        self.heard += numbers


def waiting() -> list[tuple[int, int]]:
    with transaction() as conn:
        return conn.execute("SELECT (data->>'n')::int, attempts FROM outbox ORDER BY id").fetchall()


def test_what_was_sent_is_delivered_once_and_its_row_goes(send, clock):
    send(1, 2, 3)
    listener = Listener()
    assert outbox.deliver(outbox.take(clock.now), {"something.happened": [listener]}, clock.now) == 3
    assert listener.heard == [1, 2, 3]
    assert waiting() == []
    assert outbox.take(clock.now) == []


def test_nothing_is_sent_by_a_transaction_that_fails(club, clock):
    def fail() -> None:
        with transaction():
            outbox.send("something.happened", club, [(None, {"n": 1})], clock.now)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert waiting() == []


def test_every_handler_of_a_type_hears_it_and_a_type_without_handlers_just_goes(send, clock):
    send(1)
    send(2, type_="nobody.cares")
    one, other = Listener(), Listener()
    outbox.deliver(outbox.take(clock.now), {"something.happened": [one, other]}, clock.now)
    assert one.heard == other.heard == [1]
    assert waiting() == []


def test_a_message_that_fails_is_tried_again_later_and_does_not_hold_up_the_others(send, clock):
    send(*range(20))
    listener = Listener(refuses={7})
    handlers = {"something.happened": [listener]}
    outbox.deliver(outbox.take(clock.now), handlers, clock.now)
    assert sorted(listener.heard) == [n for n in range(20) if n != 7]
    assert waiting() == [(7, 1)]

    assert outbox.take(clock.now) == []
    outbox.deliver(outbox.take(clock.move(seconds=6)), handlers, clock.now)
    assert waiting() == [(7, 2)]
    assert outbox.take(clock.move(seconds=6)) == []  # the pause has doubled

    listener.refuses.clear()
    outbox.deliver(outbox.take(clock.move(seconds=6)), handlers, clock.now)
    assert listener.heard[-1] == 7
    assert waiting() == []


def test_pauses_grow_up_to_an_hour():
    assert [outbox.pause(n).total_seconds() for n in (0, 1, 2)] == [5, 10, 20]
    assert outbox.pause(1000) == timedelta(hours=1)


def test_what_a_killed_deliverer_had_taken_falls_due_again(send, clock):
    send(1, 2)
    assert len(outbox.take(clock.now)) == 2  # and then nothing more is heard of whoever took them
    assert outbox.take(clock.move(seconds=60)) == []
    listener = Listener()
    outbox.deliver(outbox.take(clock.move(seconds=61)), {"something.happened": [listener]}, clock.now)
    assert listener.heard == [1, 2]


def test_delivering_what_was_delivered_already_does_nothing(send, clock):
    send(1)
    ids = outbox.take(clock.now)
    listener = Listener()
    for _ in range(2):
        outbox.deliver(ids, {"something.happened": [listener]}, clock.now)
    assert listener.heard == [1]


def test_two_relays_at_once_take_everything_and_nothing_twice(app, send, clock):
    send(*range(2000))
    taken: list[list[int]] = []
    ready = threading.Barrier(4)

    def relay() -> None:
        with app.app_context():
            ready.wait()
            while ids := outbox.take(clock.now, 50):
                taken.append(ids)

    threads = [threading.Thread(target=relay) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    ids = [id_ for batch in taken for id_ in batch]
    assert len(ids) == len(set(ids)) == 2000


def test_a_purchase_does_not_fail_where_valkey_is_away(app, monkeypatch):
    monkeypatch.setitem(app.extensions, "loyalty.valkey", connect("unix:///nowhere/valkey.sock?db=0"))
    outbox.wake()
    tried = []
    monkeypatch.setattr(redis.Redis, "pipeline", lambda *a, **k: tried.append(a))
    outbox.wake()
    assert not tried  # for a few seconds it isn't even asked
    app.extensions.pop(outbox._SILENT_UNTIL)


def test_many_nudges_leave_one(app):
    for _ in range(5):
        outbox.wake()
    with connect(app.extensions["loyalty"].redis_url) as valkey:
        assert valkey.llen(outbox.BELL) == 1
