"""Rehearsals of small changes, held against what a pencil says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.adjust_points import Adjustment, adjust_points
from loyalty.actions.hold_points import hold_points
from loyalty.actions.update_member import update_member
from loyalty.db import db, transaction
from loyalty.jobs import duties
from tests.actions.test_return_purchases import back
from tests.conftest import START, Clock
from tests.rehearsal.conftest import differences, everything_due_is_done, report
from tests.story import BASE, Story, article, document, title

DAY = timedelta(days=1)


@pytest.fixture
def story(app: Flask) -> Story:
    return Story(document(BASE, article("2", {"cashback": {"percent": "1"}})))


def twice(*more: dict[str, Any], **sections: Any) -> dict[str, Any]:
    return document(article("1", {"points": {"per": 1000, "give": 2}}), *more, **sections)


def test_changing_one_rate_finds_exactly_that_difference(story: Story) -> None:
    sara, lena, leyla = (story.enrols(name) for name in ("Sara", "Lena", "Leyla"))
    story.buys(sara, 7_900)
    story.buys(lena, 3_000)
    story.buys(leyla, 900)
    found = report(story, twice(article("2", {"cashback": {"percent": "1"}})))
    assert differences(found["difference"]) == {
        "/wallets/points/issued": 10,
        "/wallets/points/outstanding": 10,
        "/articles/1/amounts/points": 10,
    }
    assert (found["members"], found["affected"], found["purchases"]) == (3, 2, 3)
    assert found["gain"]["points"] == [
        {"member": sara, "rehearsed": 14, "recorded": 7, "difference": 7},
        {"member": lena, "rehearsed": 6, "recorded": 3, "difference": 3},
    ]
    assert found["lose"]["points"] == []
    assert found["rehearsed"]["liability"] == found["recorded"]["liability"] == 79 + 30 + 9


def test_points_are_owed_at_what_each_version_lets_them_pay(story: Story) -> None:
    story.buys(story.enrols(), 9_900)
    draft = document(BASE, article("2", {"cashback": {"percent": "1"}}))
    draft["wallets"] = {**draft["wallets"]}
    draft["wallets"]["points"] = {**draft["wallets"]["points"], "pays": {"points": 2, "money": 100}}
    found = report(story, draft)
    assert (found["recorded"]["liability"], found["rehearsed"]["liability"]) == (99, 99 + 9 * 100 // 2)
    assert differences(found["difference"]) == {"/liability": 450}


def test_what_has_no_effect_yet_is_rehearsed_as_if_it_were_not_there(story: Story) -> None:
    story.buys(story.enrols(), 7_900)
    prizes = [{"give": [{"points": {"fixed": 500}}]}]
    found = report(
        story,
        twice(
            article("2", {"cashback": {"percent": "1"}}),
            raffles={"r": {"title": title("R"), "draw": {"each": "month"}, "prizes": prizes}},
        ),
    )
    assert differences(found["difference"]) == {
        "/wallets/points/issued": 7,
        "/wallets/points/outstanding": 7,
        "/articles/1/amounts/points": 7,
    }


def test_rewards_are_counted_like_amounts(story: Story) -> None:
    story.buys(story.enrols(), 7_900)
    found = report(story, twice(article("3", {"reward": {"code": "coffee", "per": 2_000, "give": 1}})))
    assert found["difference"]["wallets"]["reward/coffee"]["issued"] == 3


def test_what_came_back_counts_by_the_changed_rate(story: Story) -> None:
    sara = story.enrols()
    purchase = story.buys(sara, 10_000).id
    assert purchase
    back(story, purchase, amount=4_000)
    found = report(story, twice())
    assert found["rehearsed"]["wallets"]["points"] | {} == {
        "issued": 20, "taken_back": 8, "spent": 0, "expired": 0, "outstanding": 12, "debt": 0, "short": 0,
    }  # fmt: skip
    assert found["difference"]["articles"]["2"]["amounts"]["cashback"] == -60


def test_before_the_span_all_is_as_it_was_judged(story: Story) -> None:
    sara = story.enrols()
    story.buys(sara, 5_000, at=START - 10 * DAY)
    story.buys(sara, 3_000, at=START - 2 * DAY)
    draft = twice(article("3", {"points": {"fixed": 50}}, if_={"nth_purchase": 2}))
    found = report(story, draft, since=START - 5 * DAY)
    assert found["purchases"] == 1
    assert found["rehearsed"]["articles"] == {
        "1": {"times": 1, "amounts": {"points": 6}},
        "3": {"times": 1, "amounts": {"points": 50}},
    }
    assert found["rehearsed"]["wallets"]["points"]["outstanding"] == 5 + 6 + 50


def test_a_draft_may_count_what_was_never_counted(story: Story) -> None:
    sara = story.enrols()
    for ago in (9, 8, 7):
        story.buys(sara, 1_000, at=START - ago * DAY)
    counters = {"pieces": {"of": "purchases", "measure": "times"}}
    badges = {"three": {"title": title("Three"), "counter": "pieces", "levels": [{"at": 3}]}}
    found = report(story, document(counters=counters, badges=badges), since=START - 7.5 * DAY)
    assert found["rehearsed"]["badges"] == {"three": {"1": 1}}
    assert found["recorded"]["badges"] == {}


def test_what_was_spent_and_would_not_have_been_there_is_short(story: Story) -> None:
    sara = story.enrols()
    story.buys(sara, 10_000)
    hold_points(story.club_id, sara, "points", 8, story.now)
    db.session.rollback()
    adjust_points(story.club_id, sara, Adjustment("points", -2, "Counted twice"), story.now)
    found = report(story, document(article("1", {"points": {"per": 2000, "give": 1}})))
    assert found["rehearsed"]["wallets"]["points"]["short"] == 3 + 2
    assert found["rehearsed"]["wallets"]["points"]["outstanding"] == 5
    assert found["recorded"]["wallets"]["points"]["outstanding"] == 8


def test_the_clubs_budget_is_used_up_in_the_order_in_which_members_bought(app: Flask) -> None:
    story = Story()
    sara, lena = story.enrols("Sara"), story.enrols("Lena")
    for member in (lena, sara, lena, sara):
        story.buys(member, 1_000)
    limit = {"per": "club", "every": "month", "at_most": 25, "of": "points"}
    found = report(story, document(BASE, article("2", {"points": {"fixed": 10}}, limits=[limit])))
    assert found["rehearsed"]["articles"]["2"] == {"times": 3, "amounts": {"points": 25}}
    assert {its["member"]: its["difference"] for its in found["gain"]["points"]} == {lena: 15, sara: 10}


def test_a_budget_goes_on_from_where_the_past_left_it(app: Flask) -> None:
    limit = {"per": "club", "every": "month", "at_most": 25, "of": "points"}
    bylaws = document(BASE, article("2", {"points": {"fixed": 10}}, limits=[limit]))
    story = Story(bylaws)
    sara = story.enrols()
    for hours in (5, 4, 3, 2):
        story.buys(sara, 1_000, at=START - timedelta(hours=hours))
    found = report(story, bylaws, since=START - timedelta(hours=3))
    assert found["rehearsed"]["articles"]["2"] == {"times": 1, "amounts": {"points": 5}}
    assert differences(found["difference"]) == {}


SILVER = {"code": "silver", "title": title("Silver")}


def climbs(at_least: int, **more: Any) -> dict[str, Any]:
    needs = {"counter": {"name": "spend", "over": {"last": {"days": 10}}, "at_least": at_least}}
    return {"ladder": [{"code": "bronze", "title": title("Bronze")}, {**SILVER, "needs": needs}], **more}


def test_tiers_move_as_the_draft_says_also_at_midnights_without_a_purchase(app: Flask) -> None:
    story = Story(document(tiers=climbs(50_000)))
    sara, lena = story.enrols("Sara"), story.enrols("Lena")
    story.buys(sara, 20_000, at=START - 30 * DAY)
    story.buys(lena, 20_000, at=START - DAY)
    everything_due_is_done(story)
    with transaction() as conn:  # as if the timer had run all the time
        conn.execute("UPDATE club SET created_at = %s", [START - 40 * DAY])
        conn.execute("UPDATE purchase SET recorded_at = occurred_at")
    found = report(story, document(tiers=climbs(20_000)))
    assert found["rehearsed"]["tiers"] == {"up": 2, "down": 1, "members": {"bronze": 1, "silver": 1}}
    assert found["recorded"]["tiers"] == {"up": 0, "down": 0, "members": {"bronze": 2}}


def test_one_step_down_for_each_five_days_is_what_the_timer_really_does(app: Flask, clock: Clock) -> None:
    ladder = [
        {"code": code, "title": title(code)}
        | ({"needs": {"counter": {"name": "spend", "over": {"last": {"days": 5}}, "at_least": least}}} if least else {})
        for code, least in (("bronze", 0), ("silver", 10_000), ("gold", 20_000), ("diamond", 30_000))
    ]
    bylaws = document(tiers={"ladder": ladder, "demote": "one_step"})
    story = Story(bylaws)
    duties._enter_new_clubs(clock.now)
    sara = story.enrols()
    story.buys(sara, 30_000)
    for days in range(1, 16):
        story.now = clock.move(days=1)
        duties.perform(story.club_id, "review_tiers")
        if days == 10:
            assert story.tier(sara) == "silver"
            story.buys(sara, 1_000)
    found = report(story, bylaws)
    assert found["rehearsed"]["tiers"] == found["recorded"]["tiers"] == {"up": 1, "down": 3, "members": {"bronze": 1}}


def test_members_are_judged_by_the_standing_and_attributes_of_the_time(app: Flask) -> None:
    tehran = {"member": {"attribute": "city", "is": "tehran"}}
    bylaws = document(BASE, article("2", {"points": {"fixed": 7}}, if_=tehran))
    story = Story(bylaws)
    sara = story.enrols(attributes={"city": "tehran"})
    story.buys(sara, 1_000)
    db.session.rollback()
    update_member(story.club_id, sara, {"attributes": {"city": "shiraz"}}, START)
    story.now = START + DAY
    story.buys(sara, 1_000)
    db.session.rollback()
    update_member(story.club_id, sara, {"status": "suspended", "reason": "x"}, START + 2 * DAY)
    story.now = START + 3 * DAY
    story.buys(sara, 1_000)
    found = report(story, bylaws)
    assert found["rehearsed"]["articles"]["2"]["times"] == 1
    assert found["rehearsed"]["articles"]["1"]["times"] == 2
    assert differences(found["difference"]) == {}


def test_a_draft_brings_a_challenge_and_a_streak(story: Story) -> None:
    sara = story.enrols()
    for days in (3, 2, 1):
        story.buys(sara, 1_000, at=START - days * DAY)
    goal = {"counter": {"name": "visits", "over": "run", "at_least": 3}}
    challenges = {"days": {"title": title("Days"), "each": "year", "goal": goal, "give": [{"points": {"fixed": 50}}]}}
    milestones = [{"at": 2, "give": [{"points": {"fixed": 7}}]}]
    streaks = {"daily": {"title": title("Daily"), "counter": "visits", "every": "day", "milestones": milestones}}
    draft = document(BASE, article("2", {"cashback": {"percent": "1"}}), challenges=challenges, streaks=streaks)
    assert differences(report(story, draft)["difference"]["articles"]) == {
        "/challenge:days/times": 1,
        "/challenge:days/amounts/points": 50,
        "/streak:daily:2/times": 1,
        "/streak:daily:2/amounts/points": 7,
    }
    later = report(story, draft, since=START - DAY)
    assert later["rehearsed"]["articles"]["challenge:days"]["amounts"] == {"points": 50}
