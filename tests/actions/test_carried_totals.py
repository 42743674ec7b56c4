"""What the last year was worth is given in this one, and goes with what of it comes back."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.find_occasions import find_occasions
from loyalty.actions.record_purchases import Outcome
from loyalty.actions.review_tiers import review_tiers
from loyalty.calendars import Calendar, parse_date
from loyalty.db import db
from tests.actions.test_challenges import gives_back
from tests.rehearsal.conftest import everything_due_is_done, report
from tests.rehearsal.test_properties import agree
from tests.story import BASE, Story, article, document, title

NEW_YEAR = Calendar("Asia/Tehran", "jalali").instant(parse_date("1406-01-01"))
DAY = timedelta(days=1)


def bylaws(returns: str) -> dict[str, Any]:
    """Nights of last year beyond ten come along into this one, six at most; three of them make somebody Silver."""
    over = {"counter": "slept", "over": {"previous": "year"}, "above": 10}
    carried = {"points": {"per": 1, "give": 1, "of": over, "at_most": 6}}
    counters = {"slept": {"of": "purchases", "measure": "times"}, "carried": {"of": "points", "articles": ["2"]}}
    needs = {"counter": {"name": "carried", "over": {"this": "year"}, "at_least": 3}}
    ladder = [{"code": "guest", "title": title("Guest")}, {"code": "silver", "title": title("Silver"), "needs": needs}]
    new_year = article("2", carried, on={"schedule": {"each": "year", "at": "01-01"}})
    return document(BASE, new_year, counters=counters, tiers={"ladder": ladder, "returns": returns})


def stays(story: Story, member: int, times: int) -> list[Outcome]:
    return story.records([story.sale(member, 1) for _ in range(times)])


def new_year(story: Story) -> None:
    story.now = NEW_YEAR
    assert find_occasions(story.club_id, NEW_YEAR, NEW_YEAR) == 1


def at(story: Story, moment: datetime) -> None:
    db.session.rollback()
    story.now = moment


@pytest.mark.parametrize("returns", ["at_once", "at_review"])
def test_a_stay_that_comes_back_in_the_new_year_is_not_carried_over(app: Flask, returns: str) -> None:
    story = Story(bylaws(returns))
    sara = story.enrols()
    slept = stays(story, sara, 14)
    new_year(story)
    assert story.balance(sara) == 4
    at(story, NEW_YEAR + DAY)
    gives_back(story, slept[0])
    gives_back(story, slept[1])
    at(story, NEW_YEAR + 3 * DAY)
    review_tiers(story.club_id, story.now)
    assert story.balance(sara) == 2
    assert story.books_agree()
    gives_back(story, slept[2])
    gives_back(story, slept[3])
    gives_back(story, slept[4])
    at(story, NEW_YEAR + 5 * DAY)
    everything_due_is_done(story)
    assert story.balance(sara) == 0, "and never less than nothing"
    assert story.books_agree()
    agree(report(story, bylaws(returns)))


def test_what_is_left_beyond_the_most_stays(app: Flask) -> None:
    story = Story(bylaws("at_once"))
    sara = story.enrols()
    slept = stays(story, sara, 18)
    new_year(story)
    assert story.balance(sara) == 6
    at(story, NEW_YEAR + DAY)
    gives_back(story, slept[0])
    assert story.balance(sara) == 6
    gives_back(story, slept[1])
    gives_back(story, slept[2])
    assert story.balance(sara) == 5
    assert story.books_agree()


def test_a_tier_that_hung_on_it_goes_too(app: Flask) -> None:
    story = Story(bylaws("at_once"))
    sara = story.enrols()
    slept = stays(story, sara, 13)
    new_year(story)
    assert story.balance(sara) == 3
    at(story, NEW_YEAR + DAY)
    taken = gives_back(story, slept[0])
    assert taken.reversed == {"points": 1}
    assert taken.tier == ("silver", "guest")
    assert story.books_agree()
    agree(report(story, bylaws("at_once")))
