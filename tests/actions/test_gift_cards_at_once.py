"""Many tills on one gift card at the same moment: exactly what is on it is spent, and nothing twice."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from loyalty.actions.adjust_points import Adjustment, adjust_points
from loyalty.actions.block_gift_card import block_gift_card
from loyalty.actions.charge_gift_card import charge_gift_card
from loyalty.actions.create_reward import NewReward, create_reward
from loyalty.actions.expire_gift_cards import expire_gift_cards
from loyalty.actions.issue_gift_card import issue_gift_card
from loyalty.actions.load_provider_codes import load_provider_codes
from loyalty.actions.redeem_reward import redeem_reward
from loyalty.actions.refund_gift_card import refund_gift_card
from loyalty.actions.reverse_redemption import reverse_redemption
from loyalty.acts import By
from loyalty.db import connection, transaction
from loyalty.issuing import Issuer
from loyalty.redeeming import Asked
from loyalty.rewards import gift_cards
from loyalty.rewards.card_moves import Sale
from loyalty.rewards.gift_cards import NewCard
from loyalty.rules.facts import CardShown
from loyalty.values import Text
from tests.actions.at_once import at_once
from tests.story import Story

KEY = "the key of an instance in a test"
BY = By(key=1)


@pytest.fixture
def story(app: Flask) -> Story:
    return Story()


def issued(story: Story, amount: int, **more: Any) -> tuple[int, CardShown]:
    card = issue_gift_card(story.club_id, NewCard(amount, **more), KEY, BY, story.now)
    return card.id, gift_cards.shown(story.club_id, card.code, card.pin, KEY)


def left_on(card_id: int) -> int:
    row = connection().execute("SELECT balance FROM gift_card WHERE id = %s", [card_id]).fetchone()
    assert row
    return int(row[0])


def test_sixteen_tills_spend_exactly_what_is_on_it(app: Flask, story: Story) -> None:
    card, shown = issued(story, 100)
    works = [
        lambda n=n: charge_gift_card(story.club_id, shown, 30, Sale(f"A-{n}"), story.now)  # type: ignore[misc]
        for n in range(16)
    ]
    assert at_once(app, *works) == {"done": 3, "InsufficientBalance": 13}
    assert left_on(card) == 10
    assert story.books_agree()


def test_one_charge_sent_sixteen_times_is_one(app: Flask, story: Story) -> None:
    card, shown = issued(story, 100)
    charge = lambda: f"left {charge_gift_card(story.club_id, shown, 60, Sale('A-1'), story.now).balance}"  # noqa: E731
    assert at_once(app, *[charge] * 16) == {"left 40": 16}
    assert left_on(card) == 40
    assert story.books_agree()


def test_one_refund_asked_for_sixteen_times_gives_back_what_was_paid(app: Flask, story: Story) -> None:
    card, shown = issued(story, 100)
    charge_gift_card(story.club_id, shown, 100, Sale("A-1"), story.now)
    refund = lambda: refund_gift_card(story.club_id, shown, 40, Sale("A-1"), story.now)  # noqa: E731
    assert at_once(app, *[refund] * 16) == {"done": 2, "Invalid": 14}
    assert left_on(card) == 80
    assert story.books_agree()


def test_a_card_is_swept_and_charged_at_its_end_by_one_of_both(app: Flask, story: Story) -> None:
    cards = [issued(story, 100, expires_at=story.now.replace(minute=30)) for _ in range(5)]
    at, after = story.now.replace(minute=30), story.now.replace(minute=31)
    works = [
        *[lambda its=shown: charge_gift_card(story.club_id, its, 100, Sale("A-1"), at) for _, shown in cards],  # type: ignore[misc]
        *[lambda: expire_gift_cards(story.club_id, after)] * 5,
    ]
    said = at_once(app, *works)
    assert said["done"] >= 5
    assert set(said) <= {"done", "InsufficientBalance"}
    expire_gift_cards(story.club_id, after)
    assert [left_on(card) for card, _ in cards] == [0] * 5
    assert story.books_agree()


def test_a_reward_is_reversed_or_its_card_spent_never_both(app: Flask, story: Story) -> None:
    reward = NewReward("card", Text("A card", "کارت"), "gift_card", points=10, content={"value": 100})
    create_reward(story.club_id, reward, BY, story.now)
    sara = story.enrols()
    adjust_points(story.club_id, sara, Adjustment("points", 10, "Start"), story.now)
    got = redeem_reward(story.club_id, sara, Asked("card"), Issuer(KEY), story.now)
    shown = gift_cards.shown(story.club_id, got.codes[0].code, got.codes[0].pin, KEY)
    works = [
        *[lambda: reverse_redemption(story.club_id, got.id, story.now)] * 4,
        *[lambda: charge_gift_card(story.club_id, shown, 100, Sale("A-1"), story.now)] * 4,
        lambda: block_gift_card(story.club_id, 1, BY, story.now, blocked=False),
    ]
    at_once(app, *works)
    row = connection().execute("SELECT status FROM redemption").fetchone()
    charged = connection().execute("SELECT count(*) FROM gift_card_entry WHERE kind = 'charged'").fetchone()
    assert (row, charged) in ((("reversed",), (0,)), (("issued",), (1,)))
    assert story.balance(sara) == (10 if row == ("reversed",) else 0)
    assert story.books_agree()


@pytest.mark.parametrize("counted", [True, False])
def test_sixteen_members_and_three_codes_of_a_provider(app: Flask, story: Story, counted: bool) -> None:
    """The stock lets nobody in for whom there is no code; and even where it would, no code is given out twice."""
    reward = NewReward("card", Text("A card", "کارت"), "gift_card", content={"provider": True})
    create_reward(story.club_id, reward, BY, story.now)
    load_provider_codes(story.club_id, "card", [(f"XK-{n}", None) for n in range(3)], KEY, BY, story.now)
    if not counted:
        with transaction() as conn:
            conn.execute("UPDATE reward SET stock = NULL")
    members = [story.enrols() for _ in range(16)]
    works = [
        lambda who=who: redeem_reward(story.club_id, who, Asked("card"), Issuer(KEY), story.now).codes[0].code  # type: ignore[misc]
        for who in members
    ]
    assert at_once(app, *works) == {"XK-0": 1, "XK-1": 1, "XK-2": 1, "OutOfStock": 13}
    assert story.books_agree()
