"""Seasons over HTTP: a member's group in a league, and who has won a month."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from loyalty.actions.merge_members import merge_members
from loyalty.actions.turn_seasons import turn_seasons
from loyalty.rules import MemberRef
from tests.conftest import Clock
from tests.rest.conftest import BYLAWS, Club, at_fault

OVER = datetime(2026, 11, 21, 20, 30, tzinfo=UTC)
"""The first instant of Azar in Tehran."""
SETTLED = OVER + timedelta(days=30)
DIVISIONS = [
    {"code": "copper", "title": {"en": "Copper", "fa": "مسی"}},
    {"code": "gold", "title": {"en": "Gold", "fa": "طلایی"}},
]
NAMES = ("Aram", "Baran", "Camand")
STARS = {"title": {"en": "Stars", "fa": "ستارگان"}, "counter": "spend", "of": 4, "divisions": DIVISIONS}


@pytest.fixture
def club(app: Flask, client: FlaskClient, clock: Clock) -> Club:
    bylaws = deepcopy(BYLAWS)
    bylaws["leaderboards"]["month"]["prizes"] = [{"give": [{"points": {"fixed": 500}}]}]
    bylaws["leagues"] = {"stars": {**STARS, "up": 1, "down": 1}}
    return Club("anar", client, clock, bylaws)


def buyers(club: Club, *nets: int) -> list[dict[str, Any]]:
    people = [club.enrols(name=name) for name, _ in zip(NAMES, nets, strict=False)]
    for member, net in zip(people, nets, strict=True):
        sale = club.sale(member={"id": member["id"]}, gross=net, net=net)
        assert club.till.post("/purchases", sale).status_code == 201
    return people


def turn(club: Club, clock: Clock, at: datetime | None = None) -> None:
    clock.now = at or clock.now
    turn_seasons(club.id, clock.now)


def mine(club: Club, member: dict[str, Any], **asked: Any) -> dict[str, Any]:
    found = club.server.get("/leagues/stars/mine", member=member["id"], **asked)
    assert found.status_code == 200, found.json
    return dict(found.json)


def test_a_member_sees_the_group_what_each_place_leads_to_and_the_way_up(club: Club, clock: Clock) -> None:
    first, second, third = buyers(club, 900_000, 800_000, 700_000)
    turn(club, clock)
    seen = mine(club, second)
    assert [(its["rank"], its["name"], its["score"], its["me"], its["zone"]) for its in seen["items"]] == [
        (1, "Aram", 900_000, False, "up"),
        (2, "Baran", 800_000, True, "stay"),
        (3, "Camand", 700_000, False, "stay"),
    ]
    assert seen["me"] == seen["items"][1]
    assert (seen["period"], seen["period_end"], seen["settled_at"]) == ("1405-08", "2026-11-21", None)
    assert (seen["division"], seen["step"], seen["up"]) == ("copper", 1, 1)
    assert seen["divisions"] == [its["title"] for its in DIVISIONS]
    assert datetime.fromisoformat(seen["settles_at"]) - SETTLED < timedelta(0)
    turn(club, clock, SETTLED)
    over = mine(club, first, period="1405-08")
    assert (over["settled_at"] is not None, over["me"]["zone"], over["division"]) == (True, "up", "copper")
    now = mine(club, first)
    assert (now["division"], now["step"], now["me"]) == ("gold", 2, None)
    assert mine(club, third)["division"] == "copper"


def test_who_won_is_told_once_it_is_settled(club: Club, clock: Clock) -> None:
    first, _ = buyers(club, 900_000, 800_000)
    turn(club, clock)
    open_ = club.server.get("/leaderboards/month/winners?period=current").json
    assert (open_["items"], open_["settled_at"], open_["period"]) == ([], None, "1405-08")
    turn(club, clock, SETTLED)
    won = club.server.get("/leaderboards/month/winners?period=1405-08").json
    gives = {"en": "500 points", "fa": "۵۰۰ امتیاز"}
    [won_by] = won["items"]
    assert won_by.pop("avatar").startswith("/w/avatars/")
    assert won_by == {"rank": 1, "name": "Aram", "score": 900_000, "gives": gives}
    assert won["settled_at"] is not None
    feed = club.server.get(f"/members/{first['id']}/notices").json["items"]
    assert {its["kind"] for its in feed} >= {"place_won", "division_reached"}
    told = next(its for its in feed if its["kind"] == "place_won")
    assert "have won 500 points" in told["body"]["en"]
    assert "۵۰۰ امتیاز جایزه بردید" in told["body"]["fa"]


def test_a_member_who_was_merged_plays_on_as_the_one_who_goes_on(club: Club, clock: Clock) -> None:
    first, *_ = buyers(club, 900_000, 800_000, 700_000)
    other = club.enrols(name="Again")
    turn(club, clock)
    merge_members(club.id, first["id"], MemberRef("id", str(other["id"])), "the same person", clock.now)
    seen = mine(club, other)
    assert [(its["name"], its["score"]) for its in seen["items"]] == [
        ("Again", 900_000),
        ("Baran", 800_000),
        ("Camand", 700_000),
    ]


def test_what_is_not_there_is_said(club: Club, clock: Clock) -> None:
    [member] = buyers(club, 900_000)
    turn(club, clock)
    alone = mine(club, member)
    assert (alone["items"], alone["me"], alone["division"]) == ([], None, "copper")
    assert club.server.get(f"/leagues/moon/mine?member={member['id']}").status_code == 404
    assert at_fault(club.server.get(f"/leagues/stars/mine?member={member['id']}&period=soon")) == ["/period"]
    assert at_fault(club.server.get("/leagues/stars/mine")) == ["/member"]
    assert club.server.get("/leaderboards/moon/winners").status_code == 404
