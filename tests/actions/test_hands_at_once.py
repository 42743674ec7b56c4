"""Many hands on one purse at the same moment: nothing is lost or doubled, and nobody sees a deadlock."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.adjust_points import Adjustment, adjust_points
from loyalty.actions.capture_hold import capture_hold
from loyalty.actions.hold_points import hold_points
from loyalty.actions.pay_from_wallet import Payment, pay_from_wallet
from loyalty.actions.release_hold import release_hold
from loyalty.actions.reverse_hold import reverse_hold
from loyalty.actions.transfer_points import transfer_points
from loyalty.db import connection
from loyalty.errors import Conflict, InsufficientBalance
from loyalty.rules import MemberRef
from tests.actions.at_once import at_once
from tests.story import CASHBACK, POINTS, Story, article, document

WALLETS = {**POINTS, "cashback": CASHBACK["cashback"] | {"transfers": True}}


@pytest.fixture
def story(app: Flask) -> Story:
    return Story(document(article("1", {"cashback": {"percent": "1"}}), wallets=WALLETS))


def gets(story: Story, member: int, amount: int) -> None:
    adjust_points(story.club_id, member, Adjustment("cashback", amount, "Start"), story.now)


def pays(story: Story, member: int, amount: int) -> int:
    payment = Payment(MemberRef("id", str(member)), amount, "r", "s1")
    return pay_from_wallet(story.club_id, "cashback", payment, story.now).id


def figures(member: int) -> tuple[int, int, int]:
    row = connection().execute("SELECT available, held, spent FROM balance WHERE member_id = %s", [member]).fetchone()
    return row or (0, 0, 0)  # type: ignore[return-value]


def test_sixteen_writers_on_one_purse_lose_and_double_nothing(app: Flask, story: Story) -> None:
    sara = story.enrols()
    gets(story, sara, 1000)

    def adjusts() -> None:
        gets(story, sara, 7)

    def buys(receipt: str) -> Callable[[], Any]:
        return lambda: story.buys(sara, 1100, receipt=receipt)

    outcomes = at_once(
        app,
        *[lambda: pays(story, sara, 13)] * 4,
        *[lambda: hold_points(story.club_id, sara, "cashback", 5, story.now)] * 4,
        *[adjusts] * 4,
        *[buys(f"w{n}") for n in range(4)],
    )
    assert outcomes == {"done": 16}
    assert figures(sara) == (1000 - 4 * 13 - 4 * 5 + 4 * 7 + 4 * 11, 4 * 5, 4 * 13)
    assert story.books_agree()


def test_sixteen_tills_spend_no_more_than_there_is(app: Flask, story: Story) -> None:
    sara = story.enrols()
    gets(story, sara, 55)
    outcomes = at_once(app, *[lambda: pays(story, sara, 10)] * 16)
    assert outcomes == {"done": 5, InsufficientBalance.__name__: 11}
    assert figures(sara) == (5, 0, 50)
    assert story.books_agree()


def test_a_hold_is_captured_or_set_free_once(app: Flask, story: Story) -> None:
    sara = story.enrols()
    gets(story, sara, 55)
    hold = hold_points(story.club_id, sara, "cashback", 50, story.now).id
    ways = [capture_hold, release_hold]
    outcomes = at_once(app, *[lambda act=act: act(story.club_id, hold, story.now) for act in ways * 4])
    assert outcomes == {"done": 1, Conflict.__name__: 7}
    assert figures(sara) in ((5, 0, 50), (55, 0, 0))
    assert story.books_agree()


def test_a_payment_is_reversed_once(app: Flask, story: Story) -> None:
    sara = story.enrols()
    gets(story, sara, 55)
    paid = pays(story, sara, 50)
    outcomes = at_once(app, *[lambda: reverse_hold(story.club_id, paid, story.now)] * 8)
    assert outcomes == {"done": 1, Conflict.__name__: 7}
    assert figures(sara) == (55, 0, 0)
    assert story.books_agree()


def test_two_members_give_each_other_at_once_and_nobody_sees_a_deadlock(app: Flask, story: Story) -> None:
    sara, lena = story.enrols(), story.enrols("Lena")
    gets(story, sara, 1000)
    gets(story, lena, 1000)

    def gives(member: int, to: int, amount: int) -> Callable[[], Any]:
        def often() -> None:
            for _ in range(5):
                ref = MemberRef("id", str(to))
                transfer_points(story.club_id, member, ref, "cashback", amount, None, story.now)

        return often

    outcomes = at_once(app, *[gives(sara, lena, 3)] * 8, *[gives(lena, sara, 2)] * 8)
    assert outcomes == {"done": 16}
    assert (figures(sara)[0], figures(lena)[0]) == (1000 - 40, 1000 + 40)
    assert story.books_agree()
