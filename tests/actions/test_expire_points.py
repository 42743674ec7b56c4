"""What falls due by itself: done by the timer, and before anything else that happens to a member."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.expire_points import anything_due, expire_points
from loyalty.db import connection, db
from tests.conftest import START, Clock
from tests.story import CASHBACK, POINTS, Story, document

DAY = timedelta(days=1)
MONTHS: dict[str, Any] = {"expires": {"after": {"months": 1}, "at": "end_of_month"}, "matures": {"days": 14}}


def club(**terms: Any) -> Story:
    return Story(document(wallets={"points": {**POINTS["points"], **terms}, **CASHBACK}))


@pytest.fixture
def story(app: Flask) -> Story:
    return club(**MONTHS)


def row(story: Story, member: int) -> tuple[int, int, int]:
    found = connection().execute("SELECT pending, available, expired FROM balance WHERE member_id = %s", [member])
    return found.fetchone() or (0, 0, 0)  # type: ignore[return-value]


def told(story: Story) -> list[dict[str, Any]]:
    rows = connection().execute("SELECT data FROM outbox WHERE type = 'points.expired' ORDER BY id")
    return [data for (data,) in rows]


def sweep(story: Story, at: Any) -> int:
    db.session.rollback()
    return expire_points(story.club_id, at, at)


def test_points_wait_mature_and_expire_at_the_end_of_the_jalali_month(story: Story) -> None:
    sara = story.enrols()
    outcome = story.buys(sara, 10_000)  # 10 Aban: matures on 24 Aban, good until the last of Azar
    assert outcome.wallets["points"] == (0, 10, 10, 0, 0)
    assert not sweep(story, START + 13 * DAY)
    assert sweep(story, START + 15 * DAY) == 1
    assert row(story, sara) == (0, 10, 0)
    assert not anything_due(story.club_id, START + 49 * DAY)
    assert sweep(story, START + 51 * DAY) == 1  # 1 Dey
    assert row(story, sara) == (0, 0, 10)
    assert [(data["amount"], data["event"]) for data in told(story)] == [(10, outcome.id)]
    assert not sweep(story, START + 60 * DAY)
    assert story.books_agree()


def test_the_sweep_goes_on_in_batches_and_does_each_lot_once(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loyalty.actions.expire_points.BATCH", 2)
    story = club(expires={"days": 3})
    members = [story.enrols(f"n{n}") for n in range(5)]
    for member in members:
        story.records([story.sale(member, 1000 * n) for n in (1, 2)])
    assert sweep(story, START + 4 * DAY) == 5
    assert [row(story, member) for member in members] == [(0, 0, 3)] * 5
    assert story.books_agree()


def test_what_was_due_is_done_before_a_sale_so_a_history_told_late_reads_like_one_that_was_lived(app: Flask) -> None:
    bylaws = document(
        wallets={"points": {**POINTS["points"], "expires": {"days": 10}, "matures": {"days": 2}}, **CASHBACK}
    )
    lived, told_late = Story(bylaws, "lived"), Story(bylaws, "late")
    sara, lena = lived.enrols(), told_late.enrols()
    days = (0, 1, 5, 11, 12, 30)
    for day in days:
        sweep(lived, START + day * DAY)
        lived.buys(sara, 5_000, at=START + day * DAY)
    told_late.records([told_late.sale(lena, 5_000, at=START + day * DAY) for day in days])
    moves = "SELECT source, target, amount, occurred_at FROM entry WHERE member_id = %s ORDER BY occurred_at, n"
    ours, theirs = (connection().execute(moves, [member]).fetchall() for member in (sara, lena))
    assert ours == theirs
    assert row(lived, sara) == row(told_late, lena)
    assert lived.books_agree()
    assert told_late.books_agree()


def test_a_wallet_lapses_after_idleness_and_every_earning_begins_the_count_anew(app: Flask) -> None:
    story = club(expires={"after": {"months": 2}, "from": "activity"})
    sara = story.enrols()
    story.buys(sara, 10_000)
    story.buys(sara, 10_000, at=START + 50 * DAY)
    assert not sweep(story, START + 70 * DAY)
    assert row(story, sara) == (0, 20, 0)
    assert sweep(story, START + 115 * DAY) == 1
    assert row(story, sara) == (0, 0, 20)
    story.buys(sara, 10_000, at=START + 120 * DAY)
    assert row(story, sara) == (0, 10, 20)
    assert story.books_agree()


def test_a_lapse_that_no_timer_saw_is_done_before_the_next_sale(app: Flask) -> None:
    story = club(expires={"after": {"months": 2}, "from": "activity"})
    sara = story.enrols()
    story.buys(sara, 10_000)
    assert story.buys(sara, 10_000, at=START + 100 * DAY).wallets["points"].available == 10
    assert row(story, sara) == (0, 10, 10)
    assert story.books_agree()


def test_a_late_sale_whose_points_are_already_past_their_end_leaves_nothing_to_spend(
    story: Story, clock: Clock
) -> None:
    sara = story.enrols()
    story.now = clock.move(days=100)
    story.buys(sara, 10_000, at=START)
    sweep(story, story.now)
    assert row(story, sara) == (0, 0, 10)
    assert story.books_agree()
