"""Before the span of a rehearsal whoever was in a pilot is judged as they really were: by the pilot."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask

from loyalty.actions.end_pilot import go_back
from loyalty.actions.publish_bylaws import publish
from loyalty.acts import By
from loyalty.db import db, transaction
from loyalty.rules import load
from loyalty.versions import in_group
from tests.actions.test_return_purchases import back
from tests.conftest import START
from tests.rehearsal.conftest import differences, report
from tests.story import BASE, Story, document, title

DAY = timedelta(days=1)
LADDER = {"ladder": [{"code": "bronze", "title": title("Bronze")}], "returns": "at_once"}


def generous() -> dict[str, Any]:
    levels = [{"at": 1, "give": [{"points": {"fixed": 500}}]}]
    return document(
        BASE, tiers=LADDER, badges={"first": {"title": title("First"), "counter": "visits", "levels": levels}}
    )


def test_what_a_pilots_badge_gave_goes_with_what_came_back(app: Flask) -> None:
    story = Story(document(BASE, tiers=LADDER))
    members = [story.enrols(f"M{n}") for n in range(5)]
    with transaction() as conn:
        publish(conn, story.club_id, generous(), load(generous()), START, START, "", pilot=99)
    member = next(its for its in members if in_group(story.club_id, 2, 99, its))
    story.now = START + DAY
    sold = story.buys(member, 10_000).id
    assert sold
    story.now = START + 2 * DAY
    db.session.rollback()
    back(story, sold)
    story.now = START + 3 * DAY
    db.session.rollback()
    go_back(story.club_id, By(key=1), story.now)
    story.now = START + 4 * DAY
    story.buys(member, 4_000)
    assert story.books_agree()
    found = report(story, document(BASE, tiers=LADDER), since=START + 4 * DAY)
    assert found["rehearsed"]["wallets"]["points"]["outstanding"] == 4
    assert differences(found["difference"]) == {}
