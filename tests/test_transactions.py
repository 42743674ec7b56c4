"""Actions as parts of one transaction: all of them last or none, and a deadlock's victim begins anew as a whole."""

from __future__ import annotations

import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from flask import Flask

from loyalty.db import connection, db, in_transaction, retried, transaction
from loyalty.errors import NotFound
from loyalty.values import Text


class Jars:
    """Jars with coins in them, and an action that puts one in."""

    def __init__(self) -> None:
        self.puts: Counter[str] = Counter()
        with transaction() as conn:
            (self.club_id,) = conn.execute(
                "INSERT INTO club (code, name, currency, timezone, calendar, created_at)"
                " VALUES ('anar', '{}', 'IRR', 'Asia/Tehran', 'jalali', now()) RETURNING id"
            ).fetchone()
            for jar in ("red", "blue"):
                conn.execute(
                    "INSERT INTO club_use (club_id, key, start, used) VALUES (%s, %s, '0001-01-01', 0)",
                    (self.club_id, jar),
                )
        self.put = retried(self._put)

    def _put(self, jar: str) -> None:
        self.puts[jar] += 1
        with transaction() as conn:
            found = conn.execute(
                "UPDATE club_use SET used = used + 1 WHERE club_id = %s AND key = %s", (self.club_id, jar)
            )
            if not found.rowcount:
                raise NotFound(Text("There is no such jar.", "چنین کوزه‌ای نیست."))

    def coins(self) -> dict[str, int]:
        """What lasts: as another session sees it."""
        with db.engine.connect() as other:
            return dict(other.exec_driver_sql("SELECT key, used FROM club_use ORDER BY key").fetchall())


@pytest.fixture
def jars(app: Flask) -> Jars:
    return Jars()


def test_actions_inside_a_transaction_last_when_it_ends_and_not_before(jars: Jars) -> None:
    with transaction() as conn:
        jars.put("red")
        jars.put("blue")
        assert connection() is conn
        assert in_transaction()
        assert jars.coins() == {"blue": 0, "red": 0}
    assert not in_transaction()
    assert jars.coins() == {"blue": 1, "red": 1}


def test_what_fails_inside_undoes_the_whole(jars: Jars) -> None:
    def fill() -> None:
        with transaction():
            jars.put("red")
            jars.put("green")

    with pytest.raises(NotFound):
        fill()
    assert jars.coins() == {"blue": 0, "red": 0}
    jars.put("red")  # the session is as good as new
    assert jars.coins() == {"blue": 0, "red": 1}


def test_what_fails_after_an_action_undoes_the_action(jars: Jars) -> None:
    def fill() -> None:
        with transaction():
            jars.put("red")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fill()
    assert jars.coins() == {"blue": 0, "red": 0}


def test_a_failure_inside_that_somebody_swallows_is_raised_at_the_end(jars: Jars) -> None:
    def fill() -> None:
        with transaction():
            jars.put("red")
            with suppress(NotFound):
                jars.put("green")
            jars.put("blue")

    with pytest.raises(NotFound):
        fill()
    assert jars.puts["blue"] == 1
    assert jars.coins() == {"blue": 0, "red": 0}


def test_another_context_inside_is_a_transaction_of_its_own(app: Flask, jars: Jars) -> None:
    def fill() -> None:
        with transaction():
            jars.put("red")
            with app.app_context():
                assert not in_transaction()
                jars.put("blue")
            assert in_transaction()
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fill()
    assert jars.coins() == {"blue": 1, "red": 0}


def test_of_two_that_lock_each_other_the_victim_begins_anew_as_a_whole(app: Flask, jars: Jars) -> None:
    both_hold_one = threading.Barrier(2, timeout=30)
    begun: Counter[str] = Counter()

    @retried
    def fill(first: str, second: str) -> None:
        begun[first] += 1
        with transaction():
            jars.put(first)
            if begun[first] == 1:
                both_hold_one.wait()
            jars.put(second)

    def work(order: tuple[str, str]) -> None:
        with app.app_context():
            fill(*order)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, [("red", "blue"), ("blue", "red")]))
    assert jars.coins() == {"blue": 2, "red": 2}
    assert sorted(begun.values()) == [1, 2]
    assert jars.puts == {"red": 3, "blue": 3}  # each whole put into both; no part was tried alone
