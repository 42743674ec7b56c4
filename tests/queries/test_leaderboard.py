"""A leaderboard as a member sees it, from purchases to places."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from loyalty.db import transaction
from loyalty.errors import Invalid, NotFound, Unavailable
from loyalty.gamification import scores
from loyalty.queries.called import short_name
from loyalty.valkey import connect, valkey
from tests.small_club import SmallClub, programme_of


@pytest.fixture
def club(app, clock) -> SmallClub:
    return SmallClub(clock)


def test_purchases_move_the_board_of_the_month(club):
    club.buys("ada", 900, name="آدا کریمی")
    club.buys("bita", 500, name="بیتا راد")
    club.buys("bita", 600)
    board = club.board()
    assert [(p.rank, p.name, p.score) for p in board.items] == [(1, "بیتا ر.", 1100), (2, "آدا ک.", 900)]
    assert (board.code, board.title.fa, board.unit) == ("month", "خریداران ماه", "money")
    assert (board.period, board.period_start, board.period_end) == ("1405-08", date(2026, 10, 23), date(2026, 11, 21))
    assert board.me is None
    assert board.next is None


def test_around_me_marks_me(club):
    for n in range(9):
        club.buys(f"m{n}", 1000 - n, name=f"Member {n}")
    me = club.buys("me", 995, name="It Is Me")
    board = club.board(around=me, limit=3)
    # Equal to m5, but later than them.
    assert [(p.rank, p.name, p.me) for p in board.items] == [
        (6, "Member 5.", False),
        (7, "It M.", True),
        (8, "Member 6.", False),
    ]
    assert board.me == board.items[1]


def test_a_board_is_read_page_by_page(club):
    for n in range(5):
        club.buys(f"m{n}", 100 - n)
    first = club.board(limit=2)
    second = club.board(limit=2, cursor=first.next)
    third = club.board(limit=2, cursor=second.next)
    assert [p.rank for p in first.items + second.items + third.items] == [1, 2, 3, 4, 5]
    assert third.next is None
    assert club.board(limit=2, cursor=99).items == []


def test_past_periods_can_be_asked_for_by_name(club):
    last_month = datetime(2026, 10, 10, tzinfo=UTC)
    club.buys("ada", 900, last_month, name="Ada Karimi")
    club.buys("bita", 100, name="Bita Rad")
    assert club.places() == [(1, "Bita R.", 100)]
    assert club.places(period="previous") == club.places(period="1405-07") == [(1, "Ada K.", 900)]
    assert club.places(period="1399-12") == []
    assert club.places("ever") == [(1, "Ada K.", 900), (2, "Bita R.", 100)]
    assert club.board("ever").period == "ever"


@pytest.mark.parametrize(
    ("code", "period"), [("month", "1405-13"), ("month", "1405"), ("month", "soon"), ("ever", "previous")]
)
def test_a_period_that_is_none_is_refused_by_name(club, code, period):
    with pytest.raises(Invalid) as refusal:
        club.board(code, period=period)
    assert [fault.path for fault in refusal.value.faults] == ["/period"]


def test_there_is_no_board_that_the_bylaws_do_not_have(club):
    with pytest.raises(NotFound):
        club.board("nobody")


def test_two_visits_a_day_count_once_in_the_week(club, clock):
    for hours in (0, 1, 2):
        club.buys("ada", 10, clock.now - timedelta(hours=hours), name="Ada Karimi")
    for days in (0, 1):
        club.buys("bita", 10, clock.now - timedelta(days=days), name="Bita Rad")
    club.buys("cyrus", 10, name="Cyrus Zand")
    assert club.places("regulars") == [(1, "Bita R.", 2), (2, "Ada K.", 1), (2, "Cyrus Z.", 1)] or (
        club.places("regulars") == [(1, "Bita R.", 2), (2, "Cyrus Z.", 1), (2, "Ada K.", 1)]
    )


def test_a_member_is_shown_by_alias_or_by_as_little_as_will_do(club):
    ada = club.buys("ada", 3, name="Ada Karimi")
    club.buys("bita", 2)
    with transaction() as conn:
        conn.execute("UPDATE profile SET alias = 'Comet' WHERE member_id = %s", (ada,))
    assert [name for _, name, _ in club.places(lang="en")] == ["Comet", "A member"]
    assert [short_name(name) for name in ("Sara", "علی رضا کریمی", "", None)] == ["Sara", "علی ک.", "", ""]


def test_where_valkey_is_away_the_board_says_so(app, club, monkeypatch):
    club.buys("ada", 900)
    monkeypatch.setitem(app.extensions, "loyalty.valkey", connect("unix:///nowhere/valkey.sock?db=0"))
    with pytest.raises(Unavailable):
        club.board()


def test_an_emptied_valkey_shows_no_half_board(club, clock):
    club.buys("ada", 900, name="Ada Karimi")
    club.buys("bita", 500, name="Bita Rad")
    before = club.board()
    valkey().flushdb()
    club.buys("cyrus", 100, name="Cyrus Zand")
    with pytest.raises(Unavailable):
        club.board()
    scores.rebuild_all(valkey(), programme_of(club.id), clock.now)
    assert club.board().items[:2] == before.items
    assert len(club.places()) == 3
