"""Spins: one turn in each period, decided by a draw that is kept and that stated odds share exactly."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from loyalty import chance
from loyalty.actions.merge_members import merge_members
from loyalty.actions.turn_spin import Turned, turn_spin
from loyalty.actions.update_member import update_member
from loyalty.db import connection
from loyalty.errors import Conflict, LimitReached, NotFound
from loyalty.queries.spins import spins, turned
from loyalty.queries.statement import statement
from loyalty.rules import MemberRef, load
from tests.actions.at_once import at_once
from tests.story import BASE, Story, document, title

KEY = "the key of an instance in a test"
ODDS = [{"chance": "1/10", "give": [{"points": {"fixed": 100}}]}, {"chance": "90%"}]
WHEEL = {"title": title("Wheel"), "odds": ODDS}
DAY = timedelta(days=1)


def club(**more: Any) -> dict[str, Any]:
    return document(BASE, spins={"wheel": {**WHEEL, **more}})


@pytest.fixture
def story(app: Flask) -> Story:
    return Story(club())


def turns(story: Story, member: int) -> Turned:
    return turn_spin(story.club_id, "wheel", MemberRef("id", str(member)), story.now, KEY)


def test_a_turn_gives_what_its_draw_comes_to_and_says_so(story: Story) -> None:
    people = [story.enrols(f"Nr{n}") for n in range(60)]
    won = [member for member in people if turns(story, member).odd == 1]
    assert 0 < len(won) < 30
    assert [story.balance(member) for member in people] == [100 if member in won else 0 for member in people]
    rows = connection().execute("SELECT member_id, spin, start, draw, odd FROM spin_turn ORDER BY member_id").fetchall()
    wheel = load(club()).game.spins["wheel"]
    for member, spin, start, draw, odd in rows:
        key = f"prize:spin:{spin}:{start.isoformat()}:{member}"
        assert bytes(draw) == chance.draw(story.club_id, key, KEY)
        assert wheel.turn(bytes(draw)) == odd
    [line], _ = statement(story.club_id, won[0])
    assert line.title.en == "Spin “Wheel”"
    assert story.books_agree()


def test_there_is_one_turn_in_each_period(story: Story) -> None:
    sara = story.enrols()
    [before] = spins(story.club_id, sara, story.now)
    assert before.left == 1
    turns(story, sara)
    [after] = spins(story.club_id, sara, story.now)
    assert (after.left, after.next_at) == (0, before.next_at)
    with pytest.raises(LimitReached):
        turns(story, sara)
    story.now = after.next_at - timedelta(microseconds=1)
    with pytest.raises(LimitReached):
        turns(story, sara)
    story.now = after.next_at
    assert turns(story, sara).member_id == sara


def test_sixteen_at_once_have_one_turn(app: Flask, story: Story) -> None:
    sara = story.enrols()
    came = at_once(app, *[lambda: (turns(story, sara), "turned")[1]] * 16)
    assert came == {"turned": 1, "LimitReached": 15}
    row = connection().execute("SELECT count(*) FROM event WHERE type = 'prize'").fetchone()
    assert row == (1,)


def test_the_odds_are_stated_in_both_languages_and_what_came_is_told(story: Story) -> None:
    sara = story.enrols()
    [view] = spins(story.club_id, sara, story.now)
    assert [(its.chance.en, its.chance.fa, its.gives.en, its.gives.fa, its.wins) for its in view.odds] == [
        ("10%", "۱۰٪", "100 points", "۱۰۰ امتیاز", True),
        ("90%", "۹۰٪", "nothing", "هیچ", False),
    ]
    came = turned(story.club_id, "wheel", turns(story, sara), story.now)
    assert (came.won, came.gives.en) in ((True, "100 points"), (False, "nothing"))


def test_who_may_not_earn_and_a_spin_that_is_not_there_are_refused(story: Story) -> None:
    sara = story.enrols()
    with pytest.raises(NotFound):
        turn_spin(story.club_id, "moon", MemberRef("id", str(sara)), story.now, KEY)
    update_member(story.club_id, sara, {"status": "suspended"}, story.now)
    with pytest.raises(Conflict):
        turns(story, sara)


def test_a_merged_member_s_turn_is_had(story: Story) -> None:
    sara, again = story.enrols("Sara"), story.enrols("Again")
    turns(story, sara)
    merge_members(story.club_id, sara, MemberRef("id", str(again)), "the same", story.now)
    with pytest.raises(LimitReached):
        turns(story, again)


@given(st.lists(st.integers(1, 50), min_size=2, max_size=6), st.binary(min_size=32, max_size=32))
def test_the_odds_share_all_draws_exactly(weights: list[int], draw: bytes) -> None:
    whole = sum(weights)
    odds = [{"chance": f"{weight}/{whole}"} for weight in weights]
    wheel = load(club(odds=odds)).game.spins["wheel"]
    place, at = Fraction(int.from_bytes(draw), 2**256), wheel.turn(draw)
    below = Fraction(sum(weights[: at - 1]), whole)
    assert below <= place < below + Fraction(weights[at - 1], whole)


def test_draws_come_as_often_as_stated() -> None:
    wheel = load(club()).game.spins["wheel"]
    came = Counter(wheel.turn(chance.draw(1, f"key {n}", KEY)) for n in range(4000))
    assert 330 < came[1] < 470
