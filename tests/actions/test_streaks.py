"""Streaks: read off the days, mended by late sales, and milestones that go with what comes back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask

from loyalty.actions.merge_members import merge_members
from loyalty.actions.record_purchases import Outcome
from loyalty.actions.unmerge_members import unmerge_members
from loyalty.db import connection
from loyalty.queries.streaks import StreakView, streaks
from loyalty.rules import MemberRef
from tests.actions.test_challenges import gives_back
from tests.conftest import START
from tests.story import BASE, Story, document, title

DAY = timedelta(days=1)
DAILY: dict[str, Any] = {
    "title": title("Daily"),
    "counter": "visits",
    "every": "day",
    "milestones": [{"at": 2}, {"at": 3, "give": [{"points": {"fixed": 50}}, {"badge": "keen"}]}],
}


def club(returns: str = "at_once", **more: Any) -> Story:
    ladder = {"ladder": [{"code": "bronze", "title": title("Bronze")}], "returns": returns}
    badges = {"keen": {"title": title("Keen")}}
    return Story(document(BASE, tiers=ladder, badges=badges, streaks={"daily": {**DAILY, **more}}))


def reached(outcome: Outcome) -> list[int]:
    assert outcome.ruling
    return [its.at for its in outcome.ruling.milestones]


def on_days(story: Story, member: int, *days: int) -> list[Outcome]:
    outcomes = []
    for day in days:
        story.now = START + day * DAY
        outcomes.append(story.buys(member, 1000))
    return outcomes


def shown(story: Story, member: int) -> StreakView:
    [view] = streaks(story.club_id, member, story.now)
    return view


def test_days_in_a_row_reach_milestones_once(app: Flask) -> None:
    story = club()
    sara = story.enrols()
    assert [reached(one) for one in on_days(story, sara, 0, 1, 2)] == [[], [2], [3]]
    assert story.balance(sara) == 53
    assert (shown(story, sara).length, shown(story, sara).best, shown(story, sara).milestone) == (3, 3, None)
    assert [reached(one) for one in on_days(story, sara, 8, 9, 10)] == [[], [], []]
    assert story.balance(sara) == 56
    story.now += 2 * DAY
    assert (shown(story, sara).length, shown(story, sara).best) == (0, 3)
    assert story.books_agree()


def test_one_batch_folds_forward(app: Flask) -> None:
    story = club()
    sara = story.enrols()
    story.now = START + 5 * DAY
    outcomes = story.records([story.sale(sara, 1000, at=START + day * DAY) for day in (0, 2, 1)])
    assert [reached(one) for one in outcomes] == [[], [], [2, 3]]
    assert story.books_agree()


def test_a_late_sale_mends_a_streak(app: Flask) -> None:
    story = club()
    sara = story.enrols()
    on_days(story, sara, 0, 2)
    assert shown(story, sara).length == 1
    late = story.buys(sara, 1000, at=START + DAY)
    assert reached(late) == [2, 3]
    assert shown(story, sara).length == 3


def test_a_freeze_bridges_a_gap_and_is_told_as_used(app: Flask) -> None:
    story = club(freezes={"each": "week", "of": 1})
    sara = story.enrols()
    assert [reached(one) for one in on_days(story, sara, 0, 2, 3)] == [[], [2], [3]]
    view = shown(story, sara)
    assert (view.length, view.freezes_left) == (3, 0)


def test_what_a_streak_gave_goes_with_the_day_that_comes_back(app: Flask) -> None:
    story = club()
    sara = story.enrols()
    _, second, _ = on_days(story, sara, 0, 1, 2)
    taken = gives_back(story, second)
    assert taken.badges == [("keen", 1)]
    assert story.balance(sara) == 2
    assert shown(story, sara).reached == ()
    assert story.books_agree()
    again = story.buys(sara, 1000, at=START + DAY)
    assert reached(again) == [2, 3]
    assert story.balance(sara) == 53
    assert story.books_agree()


def test_a_longer_streak_keeps_what_it_reached(app: Flask) -> None:
    story = club()
    sara = story.enrols()
    first, *_ = on_days(story, sara, 0, 1, 2, 3)
    gives_back(story, first)
    assert shown(story, sara).reached == (2, 3)
    assert story.balance(sara) == 53
    assert story.books_agree()


def test_a_merge_joins_the_days_of_both(app: Flask) -> None:
    story = club()
    sara, double = story.enrols(), story.enrols("Sara again")
    on_days(story, sara, 0, 2)
    on_days(story, double, 1, 2)
    merge_members(story.club_id, double, MemberRef("id", str(sara)), "the same person", story.now)
    assert (shown(story, sara).length, shown(story, sara).reached) == (3, (2,))
    unmerge_members(story.club_id, double, "two persons", story.now)
    assert (shown(story, sara).length, shown(story, sara).reached) == (1, ())
    assert shown(story, double).reached == (2,)
    assert story.books_agree()


def test_who_listens_is_told(app: Flask) -> None:
    story = club()
    sara = story.enrols()
    on_days(story, sara, 0, 1)
    told = connection().execute("SELECT data ->> 'at' FROM outbox WHERE type = 'streak.reached'").fetchall()
    assert told == [("2",)]
