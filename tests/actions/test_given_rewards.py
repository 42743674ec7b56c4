"""Rewards that the bylaws give: issued with the purchase, as far as there are any, and taken back unused."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from loyalty.actions.create_reward import NewReward, create_reward
from loyalty.actions.publish_bylaws import publish_bylaws
from loyalty.acts import By
from loyalty.config import settings
from loyalty.db import connection
from loyalty.errors import Invalid
from loyalty.holding import Sold
from loyalty.in_hand import opened_redemption
from loyalty.queries import rewards
from loyalty.rules.explain import withheld
from loyalty.values import Text
from tests.actions.test_record_purchases import statements
from tests.actions.test_return_purchases import back
from tests.story import Story, article, document, title

COFFEE = article("1", {"reward": {"code": "coffee", "per": 1000, "give": 1}})
REGULAR = {
    "regular": {
        "title": title("Regular"),
        "counter": "visits",
        "levels": [{"at": 1, "give": [{"reward": {"code": "coffee", "fixed": 2}}]}],
    }
}


@pytest.fixture
def story(app: Flask) -> Story:
    return Story(document(COFFEE))


def offers(story: Story, **more: Any) -> None:
    reward = NewReward("coffee", Text("A coffee", "قهوه"), more.pop("kind", "goods"), **more)
    create_reward(story.club_id, reward, By(key=1), story.now)


def statuses(story: Story, member: int) -> list[str]:
    found = rewards.of_member(story.club_id, member, story.now, 50, instance_key=settings().secret_key)
    return sorted(its.status for its in found.items)


def taken() -> int:
    row = connection().execute("SELECT taken FROM reward").fetchone()
    assert row
    return int(row[0])


def test_a_purchase_gives_rewards_with_codes(story: Story) -> None:
    offers(story, stock=5)
    sara = story.enrols()
    sold = story.buys(sara, 2500)
    assert [(its.wallet, its.amount) for its in sold.ruling.awards] == [("reward/coffee", 2)]  # type: ignore[union-attr]
    assert statuses(story, sara) == ["issued", "issued"]
    assert taken() == 2
    assert story.books_agree()


def test_no_more_than_the_stock_has_and_the_others_see_why(story: Story) -> None:
    offers(story, stock=1)
    sara, ali = story.enrols(), story.enrols("Ali")
    first, second = story.records([story.sale(sara, 2500), story.sale(ali, 1500)])
    assert [its.amount for its in first.ruling.awards] == [1]  # type: ignore[union-attr]
    assert second.ruling.awards == []  # type: ignore[union-attr]
    assert (statuses(story, sara), statuses(story, ali), taken()) == (["issued"], [], 1)
    why = withheld(second.bylaws, second.facts, second.ruling)  # type: ignore[arg-type]
    assert [its.because.en for its in why] == ["Of the reward “coffee” none is left."]
    assert story.books_agree()


def test_of_a_reward_that_nobody_knows_there_is_none(story: Story) -> None:
    sold = story.buys(story.enrols(), 2500)
    assert sold.ruling.awards == []  # type: ignore[union-attr]
    assert story.books_agree()


def test_a_later_version_gives_only_what_the_catalogue_has(story: Story) -> None:
    prize = {
        "title": title("R"),
        "draw": {"each": "month"},
        "prizes": [{"winners": 1, "give": [{"reward": {"code": "tea", "fixed": 1}}]}],
    }
    tickets = article("2", {"tickets": {"raffle": "r", "fixed": 1}})
    later = document(COFFEE, tickets, badges=REGULAR, raffles={"r": prize})
    with pytest.raises(Invalid) as refused:
        publish_bylaws(story.club_id, later, story.now)
    assert [its.path for its in refused.value.faults] == ["/articles/0/give/0/reward", "/badges/regular", "/raffles/r"]
    assert refused.value.faults[-1].message.en == "The catalogue has no reward “tea”."
    offers(story)
    create_reward(story.club_id, NewReward("tea", Text("A tea", "چای"), "goods"), By(key=1), story.now)
    assert publish_bylaws(story.club_id, later, story.now).version == 2


def test_a_return_takes_the_unused_back_and_leaves_the_used(story: Story) -> None:
    offers(story, stock=5)
    sara = story.enrols()
    bought = story.buys(sara, 3000).id
    [first, *_] = rewards.of_member(story.club_id, sara, story.now, 50).items
    with opened_redemption(story.club_id, first.id, story.now, "issued") as hand:
        hand.use(Sold("r10", 1))
    assert statuses(story, sara) == ["issued", "issued", "used"]
    back(story, bought, amount=1000)
    assert statuses(story, sara) == ["issued", "reversed", "used"]
    back(story, bought)
    assert statuses(story, sara) == ["reversed", "reversed", "used"], "what is used stays given"
    assert taken() == 1
    assert story.books_agree()


def test_a_badge_gives_rewards_as_long_as_there_are_any(app: Flask) -> None:
    story = Story(document(badges=REGULAR))
    offers(story, stock=3)
    sara, ali = story.enrols(), story.enrols("Ali")
    story.records([story.sale(sara, 10), story.sale(ali, 10)])
    assert (statuses(story, sara), statuses(story, ali)) == (["issued", "issued"], ["issued", "voided"])
    assert taken() == 3
    assert story.books_agree()


def test_cashback_of_the_catalogue_is_in_the_wallet_at_once(story: Story) -> None:
    offers(story, kind="cashback", content={"value": 700})
    sara = story.enrols()
    story.buys(sara, 2000)
    assert story.balance(sara, "cashback") == 1400
    assert story.books_agree()


def test_a_batch_costs_the_same_statements_however_many_rewards_it_gives(story: Story) -> None:
    offers(story)
    members = [story.enrols(str(n)) for n in range(20)]
    with statements() as few:
        story.records([story.sale(member, 1000) for member in members[:2]])
    with statements() as many:
        story.records([story.sale(member, 3000) for member in members])
    assert len(many) <= len(few) + 1, "sums of many members are one statement more than of few"
