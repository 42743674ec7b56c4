"""Limits from purchase to purchase, as they are kept and read in the database."""

from __future__ import annotations

from datetime import timedelta

import pytest
from flask import Flask

from loyalty.actions.return_purchases import return_purchases
from loyalty.outcome import Outcome
from loyalty.returns import Return
from tests.story import POINTS, Story, article, document


@pytest.mark.parametrize("over", ["ever", {"since": "1400-01-01"}, {"last": {"months": 2}}, {"this": "year"}])
def test_a_limit_holds_from_purchase_to_purchase(app: Flask, over: object) -> None:
    limited = article(
        "1", {"points": {"per": 1000, "give": 1}}, limits=[{"per": "member", "over": over, "at_most": 10}]
    )
    story = Story(document(limited))
    sara = story.enrols()
    gave = []
    for _ in range(3):
        outcome = story.buys(sara, 4000)
        assert outcome.ruling
        gave.append(sum(award.amount for award in outcome.ruling.awards))
        story.now += timedelta(days=1)
    assert gave == [4, 4, 2]
    assert story.books_agree()


def test_each_store_has_its_own_limit_that_its_members_share(app: Flask) -> None:
    limited = article("1", {"points": {"fixed": 10}}, limits=[{"per": "store", "every": "day", "at_most": 25}])
    story = Story(document(limited))
    sara, lena = story.enrols("Sara"), story.enrols("Lena")
    sales = [("s1", sara), ("s1", lena), ("s2", sara), ("s1", sara), ("s1", lena), ("s2", lena)]
    gave = [_gave(story.buys(member, 4000, store=store)) for store, member in sales]
    assert gave == [10, 10, 10, 5, 0, 10]
    assert story.books_agree()


def test_what_comes_back_makes_room_in_the_limit_of_its_store_and_of_the_wallet(app: Flask) -> None:
    limited = article("1", {"points": {"fixed": 10}}, limits=[{"per": "cashier", "every": "day", "at_most": 15}])
    wallet = {"points": {**POINTS["points"], "limits": [{"per": "member", "every": "day", "at_most": 12}]}}
    story = Story(document(limited, wallets=wallet))
    sara, lena = story.enrols("Sara"), story.enrols("Lena")
    first = story.buys(sara, 4000, cashier="omid")
    assert [_gave(first), _gave(story.buys(sara, 4000, cashier="nima"))] == [10, 2]
    assert first.id
    [answer] = return_purchases(story.club_id, [(first.id, Return("k", "s1", story.now, all=True))], story.now)
    assert answer.status == "recorded"
    assert _gave(story.buys(lena, 4000, cashier="omid")) == 10
    assert _gave(story.buys(sara, 4000, cashier="omid")) == 5
    assert story.books_agree()


def _gave(outcome: Outcome) -> int:
    assert outcome.ruling
    return sum(award.amount for award in outcome.ruling.awards)


def test_a_members_limit_at_each_store_is_kept_apart(app: Flask) -> None:
    limit = {"per": ["member", "store"], "every": "day", "at_most": 15}
    story = Story(document(article("1", {"points": {"fixed": 10}}, limits=[limit])))
    sara, ali = story.enrols(), story.enrols(name="Ali")
    for member, store in ((sara, "s1"), (sara, "s1"), (sara, "s2"), (ali, "s1")):
        story.buys(member, 1000, store=store)
    assert (story.balance(sara), story.balance(ali)) == (25, 10)
    assert story.books_agree()
