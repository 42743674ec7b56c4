"""The review of tiers: where members stand when windows have moved on without a purchase."""

from __future__ import annotations

from typing import Any

import pytest

from loyalty.rules import Bylaws, load
from loyalty.rules.member import known_tier
from tests.rules.stories import Story, article, document, instant


def needs(amount: int) -> dict[str, Any]:
    return {"counter": {"name": "spend", "over": {"last": {"days": 30}}, "at_least": amount}}


def title(name: str) -> dict[str, str]:
    return {"en": name, "fa": name}


def ladder(demote: str) -> dict[str, Any]:
    steps = [
        {"code": "bronze", "title": title("Bronze")},
        {"code": "silver", "title": title("Silver"), "needs": needs(1000)},
        {"code": "gold", "title": title("Gold"), "needs": needs(5000)},
    ]
    return {"ladder": steps, "demote": demote}


def on(story: Story, day: str) -> str | None:
    """Where somebody stands once all that was due by the beginning of a day is done."""
    story.looked_at(instant(f"{day} 00:00", story.calendar))
    return known_tier(story.bylaws, story.member.tier)


def stands(demote: str, day: str, **given: Any) -> str | None:
    """Where somebody stands after the review of a day, who bought for 5,000 on 1405-08-01."""
    bylaws = load(document(articles=[article()], tiers=ladder(demote)))
    return on(Story(bylaws, {"tier": "gold", "counted": [{"on": "1405-08-01", "spend": 5000}], **given}), day)


@pytest.mark.parametrize("demote", ["to_qualified", "one_step", "never"])
def test_nobody_falls_while_the_window_still_holds_it(demote: str) -> None:
    assert stands(demote, "1405-08-30") == "gold"


@pytest.mark.parametrize(("demote", "tier"), [("to_qualified", "bronze"), ("one_step", "silver"), ("never", "gold")])
def test_on_the_day_it_has_left_the_window_one_falls_as_the_ladder_says(demote: str, tier: str) -> None:
    assert stands(demote, "1405-09-01") == tier


def test_to_what_one_qualifies_for_may_be_a_step_between() -> None:
    more = [{"on": "1405-08-01", "spend": 5000}, {"on": "1405-08-20", "spend": 1000}]
    assert stands("to_qualified", "1405-09-01", counted=more) == "silver"
    assert stands("one_step", "1405-09-01", counted=more) == "silver"


def test_a_review_lifts_too() -> None:
    """Somebody moved to this version who had earned more than their tier says."""
    assert stands("to_qualified", "1405-08-15", tier="bronze") == "gold"


def test_without_a_ladder_nothing_moves() -> None:
    bylaws = load(document(articles=[article()], tiers=None))
    story = Story(bylaws, {"tier": "gold", "counted": [{"on": "1405-08-01", "spend": 5000}]})
    assert story.looked_at(instant("1405-09-01", story.calendar)) == ()


def test_a_first_step_with_needs_may_be_lost_too() -> None:
    gate = {"ladder": [{"code": "silver", "title": title("Silver"), "needs": needs(1000)}]}
    bylaws: Bylaws = load(document(articles=[article()], tiers=gate))
    story = Story(bylaws, {"tier": "silver", "counted": [{"on": "1405-08-01", "spend": 5000}]})
    assert on(story, "1405-08-30") == "silver"
    assert on(story, "1405-09-01") is None
