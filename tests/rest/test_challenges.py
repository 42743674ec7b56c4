"""Challenges over HTTP: runs handed out and joined, shown with their progress, and told of."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from loyalty.actions.hand_out_runs import hand_out_runs
from tests.conftest import Clock
from tests.rest.conftest import BYLAWS, Api, Club, at_fault

CHALLENGES: dict[str, Any] = {
    "days": {
        "title": {"en": "Two days", "fa": "دو روز"},
        "goal": {"counter": {"name": "visits", "over": "run", "at_least": 3}},
        "from": "2026-10-23",
        "until": "2026-12-31",
        "give": [{"points": {"fixed": 50}}],
    },
    "tour": {
        "title": {"en": "Tour", "fa": "گشت"},
        "start": "chosen",
        "lasts": {"days": 14},
        "steps": [{"basket": {"at_least": 1000}}, {"basket": {"at_least": 2000}}],
        "give": [{"points": {"fixed": 7}}],
    },
}


@pytest.fixture
def club(app: Flask, client: FlaskClient, clock: Clock) -> Club:
    bylaws = deepcopy(BYLAWS)
    bylaws["challenges"] = CHALLENGES
    return Club("anar", client, clock, bylaws)


def buys(club: Club, member: dict[str, Any], net: int) -> dict[str, Any]:
    bought = club.till.post("/purchases", club.sale(member={"id": member["id"]}, gross=net, net=net))
    assert bought.status_code == 201, bought.json
    return bought.json


def runs(server: Api, member: dict[str, Any]) -> list[dict[str, Any]]:
    return server.get(f"/members/{member['id']}/challenges").json["items"]


def test_a_member_sees_the_run_that_is_under_way_by_itself(club: Club, server: Api) -> None:
    sara = club.enrols(name="Sara")
    [run] = runs(server, sara)
    assert (run["challenge"], run["run"], run["share"], run["completed_at"]) == ("days", "", 0, None)
    assert (run["from"], run["until"]) == ("2026-10-22T20:30:00Z", "2026-12-31T20:29:59.999999Z")
    buys(club, sara, 1000)
    assert runs(server, sara)[0]["share"] == 33


def test_a_run_is_joined_once_and_completed_by_a_purchase(club: Club, server: Api) -> None:
    sara = club.enrols(name="Sara")
    begun = server.post("/challenges/tour/runs", {"member": {"id": sara["id"]}})
    assert begun.status_code == 201
    assert (begun.json["member"], begun.json["challenge"], begun.json["share"]) == (sara["id"], "tour", 0)
    again = server.post("/challenges/tour/runs", {"member": {"id": sara["id"]}})
    assert (again.status_code, again.json["code"]) == (409, "conflict")
    buys(club, sara, 1000)
    assert [step["share"] for step in runs(server, sara)[0]["steps"]] == [100, 0]
    answer = buys(club, sara, 2000)
    [done] = answer["challenges"]
    assert (done["challenge"], done["run"]) == ("tour", begun.json["run"])
    assert [its["article"] for its in answer["awards"]] == [f"challenge:tour:{begun.json['run']}"]
    ended = runs(server, sara)[-1]
    assert (ended["challenge"], ended["share"]) == ("tour", 100)
    assert ended["completed_at"]
    statement = server.get(f"/members/{sara['id']}/statement").json["items"]
    assert "Tour" in str(statement[0])


def test_a_run_may_have_begun_on_a_day_before(club: Club, server: Api) -> None:
    sara = club.enrols(name="Sara")
    buys(club, sara, 2000)
    body = {"member": {"id": sara["id"]}, "from": "2026-10-30", "until": "1405-09-01"}
    begun = server.post("/challenges/tour/runs", body)
    assert begun.json["share"] == 100
    assert begun.json["completed_at"]
    assert begun.json["until"] == "2026-11-22T20:29:59.999999Z"


@pytest.mark.parametrize(
    ("code", "body", "status", "paths"),
    [
        ("none", {}, 404, []),
        ("days", {}, 409, []),
        ("tour", {"member": {"id": 99}}, 404, ["/member"]),
        ("tour", {"from": "2026-11-01", "until": "2026-10-01"}, 422, ["/until"]),
        ("tour", {"from": "9999-12-30T00:00:00Z"}, 422, ["/from"]),
        ("tour", {"from": "soon"}, 422, ["/from"]),
        ("tour", {"hours": 1}, 422, ["/hours"]),
    ],
)
def test_what_cannot_begin_says_why(
    club: Club, server: Api, code: str, body: dict[str, Any], status: int, paths: list[str]
) -> None:
    sara = club.enrols(name="Sara")
    for lang in ("en", "fa"):
        sent = {"member": {"id": sara["id"]}, **body}
        refused = server.speaking(lang).post(f"/challenges/{code}/runs", sent)
        assert refused.status_code == status, refused.json
        assert at_fault(refused) == paths
        assert refused.json["detail"].isascii() == (lang == "en")


def test_a_challenge_is_handed_out_to_a_segment_once_and_tells_how_far_it_has_come(club: Club, server: Api) -> None:
    sara, omid = club.enrols(name="Sara"), club.enrols(name="Omid")
    buys(club, sara, 9000)
    big = {"counter": {"name": "spend", "over": "ever", "at_least": 9000}}
    kept = server.post("/segments", {"code": "big", "title": {"en": "Big", "fa": "بزرگ"}, "filter": big})
    assert kept.status_code == 201
    asked = {"segment": "big", "until": "2026-11-30"}
    answer = server.post("/challenges/tour/handouts", asked)
    assert (answer.status_code, answer.json["status"], answer.json["begun"]) == (202, "running", 0)
    assert answer.json["until"] == "2026-11-30T20:29:59.999999Z"
    assert hand_out_runs(club.id, club.clock.now) == 1
    seen = server.get(f"/challenges/tour/handouts/{answer.json['id']}").json
    assert (seen["status"], seen["looked_at"], seen["begun"]) == ("done", 2, 1)
    [run] = [run for run in runs(server, sara) if run["challenge"] == "tour"]
    assert (run["run"], run["until"]) == (str(seen["id"]), seen["until"])
    assert [run["challenge"] for run in runs(server, omid)] == ["days"]
    assert club.till.post("/challenges/tour/handouts", asked).status_code == 403
    assert server.post("/challenges/tour/handouts", {"segment": "none"}).status_code == 404
    assert server.post("/challenges/days/handouts", asked).status_code == 409
    assert at_fault(server.post("/challenges/tour/handouts", {})) == ["/segment"]
    assert server.get(f"/challenges/days/handouts/{seen['id']}").status_code == 404
