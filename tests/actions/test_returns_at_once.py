"""Many tills take goods back at the same moment: nothing is taken twice or lost, and nobody sees a deadlock."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from flask import Flask

from loyalty.actions.claim_purchase import claim_purchase
from loyalty.actions.expire_points import expire_points
from loyalty.actions.return_purchases import return_purchases
from loyalty.actions.void_purchase import void_purchase
from loyalty.db import db
from loyalty.errors import Problem
from loyalty.returns import Return, ReturnedLine
from loyalty.rules import MemberRef
from loyalty.values import Shown
from tests.actions.at_once import at_once
from tests.actions.test_return_purchases import counted, kept
from tests.conftest import START
from tests.story import BASE, CASHBACK, POINTS, Story, article, document, line

_keys = count(1)
BYLAWS = document(
    {**BASE, "limits": [{"per": "club", "every": "month", "at_most": 1_000, "of": "points"}]},
    article("2", {"cashback": {"percent": "3"}}),
    wallets={"points": {**POINTS["points"], "expires": {"days": 20}}, **CASHBACK},
)


@pytest.fixture
def story(app: Flask) -> Story:
    return Story(BYLAWS)


def one_back(story: Story, purchase: int, key: str | None = None, sku: str = "tea") -> str:
    asked = Return(key or f"k{next(_keys)}", "s1", story.now, (ReturnedLine(sku, 1000),))
    [answer] = return_purchases(story.club_id, [(purchase, asked)], story.now)
    return answer.status if answer.problem is None else answer.problem.code


def bought(story: Story, member: int, units: int) -> int:
    sale = story.buys(member, lines=(line("tea", 1_700 * units, units),))
    assert sale.id
    db.session.rollback()
    return sale.id


def test_sixteen_tills_return_one_unit_each_of_what_sixteen_were_bought(app: Flask, story: Story) -> None:
    sara = story.enrols()
    sale = bought(story, sara, 16)
    said = at_once(app, *[lambda: one_back(story, sale)] * 16)
    assert said == {"recorded": 16}
    assert kept(story, sara) == kept(story, sara, "cashback") == Shown()
    assert counted(story, sara)["amount"] == 0
    assert story.books_agree()


def test_more_than_was_bought_never_comes_back_however_many_try(app: Flask, story: Story) -> None:
    sara = story.enrols()
    sale = bought(story, sara, 5)
    said = at_once(app, *[lambda: one_back(story, sale)] * 16)
    assert said == {"recorded": 5, "invalid": 11}
    assert kept(story, sara) == Shown()
    assert story.books_agree()


def test_one_return_posted_sixteen_times_at_once_is_taken_once(app: Flask, story: Story) -> None:
    sara = story.enrols()
    sale = bought(story, sara, 16)
    said = at_once(app, *[lambda: one_back(story, sale, "R-1")] * 16)
    assert said == {"recorded": 1, "repeated": 15}
    assert kept(story, sara).available == 25  # 15 × 1,700
    assert story.books_agree()


def test_one_key_at_once_for_purchases_of_two_members_is_one_return_and_a_conflict(app: Flask, story: Story) -> None:
    sales = [bought(story, story.enrols(name), 2) for name in ("Sara", "Lena")]
    said = at_once(app, *[lambda sale=sale: one_back(story, sale, "R-1") for sale in sales] * 4)
    assert said == {"recorded": 1, "repeated": 3, "conflict": 4}
    assert story.books_agree()


def test_buying_returning_undoing_and_expiring_at_once_leaves_books_that_agree(app: Flask, story: Story) -> None:
    members = [story.enrols(f"n{n}") for n in range(3)]
    sales = [bought(story, member, 8) for member in members for _ in range(2)]
    story.now = START + timedelta(days=15)

    def undo(purchase: int) -> str:
        try:
            return void_purchase(story.club_id, purchase, "a mistake", story.now).status
        except Problem as problem:
            return problem.code

    works = [lambda sale=sale: one_back(story, sale) for sale in sales]
    works += [lambda member=member: story.buys(member, 5_000).status for member in members for _ in range(2)]
    works += [lambda: str(expire_points(story.club_id, START + timedelta(days=21), story.now))]
    works += [lambda: undo(sales[0])] * 3
    said = at_once(app, *works)
    assert not [one for one in said if one not in {"recorded", "repeated", "conflict"} and not one.isdigit()]
    assert story.books_agree()


def test_what_nobody_claimed_comes_back_while_it_is_claimed_and_again(app: Flask, story: Story) -> None:
    sara = story.enrols()
    for _ in range(8):
        sale = story.buys(None, lines=(line("tea", 17_000, 10),))
        assert sale.id
        db.session.rollback()

        def claims(purchase: int) -> str:
            return claim_purchase(story.club_id, purchase, MemberRef("id", str(sara)), story.now).status

        def twice(purchase: int) -> str:
            return " ".join(one_back(story, purchase) for _ in range(2))

        before = kept(story, sara).available
        db.session.rollback()
        works = [lambda id_=sale.id: claims(id_)] * 2 + [lambda id_=sale.id: twice(id_)] * 2
        assert at_once(app, *works) == {"recorded": 1, "repeated": 1, "recorded recorded": 2}
        assert one_back(story, sale.id) == "recorded"
        assert kept(story, sara).available == before + 8  # of ten, five are kept: 8,500
        assert story.books_agree()
