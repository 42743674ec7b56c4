"""Members give each other, where the bylaws let them."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.adjust_points import Adjustment, adjust_points
from loyalty.actions.transfer_points import Transferred, transfer_points
from loyalty.actions.update_member import update_member
from loyalty.db import connection
from loyalty.errors import Conflict, InsufficientBalance, Invalid, NotFound, Problem
from loyalty.rules import MemberRef
from tests.conftest import START
from tests.story import CASHBACK, POINTS, Story, document

DAY = timedelta(days=1)


@pytest.fixture
def story(app: Flask) -> Story:
    wallet = POINTS["points"] | {"transfers": True, "expires": {"days": 30}}
    standings = {"suspended": {"spends": True}}
    return Story(document(wallets={"points": wallet, **CASHBACK}, membership=standings))


def gives(story: Story, member: int, to: int, amount: int, wallet: str = "points") -> Transferred:
    return transfer_points(story.club_id, member, MemberRef("id", str(to)), wallet, amount, "A gift", story.now)


def puts(story: Story, member: int, amount: int, earned_at: datetime, **more: Any) -> None:
    adjust_points(story.club_id, member, Adjustment("points", amount, "Start", earned_at=earned_at, **more), story.now)


def lots(member: int) -> list[tuple[Any, ...]]:
    rows = connection().execute(
        "SELECT earned_at, expires_at, available FROM lot WHERE member_id = %s AND available > 0"
        " ORDER BY expires_at NULLS LAST, earned_at",
        [member],
    )
    return rows.fetchall()


def test_what_is_given_keeps_its_ends_and_the_days_it_was_earned(story: Story) -> None:
    sara, lena = story.enrols(), story.enrols("Lena")
    end = START + 5 * DAY
    puts(story, sara, 10, START - 9 * DAY, expires_at=end)
    puts(story, sara, 10, START - 2 * DAY, expires_at=end)
    puts(story, sara, 10, START - DAY)
    given = gives(story, sara, lena, 25)
    assert given.wallets["points"].available == story.balance(sara) == 5
    assert lots(lena) == [
        (START - 9 * DAY, end, 10),
        (START - 2 * DAY, end, 10),
        (START - DAY, START + 29 * DAY, 5),
    ]
    both = connection().execute(
        "SELECT member_id, kind, amount, other_id, reason FROM adjustment WHERE id = %s ORDER BY amount", [given.id]
    )
    assert both.fetchall() == [
        (sara, "transfer", -25, lena, "A gift"),
        (lena, "transfer", 25, sara, "A gift"),
    ]
    assert story.books_agree()


def test_a_gift_is_not_earned_and_cannot_be_more_than_is_there(story: Story) -> None:
    sara, lena = story.enrols(), story.enrols("Lena")
    story.buys(sara, 10_000)
    gives(story, sara, lena, 10)
    earned = connection().execute("SELECT earned, other FROM balance WHERE member_id = %s", [lena])
    assert earned.fetchone() == (0, 10)
    with pytest.raises(InsufficientBalance):
        gives(story, sara, lena, 1)
    assert story.books_agree()


def refusal(story: Story, *asked: Any) -> tuple[type[Problem], list[str]]:
    with pytest.raises(Problem) as refused:
        gives(story, *asked)
    return type(refused.value), [fault.path for fault in refused.value.faults]


def test_gifts_that_the_bylaws_do_not_allow_are_refused(story: Story) -> None:
    sara, lena = story.enrols(), story.enrols("Lena")
    story.buys(sara, 10_000)
    assert refusal(story, sara, lena, 1, "cashback") == (Invalid, ["/wallet"])
    assert refusal(story, sara, lena, 1, "stars") == (Invalid, ["/wallet"])
    assert refusal(story, sara, sara, 1) == (Invalid, ["/to"])
    assert refusal(story, sara, 999, 1) == (NotFound, ["/to"])
    update_member(story.club_id, lena, {"status": "suspended"}, story.now)
    assert refusal(story, sara, lena, 1) == (Conflict, ["/to"])
    update_member(story.club_id, lena, {"status": "active"}, story.now)
    update_member(story.club_id, sara, {"status": "left"}, story.now)
    assert refusal(story, sara, lena, 1) == (Conflict, ["/member"])
    update_member(story.club_id, sara, {"status": "suspended"}, story.now)
    gives(story, sara, lena, 1)
    assert (story.balance(sara), story.balance(lena)) == (9, 1)
