"""Stores, bylaws and sums of a club over HTTP."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta

import pytest

from loyalty.actions.publish_bylaws import publish_bylaws
from tests.books import Books
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
    # The wallet in money is what the club owes; points that pay nothing have no price.
    assert whole["liability"] == 14_000
    part = server.get("/reports/summary", **{"from": "2026-10-02", "until": "2026-10-02"}).json
    assert (part["purchases"], part["net"], part["issued"]["points"]) == (1, 500_000, 5)
    assert part["outstanding"]["points"] == 14
    assert server.get("/reports/summary", until="soon").status_code == 422


def test_what_came_back_and_what_is_owed_are_counted_in_the_period(club: Club, server, clock) -> None:
    books = Books(club.id)
    sara, lena = (club.enrols(external_id=name)["id"] for name in ("sara", "lena"))
    first = server.post("/purchases", club.sale(member={"id": sara})).json["id"]
    server.post("/purchases", club.sale(member={"id": lena}, gross=3_000_000, net=3_000_000))
    mistake = server.post("/purchases", club.sale(member={"id": lena}, gross=500_000, net=500_000)).json["id"]
    books.spends(sara, 7, clock.now)
    books.spends(lena, 10, clock.now)
    october_ends = clock.move(days=1)
    books.returns(first, clock.now, net=900_000)
    books.returns(mistake, clock.now, net=500_000, kind="void")

    whole = server.get("/reports/summary").json
    assert (whole["purchases"], whole["net"], whole["returned"]) == (2, 3_900_000, 900_000)
    assert (whole["issued"]["points"], whole["spent"]["points"]) == (30, 17)
    # Lena has 20; that Sara owes 7 lowers nothing that the club owes to Lena.
    assert (whole["outstanding"]["points"], whole["debt"]["points"]) == (20, 7)

    before = server.get("/reports/summary", until=october_ends.isoformat()).json
    assert (before["returned"], before["issued"]["points"], before["spent"]["points"]) == (0, 44, 17)
    assert (before["outstanding"]["points"], before["debt"]["points"]) == (27, 0)
    clock.move(days=1)
    closed = server.get("/reports/summary", until=clock.now.isoformat()).json
    assert {name: closed[name] for name in whole} == whole
    after = server.get("/reports/summary", **{"from": october_ends.isoformat()}).json
    assert (after["returned"], after["issued"]["points"], after["spent"]["points"]) == (900_000, -14, 0)


def test_what_expired_is_counted_when_it_fell_due(app, client, clock) -> None:
    document = deepcopy(BYLAWS)
    document["wallets"]["points"]["expires"] = {"days": 10}
    club = Club("timed", client, clock, document)
    sara = club.enrols()["id"]
    club.server.post("/purchases", club.sale(member={"id": sara}))
    fell_due = clock.move(days=10)
    clock.move(days=5)
    Books(club.id).settles(sara, clock.now)
    on_the_day = {"from": fell_due.isoformat(), "until": (fell_due + timedelta(seconds=1)).isoformat()}
    day = club.server.get("/reports/summary", **on_the_day).json
    assert (day["expired"]["points"], day["outstanding"]["points"]) == (9, 0)
    assert club.server.get("/reports/summary", until=fell_due.isoformat()).json["outstanding"]["points"] == 9


def test_points_alone_are_no_liability_in_money(app, client, clock) -> None:
    document = deepcopy(BYLAWS)
    del document["wallets"]["cashback"], document["articles"][1]
    points = Club("points-only", client, clock, document)
    assert points.server.get("/reports/summary").json["liability"] is None


def test_points_that_pay_and_gift_cards_are_owed_at_what_they_are_worth(app, client, clock) -> None:
    document = deepcopy(BYLAWS)
    document["wallets"]["points"]["pays"] = {"points": 3, "money": 100}
    club = Club("anar", client, clock, document)
    sara = club.enrols(external_id="sara")["id"]
    given = {"wallet": "points", "amount": 10, "reason": "Start"}
    club.server.post(f"/members/{sara}/adjustments", given)
    card = club.server.post("/gift-cards", {"amount": 50_000}).json
    first = club.server.get("/reports/summary").json
    assert (first["cards"], first["liability"]) == (50_000, 333 + 50_000)
    ended = clock.move(days=1).isoformat()
    charge = {"code": card["code"], "pin": card["pin"], "amount": 20_000, "receipt": "A-1"}
    assert club.till.post("/gift-cards/charge", charge).status_code == 201
    clock.move(days=1)
    assert club.server.get("/reports/summary").json["liability"] == 333 + 30_000
    assert club.server.get("/reports/summary", until=ended).json["liability"] == 333 + 50_000


@pytest.mark.parametrize("path", ["/bylaws/versions/0", "/bylaws/versions/99999999999999", "/bylaws/versions/x"])
def test_a_version_that_cannot_be_is_not_found(club: Club, server, path: str) -> None:
    assert server.get(path).status_code == 404
