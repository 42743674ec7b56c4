"""Standings: what people decided comes again as it happened, what articles say is decided anew."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.update_member import update_member
from loyalty.db import db
from tests.conftest import START
from tests.rehearsal.conftest import everything_due_is_done, report
from tests.rehearsal.test_properties import agree
from tests.story import BASE, Story, article, document

DAY = timedelta(days=1)
SHARED = article("9", {"points": {"fixed": 1}}, limits=[{"per": "club", "over": "ever", "at_most": 2, "of": "points"}])


def strict(*more: dict[str, Any]) -> dict[str, Any]:
    """Whoever spends too much at once is looked at: nothing is earned meanwhile, and the points are gone."""
    too_much = {"basket": {"of": "net", "at_least": 50_000}}
    return document(BASE, article("2", {"status": "suspended"}, {"forfeit": "points"}, if_=too_much), *more)


def lived(story: Story) -> None:
    sara = story.enrols()
    for days, amount, then in ((0, 3_000, None), (1, 60_000, None), (2, 4_000, "active"), (4, 5_000, None)):
        story.now = START + days * DAY
        db.session.rollback()
        story.buys(sara, amount)
        if then:
            db.session.rollback()
            update_member(story.club_id, sara, {"status": then, "reason": "All is well"}, story.now + DAY)
    story.now += DAY
    everything_due_is_done(story)


@pytest.mark.parametrize("more", [[], [SHARED]])
def test_who_was_suspended_by_an_article_earns_again_when_a_person_let_them(app: Flask, more: list[Any]) -> None:
    story = Story(strict(*more))
    lived(story)
    found = report(story, strict(*more))
    agree(found)
    points = found["rehearsed"]["wallets"]["points"]
    assert (points["issued"] - 2 * len(more), points["expired"] - 2 * len(more)) == (3 + 60 + 5, 3 + 60)
    agree(report(story, strict(*more), since=START + 1.5 * DAY))


def test_without_the_article_nobody_is_suspended_and_nothing_lapses(app: Flask) -> None:
    story = Story(strict())
    lived(story)
    found = report(story, document(BASE))
    assert found["rehearsed"]["wallets"]["points"]["outstanding"] == 3 + 60 + 4 + 5
    assert found["recorded"]["wallets"]["points"]["outstanding"] == 5
