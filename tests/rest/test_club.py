"""Stores, bylaws and sums of a club over HTTP."""

from __future__ import annotations

from copy import deepcopy

import pytest

from loyalty.actions.publish_bylaws import publish_bylaws
from tests.rest.conftest import BYLAWS, Club, at_fault


def test_stores_are_opened_listed_and_renamed(club: Club, server) -> None:
    opened = server.post("/stores", {"code": "vanak", "name": "شعبهٔ ونک", "partner": "Book city"})
    assert (opened.status_code, opened.json) == (
        201,
        {"code": "vanak", "name": "شعبهٔ ونک", "partner": "Book city"},
    )
    again = server.post("/stores", {"code": "vanak", "name": "دیگر"})
    assert (again.status_code, at_fault(again)) == (409, ["/code"])
    renamed = server.patch("/stores", {"code": "vanak", "name": "ونک", "partner": None})
    assert renamed.json == {"code": "vanak", "name": "ونک", "partner": None}
    assert server.patch("/stores", {"code": "moon", "name": "ماه"}).status_code == 404
    first = server.get("/stores", limit=2).json
    assert [store["code"] for store in first["items"]] == ["tajrish", "web"]
    assert [store["code"] for store in server.get("/stores", cursor=first["next"]).json["items"]] == ["vanak"]


def test_the_bylaws_are_given_as_a_document_and_as_sentences(club: Club) -> None:
    shown = club.page.get("/bylaws").json
    assert shown["version"] == 1
    assert shown["document"]["articles"][0]["no"] == "1"
    for lang, word in (("en", "1 point"), ("fa", "امتیاز")):
        (articles,) = [part for part in shown["text"][lang] if part["code"] == "articles"]
        assert word in articles["articles"][0]["text"]


def test_every_version_stays_readable(club: Club, server, clock) -> None:
    later = deepcopy(BYLAWS)
    later["articles"][0]["give"][0]["points"]["give"] = 2
    publish_bylaws(club.id, later, clock.now, note="Double points")
    clock.move(minutes=1)
    versions = server.get("/bylaws/versions").json["items"]
    assert [(version["version"], version["note"]) for version in versions] == [(2, "Double points"), (1, "")]
    assert server.get("/bylaws").json["version"] == 2
    assert server.get("/bylaws/versions/1").json["document"] == BYLAWS
    assert server.get("/bylaws/versions/2").json["document"] == later
    assert server.get("/bylaws/versions/3").status_code == 404


def test_the_sums_of_a_period(club: Club, server) -> None:
    for name, day, net in (("a", 1, 900_000), ("a", 2, 500_000), ("b", 3, 100_000)):
        club_member = {"external_id": name}
        if not server.get("/members", external_id=name).json["items"]:
            club.enrols(external_id=name, joined_at="2026-09-30T00:00:00Z")
        line = {"line": "1", "sku": "x", "quantity": 1, "gross": net, "net": net, "category": "dairy"}
        at = f"2026-10-0{day}T12:00:00+03:30"
        sale = club.sale(member=club_member, occurred_at=at, gross=..., net=..., lines=[line])
        assert server.post("/purchases", sale).status_code == 201
    whole = server.get("/reports/summary").json
    assert (whole["purchases"], whole["members"], whole["enrolled"]) == (3, 2, 2)
    assert (whole["gross"], whole["net"], whole["currency"]) == (1_500_000, 1_500_000, "IRR")
    assert whole["issued"] == whole["outstanding"] == {"points": 15, "cashback": 14_000}
    # The wallet in money is what the club owes; points have no price yet.
    assert whole["liability"] == 14_000
    part = server.get("/reports/summary", **{"from": "2026-10-02", "until": "2026-10-02"}).json
    assert (part["purchases"], part["net"], part["issued"]["points"]) == (1, 500_000, 5)
    assert part["outstanding"]["points"] == 14
    assert server.get("/reports/summary", until="soon").status_code == 422


def test_points_alone_are_no_liability_in_money(app, client, clock) -> None:
    document = deepcopy(BYLAWS)
    del document["wallets"]["cashback"], document["articles"][1]
    points = Club("points-only", client, clock, document)
    assert points.server.get("/reports/summary").json["liability"] is None


@pytest.mark.parametrize("path", ["/bylaws/versions/0", "/bylaws/versions/99999999999999", "/bylaws/versions/x"])
def test_a_version_that_cannot_be_is_not_found(club: Club, server, path: str) -> None:
    assert server.get(path).status_code == 404
