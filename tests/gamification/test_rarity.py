"""Rarity: among members to whom something happened within a year, counted once a night."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask

from loyalty.actions.count_badges import count_badges
from loyalty.actions.update_member import update_member
from loyalty.db import db
from loyalty.queries.standing import badges
from tests.story import BASE, Story, document, title

YEAR = timedelta(days=365)
BIG: dict[str, Any] = {"big": {"title": title("Big"), "on": "purchase", "if": {"basket": {"at_least": 5000}}}}


def rarity(story: Story, member: int) -> int:
    db.session.rollback()
    return next(its.rarity for its in badges(story.club_id, member, story.now) if its.code == "big")


def counted(story: Story) -> None:
    db.session.rollback()
    count_badges(story.club_id, story.now)


def test_it_is_the_share_of_those_who_were_here_within_a_year(app: Flask) -> None:
    story = Story(document(BASE, badges=BIG))
    sara, omid, lena = story.enrols("Sara"), story.enrols("Omid"), story.enrols("Lena")
    story.enrols("Never came")
    story.buys(sara, 5000)
    story.buys(omid, 100)
    story.buys(lena, 100)
    assert rarity(story, sara) == 33, "who never came makes nothing rare"
    story.now += YEAR
    story.buys(sara, 100)
    assert rarity(story, sara) == 33, "a year ago is within a year"
    story.now += timedelta(seconds=1)
    story.buys(omid, 100)
    assert rarity(story, sara) == 50
    update_member(story.club_id, omid, {"status": "left", "reason": "moved away"}, story.now)
    assert rarity(story, sara) == 100


def test_a_night_counts_it_and_it_stands_until_the_next(app: Flask) -> None:
    story = Story(document(BASE, badges=BIG))
    sara, omid = story.enrols("Sara"), story.enrols("Omid")
    story.buys(sara, 5000)
    story.buys(omid, 100)
    counted(story)
    assert rarity(story, sara) == 50
    story.buys(omid, 5000)
    assert rarity(story, sara) == 50
    counted(story)
    assert rarity(story, sara) == 100


def test_a_club_without_anybody_has_no_rarity(app: Flask) -> None:
    story = Story(document(BASE, badges=BIG))
    counted(story)
    assert rarity(story, story.enrols("Sara")) == 0
