"""Different things counted by challenges and streaks: each once, and gone with the last of it that comes back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask

from loyalty.actions.merge_members import merge_members
from loyalty.actions.record_purchases import Outcome
from loyalty.rules import Line, MemberRef
from tests.actions.test_challenges import completed, gives_back
from tests.actions.test_streaks import reached
from tests.conftest import START
from tests.story import BASE, Story, document, title

WEEK = timedelta(weeks=1)
GIVE = [{"points": {"fixed": 50}}]


def club(**sections: Any) -> Story:
    ladder = {"ladder": [{"code": "bronze", "title": title("Bronze")}], "returns": "at_once"}
    counters = {"tried": {"of": "lines", "measure": {"distinct": "sku"}}}
    return Story(document(BASE, counters=counters, tiers=ladder, **sections))


def tasting() -> Story:
    goal = {"counter": {"name": "tried", "over": "run", "at_least": 3}}
    return club(challenges={"taster": {"title": title("Taster"), "goal": goal, "give": GIVE}})


def basket(*skus: str) -> tuple[Line, ...]:
    return tuple(Line(str(n), sku, 1000, 1, 1) for n, sku in enumerate(skus))


def buys(story: Story, member: int, *skus: str) -> Outcome:
    return story.buys(member, lines=basket(*skus))


def test_a_run_counts_each_thing_once(app: Flask) -> None:
    story = tasting()
    sara = story.enrols()
    assert completed(buys(story, sara, "tea", "salt")) == []
    assert completed(buys(story, sara, "salt", "tea")) == []
    assert completed(buys(story, sara, "rice")) == ["taster"]
    assert story.balance(sara) == 50
    assert story.books_agree()


def test_purchases_of_one_batch_see_each_others_things(app: Flask) -> None:
    story = tasting()
    sara = story.enrols()
    sales = [story.sale(sara, lines=basket(*skus)) for skus in (("tea", "salt"), ("tea",), ("rice", "tea"))]
    assert [completed(one) for one in story.records(sales)] == [[], [], ["taster"]]
    assert story.books_agree()


def test_a_thing_goes_with_the_last_of_it_that_comes_back(app: Flask) -> None:
    story = tasting()
    sara = story.enrols()
    first, second, _ = buys(story, sara, "tea"), buys(story, sara, "tea"), buys(story, sara, "salt", "rice")
    gives_back(story, first)
    assert story.balance(sara) == 50, "tea is still there once"
    assert story.books_agree()
    gives_back(story, second)
    assert story.balance(sara) == 0
    assert story.books_agree()
    assert completed(buys(story, sara, "tea")) == ["taster"]


def test_a_merge_joins_the_things_of_both(app: Flask) -> None:
    story = tasting()
    sara, double = story.enrols(), story.enrols("Sara again")
    buys(story, sara, "tea", "salt")
    buys(story, double, "salt", "rice")
    merge_members(story.club_id, double, MemberRef("id", str(sara)), "the same person", story.now)
    assert story.books_agree()
    assert completed(buys(story, sara, "tea")) == ["taster"]


def test_a_streak_asks_for_different_things_each_week(app: Flask) -> None:
    milestones = [{"at": 2, "give": GIVE}]
    streak = {"title": title("Varied"), "counter": "tried", "every": "week", "at_least": 2, "milestones": milestones}
    story = club(streaks={"varied": streak})
    sara = story.enrols()
    buys(story, sara, "tea", "salt")
    story.now = START + WEEK
    assert reached(buys(story, sara, "tea", "tea")) == []
    last = buys(story, sara, "salt")
    assert reached(last) == [2]
    assert story.balance(sara) == 50
    gives_back(story, last)
    assert story.balance(sara) == 0
    assert story.books_agree()
