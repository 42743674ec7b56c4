"""Whatever people buy, let expire, merge and take apart: the books agree, and what is undone at once was never done."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty.actions.expire_points import expire_points
from loyalty.actions.merge_members import merge_members
from loyalty.actions.unmerge_members import unmerge_members
from loyalty.db import connection, db
from loyalty.errors import Conflict, Invalid
from loyalty.rules import MemberRef
from tests.actions.test_merge_members import spends
from tests.conftest import START
from tests.story import BASE, CASHBACK, POINTS, Story, article, document, title

_codes = count(1)
PEOPLE = ("Sara", "Lena", "Mina", "Tara")
BYLAWS = document(
    BASE,
    article("2", {"points": {"fixed": 5}}, if_={"nth_purchase": {"every": 3}}),
    article("3", {"cashback": {"percent": "2"}}, if_={"tier": {"at_least": "silver"}}),
    article("4", {"points": {"fixed": 4}}, limits=[{"per": "club", "every": "month", "at_most": 30, "of": "points"}]),
    wallets={"points": {**POINTS["points"], "expires": {"days": 12}, "matures": {"days": 3}}, **CASHBACK},
    tiers={
        "ladder": [
            {"code": "bronze", "title": title("Bronze")},
            {
                "code": "silver",
                "title": title("Silver"),
                "needs": {"counter": {"name": "spend", "over": {"last": {"days": 20}}, "at_least": 40_000}},
            },
        ]
    },
    badges={"r": {"title": title("R"), "counter": "visits", "levels": [{"at": 2, "give": [{"points": {"fixed": 8}}]}]}},
)

step = st.tuples(
    st.sampled_from(("buy", "buy", "buy", "spend", "merge", "unmerge", "expire")),
    st.integers(0, 3),  # who
    st.integers(0, 3),  # into whom
    st.integers(1, 40),  # thousands, or points
    st.integers(0, 4),  # days that pass before
)
Step = tuple[str, int, int, int, int]


class Years:
    """A club with four people in whom two may be the same person, as somebody finds out and takes back."""

    def __init__(self) -> None:
        self.story = Story(BYLAWS, f"club-{next(_codes)}")
        self.people = [self.story.enrols(name, external_id=name) for name in PEOPLE]
        self.now: datetime = START

    def does(self, steps: list[Step]) -> None:
        for what, who, into, amount, days in steps:
            self.now += days * timedelta(days=1)
            self.story.now = self.now
            one, other = self.people[who], self.people[into]
            try:
                match what:
                    case "buy":
                        self.story.buys(one, amount * 1000)
                    case "spend":
                        if (has := self.story.balance(one)) and not self.due(one):
                            spends(self.story, one, min(amount, has), self.now)
                    case "merge":
                        self.merge(one, other)
                    case "unmerge":
                        self.unmerge(one)
                    case _:
                        db.session.rollback()
                        expire_points(self.story.club_id, self.now, self.now)
            except (Conflict, Invalid):
                db.session.rollback()

    def due(self, member: int) -> bool:
        found = connection().execute("SELECT 1 FROM lot WHERE member_id = %s AND due_at <= %s", [member, self.now])
        return found.fetchone() is not None

    def merge(self, one: int, other: int) -> None:
        db.session.rollback()
        merge_members(self.story.club_id, one, MemberRef("id", str(other)), "", self.now)

    def unmerge(self, one: int) -> None:
        db.session.rollback()
        unmerge_members(self.story.club_id, one, "", self.now)

    def state(self) -> list[list[tuple[Any, ...]]]:
        """What everybody has, is counted and is known by."""
        db.session.rollback()
        asked = (
            """SELECT member_id, id, wallet, earned_at, matures_at, expires_at, pending, available FROM lot
                WHERE club_id = %s AND pending + available > 0 ORDER BY 1, 2, 3""",
            """SELECT member_id, wallet, pending, available, debt, earned, spent, expired FROM balance
                WHERE club_id = %s AND (pending, available, debt, earned, spent, expired) <> (0, 0, 0, 0, 0, 0)
                ORDER BY 1, 2""",
            """SELECT member_id, counter_id, grain, start, value FROM counter_sum JOIN member ON id = member_id
                WHERE club_id = %s AND value <> 0 ORDER BY 1, 2, 3, 4""",
            "SELECT member_id, code, level, event_id FROM badge_level WHERE club_id = %s ORDER BY 1, 2, 3",
            "SELECT member_id, value, origin FROM identifier WHERE club_id = %s ORDER BY 2",
            "SELECT id, merged_into, latest_at FROM member WHERE club_id = %s ORDER BY 1",
        )
        return [connection().execute(query, [self.story.club_id]).fetchall() for query in asked]

    def settle(self) -> None:
        db.session.rollback()
        at = self.now + timedelta(microseconds=1)
        expire_points(self.story.club_id, at, self.now)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(step, min_size=4, max_size=14), st.integers(0, 3), st.integers(0, 3))
def test_the_books_agree_and_a_merge_that_is_undone_at_once_was_never_done(
    app: Flask, steps: list[Step], one: int, other: int
) -> None:
    years = Years()
    years.does(steps)
    assert years.story.books_agree()
    years.settle()
    before = years.state()
    try:
        years.merge(years.people[one], years.people[other])
    except (Conflict, Invalid):
        return
    assert years.story.books_agree()
    years.unmerge(years.people[one])
    assert years.state() == before
    assert years.story.books_agree()
