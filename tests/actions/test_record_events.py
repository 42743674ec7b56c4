"""Events other than purchases: recorded once each, and judged like everything else."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.fill_counters import fill_counters
from loyalty.actions.merge_members import merge_members
from loyalty.actions.publish_bylaws import publish_bylaws
from loyalty.actions.record_events import record_events
from loyalty.actions.return_purchases import return_purchases
from loyalty.actions.unmerge_members import unmerge_members
from loyalty.db import connection, db, transaction
from loyalty.queries.events import one
from loyalty.returns import Return
from loyalty.rules import Event, MemberRef
from tests.actions.at_once import at_once
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


def reviews(story: Story, member: int, key: str, **more: Any) -> int:
    db.session.rollback()
    [outcome] = record_events(story.club_id, [review(story, member, key, **more)], story.now)
    assert outcome.status == "recorded", outcome
    assert outcome.id
    return outcome.id


def counted(member: int, of: str) -> int:
    row = connection().execute(
        "SELECT value FROM counter_sum JOIN counter ON counter.id = counter_id"
        " WHERE member_id = %s AND grain = 0 AND definition ->> 'of' = %s",
        [member, of],
    )
    return (row.fetchone() or (0,))[0]


def test_events_of_a_merged_member_count_for_who_goes_on_until_they_part(story: Story) -> None:
    sara, twin = story.enrols(), story.enrols("Twin")
    for n in range(2):
        reviews(story, twin, f"t{n}")
    reviews(story, sara, "s0")
    db.session.rollback()
    merge_members(story.club_id, twin, MemberRef("id", str(sara)), "the same person", story.now)
    assert counted(sara, "review") == 3
    assert story.balance(sara) == 30
    assert story.books_agree()
    [for_twin] = record_events(story.club_id, [review(story, twin, "t2")], story.now)
    assert for_twin.member_id == sara
    assert for_twin.ruling
    assert [step.code for step in for_twin.ruling.badges] == ["critic"]
    db.session.rollback()
    unmerge_members(story.club_id, twin, "two people after all", story.now)
    assert (counted(sara, "review"), counted(twin, "review")) == (2, 2)
    assert story.books_agree()


GIFT = [{"points": {"fixed": 9}}]
BUYER = {"buyer": {"title": title("Buyer"), "counter": "spend", "levels": [{"at": 500, "give": GIFT}]}}


@pytest.mark.parametrize("returns", ["at_once", "at_review"])
def test_a_badge_that_came_with_an_event_goes_with_what_earned_it(story: Story, returns: str) -> None:
    """A new badge is found with the next event, whatever it is; what it stands on may still be given back."""
    sara = story.enrols()
    bought = story.buys(sara, 1000)
    ladder = {"ladder": [{"code": "all", "title": title("All")}], "returns": returns}
    more = document(*ARTICLES, **{**REVIEWS, "badges": {**REVIEWS["badges"], **BUYER}, "tiers": ladder})
    publish_bylaws(story.club_id, more, story.now)
    story.now += timedelta(minutes=1)
    number = reviews(story, sara, "r1")
    assert story.balance(sara) == 10 + 10 + 9
    story.now += timedelta(minutes=1)
    assert bought.id
    return_purchases(story.club_id, [(bought.id, Return("k", "s1", story.now, all=True))], story.now)
    story.now += timedelta(days=2)
    reviews(story, sara, "r2")  # looks at what waited first
    assert story.balance(sara) == 10 + 10
    assert connection().execute("SELECT code FROM badge_level").fetchall() == []
    told = one(story.club_id, number)
    assert told.given == {"points": 10}
    assert story.books_agree()


def test_what_is_counted_anew_is_counted_of_events_too(story: Story) -> None:
    sara = story.enrols()
    story.now -= timedelta(days=3)
    for n in range(2):
        reviews(story, sara, f"r{n}")
    story.now += timedelta(days=3)
    reviews(story, sara, "r2")
    days = {"of": "review", "measure": "days"}
    regular = {"title": title("Regular"), "counter": "days", "levels": [{"at": 2}, {"at": 3}]}
    counters = {**REVIEWS["counters"], "days": days}
    more = document(*ARTICLES, **{**REVIEWS, "counters": counters, "badges": {"r": regular}})
    publish_bylaws(story.club_id, more, story.now)
    db.session.rollback()
    fill_counters(story.club_id, lambda: story.now)
    story.now += timedelta(days=1)
    db.session.rollback()
    [outcome] = record_events(story.club_id, [review(story, sara, "r3")], story.now)
    assert outcome.ruling
    assert [(step.code, step.level) for step in outcome.ruling.badges] == [("r", 1), ("r", 2)]
    assert story.books_agree()


def test_a_wrong_figure_of_an_events_counter_is_found_by_the_recount(story: Story) -> None:
    sara = story.enrols()
    reviews(story, sara, "r0")
    with transaction() as conn:
        conn.execute(
            "UPDATE counter_sum SET value = value + 1 FROM counter WHERE counter.id = counter_id"
            " AND definition ->> 'of' = 'review'"
        )
    assert not story.books_agree()


def test_two_sources_that_tell_the_same_at_once_record_each_once(app: Flask, story: Story) -> None:
    sara, lena = story.enrols(), story.enrols("Lena")
    both = [review(story, sara, "a"), review(story, lena, "b")]
    db.session.rollback()
    tells = [lambda order=order: record_events(story.club_id, order, story.now) for order in (both, both[::-1])]
    assert at_once(app, *tells) == {"done": 2}
    assert connection().execute("SELECT count(*) FROM event").fetchone() == (2,)
    assert (story.balance(sara), story.balance(lena)) == (10, 10)
    assert story.books_agree()
