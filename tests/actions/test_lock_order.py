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

from loyalty.actions.claim_purchase import claim_purchase
from loyalty.actions.expire_points import expire_points
from loyalty.actions.return_purchases import return_purchases
from loyalty.actions.transfer_points import transfer_points
from loyalty.db import db
from loyalty.errors import InsufficientBalance
from loyalty.returns import Return
from loyalty.rules import MemberRef
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
