"""Whatever is done by hand and at the till, in whatever order: the books agree, and nothing comes from nowhere."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from itertools import count
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from loyalty.actions.adjust_points import Adjustment, adjust_points
from loyalty.actions.capture_hold import capture_hold
from loyalty.actions.expire_points import expire_points
from loyalty.actions.hold_points import hold_points
from loyalty.actions.pay_from_wallet import Payment, pay_from_wallet
from loyalty.actions.release_hold import release_hold
from loyalty.actions.reverse_hold import reverse_hold
from loyalty.actions.transfer_points import transfer_points
from loyalty.db import connection
from loyalty.errors import Conflict, InsufficientBalance
from loyalty.rules import MemberRef
from tests.story import CASHBACK, POINTS, Story, article, document

_codes = count(1)
DAY = timedelta(days=1)
WALLETS = {
    **POINTS,
    "cashback": CASHBACK["cashback"] | {"expires": {"days": 9}, "matures": {"days": 2}, "transfers": True},
}
BYLAWS = document(article("1", {"cashback": {"percent": "1"}}), wallets=WALLETS)

who = st.integers(0, 1)
amounts = st.integers(1, 120)


class Hands(RuleBasedStateMachine):
    """Two members; what they have in all is followed beside the books, by the simplest of means."""

    def __init__(self) -> None:
        super().__init__()
        self.given = 0
        """What came in from the club, less what it took."""
        self.holds: list[int] = []

    @initialize()
    def opens(self) -> None:
        self.story = Story(BYLAWS, f"hands-{next(_codes)}")
        self.members = [self.story.enrols(name) for name in ("Sara", "Lena")]

    @rule(member=who, amount=amounts, days=st.integers(0, 12), counts=st.booleans(), ends=st.booleans())
    def gives(self, member: int, amount: int, days: int, counts: bool, ends: bool) -> None:
        more: dict[str, Any] = {} if ends else {"expires_at": None}
        its = Adjustment("cashback", amount, "x", self.story.now - days * DAY, counts=counts, **more)
        adjust_points(self.story.club_id, self.members[member], its, self.story.now)
        self.given += amount

    @rule(member=who, amount=amounts, counts=st.booleans())
    def takes(self, member: int, amount: int, counts: bool) -> None:
        with suppress(InsufficientBalance):
            its = Adjustment("cashback", -amount, "x", counts=counts)
            adjust_points(self.story.club_id, self.members[member], its, self.story.now)
            self.given -= amount

    @rule(member=who, net=st.integers(0, 20_000))
    def buys(self, member: int, net: int) -> None:
        outcome = self.story.buys(self.members[member], net)
        assert outcome.ruling
        self.given += sum(given.amount for given in outcome.ruling.awards)

    @rule(member=who, amount=amounts)
    def transfers(self, member: int, amount: int) -> None:
        with suppress(InsufficientBalance):
            to = MemberRef("id", str(self.members[1 - member]))
            transfer_points(self.story.club_id, self.members[member], to, "cashback", amount, None, self.story.now)

    @rule(member=who, amount=amounts, days=st.integers(1, 12))
    def holds_some(self, member: int, amount: int, days: int) -> None:
        with suppress(InsufficientBalance):
            until = self.story.now + days * DAY
            held = hold_points(
                self.story.club_id, self.members[member], "cashback", amount, self.story.now, until=until
            )
            self.holds.append(held.id)

    @rule(member=who, amount=amounts)
    def pays(self, member: int, amount: int) -> None:
        with suppress(InsufficientBalance):
            payment = Payment(MemberRef("id", str(self.members[member])), amount, "r", "s1")
            self.holds.append(pay_from_wallet(self.story.club_id, "cashback", payment, self.story.now).id)

    @rule(which=st.integers(0, 30), act=st.sampled_from([capture_hold, release_hold, reverse_hold]))
    def ends_a_hold(self, which: int, act: Callable[..., Any]) -> None:
        if self.holds:
            with suppress(Conflict):
                act(self.story.club_id, self.holds[which % len(self.holds)], self.story.now)

    @rule(hours=st.integers(1, 100), sweeps=st.booleans())
    def passes(self, hours: int, sweeps: bool) -> None:
        self.story.now += timedelta(hours=hours)
        if sweeps:
            expire_points(self.story.club_id, self.story.now, self.story.now)

    @invariant()
    def nothing_is_lost_and_the_books_agree(self) -> None:
        if hasattr(self, "story"):
            (sums,) = connection().execute(
                "SELECT coalesce(sum(pending + available + held + spent + expired - debt), 0)::bigint FROM balance"
                " WHERE member_id = ANY(%s)",
                [self.members],
            ).fetchone() or (0,)
            assert sums == self.given
            assert self.story.books_agree()


def test_any_sequence_leaves_the_books_in_order(app: Flask) -> None:
    run_state_machine_as_test(
        Hands,
        settings=settings(
            max_examples=15, stateful_step_count=20, deadline=None, suppress_health_check=list(HealthCheck)
        ),
    )
