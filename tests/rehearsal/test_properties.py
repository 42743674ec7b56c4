"""What must hold of rehearsals whatever members bought, kept, gave back and did with their wallets."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from itertools import count
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from loyalty.actions.adjust_points import Adjustment, adjust_points
from loyalty.actions.capture_hold import capture_hold
from loyalty.actions.hold_points import hold_points
from loyalty.actions.merge_members import merge_members
from loyalty.actions.pay_from_wallet import Payment, pay_from_wallet
from loyalty.actions.release_hold import release_hold
from loyalty.actions.return_purchases import return_purchases
from loyalty.actions.reverse_hold import reverse_hold
from loyalty.actions.transfer_points import transfer_points
from loyalty.db import db
from loyalty.errors import Conflict, InsufficientBalance
from loyalty.rehearsal.report import Form
from loyalty.returns import Return, ReturnedLine
from loyalty.rules import Line, MemberRef
from tests.actions.test_return_properties import FIXTURE, LIVELY, WALLETS, goods, shop
from tests.conftest import START
from tests.rehearsal.conftest import differences, everything_due_is_done, report
from tests.story import Story, article

_codes, _keys = count(1), count(1)
whats = st.sampled_from(["buy", "buy", "back", "give", "take", "hold", "pay", "end", "gift"])
event = st.tuples(whats, st.integers(0, 1), st.integers(0, 8), goods)
DEBTS = ["allow", "clamp", "refuse"]


def lively(debt: str, returns: str) -> dict[str, Any]:
    """Bylaws with history, windows, limits, a badge that gives, lots that wait and expire, and a club's budget."""
    wallets = {**WALLETS, "points": {**WALLETS["points"], "debt": debt, "expires": {"days": 25}, "transfers": True}}
    counted = {"counter": {"name": "spend", "over": {"since": "tier"}, "at_least": 10_000}}
    articles = [*LIVELY["articles"], article("90", {"points": {"fixed": 3}}, if_=counted)]
    tiers = {**LIVELY["tiers"], "returns": returns}
    return {**LIVELY, "wallets": wallets, "tiers": tiers, "articles": articles}


def lived(story: Story, drawn: Any, members: list[int] | None = None) -> None:
    members = members or [story.enrols(name) for name in ("Sara", "Lena")]
    sold: list[tuple[int, list[Line]]] = []
    holds: list[int] = []
    story.now = START - timedelta(days=90)
    for what, who, days, basket in drawn:
        story.now += timedelta(days=days, minutes=1)
        if what == "buy":
            sold.append(shop(story, members[who], basket, story.now))
        elif what == "back" and sold:
            purchase, lines = sold[days % len(sold)]
            some = (ReturnedLine(lines[0].line, 1000),) if days % 3 == 0 else ()
            asked = Return(f"k{next(_keys)}", "s1", story.now, some, all=not some)
            db.session.rollback()
            return_purchases(story.club_id, [(purchase, asked)], story.now)
        elif what == "merge":
            one_person(story, members, who)
        else:
            by_hand(story, members, what, (who, days), holds)
    story.now += timedelta(days=2)
    everything_due_is_done(story)


def one_person(story: Story, members: list[int], who: int) -> None:
    """Merge a member into the next, unless something is held."""
    member, other = members[who], members[(who + 1) % len(members)]
    db.session.rollback()
    if member != other:
        with suppress(Conflict):
            merge_members(story.club_id, member, MemberRef("id", str(other)), "Twice", story.now)
            members[:] = [other if its == member else its for its in members]


def by_hand(story: Story, members: list[int], what: str, drawn: tuple[int, int], holds: list[int]) -> None:
    """Something moves otherwise than by shopping, if there is enough of it."""
    (who, days), club, now = drawn, story.club_id, story.now
    member, amount = members[who], 1 + 7 * days
    db.session.rollback()
    with suppress(InsufficientBalance, Conflict):
        match what:
            case "give":
                earned = now - timedelta(days=3 * days)
                adjust_points(club, member, Adjustment("points", amount, "x", earned, counts=bool(days % 2)), now)
            case "take":
                adjust_points(club, member, Adjustment("points", -amount, "x"), now)
            case "gift" if member != (other := members[(who + 1) % len(members)]):
                transfer_points(club, member, MemberRef("id", str(other)), "points", amount, None, now)
            case "hold":
                until = now + timedelta(days=1 + days)
                holds.append(hold_points(club, member, "points", amount, now, until=until).id)
            case "pay":
                receipt, ref = f"r{1 + days}", MemberRef("id", str(member))
                holds.append(pay_from_wallet(club, "cashback", Payment(ref, 1 + days, receipt, "s1"), now).id)
            case "end" if holds:
                act = (capture_hold, release_hold, reverse_hold)[days % 3]
                act(club, holds[days % len(holds)], now)


def agree(found: Form) -> None:
    assert differences(found["difference"]) == {}
    assert found["rehearsed"] == found["recorded"]
    assert (found["affected"], found["gain"], found["lose"]) == (0, {}, {})


@pytest.mark.parametrize("returns", ["at_once", "at_review", "keep"])
def test_a_badge_and_a_tier_that_a_return_takes_go_in_the_rehearsal_too(app: Flask, returns: str) -> None:
    document = lively("allow", returns)
    story = Story(document)
    sara = story.enrols()
    days = [START - timedelta(days=n) for n in (9, 6, 5, 3, 1)]
    shop(story, sara, [(1, 30_000, False)], days[0])
    purchase, _ = shop(story, sara, [(1, 35_000, True)], days[1])
    asked = Return("k", "s1", days[2], all=True)
    return_purchases(story.club_id, [(purchase, asked)], days[2])
    for day in days[3:]:
        db.session.rollback()
        shop(story, sara, [(1, 2_000, False)], day)
    everything_due_is_done(story)
    found = report(story, document)
    agree(found)
    assert found["recorded"]["tiers"] == {"up": 1, "down": 1, "members": {"bronze": 1}}
    assert found["recorded"]["articles"]["badge:r:1"]["amounts"] == {"points": 8}


def test_a_hold_that_lapsed_is_free_for_what_came_after_it(app: Flask) -> None:
    document = lively("allow", "at_once")
    story = Story(document)
    sara = story.enrols()
    adjust_points(story.club_id, sara, Adjustment("points", 20, "x"), START)
    for days, amount in ((0, 15), (2, 18)):
        story.now = START + timedelta(days=days)
        db.session.rollback()
        hold_points(story.club_id, sara, "points", amount, story.now, until=story.now + timedelta(days=1))
    everything_due_is_done(story)
    found = report(story, document)
    agree(found)
    points = found["rehearsed"]["wallets"]["points"]
    assert (points["outstanding"], points["short"]) == (20, 0)


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
