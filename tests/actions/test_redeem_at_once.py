"""Many hands on one reward at the same moment: never more than the stock, never below zero, never twice."""

from __future__ import annotations

import pytest
from flask import Flask

from loyalty.actions.adjust_points import Adjustment, adjust_points
from loyalty.actions.capture_redemption import capture_redemption
from loyalty.actions.claim_code import claim_code
from loyalty.actions.create_code_series import NewSeries, create_code_series
from loyalty.actions.create_reward import NewReward, create_reward
from loyalty.actions.make_codes import make_codes, share_code
from loyalty.actions.record_purchases import record_purchases
from loyalty.actions.redeem_reward import redeem_reward
from loyalty.actions.reverse_redemption import reverse_redemption
from loyalty.actions.void_redemption import void_redemption
from loyalty.acts import By
from loyalty.config import settings
from loyalty.db import connection
from loyalty.issuing import Issuer
from loyalty.redeeming import Asked, Redeemed
from loyalty.rules import Line, MemberRef, Purchase
from loyalty.values import Text
from tests.actions.at_once import at_once
from tests.story import Story

ISSUER = Issuer("the key of an instance in a test")


@pytest.fixture
def story(app: Flask) -> Story:
    return Story()


def offers(story: Story, **more: int) -> None:
    reward = NewReward("coffee", Text("A coffee", "قهوه"), "goods", points=10, **more)
    create_reward(story.club_id, reward, By(key=1), story.now)


def member(story: Story, points: int) -> int:
    found = story.enrols()
    adjust_points(story.club_id, found, Adjustment("points", points, "Start"), story.now)
    return found


def redeems(story: Story, who: int, *, hold: bool = False) -> Redeemed:
    return redeem_reward(story.club_id, who, Asked("coffee"), ISSUER, story.now, hold=hold)


def taken() -> int:
    row = connection().execute("SELECT taken FROM reward").fetchone()
    assert row
    return int(row[0])


def test_sixteen_members_and_three_coffees(app: Flask, story: Story) -> None:
    offers(story, stock=3)
    members = [member(story, 10) for _ in range(16)]
    came = at_once(app, *(lambda who=who: redeems(story, who) for who in members))  # type: ignore[misc]
    assert came == {"done": 3, "OutOfStock": 13}
    assert taken() == 3
    assert sum(story.balance(who) for who in members) == 130
    assert story.books_agree()


def test_sixteen_tills_and_points_for_two(app: Flask, story: Story) -> None:
    offers(story)
    sara = member(story, 25)
    came = at_once(app, *[lambda: redeems(story, sara)] * 16)
    assert came == {"done": 2, "InsufficientBalance": 14}
    assert story.balance(sara) == 5
    assert story.books_agree()


def test_one_hold_captured_voided_and_reversed_by_sixteen(app: Flask, story: Story) -> None:
    offers(story, stock=1)
    sara = member(story, 10)
    held = redeems(story, sara, hold=True)
    works = [
        *[lambda: capture_redemption(story.club_id, held.id, ISSUER, story.now)] * 6,
        *[lambda: void_redemption(story.club_id, held.id, story.now)] * 5,
        *[lambda: reverse_redemption(story.club_id, held.id, story.now)] * 5,
    ]
    came = at_once(app, *works)
    assert came["done"] in (1, 2), "a capture, perhaps reversed; or a void"
    assert came["Conflict"] == 16 - came["done"]
    assert (story.balance(sara), taken()) in ((0, 1), (10, 0))
    assert story.books_agree()


def codes_of(story: Story, *, uses: int | None, per_member: int | None = None) -> str:
    """A shared code for a tenth off, good so often."""
    tenth = NewReward("tenth", Text("A tenth", "ده درصد"), "discount", content={"discount": {"percent": "10"}})
    create_reward(story.club_id, tenth, By(key=1), story.now)
    create_code_series(story.club_id, NewSeries("s", Text("S", "س"), "tenth", uses, per_member), By(key=1), story.now)
    share_code(story.club_id, "s", "NOWRUZ", By(key=1), settings().secret_key, story.now)
    return "NOWRUZ"


def test_sixteen_tills_and_a_codes_last_three_uses(app: Flask, story: Story) -> None:
    code = codes_of(story, uses=3)
    sales = [story.sale(story.enrols(str(n)), 1000, codes=(code,)) for n in range(16)]

    def sells(sale: Purchase) -> str:
        (outcome,) = record_purchases(story.club_id, [sale], story.now)
        assert outcome.ruling, outcome.problem
        return "cheaper" if outcome.ruling.discounts else "full price"

    came = at_once(app, *(lambda sale=sale: sells(sale) for sale in sales))  # type: ignore[misc]
    assert came == {"cheaper": 3, "full price": 13}
    assert connection().execute("SELECT used FROM code").fetchone() == (3,)
    assert connection().execute("SELECT count(*) FROM code_use").fetchone() == (3,)
    assert story.books_agree()


def test_sixteen_tills_and_one_members_only_use(app: Flask, story: Story) -> None:
    code, sara = codes_of(story, uses=None, per_member=1), story.enrols()
    sales = [story.sale(sara, 1000, codes=(code,)) for _ in range(16)]
    came = at_once(app, *(lambda sale=sale: str(len(_offs(story, sale))) for sale in sales))  # type: ignore[misc]
    assert came == {"1": 1, "0": 15}


def test_one_code_in_a_pack_and_sixteen_who_claim_it(app: Flask, story: Story) -> None:
    create_code_series(story.club_id, NewSeries("pack", Text("P", "ب")), By(key=1), story.now)
    key = settings().secret_key
    [[code]] = make_codes(story.club_id, "pack", 1, By(key=1), key, story.now)
    members = [story.enrols(str(n)) for n in range(16)]
    works = [
        lambda who=who: claim_code(story.club_id, MemberRef("id", str(who)), code, key, story.now)  # type: ignore[misc]
        for who in members
    ]
    assert at_once(app, *works) == {"done": 1, "CodeRefused": 15}
    assert connection().execute("SELECT count(*) FROM event").fetchone() == (1,)


def _offs(story: Story, sale: Purchase) -> list[str]:
    (outcome,) = record_purchases(story.club_id, [sale], story.now)
    assert outcome.ruling, outcome.problem
    return [its.by for its in outcome.ruling.discounts]


def test_sixteen_purchases_that_redeem_the_last_one(app: Flask, story: Story) -> None:
    coffee = NewReward("latte", Text("A latte", "لاته"), "goods", points=10, stock=2, content={"sku": "L"})
    create_reward(story.club_id, coffee, By(key=1), story.now)
    line = Line("1", "L", 1000, 500, 500)
    sales = [story.sale(member(story, 10), lines=(line,), redeem=(("latte", 1),)) for _ in range(16)]

    def sells(sale: Purchase) -> str:
        (outcome,) = record_purchases(story.club_id, [sale], story.now)
        return type(outcome.problem).__name__ if outcome.problem else "sold"

    assert at_once(app, *(lambda sale=sale: sells(sale) for sale in sales)) == {"sold": 2, "OutOfStock": 14}  # type: ignore[misc]
    assert connection().execute("SELECT count(*) FROM receipt").fetchone() == (2,)
    assert story.books_agree()
