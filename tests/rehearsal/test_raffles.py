"""Rehearsing a history with raffles: tickets and prizes come again, by the draft's terms."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from flask import Flask

from loyalty.actions.draw_raffles import draw_raffles
from loyalty.actions.expire_points import expire_points
from tests.actions.test_draw_raffles import OVER, bylaws, club
from tests.rehearsal.conftest import differences, report


def told(prize: int) -> dict[str, Any]:
    return bylaws(prizes=[{"give": [{"points": {"fixed": prize}}]}])


def test_the_version_in_force_gives_what_was_given_and_another_prize_shows(app: Flask) -> None:
    story = club(prizes=told(500)["raffles"]["monthly"]["prizes"])
    sara = story.enrols()
    story.buys(sara, 3000)
    draw_raffles(story.club_id, OVER)
    story.now = OVER + timedelta(days=1)
    assert story.balance(sara) == 503
    expire_points(story.club_id, story.now, story.now)
    assert differences(report(story, told(500))["difference"]) == {}
    changed = differences(report(story, told(700))["difference"])
    assert changed["/wallets/points/issued"] == 200
