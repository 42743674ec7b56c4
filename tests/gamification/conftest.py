from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, date, datetime

import psycopg
import pytest
from flask import Flask

from loyalty.calendars import Calendar
from loyalty.db import transaction
from loyalty.gamification.leaderboards import Board, Page, page
from loyalty.gamification.scores import Change, deliver, rebuild
from loyalty.valkey import valkey

JALALI = Calendar("Asia/Tehran", "jalali")
ABAN = date(2026, 10, 23)
"""The first of Aban 1405."""
MEHR = date(2026, 9, 23)


class Game:
    """A club whose counter rows a test writes itself: `scores` is what a purchase would have done."""

    def __init__(self) -> None:
        with transaction() as conn:
            (self.club,) = conn.execute(
                "INSERT INTO club (code, name, currency, timezone, calendar, created_at)"
                " VALUES ('anar', '{}', 'IRR', 'Asia/Tehran', 'jalali', now()) RETURNING id"
            ).fetchone()
            (self.counter,) = conn.execute(
                "INSERT INTO counter (club_id, digest, definition) VALUES (%s, 'spend', '{}') RETURNING id",
                (self.club,),
            ).fetchone()

    def board(self, period: str | None = "month", ties: str = "first_to_reach", *, days: bool = False) -> Board:
        return Board(self.club, "best", self.counter, period, ties, JALALI, days)

    def member(self, *, status: str = "active", on_boards: bool = True) -> int:
        with transaction() as conn:
            (member,) = conn.execute(
                "INSERT INTO member (club_id, status, joined_at) VALUES (%s, %s, now()) RETURNING id",
                (self.club, status),
            ).fetchone()
            conn.execute(
                "INSERT INTO profile (member_id, club_id, on_boards) VALUES (%s, %s, %s)",
                (member, self.club, on_boards),
            )
        return member

    def scores(self, member: int, amount: int, at: datetime) -> Change:
        """Add to the member's counter what happened at an instant; answers what the outbox would say."""
        day = JALALI.moment(at).day
        with transaction() as conn:
            conn.execute("UPDATE member SET seq = seq + 1 WHERE id = %s", (member,))
            for grain, start in ((2, day), (1, JALALI.start_of("month", day)), (0, date.min)):
                conn.execute(
                    "INSERT INTO counter_sum (member_id, counter_id, grain, start, value, reached_at)"
                    " VALUES (%s, %s, %s, %s, %s, %s)"
                    " ON CONFLICT (member_id, counter_id, grain, start, label) DO UPDATE"
                    " SET value = counter_sum.value + excluded.value,"
                    " reached_at = greatest(counter_sum.reached_at, excluded.reached_at)",
                    (member, self.counter, grain, start, amount, at),
                )
        return Change(member, frozenset((day,)))

    def deliver(self, board: Board, *changes: Change) -> None:
        deliver(valkey(), [board], changes)

    def rebuild(self, board: Board) -> int:
        return rebuild(valkey(), board)

    def page(self, board: Board, start: date = ABAN, **options: object) -> Page:
        return page(valkey(), board, start, **{"size": 100} | options)

    def places(self, board: Board, start: date = ABAN) -> list[tuple[int, int, int]]:
        return [tuple(place) for place in self.page(board, start).places]


@pytest.fixture
def game(app: Flask) -> Game:
    return Game()


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> Callable[[], AbstractContextManager[list[str]]]:
    """What is said to PostgreSQL: `with statements() as said: …`."""
    execute = psycopg.Cursor.execute

    @contextmanager
    def listen() -> Iterator[list[str]]:
        said: list[str] = []
        with monkeypatch.context() as patch:
            patch.setattr(psycopg.Cursor, "execute", lambda *a, **k: (said.append(str(a[1])), execute(*a, **k))[1])
            yield said

    return listen


@pytest.fixture
def at() -> Callable[..., datetime]:
    """An instant of Aban 1405 in Tehran: `at(10, 12)` is its tenth day at noon."""

    def instant(day: int, hour: int = 12, minute: int = 0) -> datetime:
        local = datetime(2026, 10, 22, hour, minute, tzinfo=JALALI.zone)
        return (local.replace(day=22 + day) if day <= 9 else local.replace(month=11, day=day - 9)).astimezone(UTC)

    return instant
