"""What is held, paid, set free and reversed, with the ends of what it was taken from."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.adjust_points import Adjustment, adjust_points
from loyalty.actions.capture_hold import capture_hold
from loyalty.actions.expire_points import expire_points
from loyalty.actions.hold_points import hold_points
from loyalty.actions.pay_from_wallet import Payment, pay_from_wallet
from loyalty.actions.release_hold import release_hold
from loyalty.actions.reverse_hold import reverse_hold
from loyalty.actions.update_member import update_member
from loyalty.db import connection
from loyalty.errors import Conflict, InsufficientBalance, Invalid, NotFound, Problem
from loyalty.holding import LASTS, HoldNow
from loyalty.rules import MemberRef
from tests.actions.test_return_purchases import back
from tests.conftest import START
from tests.story import CASHBACK, POINTS, Story, document

DAY = timedelta(days=1)
TICK = timedelta(microseconds=1)


@pytest.fixture
def story(app: Flask) -> Story:
    return Story()


@pytest.fixture
def sara(story: Story) -> int:
    """Somebody with 100 of cashback, of which 40 end after a day."""
    member = story.enrols()
    gets(story, member, 40, START + DAY)
    gets(story, member, 60, None)
    return member


def gets(story: Story, member: int, amount: int, end: datetime | None, wallet: str = "cashback") -> None:
    adjust_points(story.club_id, member, Adjustment(wallet, amount, "Start", expires_at=end), story.now)


def holds(story: Story, member: int, amount: int, **more: Any) -> HoldNow:
    return hold_points(story.club_id, member, "cashback", amount, story.now, **more)


def pays(story: Story, member: int, amount: int, **more: Any) -> HoldNow:
    payment = Payment(MemberRef("id", str(member)), amount, more.pop("receipt", "r1"), more.pop("store", "s1"), **more)
    return pay_from_wallet(story.club_id, "cashback", payment, story.now)


def lots(member: int) -> list[tuple[Any, ...]]:
    rows = connection().execute(
        "SELECT expires_at, available, held, expired FROM lot WHERE member_id = %s ORDER BY id", [member]
    )
    return rows.fetchall()


def figures(member: int) -> tuple[int, int]:
    row = connection().execute(
        "SELECT available, spent FROM balance WHERE member_id = %s AND wallet = 'cashback'", [member]
    )
    found = row.fetchone()
    assert found
    return found


def kept(hold: int) -> tuple[Any, ...]:
    found = connection().execute("SELECT status, amount, store_id IS NULL, receipt FROM hold WHERE id = %s", [hold])
    row = found.fetchone()
    assert row
    return row


def test_what_is_held_is_nobody_elses_until_it_is_paid(story: Story, sara: int) -> None:
    held = holds(story, sara, 70)
    assert held.until == START + LASTS
    assert held.wallets["cashback"] == (30, 0, 0, 70, 0)
    assert lots(sara) == [(START + DAY, 0, 40, 0), (None, 30, 30, 0)]
    with pytest.raises(InsufficientBalance):
        holds(story, sara, 31)
    paid = capture_hold(story.club_id, held.id, story.now)
    assert (paid.status, paid.wallets["cashback"]) == ("spent", (30, 0, 0, 0, 0))
    assert kept(held.id) == ("spent", 70, True, None)
    assert story.books_agree()


def test_what_is_set_free_is_back_in_its_lots(story: Story, sara: int) -> None:
    before = lots(sara)
    held = holds(story, sara, 70)
    freed = release_hold(story.club_id, held.id, story.now)
    assert (freed.status, freed.wallets["cashback"]) == ("released", (100, 0, 0, 0, 0))
    assert lots(sara) == before
    assert story.books_agree()


def test_a_hold_lapses_at_its_instant_and_cannot_be_captured_from_then_on(story: Story, sara: int) -> None:
    early, late = holds(story, sara, 10), holds(story, sara, 20)
    story.now = START + LASTS - TICK
    assert capture_hold(story.club_id, early.id, story.now).status == "spent"
    story.now = START + LASTS
    for act in (capture_hold, release_hold):
        with pytest.raises(Conflict, match="lapsed"):
            act(story.club_id, late.id, story.now)
    assert holds(story, sara, 90).wallets["cashback"] == (0, 0, 0, 90, 0)  # what had lapsed is there again
    assert kept(late.id)[0] == "released"
    assert story.books_agree()


def test_what_was_held_past_its_end_is_paid_or_else_expires(story: Story, sara: int) -> None:
    paid, freed = holds(story, sara, 30, until=START + 9 * DAY), holds(story, sara, 30, until=START + 9 * DAY)
    story.now = START + 2 * DAY
    capture_hold(story.club_id, paid.id, story.now)
    back = release_hold(story.club_id, freed.id, story.now)
    assert back.wallets["cashback"].available == 60
    assert lots(sara) == [(START + DAY, 0, 0, 10), (None, 60, 0, 0)]
    assert story.books_agree()


def test_a_payment_is_kept_with_its_sale_and_reversed_to_its_lots(story: Story, sara: int) -> None:
    before = lots(sara)
    paid = pays(story, sara, 70)
    assert (paid.status, paid.until, paid.wallets["cashback"]) == ("spent", None, (30, 0, 0, 0, 0))
    assert kept(paid.id) == ("spent", 70, False, "r1")
    undone = reverse_hold(story.club_id, paid.id, story.now)
    assert (undone.status, undone.wallets["cashback"]) == ("reversed", (100, 0, 0, 0, 0))
    assert lots(sara) == before
    assert story.books_agree()


def test_what_ended_meanwhile_expires_when_a_payment_is_reversed(story: Story, sara: int) -> None:
    paid = pays(story, sara, 70)
    story.now = START + 2 * DAY
    undone = reverse_hold(story.club_id, paid.id, story.now)
    assert undone.wallets["cashback"] == (60, 0, 0, 0, 0)
    assert lots(sara) == [(START + DAY, 0, 0, 40), (None, 60, 0, 0)]
    assert story.books_agree()


def test_a_receipt_may_be_paid_in_two_parts(story: Story, sara: int) -> None:
    pays(story, sara, 10, receipt="r9")
    assert pays(story, sara, 20, receipt="r9").wallets["cashback"].available == 70


def test_a_payment_that_comes_late_finds_what_was_there_then(story: Story, sara: int) -> None:
    story.now = START + 2 * DAY
    assert pays(story, sara, 100, occurred_at=START + DAY).wallets["cashback"].available == 0
    assert story.books_agree()


def test_each_thing_is_done_once(story: Story, sara: int) -> None:
    done: dict[str, Callable[..., HoldNow]] = {
        "spent": capture_hold,
        "released": release_hold,
        "reversed": reverse_hold,
    }
    for status, ways in {"spent": ["spent"], "released": ["released"], "reversed": ["spent", "reversed"]}.items():
        hold = holds(story, sara, 5).id
        for way in ways:
            done[way](story.club_id, hold, story.now)
        for act in done.values():
            if (status, act) != ("spent", reverse_hold):
                with pytest.raises(Conflict):
                    act(story.club_id, hold, story.now)
        assert kept(hold)[0] == status
    with pytest.raises(Conflict, match="still held"):
        reverse_hold(story.club_id, holds(story, sara, 5).id, story.now)
    assert story.books_agree()


def test_a_hold_of_another_club_is_not_there(story: Story, sara: int) -> None:
    other = Story(code="rival")
    held = holds(story, sara, 10)
    with pytest.raises(NotFound):
        capture_hold(other.club_id, held.id, story.now)
    with pytest.raises(NotFound):
        capture_hold(story.club_id, held.id, story.now, lambda _: False)


def test_who_may_not_spend_neither_holds_nor_pays_but_gets_back_what_was_held(story: Story, sara: int) -> None:
    first, second = holds(story, sara, 10), holds(story, sara, 10)
    update_member(story.club_id, sara, {"status": "suspended"}, story.now)
    for refused in (
        lambda: holds(story, sara, 1),
        lambda: pays(story, sara, 1),
        lambda: capture_hold(story.club_id, first.id, story.now),
    ):
        with pytest.raises(Conflict, match="standing"):
            refused()
    assert release_hold(story.club_id, second.id, story.now).wallets["cashback"].available == 90


@pytest.mark.parametrize(
    ("wallet", "payment", "kind", "path"),
    [
        ("points", {}, Invalid, "/wallet"),
        ("stars", {}, Invalid, "/wallet"),
        ("cashback", {"store": "s9"}, Invalid, "/store"),
        ("cashback", {"member": MemberRef("phone", "+98912")}, NotFound, "/member"),
        ("cashback", {"amount": 101}, InsufficientBalance, "/amount"),
    ],
)
def test_a_payment_that_cannot_be_names_what_is_wrong(
    story: Story, sara: int, wallet: str, payment: dict[str, Any], kind: type[Problem], path: str
) -> None:
    asked = {"member": MemberRef("id", str(sara)), "amount": 1, "receipt": "r1", "store": "s1"} | payment
    with pytest.raises(kind) as refused:
        pay_from_wallet(story.club_id, wallet, Payment(**asked), story.now)
    assert [fault.path for fault in refused.value.faults] == [path]


def test_spending_keeps_a_wallet_from_lapsing_and_what_is_reversed_after_it_lapsed_lapses_anew(app: Flask) -> None:
    wallet = CASHBACK["cashback"] | {"expires": {"after": {"days": 30}, "from": "activity"}}
    story = Story(document(wallets={**POINTS, "cashback": wallet}))
    sara = story.enrols()
    gets(story, sara, 100, None)
    story.now = START + 20 * DAY
    paid = pays(story, sara, 40)
    story.now = START + 45 * DAY
    assert pays(story, sara, 10).wallets["cashback"].available == 50
    story.now = START + 80 * DAY
    assert reverse_hold(story.club_id, paid.id, story.now).wallets["cashback"].available == 40
    expire_points(story.club_id, START + 120 * DAY, START + 120 * DAY)
    assert story.balance(sara, "cashback") == 0
    assert story.books_agree()


def test_returns_of_the_sale_bring_a_payment_back_in_proportion_and_a_reversal_the_rest(
    story: Story, sara: int
) -> None:
    paid = pays(story, sara, 70, receipt="r7")
    sale = story.buys(sara, 10_000, receipt="r7").id
    back(story, sale, amount=4_000)
    assert figures(sara) == (58, 42)
    undone = reverse_hold(story.club_id, paid.id, story.now)
    assert (undone.amount, figures(sara)) == (70, (100, 0))
    assert story.books_agree()
    back(story, sale)  # nothing is left to come back
    assert figures(sara) == (100, 0)
    assert story.books_agree()
