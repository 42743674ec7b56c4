"""Members who were merged: each event is judged for whom it was judged then, and the survivor goes on with both."""

from __future__ import annotations

from datetime import timedelta
from itertools import count
from typing import Any

from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from loyalty.actions.merge_members import merge_members
from loyalty.actions.return_purchases import return_purchases
from loyalty.actions.unmerge_members import unmerge_members
from loyalty.db import connection, db
from loyalty.rehearsal.families import families
from loyalty.rehearsal.reading import Range
from loyalty.rehearsal.stage import EVER
from loyalty.returns import Return
from loyalty.rules import MemberRef
from tests.actions.test_return_properties import FIXTURE, goods
from tests.conftest import START
from tests.rehearsal.conftest import LAST, differences, everything_due_is_done, report
from tests.rehearsal.test_properties import DEBTS, agree, lived, lively
from tests.story import Story, article, document, title

_codes = count(1)
DAY = timedelta(days=1)
whats = st.sampled_from(["buy", "buy", "buy", "back", "give", "take", "hold", "pay", "end", "gift", "merge", "merge"])
event = st.tuples(whats, st.integers(0, 2), st.integers(0, 8), goods)
CAPPED = {"per": "member", "over": "ever", "at_most": 2, "of": "times"}


def merged(story: Story, member: int, into: int) -> None:
    db.session.rollback()
    merge_members(story.club_id, member, MemberRef("id", str(into)), "Twice", story.now)


def three(story: Story) -> list[int]:
    return [story.enrols(name) for name in ("Sara", "Lena", "Leyla")]


def test_a_family_counts_as_one_and_each_purchase_is_judged_for_whose_it_was(app: Flask) -> None:
    twice = article("2", {"points": {"fixed": 10}}, limits=[CAPPED])
    base = article("1", {"points": {"per": 1000, "give": 1}})
    story = Story(document(base, twice))
    sara, lena, leyla = three(story)
    for member in (sara, sara, lena, leyla):
        story.buys(member, 1_000)
    merged(story, sara, lena)
    story.buys(lena, 5_000)
    everything_due_is_done(story)
    agree(report(story, document(base, twice)))
    found = report(story, document(article("1", {"points": {"per": 1000, "give": 2}}), twice))
    assert differences(found["difference"]) == {
        "/wallets/points/issued": 9,
        "/wallets/points/outstanding": 9,
        "/articles/1/amounts/points": 9,
    }
    assert (found["members"], found["affected"], found["purchases"]) == (2, 2, 5)
    assert found["gain"]["points"][0] == {"member": lena, "rehearsed": 16 + 30, "recorded": 8 + 30, "difference": 8}
    assert found["rehearsed"]["articles"]["2"]["times"] == 4  # twice for Sara, once for Lena, who then had it thrice


def test_a_survivor_rises_at_once_with_what_both_bought(app: Flask) -> None:
    needs = {"counter": {"name": "spend", "over": "ever", "at_least": 10_000}}
    ladder = [{"code": "bronze", "title": title("B")}, {"code": "silver", "title": title("S"), "needs": needs}]
    bylaws = document(tiers={"ladder": ladder})
    story = Story(bylaws)
    sara, lena, _ = three(story)
    for member in (sara, lena):
        story.buys(member, 6_000)
    merged(story, sara, lena)
    everything_due_is_done(story)
    found = report(story, bylaws)
    agree(found)
    assert found["rehearsed"]["tiers"] == {"up": 1, "down": 0, "members": {"bronze": 1, "silver": 1}}


def test_what_comes_back_after_a_merge_is_taken_from_the_survivor(app: Flask) -> None:
    bylaws = document(article("1", {"points": {"per": 1000, "give": 1}}))
    story = Story(bylaws)
    sara, lena, _ = three(story)
    purchase = story.buys(sara, 9_000).id
    assert purchase
    merged(story, sara, lena)
    return_purchases(story.club_id, [(purchase, Return("b", "s1", story.now, all=True))], story.now)
    everything_due_is_done(story)
    found = report(story, bylaws)
    agree(found)
    assert found["rehearsed"]["wallets"]["points"]["taken_back"] == 9


def test_who_came_apart_again_is_left_out_on_both_sides(app: Flask) -> None:
    bylaws = document(article("1", {"points": {"per": 1000, "give": 1}}))
    story = Story(bylaws)
    sara, lena, leyla = three(story)
    for member in (sara, lena, leyla):
        story.buys(member, 1_000)
    merged(story, sara, lena)
    db.session.rollback()
    unmerge_members(story.club_id, sara, "They are sisters", story.now)
    found = report(story, bylaws)
    assert (found["members"], found["rehearsed"]["wallets"]["points"]["issued"]) == (1, 1)
    end = story.now + DAY
    assert families(connection(), Range(story.club_id, 0, LAST, EVER, end, end)).apart == [sara, lena]


def test_in_a_span_that_ends_before_a_merge_both_are_themselves(app: Flask) -> None:
    bylaws = document(article("1", {"points": {"per": 1000, "give": 1}}))
    story = Story(bylaws)
    sara, lena, _ = three(story)
    for member in (sara, lena):
        story.buys(member, 1_000)
    story.now += DAY
    merged(story, sara, lena)
    found = report(story, bylaws, until=START + DAY / 2)
    agree(found)
    assert found["members"] == 3


@FIXTURE
@given(st.lists(event, min_size=1, max_size=16), st.sampled_from(DEBTS), st.sampled_from(["at_once", "at_review"]))
def test_rehearsing_the_version_in_force_gives_what_was_given(app: Flask, drawn: Any, debt: str, returns: str) -> None:
    bylaws = lively(debt, returns)
    bylaws["articles"] = [its for its in bylaws["articles"] if its["no"] != "6"]
    story = Story(bylaws, f"families-{next(_codes)}")
    lived(story, drawn, three(story))
    agree(report(story, bylaws))


@FIXTURE
@given(st.lists(event, min_size=1, max_size=16), st.integers(0, 90))
def test_so_does_one_stream_of_a_shared_limit_and_a_later_part(app: Flask, drawn: Any, ago: int) -> None:
    bylaws = lively("allow", "at_once")
    story = Story(bylaws, f"families-{next(_codes)}")
    lived(story, drawn, three(story))
    agree(report(story, bylaws))
    agree(report(story, bylaws, since=START - timedelta(days=ago)))
