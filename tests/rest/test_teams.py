"""Teams over HTTP."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import Clock
from tests.rest.conftest import BYLAWS, Api, Club, at_fault


@pytest.fixture
def club(app: Flask, client: FlaskClient, clock: Clock) -> Club:
    bylaws = deepcopy(BYLAWS)
    bylaws["teams"] = {"size": {"between": [2, 3]}}
    bylaws["challenges"] = {
        "together": {
            "title": {"en": "Together", "fa": "با هم"},
            "by": "team",
            "from": "1405-08-01",
            "until": "1405-08-30",
            "goal": {"counter": {"name": "spend", "over": "run", "at_least": 1_000_000}},
        }
    }
    return Club("anar", client, clock, bylaws)


def founds(server: Api, member: dict[str, Any], name: str = "Falcons") -> dict[str, Any]:
    answer = server.post("/teams", {"name": name, "captain": {"id": member["id"]}})
    assert answer.status_code == 201, answer.json
    return dict(answer.json)


def who(member: dict[str, Any]) -> dict[str, Any]:
    return {"member": {"id": member["id"]}}


def test_a_team_is_founded_invites_grows_and_shows_how_far_it_has_come(club: Club, server: Api) -> None:
    sara, omid = club.enrols(name="Sara"), club.enrols(name="Omid")
    team = founds(server, sara)
    to = f"/teams/{team['id']}"
    assert server.post(f"{to}/members", who(omid)).status_code == 409
    assert server.post(f"{to}/invitations", who(omid)).status_code == 204
    assert server.get(f"/members/{omid['id']}/team").json == {
        "team": None,
        "invitations": [{"team": team["id"], "name": "Falcons"}],
    }
    joined = server.post(f"{to}/members", who(omid))
    assert joined.status_code == 201
    assert [(its["name"], its["captain"]) for its in joined.json["members"]] == [("Sara", True), ("Omid", False)]
    sale = club.sale(member={"id": omid["id"]}, gross=250_000, net=250_000)
    assert club.till.post("/purchases", sale).status_code == 201
    [run] = server.get(f"/members/{sara['id']}/team").json["team"]["challenges"]
    assert (run["challenge"], run["share"], run["completed_at"]) == ("together", 25, None)
    assert run["until"] == "2026-11-21T20:29:59.999999Z"
    assert [its["name"] for its in server.get("/teams").json["items"]] == ["Falcons"]
    changed = server.patch(to, {"name": "Eagles", "captain": {"id": omid["id"]}})
    assert (changed.json["name"], changed.json["captain"]) == ("Eagles", omid["id"])
    assert server.delete(f"{to}/members/{sara['id']}").status_code == 204
    assert server.delete(f"{to}/members/{omid['id']}").status_code == 204
    assert server.get(to).status_code == 404


def test_the_same_request_again_founds_no_second_team(club: Club, server: Api) -> None:
    sara = club.enrols(name="Sara")
    body = {"name": "Falcons", "captain": {"id": sara["id"]}}
    keyed = Api(server.client, server.key, **{"Idempotency-Key": "k1"})
    first, again = keyed.post("/teams", body), keyed.post("/teams", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json["id"] == again.json["id"]


def test_what_cannot_be_is_said(club: Club, server: Api) -> None:
    sara, omid, neda = (club.enrols(name=name) for name in ("Sara", "Omid", "Neda"))
    team = founds(server, sara)
    assert at_fault(server.post("/teams", {"name": "falcons", "captain": {"id": omid["id"]}})) == ["/name"]
    assert at_fault(server.post("/teams", {"name": "", "captain": {"id": omid["id"]}})) == ["/name"]
    assert at_fault(server.patch(f"/teams/{team['id']}", {"captain": {"id": neda["id"]}})) == ["/captain"]
    assert server.get("/teams/999").status_code == 404
    assert server.delete(f"/teams/{team['id']}/members/{neda['id']}").status_code == 404
    assert club.till.post("/teams", {"name": "X", "captain": {"id": omid["id"]}}).status_code == 403
    assert server.delete(f"/teams/{team['id']}/invitations/{omid['id']}").status_code == 204
