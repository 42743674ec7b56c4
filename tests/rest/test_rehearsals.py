"""Rehearsals over HTTP: asked for by a server's key, looked at until they are done, and cancelled."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from loyalty.jobs import deliveries
from tests.conftest import Clock
from tests.rest.conftest import BYLAWS, Api, Club, at_fault

DRAFT = "/bylaws/draft/rehearsals"


@pytest.fixture
def generous() -> dict[str, Any]:
    bylaws = deepcopy(BYLAWS)
    bylaws["articles"][0]["give"] = [{"points": {"per": 100_000, "give": 3, "of": "net"}}]
    return bylaws


def test_a_draft_is_rehearsed_over_what_really_happened(
    club: Club, server: Api, clock: Clock, work: Callable[[], None], generous: dict[str, Any]
) -> None:
    sara = club.enrols(name="Sara")
    server.post("/purchases", club.sale(member={"id": sara["id"]}))
    clock.move(days=1)
    asked = server.post(DRAFT, {"document": generous, "from": "1405-08-01"})
    assert asked.status_code == 202
    where = f"/rehearsals/{asked.json['id']}"
    waiting = server.get(where).json
    assert (waiting["status"], waiting["done"], waiting["of"], waiting["report"]) == ("running", 0, 1, None)
    assert waiting["from"] == "2026-10-22T20:30:00Z"
    deliveries.relay(clock.move(seconds=1))
    work()
    done = server.get(where).json
    assert (done["status"], done["done"]) == ("done", 1)
    report = done["report"]
    assert report["recorded"]["articles"]["1"] == {"times": 1, "amounts": {"points": 9}}
    assert report["rehearsed"]["articles"]["1"] == {"times": 1, "amounts": {"points": 27}}
    assert report["gain"] == {"points": [{"member": sara["id"], "rehearsed": 27, "recorded": 9, "difference": 18}]}


def test_all_are_listed_the_newest_first_with_who_asked(
    club: Club, server: Api, clock: Clock, work: Callable[[], None], generous: dict[str, Any]
) -> None:
    first, second = (server.post(DRAFT, {"document": generous}).json["id"] for _ in range(2))
    server.post(f"/rehearsals/{first}/cancel")
    page = server.get("/rehearsals?limit=1").json
    assert [(its["id"], its["status"], its["done"], its["of"]) for its in page["items"]] == [(second, "running", 0, 0)]
    assert page["items"][0]["asked_by"].startswith("key:")
    assert "report" not in page["items"][0]
    rest = server.get(f"/rehearsals?limit=1&cursor={page['next']}").json
    assert [(its["id"], its["status"]) for its in rest["items"]] == [(first, "cancelled")]
    assert rest["next"] is None


def test_a_fault_is_named_with_its_place_in_the_request(server: Api, generous: dict[str, Any]) -> None:
    generous["articles"][0]["give"] = [{"pionts": {"fixed": 1}}]
    refused = server.post(DRAFT, {"document": generous})
    assert (refused.status_code, at_fault(refused)) == (422, ["/document/articles/0/give/0/pionts"])
    refused = server.post(DRAFT, {"document": BYLAWS, "from": "1405-09-01", "until": "1405-08-01"})
    assert (refused.status_code, at_fault(refused)) == (422, ["/from"])
    assert at_fault(server.post(DRAFT, {"document": []})) == ["/document"]


def test_it_can_be_cancelled_while_it_waits(
    server: Api, clock: Clock, work: Callable[[], None], generous: dict[str, Any]
) -> None:
    id_ = server.post(DRAFT, {"document": generous}).json["id"]
    cancelled = server.post(f"/rehearsals/{id_}/cancel")
    assert (cancelled.status_code, cancelled.json["status"]) == (200, "cancelled")
    deliveries.relay(clock.move(seconds=1))
    work()
    assert server.get(f"/rehearsals/{id_}").json["status"] == "cancelled"


def test_another_clubs_rehearsal_is_not_there(
    app: Flask, client: FlaskClient, clock: Clock, server: Api, generous: dict[str, Any]
) -> None:
    id_ = server.post(DRAFT, {"document": generous}).json["id"]
    other = Club("sib", client, clock).server
    assert other.get(f"/rehearsals/{id_}").status_code == 404
    assert other.post(f"/rehearsals/{id_}/cancel").status_code == 404
    assert server.get(f"/rehearsals/{id_}").json["status"] == "running"


def test_without_a_document_the_draft_is_rehearsed(
    server: Api, clock: Clock, work: Callable[[], None], generous: dict[str, Any]
) -> None:
    assert server.post(DRAFT, {}).status_code == 404
    assert server.put("/bylaws/draft", {"document": generous}).status_code == 200
    asked = server.post(DRAFT, {})
    assert asked.status_code == 202
    deliveries.relay(clock.move(seconds=1))
    work()
    assert server.get(f"/rehearsals/{asked.json['id']}").json["status"] == "done"
