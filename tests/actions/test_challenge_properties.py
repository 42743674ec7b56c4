"""What must hold of runs whatever is bought and given back, in whatever order."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from loyalty.actions.hand_out_run import hand_out_run
from loyalty.actions.return_purchases import return_purchases
from loyalty.db import connection
from loyalty.returns import Return
from loyalty.rules import MemberRef
from tests.conftest import START
from tests.story import BASE, Story, document, title

_codes, _keys = count(1), count(1)
FIXTURE = settings(
    max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
HOUR = timedelta(hours=1)
FIFTY = [{"points": {"fixed": 50}}]
CHALLENGES: dict[str, dict[str, Any]] = {
    "spend": {"goal": {"counter": {"name": "spend", "at_least": 9_000}}},
    "both": {"goal": {"all": [{"counter": {"name": "visits", "at_least": 2}}, {"basket": {"at_least": 4_000}}]}},
    "steps": {"steps": [{"basket": {"at_least": 3_000}}, {"basket": {"at_most": 2_000}}]},
    "ordered": {"steps": [{"basket": {"at_least": 2_000}}, {"basket": {"at_least": 3_000}}], "in_order": True},
}
BYLAWS = document(
    BASE,
    tiers={"ladder": [{"code": "bronze", "title": title("Bronze")}], "returns": "at_once"},
    challenges={
        code: {"title": title(code), "start": "handed_out", "give": FIFTY, **body} for code, body in CHALLENGES.items()
    },
)


def begun() -> tuple[Story, int]:
    """A club, and a member with a run of each challenge over the same 50 hours."""
    story = Story(BYLAWS, f"club{next(_codes)}")
    sara = story.enrols()
    for code in CHALLENGES:
        hand_out_run(story.club_id, code, MemberRef("id", str(sara)), START, START + 50 * HOUR, story.now)
    story.now = START + timedelta(days=5)
    return story, sara


def runs(member: int) -> list[tuple[Any, ...]]:
    rows = connection().execute(
        "SELECT challenge, state, completed_at IS NOT NULL FROM challenge_run WHERE member_id = %s ORDER BY challenge",
        [member],
    )
    return rows.fetchall()


purchases = st.lists(
    st.tuples(st.integers(0, 60), st.integers(0, 6_000)), min_size=1, max_size=6, unique_by=lambda its: its[0]
)
"""When, in hours, some lie beyond the run; and for how much."""


@FIXTURE
@given(purchases, st.data())
def test_the_order_of_arrival_changes_nothing(app: Flask, bought: list[Any], data: st.DataObject) -> None:
    ends = []
    for order in (sorted(bought), data.draw(st.permutations(bought))):
        story, sara = begun()
        sales = [story.sale(sara, net, at=START + hours * HOUR) for hours, net in order]
        cut = data.draw(st.integers(0, len(sales)))
        story.records(sales[:cut])
        story.records(sales[cut:])
        ends.append((runs(sara), story.balance(sara)))
        assert story.books_agree()
    assert ends[0] == ends[1]


@FIXTURE
@given(purchases, st.data())
def test_any_split_of_returns_ends_alike(app: Flask, bought: list[Any], data: st.DataObject) -> None:
    back = [(place, data.draw(st.integers(0, net))) for place, (_, net) in enumerate(bought)]
    ends = []
    for split in (False, True):
        story, sara = begun()
        outcomes = story.records([story.sale(sara, net, at=START + hours * HOUR) for hours, net in sorted(bought)])
        by_hours = {hours: outcome for (hours, _), outcome in zip(sorted(bought), outcomes, strict=True)}
        parts = []
        for place, amount in back:
            first = data.draw(st.integers(0, amount)) if split else amount
            parts += [(place, part) for part in (first, amount - first) if part]
        for place, amount in data.draw(st.permutations(parts)) if split else parts:
            sold = by_hours[bought[place][0]]
            assert sold.id
            asked = Return(f"k{next(_keys)}", "s1", story.now, amount=amount)
            [answer] = return_purchases(story.club_id, [(sold.id, asked)], story.now)
            assert answer.status == "recorded", answer.problem
        ends.append((runs(sara), story.balance(sara)))
        assert story.books_agree()
    assert ends[0] == ends[1]
