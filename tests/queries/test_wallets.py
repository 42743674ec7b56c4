"""What a member is shown of the wallets: now and as of then, swept or not, and flat in the length of history."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty.actions.adjust_points import Adjustment, adjust_points
from loyalty.actions.capture_hold import capture_hold
from loyalty.actions.expire_points import expire_points
from loyalty.actions.hold_points import hold_points
from loyalty.actions.publish_bylaws import publish_bylaws
from loyalty.actions.release_hold import release_hold
from loyalty.actions.return_purchases import return_purchases
from loyalty.actions.reverse_hold import reverse_hold
from loyalty.actions.transfer_points import transfer_points
from loyalty.db import connection
from loyalty.errors import Invalid, NotFound, Problem
from loyalty.queries import purses
from loyalty.queries.views import WalletView
from loyalty.queries.wallets import wallets
from loyalty.returns import Return
from loyalty.rules import MemberRef
from tests.actions.test_record_purchases import statements
from tests.books import Books
from tests.conftest import START
from tests.story import BASE, CASHBACK, POINTS, Story, article, document

DAY = timedelta(days=1)
INSTANT = timedelta(microseconds=1)
_codes = count(1)


def timed(**terms: Any) -> dict[str, Any]:
    """Bylaws whose points have terms."""
    return document(BASE, wallets={"points": {**POINTS["points"], **terms}, **CASHBACK})


def shown(story: Story, member: int, at: datetime, as_of: datetime | None = None) -> WalletView:
    return next(view for view in wallets(story.club_id, member, at, as_of=as_of) if view.code == "points")


def has(view: WalletView) -> tuple[int, int, int]:
    return view.available, view.pending, view.expired


def test_a_lot_is_good_up_to_its_last_instant_and_never_after_swept_or_not(app: Flask) -> None:
    story = Story(timed(expires={"days": 30}))
    sara = story.enrols()
    story.buys(sara, 50_000)
    end = START + 30 * DAY
    assert shown(story, sara, START).expiring == ((end, 50),)
    assert has(shown(story, sara, end)) == (50, 0, 0)
    assert has(shown(story, sara, end + INSTANT)) == (0, 0, 50)
    assert shown(story, sara, end + INSTANT).expiring == ()
    before = shown(story, sara, end + INSTANT)
    Books(story.club_id).settles(sara, end + INSTANT)
    assert shown(story, sara, end + INSTANT) == before


def test_what_is_pending_can_be_spent_from_the_instant_at_which_it_matures(app: Flask) -> None:
    story = Story(timed(matures={"days": 14}, expires={"months": 6}))
    sara = story.enrols()
    story.buys(sara, 50_000)
    assert has(shown(story, sara, START + 14 * DAY - INSTANT)) == (0, 50, 0)
    matured = shown(story, sara, START + 14 * DAY)
    assert has(matured) == (50, 0, 0)
    assert matured.earned == 50
    assert [end.amount for end in matured.expiring] == [50]
    Books(story.club_id).settles(sara, START + 14 * DAY)
    assert shown(story, sara, START + 14 * DAY) == matured


def test_what_matures_pays_what_is_owed_before_anybody_swept(app: Flask) -> None:
    story = Story(timed(matures={"days": 14}))
    books, sara = Books(story.club_id), story.enrols()
    spent = story.buys(sara, 30_000, at=START - 20 * DAY)
    assert books.spends(sara, 30, START - DAY)
    books.returns(spent.id, START, net=30_000)
    story.buys(sara, 50_000)
    owing = shown(story, sara, START)
    assert (owing.available, owing.pending, owing.debt) == (0, 50, 30)
    paid = shown(story, sara, START + 14 * DAY)
    assert (paid.available, paid.pending, paid.debt) == (20, 0, 0)


def test_a_hold_past_its_end_is_available_again(app: Flask) -> None:
    story = Story()
    books, sara = Books(story.club_id), story.enrols()
    story.buys(sara, 50_000)
    assert books.holds(sara, 20, START, minutes=15)
    held = shown(story, sara, START + timedelta(minutes=14))
    assert (held.available, held.held) == (30, 20)
    lapsed = shown(story, sara, START + timedelta(minutes=15))
    assert (lapsed.available, lapsed.held) == (50, 0)


def test_what_a_lapsed_hold_sets_free_expires_with_its_lot(app: Flask) -> None:
    story = Story(timed(expires={"days": 1}))
    books, sara = Books(story.club_id), story.enrols()
    story.buys(sara, 50_000)
    assert books.holds(sara, 50, START, minutes=15)
    assert has(shown(story, sara, START + 2 * DAY)) == (0, 0, 50)
    books.settles(sara, START + 2 * DAY)
    assert has(shown(story, sara, START + 2 * DAY)) == (0, 0, 50)
    assert story.books_agree()


def test_a_wallet_that_lapsed_has_nothing_available(app: Flask) -> None:
    story = Story(timed(expires={"after": {"days": 90}, "from": "activity"}))
    books, sara = Books(story.club_id), story.enrols()
    story.buys(sara, 50_000)
    assert books.spends(sara, 10, START + 60 * DAY)
    view = shown(story, sara, START + 60 * DAY)
    assert (view.lapses_at, view.expiring) == (START + 150 * DAY, ())
    assert view.next_end == (START + 150 * DAY, 40)
    assert has(shown(story, sara, START + 150 * DAY)) == (40, 0, 0)
    lapsed = shown(story, sara, START + 150 * DAY + INSTANT)
    assert has(lapsed) == (0, 0, 40)
    assert lapsed.next_end is None


def test_the_twelve_nearest_ends_are_told_each_with_all_that_ends_then(app: Flask) -> None:
    story = Story(timed(expires={"after": {"months": 6}, "at": "end_of_month"}))
    sara = story.enrols()
    for day in range(45):
        story.buys(sara, 1_000, at=START + day * DAY)
    ends = shown(story, sara, START + 45 * DAY).expiring
    assert [end.amount for end in ends] == [21, 24]  # from 10 to 30 Aban, then in Azar
    daily = Story(timed(expires={"days": 60}), code="daily")
    lena = daily.enrols()
    for day in range(20):
        daily.buys(lena, 1_000, at=START + day * DAY)
    found = shown(daily, lena, START + 61 * DAY).expiring
    assert [end.at for end in found] == [START + (61 + day) * DAY for day in range(12)]


def test_wallets_of_an_older_version_are_shown_while_something_was_in_them(app: Flask) -> None:
    story = Story(document(article("1", {"cashback": {"percent": "1"}})))
    sara, lena = story.enrols(), story.enrols("Lena")
    story.buys(sara, 50_000)
    publish_bylaws(story.club_id, document(BASE, wallets=POINTS), START, from_at=START + DAY)
    later = START + 2 * DAY
    assert [view.code for view in wallets(story.club_id, sara, later)] == ["points", "cashback"]
    assert [view.code for view in wallets(story.club_id, lena, later)] == ["points"]


def test_nobody_sees_the_future_or_another_clubs_member(app: Flask) -> None:
    story, other = Story(), Story(code="other")
    sara = story.enrols()
    with pytest.raises(Invalid):
        wallets(story.club_id, sara, START, as_of=START + INSTANT)
    with pytest.raises(NotFound):
        wallets(other.club_id, sara, START)


def test_a_long_history_costs_no_more_than_what_is_open(app: Flask) -> None:
    story = Story(timed(expires={"days": 10}))
    sara = story.enrols()
    for day in range(120):
        story.buys(sara, 1_000, at=START + day * DAY)
    now = START + 120 * DAY
    with statements() as said:
        view = shown(story, sara, now)
    assert (view.available, view.expired) == (10, 110)
    assert len([one for one in said if one != ";"]) == 3
    asked = {"club": story.club_id, "members": [sara], "at": now}
    connection().execute("SET LOCAL enable_seqscan = off")
    (plan,) = connection().execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {purses._KEPT}", asked).fetchone() or ()
    assert sum(_read(plan[0]["Plan"])) <= 15


def _read(plan: dict[str, Any]) -> Iterator[int]:
    """How many rows each scan of lots and entries reads."""
    if plan.get("Relation Name") in ("lot", "entry", "hold"):
        yield int((plan["Actual Rows"] + plan.get("Rows Removed by Filter", 0)) * plan["Actual Loops"])
    for inner in plan.get("Plans", ()):
        yield from _read(inner)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(
            [
                "buys",
                "bought",
                "holds_some",
                "spends",
                "captures",
                "releases",
                "reverses",
                "returns",
                "is_given",
                "loses",
                "gives_away",
                "is_swept",
                "waits",
            ]
        ),
        st.integers(1, 60),
        st.sampled_from([0, 1, 7, 24 * 3, 24 * 9, 24 * 31]),
    ),
    min_size=3,
    max_size=14,
)
TERMS = st.sampled_from(
    [
        {},
        {"expires": {"days": 20}},
        {"expires": {"after": {"days": 3}, "at": "end_of_month"}, "matures": {"days": 5}},
        {"matures": {"days": 12}, "expires": {"days": 10}},
        {"expires": {"after": {"days": 15}, "from": "activity"}, "matures": {"days": 2}},
    ]
)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(TERMS, STEPS)
def test_what_was_shown_can_be_told_for_ever_after(
    app: Flask, terms: dict[str, Any], steps: list[tuple[str, int, int]]
) -> None:
    """Whatever happens, and whenever the timer comes: as of an instant is what was shown at it."""
    story = Story(timed(transfers=True, **terms), code=f"c{next(_codes)}")
    sara, lena = story.enrols(), story.enrols("Lena")
    acts = _Acts(story, sara, lena)
    seen: dict[datetime, list[WalletView]] = {}
    for what, n, hours in steps:
        story.now += timedelta(hours=hours, seconds=1)
        acts.does(what, n)
        seen[story.now] = wallets(story.club_id, sara, story.now)
        assert wallets(story.club_id, sara, story.now, as_of=story.now) == seen[story.now]
    for at, found in seen.items():
        assert wallets(story.club_id, sara, story.now + 100 * DAY, as_of=at) == found
    assert story.books_agree()
    end = story.now + 40 * DAY
    unswept = wallets(story.club_id, sara, end)
    expire_points(story.club_id, end, end)
    assert wallets(story.club_id, sara, end) == unswept


class _Acts:
    """What can happen to a member, as a random history tells it; much of it is refused, and then changes nothing."""

    def __init__(self, story: Story, member: int, friend: int) -> None:
        self.story, self.club, self.member, self.friend = story, story.club_id, member, friend
        self.holds: list[int] = []
        self.purchases: list[int] = []

    def does(self, what: str, n: int) -> None:
        with suppress(Problem):
            getattr(self, what)(n, self.story.now)

    def buys(self, n: int, at: datetime) -> None:
        outcome = self.story.buys(self.member, n * 1_000, at=at)
        assert outcome.id
        self.purchases.append(outcome.id)

    def bought(self, n: int, now: datetime) -> None:
        self.buys(n, now - timedelta(days=n // 4))

    def holds_some(self, n: int, now: datetime) -> None:
        until = now + timedelta(minutes=n * 90)
        self.holds.append(hold_points(self.club, self.member, "points", n, now, until=until).id)

    def spends(self, n: int, now: datetime) -> None:
        held = hold_points(self.club, self.member, "points", n, now)
        self.holds.append(capture_hold(self.club, held.id, now).id)

    def captures(self, n: int, now: datetime) -> None:
        if self.holds:
            capture_hold(self.club, self.holds[n % len(self.holds)], now)

    def releases(self, n: int, now: datetime) -> None:
        if self.holds:
            release_hold(self.club, self.holds[n % len(self.holds)], now)

    def reverses(self, n: int, now: datetime) -> None:
        if self.holds:
            reverse_hold(self.club, self.holds[n % len(self.holds)], now)

    def returns(self, n: int, now: datetime) -> None:
        if self.purchases:
            purchase, amount = self.purchases[n % len(self.purchases)], (n + 1) // 2 * 1_000
            return_purchases(self.club, [(purchase, Return(f"b{now}", "s1", now, amount=amount))], now)

    def is_given(self, n: int, now: datetime) -> None:
        adjust_points(self.club, self.member, Adjustment("points", n, "A gift", counts=n % 2 == 0), now)

    def loses(self, n: int, now: datetime) -> None:
        adjust_points(self.club, self.member, Adjustment("points", -n, "A slip"), now)

    def gives_away(self, n: int, now: datetime) -> None:
        transfer_points(self.club, self.member, MemberRef("id", str(self.friend)), "points", n, None, now)

    def is_swept(self, _: int, now: datetime) -> None:
        expire_points(self.club, now, now)

    def waits(self, _: int, __: datetime) -> None:
        """Only time passes."""
