"""What must hold of rehearsals whatever members bought, kept, gave back and did with their wallets."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from loyalty.actions.return_purchases import return_purchases
from loyalty.db import db
from loyalty.rehearsal.report import Form
from loyalty.returns import Return, ReturnedLine
from loyalty.rules import Line
from tests.actions.test_return_properties import FIXTURE, LIVELY, WALLETS, goods, shop
from tests.conftest import START
from tests.rehearsal.conftest import differences, everything_due_is_done, report
from tests.story import Story

_codes, _keys = count(1), count(1)
event = st.tuples(st.sampled_from(["buy", "buy", "back", "lose"]), st.integers(0, 1), st.integers(0, 8), goods)
DEBTS = ["allow", "clamp", "refuse"]


def lively(debt: str, returns: str) -> dict[str, Any]:
    """Bylaws with history, windows, limits, a badge that gives, lots that wait and expire, and a club's budget."""
    wallets = {**WALLETS, "points": {**WALLETS["points"], "debt": debt, "expires": {"days": 25}}}
    return {**LIVELY, "wallets": wallets, "tiers": {**LIVELY["tiers"], "returns": returns}}


def lived(story: Story, drawn: Any) -> None:
    members = [story.enrols(name) for name in ("Sara", "Lena")]
    sold: list[tuple[int, list[Line]]] = []
    story.now = START - timedelta(days=90)
    for what, who, days, basket in drawn:
        story.now += timedelta(days=days, minutes=1)
        if what == "buy":
            sold.append(shop(story, members[who], basket, story.now))
        elif what == "back" and sold:
            purchase, lines = sold[days % len(sold)]
            asked = Return(f"k{next(_keys)}", "s1", story.now, (ReturnedLine(lines[0].line, 1000),))
            db.session.rollback()
            return_purchases(story.club_id, [(purchase, asked)], story.now)
    story.now += timedelta(days=2)
    everything_due_is_done(story)


def agree(found: Form) -> None:
    assert differences(found["difference"]) == {}
    assert found["rehearsed"] == found["recorded"]
    assert (found["affected"], found["gain"], found["lose"]) == (0, {}, {})


@FIXTURE
@given(
    st.lists(event, min_size=1, max_size=14), st.sampled_from(DEBTS), st.sampled_from(["at_once", "at_review", "keep"])
)
def test_rehearsing_the_version_in_force_gives_what_was_given(app: Flask, drawn: Any, debt: str, returns: str) -> None:
    document = lively(debt, returns)
    story = Story(document, f"rehearsed-{next(_codes)}")
    lived(story, drawn)
    agree(report(story, document))


@FIXTURE
@given(st.lists(event, min_size=1, max_size=14), st.integers(0, 90), st.sampled_from(DEBTS))
def test_a_later_part_of_the_span_gives_what_was_given_too(app: Flask, drawn: Any, ago: int, debt: str) -> None:
    document = lively(debt, "at_review")
    story = Story(document, f"rehearsed-{next(_codes)}")
    lived(story, drawn)
    agree(report(story, document, since=START - timedelta(days=ago)))


@FIXTURE
@given(st.lists(event, min_size=1, max_size=14))
def test_without_the_clubs_budget_members_are_folded_one_by_one_and_agree_too(app: Flask, drawn: Any) -> None:
    document = lively("allow", "at_once")
    document["articles"] = [its for its in document["articles"] if its["no"] != "6"]
    story = Story(document, f"rehearsed-{next(_codes)}")
    lived(story, drawn)
    agree(report(story, document))
