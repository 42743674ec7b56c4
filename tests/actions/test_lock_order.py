"""All who write lock in one order: members, receipts and shared limits met crosswise by many, and nobody is a victim.

Whoever loses a deadlock begins anew and no client sees it; but each one costs a second of waiting, and in a crowd a try
after the other. So here each action has a single try.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from random import Random

import pytest
from flask import Flask

from loyalty.actions.charge_gift_card import charge_gift_card
from loyalty.actions.claim_purchase import claim_purchase
from loyalty.actions.expire_points import expire_points
from loyalty.actions.issue_gift_card import issue_gift_card
from loyalty.actions.return_purchases import return_purchases
from loyalty.actions.transfer_points import transfer_points
from loyalty.acts import By
from loyalty.db import db
from loyalty.errors import InsufficientBalance
from loyalty.returns import Return
from loyalty.rewards import gift_cards
from loyalty.rewards.card_moves import Sale
from loyalty.rewards.gift_cards import NewCard
from loyalty.rules import MemberRef, Tender
from tests.actions.at_once import at_once
from tests.story import BASE, CASHBACK, POINTS, Story, article, document

DAY = timedelta(days=1)
WRITERS = 16
BYLAWS = document(
    {**BASE, "limits": [{"per": "club", "every": "day", "at_most": 10_000, "of": "points"}]},
    article("2", {"points": {"fixed": 3}}, limits=[{"per": "club", "every": "month", "at_most": 100, "of": "points"}]),
    article("3", {"cashback": {"percent": "3"}}),
    wallets={
        "points": {**POINTS["points"], "expires": {"days": 20}},
        "cashback": {**CASHBACK["cashback"], "transfers": True},
    },
)


@pytest.fixture(autouse=True)
def _one_try_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("loyalty.db.TRIES", 1)


@pytest.fixture
def story(app: Flask) -> Story:
    return Story(BYLAWS)


@pytest.fixture
def members(story: Story) -> list[int]:
    return [story.enrols(f"M{n}") for n in range(12)]


def everybody(app: Flask, work: Callable[[Random, int], object]) -> dict[str, int]:
    """Writers at once, each with chances of its own, which are the same every time."""
    return at_once(app, *[lambda n=n: bool(work(Random(n), n)) for n in range(WRITERS)])


def test_batches_that_name_the_same_members_in_any_order(app: Flask, story: Story, members: list[int]) -> None:
    def work(chance: Random, n: int) -> None:
        for batch in range(3):
            days = [chance.randrange(60) for _ in range(6)]
            story.records(
                [
                    story.sale(member, 1_000, at=story.now - day * DAY, receipt=f"{n}-{batch}-{member}")
                    for member, day in zip(chance.sample(members, 6), days, strict=True)
                ]
            )

    assert everybody(app, work) == {"done": WRITERS}
    assert story.books_agree()


def test_batches_of_the_same_receipts_in_any_order(app: Flask, story: Story, members: list[int]) -> None:
    sales = [story.sale(member, 1_000, receipt=f"{member}-{n}") for member in members for n in range(3)]
    assert everybody(app, lambda chance, _: story.records(chance.sample(sales, len(sales)))) == {"done": WRITERS}
    assert sum(story.balance(member) for member in members) == len(sales) + 100  # and what the month has room for
    assert story.books_agree()


def test_buying_returning_claiming_giving_and_expiring(app: Flask, story: Story, members: list[int]) -> None:
    sold = [story.buys(member, 40_000).id or 0 for member in members for _ in range(2)]
    waiting = {story.buys(None, 5_000, receipt=f"waits-{n}").id or 0: member for n, member in enumerate(members)}
    db.session.rollback()
    story.now += 15 * DAY

    def work(chance: Random, n: int) -> None:
        for turn in range(3):
            story.records([story.sale(who, 1_000, receipt=f"{n}-{turn}-{who}") for who in chance.sample(members, 4)])
            back = chance.sample(sold, 3) + chance.sample(list(waiting), 3)
            asked = [(id_, Return(f"{n}-{turn}-{id_}", "s1", story.now, amount=100)) for id_ in back]
            answers = return_purchases(story.club_id, chance.sample(asked, len(asked)), story.now)
            assert [answer.status for answer in answers] == ["recorded"] * len(asked)
            claimed = chance.choice(list(waiting))
            claim_purchase(story.club_id, claimed, MemberRef("id", str(waiting[claimed])), story.now)
            giver, taker = chance.sample(members, 2)
            with suppress(InsufficientBalance):
                to = MemberRef("id", str(taker))
                transfer_points(story.club_id, giver, to, "cashback", 5, None, story.now)
            expire_points(story.club_id, story.now + chance.randrange(10) * DAY, story.now)

    assert everybody(app, work) == {"done": WRITERS}
    assert story.books_agree()


def test_gift_cards_that_pay_and_are_paid_back_in_any_order(app: Flask, story: Story, members: list[int]) -> None:
    """Batches whose sales are paid by cards drawn from a few, returns of earlier ones, and tills that charge alone."""
    shown = []
    for _ in range(6):
        card = issue_gift_card(story.club_id, NewCard(1_000_000), "a key", By(key=1), story.now)
        shown.append(gift_cards.shown(story.club_id, card.code, card.pin, "a key"))

    def paid(chance: Random) -> tuple[Tender, ...]:
        return tuple(Tender("gift_card", 100, "hint", its) for its in chance.sample(shown, 3))

    sold = [story.buys(who, 1_000, tenders=paid(Random(n))).id or 0 for n, who in enumerate(members * 2)]

    def work(chance: Random, n: int) -> None:
        buyers = chance.sample(members, 6)
        sales = [story.sale(who, 1_000, receipt=f"c{n}-{who}", tenders=paid(chance)) for who in buyers]
        assert {its.status for its in story.records(sales)} == {"recorded"}
        back = [(id_, Return(f"r{n}-{id_}", "s1", story.now, amount=10)) for id_ in chance.sample(sold, 5)]
        assert {its.status for its in return_purchases(story.club_id, back, story.now)} == {"recorded"}
        charge_gift_card(story.club_id, chance.choice(shown), 7, Sale(f"d{n}"), story.now)

    assert everybody(app, work) == {"done": WRITERS}
    assert story.books_agree()
