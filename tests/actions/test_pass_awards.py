"""Awards to others: the referrer and the friend, the cashier, whom a field names; once the return window has passed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.pass_awards import any_to_pass, pass_awards
from loyalty.actions.return_purchases import return_purchases
from loyalty.db import connection
from loyalty.returns import Return
from loyalty.rules import MemberRef
from tests.story import Story, article, document

DAY = timedelta(days=1)
WINDOW = 14 * DAY
REFERRAL = article(
    "5",
    {"points": {"fixed": 100}},
    {"points": {"fixed": 30, "to": "friend"}},
    on="referral",
    if_={"basket": {"of": "net", "at_least": 5000}},
    limits=[{"per": "member", "every": "month", "at_most": 3, "of": "times"}],
)
TILL = article("6", {"points": {"percent": "1", "of": "net", "to": "cashier"}})


def club(*articles: dict[str, Any], **more: Any) -> Story:
    return Story(document(*articles, **more))


def friend(story: Story, of: int, name: str = "Ali") -> int:
    return story.enrols(name=name, referred_by=MemberRef("id", str(of)))


def later(story: Story, time: timedelta = WINDOW) -> int:
    story.now += time
    return pass_awards(story.club_id, story.now)


def returns(story: Story, purchase_id: int | None, net: int | None = None) -> None:
    assert purchase_id
    asked = Return(f"b{purchase_id}", "s1", story.now, amount=net, all=net is None)
    [answer] = return_purchases(story.club_id, [(purchase_id, asked)], story.now)
    assert answer.problem is None


def test_a_referral_pays_both_once_the_first_good_purchase_has_outlived_its_window(app: Flask) -> None:
    story = club(REFERRAL)
    sara = story.enrols()
    ali = friend(story, sara)
    story.buys(ali, 1000)  # too little to count
    story.buys(ali, 6000)
    assert later(story, WINDOW - DAY) == 0
    assert story.balance(sara) == 0
    assert later(story, DAY) == 2
    assert (story.balance(sara), story.balance(ali)) == (100, 30)
    story.buys(ali, 9000)
    assert later(story) == 0, "only the first one counts"
    assert (story.balance(sara), story.balance(ali)) == (100, 30)
    assert story.books_agree()


def test_where_the_first_one_comes_back_the_next_takes_its_place(app: Flask) -> None:
    story = club(REFERRAL)
    sara = story.enrols()
    ali = friend(story, sara)
    first = story.buys(ali, 6000)
    story.now += 3 * DAY
    story.buys(ali, 7000)
    returns(story, first.id, 2000)  # what is kept is too little
    assert later(story, WINDOW - 3 * DAY) == 0
    assert later(story, 3 * DAY) == 2
    assert story.balance(sara) == 100


def test_who_came_alone_brings_nobody_anything(app: Flask) -> None:
    story = club(REFERRAL)
    story.buys(story.enrols(), 6000)
    assert not any_to_pass(story.club_id, story.now + WINDOW)
    assert connection().execute("SELECT count(*) FROM handover").fetchone() == (0,)


def test_of_four_friends_in_a_month_three_count(app: Flask) -> None:
    story = club(REFERRAL)
    sara = story.enrols()
    friends = [friend(story, sara, f"Friend {n}") for n in range(4)]
    for one in friends:
        story.buys(one, 6000)
    later(story)
    assert story.balance(sara) == 300
    assert [story.balance(one) for one in friends] == [30, 30, 30, 30]
    assert story.books_agree()


def test_a_cashier_gets_a_share_of_what_is_kept_by_the_end_of_the_window(app: Flask) -> None:
    story = club(TILL)
    sara, omid = story.enrols(), story.enrols(name="Omid", external_id="till-7")
    sold = story.buys(sara, 10_000, cashier="till-7")
    story.buys(sara, 50_000, cashier="nobody")
    story.now += DAY
    returns(story, sold.id, 4000)
    assert later(story) == 1
    assert story.balance(omid) == 60
    assert story.books_agree()


def test_without_a_window_it_is_passed_on_at_once(app: Flask) -> None:
    story = club(TILL, return_window="none")
    sara, omid = story.enrols(), story.enrols(name="Omid", external_id="till-7")
    story.buys(sara, 10_000, cashier="till-7")
    assert any_to_pass(story.club_id, story.now)
    assert later(story, timedelta()) == 1
    assert story.balance(omid) == 100


def test_it_is_passed_on_once_however_often_it_is_tried(app: Flask) -> None:
    story = club(TILL)
    sara, omid = story.enrols(), story.enrols(name="Omid", external_id="till-7")
    story.buys(sara, 10_000, cashier="till-7")
    later(story)
    connection().execute("UPDATE handover SET done_at = NULL")
    connection().commit()
    assert later(story, timedelta()) == 0
    assert story.balance(omid) == 100


def test_a_field_names_whoever_sold_it(app: Flask) -> None:
    story = club(article("7", {"points": {"fixed": 5, "to": {"field": "seller"}}}))
    sara, omid = story.enrols(), story.enrols(name="Omid", external_id="s-1")
    story.buys(sara, 1000, attributes={"seller": "s-1"})
    later(story)
    assert story.balance(omid) == 5


@pytest.mark.parametrize("limit", [{"per": "club", "over": "ever", "at_most": 150}])
def test_a_budget_that_all_share_holds_for_receivers_too(app: Flask, limit: dict[str, Any]) -> None:
    story = club(article("6", {"points": {"fixed": 100, "to": "cashier"}}, limits=[limit]))
    omid = story.enrols(name="Omid", external_id="till-7")
    for _ in range(2):
        story.buys(story.enrols(), 1000, cashier="till-7")
    later(story)
    assert story.balance(omid) == 150
    assert story.books_agree()
