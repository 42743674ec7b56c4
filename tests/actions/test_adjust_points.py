"""What a person gives or takes by hand, and why."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.adjust_points import Adjusted, Adjustment, adjust_points
from loyalty.db import connection
from loyalty.errors import InsufficientBalance, Invalid, NotFound
from tests.conftest import START
from tests.story import CASHBACK, POINTS, Story, document

DAY = timedelta(days=1)


def club(**terms: Any) -> Story:
    return Story(document(wallets={"points": {**POINTS["points"], **terms}, **CASHBACK}))


@pytest.fixture
def story(app: Flask) -> Story:
    return club(expires={"days": 30}, matures={"days": 14})


def adjusts(story: Story, member: int, amount: int, **more: Any) -> Adjusted:
    return adjust_points(story.club_id, member, Adjustment("points", amount, "Said sorry", **more), story.now)


def entries(event: int) -> list[tuple[Any, ...]]:
    found = connection().execute(
        "SELECT source, target, amount, occurred_at FROM entry WHERE event_id = %s ORDER BY n", [event]
    )
    return found.fetchall()


def ends(member: int) -> list[Any]:
    """The ends of what a member can spend."""
    rows = connection().execute(
        "SELECT expires_at FROM lot WHERE member_id = %s AND available > 0 ORDER BY id", [member]
    )
    return [row[0] for row in rows]


def test_what_is_given_can_be_spent_at_once_and_ends_by_the_wallets_terms_or_as_told(story: Story) -> None:
    sara = story.enrols()
    given = adjusts(story, sara, 50, earned_at=START - 10 * DAY)
    assert given.wallets["points"] == (50, 0, 0, 0, 0)
    adjusts(story, sara, 5, expires_at=START + DAY)
    adjusts(story, sara, 7, expires_at=None)
    assert ends(sara) == [START + 20 * DAY, START + DAY, None]
    assert entries(given.id) == [("adjusted", "available", 50, START - 10 * DAY)]
    row = connection().execute("SELECT kind, amount, reason, counts FROM adjustment WHERE id = %s", [given.id])
    assert row.fetchone() == ("adjustment", 50, "Said sorry", False)
    assert story.books_agree()


def test_what_counts_is_earned(story: Story) -> None:
    sara = story.enrols()
    assert adjusts(story, sara, 50, counts=True).wallets["points"].earned == 50
    assert adjusts(story, sara, -20, counts=True).wallets["points"] == (30, 30, 0, 0, 0)
    assert adjusts(story, sara, -5).wallets["points"] == (25, 30, 0, 0, 0)
    assert story.books_agree()


def test_what_is_taken_goes_in_the_order_of_spending(story: Story) -> None:
    sara = story.enrols()
    for end in (None, START + 9 * DAY, START + 3 * DAY):
        adjusts(story, sara, 10, expires_at=end)
    adjusts(story, sara, -15)
    assert ends(sara) == [None, START + 9 * DAY]
    assert story.books_agree()


def test_more_than_is_there_is_not_taken_and_nothing_is_written(story: Story) -> None:
    sara = story.enrols()
    adjusts(story, sara, 1200)
    with pytest.raises(InsufficientBalance) as refused:
        adjusts(story, sara, -1201)
    assert refused.value.detail == (
        "Of 1,201 only 1,200 can be spent.",
        "از ۱٬۲۰۱ تنها ۱٬۲۰۰ برای خرج کردن هست.",
    )
    assert story.balance(sara) == 1200
    assert story.books_agree()


def test_a_lot_past_its_end_is_not_there_to_be_taken_though_nobody_swept_it(story: Story) -> None:
    sara = story.enrols()
    adjusts(story, sara, 10, expires_at=START + DAY)
    story.now = START + DAY
    adjusts(story, sara, -1)
    story.now += timedelta(microseconds=1)
    with pytest.raises(InsufficientBalance):
        adjusts(story, sara, -1)


def test_what_was_earned_so_long_ago_that_it_has_ended_expires_at_once(story: Story) -> None:
    sara = story.enrols()
    given = adjusts(story, sara, 10, earned_at=START - 31 * DAY)
    assert given.wallets["points"] == (0, 0, 0, 0, 0)
    assert [row[:3] for row in entries(given.id)] == [("adjusted", "available", 10), ("available", "expired", 10)]
    assert story.books_agree()


def test_a_gift_into_a_wallet_that_lapses_with_idleness_does_not_lie_there_for_ever(app: Flask) -> None:
    story = club(expires={"after": {"days": 30}, "from": "activity"})
    sara, lena = story.enrols(), story.enrols("Lena")
    adjusts(story, sara, 10)
    assert adjusts(story, lena, 10, earned_at=START - 31 * DAY, counts=True).wallets["points"] == (0, 10, 0, 0, 0)
    story.now += 31 * DAY
    with pytest.raises(InsufficientBalance):
        adjusts(story, sara, -1)
    assert story.books_agree()


@pytest.mark.parametrize(
    ("amount", "more", "path"),
    [
        (5, {"expires_at": START - DAY}, "/expires_at"),
        (-5, {"expires_at": None}, "/expires_at"),
        (-5, {"earned_at": START}, "/earned_at"),
    ],
)
def test_dates_that_make_no_sense_are_named(story: Story, amount: int, more: dict[str, Any], path: str) -> None:
    sara = story.enrols()
    with pytest.raises(Invalid) as refused:
        adjusts(story, sara, amount, **more)
    assert [fault.path for fault in refused.value.faults] == [path]


def test_nobody_adjusts_a_wallet_or_a_member_that_is_not_there(story: Story) -> None:
    sara = story.enrols()
    with pytest.raises(Invalid):
        adjust_points(story.club_id, sara, Adjustment("stars", 1, "x"), story.now)
    with pytest.raises(NotFound):
        adjusts(story, sara + 1, 1)
