"""Events other than purchases: recorded once each, and judged like everything else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.record_events import record_events
from loyalty.db import connection
from loyalty.rules import Event, MemberRef
from tests.story import Story, article, document, title

REVIEWS: dict[str, Any] = {
    "events": {"review": {"fields": {"stars": {"type": "integer", "from": 1, "until": 5}}}},
    "counters": {"reviews": {"of": "review", "measure": "times"}},
    "badges": {"critic": {"title": title("Critic"), "counter": "reviews", "levels": [{"at": 3}]}},
}
ARTICLES = (
    article("1", {"points": {"per": 100, "give": 1, "of": "net"}}),
    article("2", {"points": {"fixed": 10}}, on="review", limits=[{"per": "member", "every": "day", "at_most": 20}]),
)


@pytest.fixture
def story(app: Flask) -> Story:
    return Story(document(*ARTICLES, **REVIEWS))


def review(story: Story, member: int, key: str, stars: int = 5) -> Event:
    return Event("review", story.now, key, "site", member=MemberRef("id", str(member)), attributes={"stars": stars})


def test_a_review_gives_its_own_articles_and_feeds_its_own_counters(story: Story) -> None:
    sara = story.enrols()
    [one] = record_events(story.club_id, [review(story, sara, "r1")], story.now)
    assert one.status == "recorded"
    assert one.ruling
    assert [(its.article, its.amount) for its in one.ruling.awards] == [("2", 10)]
    story.buys(sara, 1000)
    assert story.balance(sara) == 20
    assert story.books_agree()


def test_limits_and_badges_see_events_in_their_order(story: Story) -> None:
    sara = story.enrols()
    outcomes = record_events(story.club_id, [review(story, sara, f"r{n}") for n in range(4)], story.now)
    assert [sum(its.amount for its in one.ruling.awards) for one in outcomes if one.ruling] == [10, 10, 0, 0]
    assert [[step.code for step in one.ruling.badges] for one in outcomes if one.ruling] == [[], [], ["critic"], []]
    assert story.books_agree()


def test_the_same_key_again_changes_nothing_and_other_content_is_refused(story: Story) -> None:
    sara = story.enrols()
    first = review(story, sara, "r1")
    [once] = record_events(story.club_id, [first], story.now)
    [again] = record_events(story.club_id, [first], story.now + timedelta(hours=1))
    [other] = record_events(story.club_id, [review(story, sara, "r1", stars=1)], story.now)
    assert (again.status, again.id) == ("repeated", once.id)
    assert other.problem
    assert other.problem.code == "conflict"
    assert story.balance(sara) == 10
    assert connection().execute("SELECT count(*) FROM event").fetchone() == (1,)


def test_one_for_nobody_refuses_itself_alone(story: Story) -> None:
    sara = story.enrols()
    lost = Event("review", story.now, "r0", "site", member=MemberRef("card", "9999"), attributes={"stars": 5})
    outcomes = record_events(story.club_id, [lost, review(story, sara, "r1")], story.now)
    assert [one.status for one in outcomes] == ["refused", "recorded"]
