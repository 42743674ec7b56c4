"""Boards in Valkey: places, ties, around me; safe in any order of deliveries; filled again without anybody noticing."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import redis

from loyalty.db import transaction
from loyalty.gamification import leaderboards, scores
from loyalty.gamification.leaderboards import Standing
from loyalty.valkey import valkey
from tests.gamification.conftest import ABAN, MEHR


def test_who_reaches_a_score_first_stands_above_who_reaches_it_later(game, at):
    board = game.board(ties="first_to_reach")
    ada, bita, cyrus = game.member(), game.member(), game.member()
    game.deliver(
        board, game.scores(cyrus, 500, at(3)), game.scores(ada, 500, at(2)), game.scores(bita, 500, at(2, 11, 59))
    )
    assert game.places(board) == [(1, bita, 500), (2, ada, 500), (3, cyrus, 500)]


def test_shared_ranks_are_shared_and_the_next_rank_is_skipped(game, at):
    board = game.board(ties="shared")
    members = [game.member() for _ in range(5)]
    game.deliver(
        board,
        *(game.scores(m, s, at(2, n)) for n, (m, s) in enumerate(zip(members, (900, 500, 500, 500, 100), strict=True))),
    )
    assert [(rank, score) for rank, _, score in game.places(board)] == [
        (1, 900),
        (2, 500),
        (2, 500),
        (2, 500),
        (5, 100),
    ]
    # A page that begins inside the tie, and one just below it, count the same.
    assert [p.rank for p in game.page(board, offset=2, size=2).places] == [2, 2]
    assert [p.rank for p in game.page(board, offset=4, size=2).places] == [5]
    assert game.page(board, size=1, member_id=members[3]).me == (2, members[3], 500)


def test_scores_stay_exact_up_to_two_to_the_fifty_third(game, at):
    board = game.board(None)
    ada, bita = game.member(), game.member()
    game.deliver(board, game.scores(ada, 2**53 - 2, at(1)), game.scores(bita, 2**53 - 1, at(2)))
    assert game.places(board, date.min) == [(1, bita, 2**53 - 1), (2, ada, 2**53 - 2)]


@pytest.mark.parametrize(
    ("me", "size", "shown"),
    [(1, 5, [1, 2, 3, 4, 5]), (2, 5, [1, 2, 3, 4, 5]), (10, 5, [8, 9, 10, 11, 12]), (20, 5, [16, 17, 18, 19, 20])],
)
def test_around_me_is_a_full_page_even_at_the_top_and_the_bottom(game, at, me, size, shown):
    board = game.board()
    members = [game.member() for _ in range(20)]
    game.deliver(board, *(game.scores(m, 1000 - n, at(2)) for n, m in enumerate(members)))
    page = game.page(board, size=size, offset=None, member_id=members[me - 1])
    assert [p.rank for p in page.places] == shown
    assert page.me == (me, members[me - 1], 1000 - me + 1)


def test_around_somebody_who_is_not_listed_shows_the_top(game, at):
    board = game.board()
    ada, bita = game.member(), game.member()
    game.deliver(board, game.scores(ada, 10, at(2)))
    page = game.page(board, size=3, offset=None, member_id=bita)
    assert [p.member_id for p in page.places] == [ada]
    assert page.me is None


def test_only_active_members_who_wish_so_and_have_a_score_are_listed(game, at):
    board = game.board()
    hidden, left, broke = game.member(on_boards=False), game.member(status="left"), game.member()
    ada = game.member()
    game.deliver(board, *(game.scores(m, 10, at(2)) for m in (hidden, left, ada)), game.scores(broke, 0, at(2)))
    assert game.places(board) == [(1, ada, 10)]
    game.rebuild(board)
    assert game.places(board) == [(1, ada, 10)]


def test_leaving_the_boards_takes_a_member_off_every_period(game, at):
    board = game.board()
    ada = game.member()
    game.deliver(board, game.scores(ada, 10, at(2)), game.scores(ada, 20, datetime(2026, 10, 1, tzinfo=UTC)))
    with transaction() as conn:
        conn.execute("UPDATE profile SET on_boards = false")
        conn.execute("UPDATE member SET seq = seq + 1")
    game.deliver(board, scores.Change(ada, None))
    assert game.places(board) == game.places(board, MEHR) == []


def test_a_return_to_nothing_takes_a_member_off_the_board(game, at):
    board = game.board()
    ada = game.member()
    game.deliver(board, game.scores(ada, 10, at(2)))
    game.deliver(board, game.scores(ada, -10, at(5)))
    assert game.places(board) == []


def test_a_late_purchase_moves_the_board_of_its_own_month_only(game, at):
    board = game.board()
    ada, bita = game.member(), game.member()
    game.deliver(board, game.scores(ada, 100, at(2)), game.scores(bita, 50, at(3)))
    game.deliver(board, game.scores(bita, 500, datetime(2026, 10, 1, tzinfo=UTC)))
    assert game.places(board) == [(1, ada, 100), (2, bita, 50)]
    assert game.places(board, MEHR) == [(1, bita, 500)]


@pytest.mark.parametrize("period", ["day", "week", "quarter", "year", None])
def test_every_kind_of_period_adds_up_its_days(game, at, period):
    board = game.board(period)
    ada, bita = game.member(), game.member()
    # The 9th and 10th of Aban 1405 are a Saturday and a Sunday: one week, one quarter, one year.
    game.deliver(board, game.scores(ada, 60, at(9)), game.scores(ada, 50, at(10)), game.scores(bita, 90, at(10)))
    expected = [(1, bita, 90), (2, ada, 50)] if period == "day" else [(1, ada, 110), (2, bita, 90)]
    start = board.start(date(2026, 11, 1))
    assert game.places(board, start) == expected
    game.rebuild(board)
    assert game.places(board, start) == expected


def test_a_counter_of_days_counts_each_active_day_once_in_a_week(game, at):
    board = game.board("week", days=True)
    ada, bita = game.member(), game.member()
    game.deliver(
        board,
        *(game.scores(ada, 1, at(9, hour)) for hour in (9, 12, 20)),
        *(game.scores(bita, 1, at(d)) for d in (9, 10)),
    )
    start = board.start(date(2026, 11, 1))
    assert game.places(board, start) == [(1, bita, 2), (2, ada, 1)]
    game.rebuild(board)
    assert game.places(board, start) == [(1, bita, 2), (2, ada, 1)]


def test_delivering_twice_changes_nothing(game, at):
    board = game.board()
    changes = [game.scores(game.member(), 10, at(2)) for _ in range(3)]
    game.deliver(board, *changes)
    before = game.places(board)
    game.deliver(board, *changes)
    game.deliver(board, *reversed(changes))
    assert game.places(board) == before


def test_a_reading_that_arrives_late_does_not_undo_a_later_one(game, at):
    board = game.board()
    ada = game.member()
    older = [(board, (ABAN, ""), [Standing(ada, 1, 10, 0)])]
    gone = [(board, (ABAN, ""), [Standing(ada, 3, 0, 0)])]
    leaderboards.put(valkey(), [(board, (ABAN, ""), [Standing(ada, 2, 30, 0)])])
    leaderboards.put(valkey(), older)
    assert game.places(board) == [(1, ada, 30)]
    leaderboards.put(valkey(), gone)
    leaderboards.put(valkey(), older)
    assert game.places(board) == []


def test_an_emptied_valkey_is_filled_again_to_the_identical_board(game, at):
    board = game.board()
    members = [game.member() for _ in range(40)]
    for n, member in enumerate(members * 3):
        game.deliver(board, game.scores(member, 10 + n % 7, at(1 + n % 28, n % 24)))
    places, before = game.places(board), _everything()
    valkey().flushdb()
    assert not leaderboards.complete(valkey(), board)
    game.rebuild(board)
    assert leaderboards.complete(valkey(), board)
    assert game.places(board) == places
    assert {k: v for k, v in _everything().items() if k in before} == before


def test_a_delivery_during_a_rebuild_is_not_lost(app, game, at, monkeypatch):
    board = game.board()
    ada, bita = game.member(), game.member()
    game.deliver(board, game.scores(ada, 10, at(2)), game.scores(bita, 20, at(2)))
    streamed = scores._all

    def interrupted(conn, board):
        rows = list(streamed(conn, board))
        with app.app_context():  # a session of its own, as another process has
            game.deliver(board, game.scores(ada, 90, at(3)))
        assert [place[:2] for place in game.places(board)] == [(1, ada), (2, bita)]
        return iter(rows)

    monkeypatch.setattr(scores, "_all", interrupted)
    game.rebuild(board)
    assert game.places(board) == [(1, ada, 100), (2, bita, 20)]


def test_readers_never_see_an_empty_board_while_it_is_filled(game, at, monkeypatch):
    board = game.board()
    game.deliver(board, game.scores(game.member(), 10, at(2)))
    seen = []
    put = scores.put
    monkeypatch.setattr(scores, "put", lambda *a, **k: (seen.append(game.places(board)), put(*a, **k))[1])
    game.rebuild(board)
    assert seen
    assert all(seen)


def test_of_two_rebuilds_the_younger_one_counts(game, at, monkeypatch):
    board = game.board()
    ada = game.member()
    game.scores(ada, 10, at(2))
    begin = leaderboards.begin_rebuild

    def overtaken(store, board, starts, token):
        begin(store, board, starts, token)
        begin(store, board, starts, "younger")

    monkeypatch.setattr(scores, "begin_rebuild", overtaken)
    with pytest.raises(redis.ResponseError, match="SUPERSEDED"):
        game.rebuild(board)
    monkeypatch.undo()
    game.rebuild(board)
    assert game.places(board) == [(1, ada, 10)]


def test_a_rebuild_forgets_periods_and_members_that_postgresql_does_not_know(game, at):
    board = game.board()
    ada, ghost = game.member(), game.member()
    game.scores(ada, 10, at(2))
    leaderboards.put(valkey(), [(board, (start, ""), [Standing(ghost, 99, 999, 0)]) for start in (ABAN, MEHR)])
    game.rebuild(board)
    assert game.places(board) == [(1, ada, 10)]
    assert game.places(board, MEHR) == []


def test_boards_that_the_bylaws_no_longer_have_are_forgotten(game, at):
    old, new = game.board()._replace(code="old"), game.board()
    change = game.scores(game.member(), 10, at(2))
    for board in (old, new):
        game.deliver(board, change)
        game.rebuild(board)
    leaderboards.forget(valkey(), game.club, [new])
    assert game.places(old) == []
    assert not leaderboards.complete(valkey(), old)
    assert game.places(new)


def test_boards_are_filled_again_after_valkey_was_started_anew(game, monkeypatch):
    board = game.board()
    game.rebuild(board)
    assert leaderboards.unsure(valkey(), game.club, [board]) == []
    monkeypatch.setattr(leaderboards, "_run", lambda store: "another run")
    assert leaderboards.unsure(valkey(), game.club, [board]) == [board]


def test_a_delivery_costs_the_same_statements_for_one_member_and_for_many(game, at, statements):
    board = game.board()
    members = [game.member() for _ in range(50)]
    changes = [game.scores(m, 10, at(2)) for m in members]
    with statements() as one:
        game.deliver(board, changes[0])
    with statements() as many:
        game.deliver(board, *changes)
    assert len(one) == len(many) > 0


def _everything() -> dict[bytes, object]:
    store = valkey()
    return {
        key: store.zrange(key, 0, -1, withscores=True) if key.endswith(b":rank") else store.hgetall(key)
        for key in store.scan_iter(match="board:*")
    }
