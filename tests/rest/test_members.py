"""Members are enrolled, found, changed, and shown what they have."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from loyalty import cards
from tests.books import Books
from tests.conftest import Clock
from tests.rest.conftest import BYLAWS, Club, at_fault, rows


def test_a_person_joins_and_gets_a_card_that_can_be_typed(club: Club, till) -> None:
    response = till.post(
        "/members",
        {
            "phone": "۰۹۱۲ ۱۲۳ ۴۵۶۷",
            "name": "  سارا محمدی ",
            "birthday": "۱۳۷۱-۰۵-۲۱",
            "attributes": {"city": "Tehran", "children": 2},
            "consents": {"sms": True},
        },
    )
    assert response.status_code == 201
    sara = response.json
    assert (sara["phone"], sara["name"], sara["birthday"]) == ("+989121234567", "سارا محمدی", "1992-08-12")
    assert (sara["status"], sara["joined_at"]) == ("active", "2026-11-01T09:00:00Z")
    assert sara["wallets"]["points"]["available"] == 0
    assert cards.is_ours(cards.normal(sara["card"]))
    found = till.get("/members", card=sara["card"].lower().replace("-", " ")).json["items"]
    assert [member["id"] for member in found] == [sara["id"]]


@pytest.mark.parametrize(
    ("query", "value"),
    [("phone", "0098 912 123 4567"), ("phone", "٠٩١٢١٢٣٤٥٦٧"), ("external_id", "C-1"), ("card", "6037-9911")],
)
def test_a_member_is_found_by_anything_known(club: Club, till, query: str, value: str) -> None:
    sara = club.enrols(phone="09121234567", external_id="C-1", card="۶۰۳۷ ۹۹۱۱")
    assert [member["id"] for member in till.get("/members", **{query: value}).json["items"]] == [sara["id"]]


def test_nobody_is_found_where_nobody_is_known(club: Club, till) -> None:
    assert till.get("/members", phone="09121234567").json == {"items": [], "next": None}
    assert till.get("/members/1").status_code == 404
    assert till.get("/members/9007199254740992").status_code == 404


def test_what_a_member_is_known_by_belongs_to_one(club: Club, server) -> None:
    club.enrols(phone="09121234567", external_id="C-1")
    ali = club.enrols(external_id="C-2")
    before = rows()
    taken = server.post("/members", {"phone": "+98 912 123 4567", "external_id": "C-1"})
    assert (taken.status_code, taken.json["code"], at_fault(taken)) == (409, "conflict", ["/phone", "/external_id"])
    assert server.patch(f"/members/{ali['id']}", {"external_id": "C-1"}).status_code == 409
    assert rows() == before


def test_a_friend_is_named_as_referrer(club: Club, server) -> None:
    sara = club.enrols(phone="09121234567")
    assert club.enrols(referred_by={"phone": "09121234567"})["referred_by"] == sara["id"]
    unknown = server.post("/members", {"referred_by": {"external_id": "nobody"}})
    assert (unknown.status_code, at_fault(unknown)) == (422, ["/referred_by"])


def test_members_are_listed_newest_first_and_sought_by_name(club: Club, server) -> None:
    for name in ("سارا محمدي", "علی رضایی", "Sara Smith", "سارا کریمی"):
        club.enrols(name=name)
    first = server.get("/members", limit=3).json
    rest = server.get("/members", limit=3, cursor=first["next"]).json
    assert [member["id"] for page in (first, rest) for member in page["items"]] == [4, 3, 2, 1]
    assert rest["next"] is None
    # One form per letter: Arabic and Persian ye are the same name.
    assert [member["id"] for member in server.get("/members", q="محمدی").json["items"]] == [1]
    assert [member["id"] for member in server.get("/members", q="سارا").json["items"]] == [4, 1]
    assert [member["id"] for member in server.get("/members", q="SARA").json["items"]] == [3]
    assert server.get("/members", q="%").json["items"] == []


def test_what_is_known_of_a_member_changes_field_by_field(club: Club, server) -> None:
    sara = club.enrols(
        phone="09121234567", name="Sara", attributes={"city": "Tehran", "size": 4}, consents={"sms": True}
    )
    path = f"/members/{sara['id']}"
    changed = server.patch(
        path, {"phone": None, "name": "Sara M.", "attributes": {"size": None, "vip": True}, "status": "suspended"}
    ).json
    assert (changed["phone"], changed["name"], changed["status"]) == (None, "Sara M.", "suspended")
    assert changed["attributes"] == {"city": "Tehran", "vip": True}
    assert changed["consents"] == {"sms": True}
    assert changed["card"] == sara["card"]
    assert server.get(path).json == changed
    assert server.get("/members", phone="09121234567").json["items"] == []


def test_a_suspended_member_earns_nothing_until_active_again(club: Club, server) -> None:
    sara = club.enrols(external_id="C-1")
    server.patch(f"/members/{sara['id']}", {"status": "suspended"})
    idle = server.post("/purchases", club.sale(member={"external_id": "C-1"})).json
    assert idle["awards"] == []
    server.patch(f"/members/{sara['id']}", {"status": "active"})
    assert server.post("/purchases", club.sale(member={"external_id": "C-1"})).json["awards"]


def test_a_member_sees_ledger_tier_badges_and_place(club: Club, till) -> None:
    sara = club.enrols(external_id="C-1", name="سارا محمدی")
    for net in (2_000_000, 1_000_000):
        till.post("/purchases", club.sale(member={"external_id": "C-1"}, gross=net, net=net))
    club.settle()
    path = f"/members/{sara['id']}"

    newest = till.get(f"{path}/statement", limit=1).json
    (line,) = newest["items"]
    assert (line["amount"], line["article"], line["receipt"], line["wallet"]) == (10, "1", "A-2", "points")
    assert line["sentence"]["fa"] != line["sentence"]["en"]
    older = till.get(f"{path}/statement", limit=1, cursor=newest["next"]).json
    assert [entry["amount"] for entry in older["items"]] == [20]
    assert older["next"] is None

    tier = till.get(f"{path}/tier").json
    assert (tier["tier"], tier["next"]["code"]) == ("bronze", "silver")
    (need,) = tier["next"]["needs"]
    assert (need["value"], need["needed"], need["share"]) == (3_000_000, 5_000_000, 60)
    assert [step["code"] for step in tier["ladder"]] == ["bronze", "silver"]

    (badge,) = till.get(f"{path}/badges").json["items"]
    assert (badge["code"], badge["level"], badge["value"], badge["needed"]) == ("regular", 1, 1, 5)

    board = till.get("/leaderboards/month", around=sara["id"]).json
    assert board["period"] == "1405-08"
    assert [(place["rank"], place["name"], place["score"], place["me"]) for place in board["items"]] == [
        (1, "سارا م.", 3_000_000, True)
    ]
    assert till.get("/leaderboards/month", period="previous").json["items"] == []
    assert till.get("/leaderboards/nothing").status_code == 404


TIMED = deepcopy(BYLAWS)
TIMED["wallets"]["points"] |= {"matures": {"days": 14}, "expires": {"months": 12}}


def test_wallets_tell_what_waits_what_ends_and_what_was_shown_then(app, client, clock) -> None:
    club = Club("timed", client, clock, TIMED)
    sara = club.enrols(external_id="C-1")
    assert sara["wallets"]["points"]["expiring"] == []
    club.till.post("/purchases", club.sale(member={"external_id": "C-1"}, gross=2_000_000, net=2_000_000))
    bought = clock.now
    path = f"/members/{sara['id']}/wallets"
    points = club.till.get(path).json["points"]
    assert points == {
        "unit": "points",
        "name": {"en": "points", "fa": "امتیاز"},
        "available": 0,
        "pending": 20,
        "held": 0,
        "debt": 0,
        "expiring": [{"at": "2027-11-01T09:00:00Z", "amount": 20}],
        "lapses_at": None,
        "earned": 20,
        "spent": 0,
        "expired": 0,
        "forgiven": 0,
        "other": 0,
    }
    clock.move(days=14)
    assert club.till.get(path).json["points"]["available"] == 20
    then = club.till.get(path, as_of=bought.isoformat()).json["points"]
    assert (then["available"], then["pending"]) == (0, 20)
    before = club.till.get(path, as_of="2026-11-01T12:29:59+03:30").json["points"]
    assert (before["available"], before["pending"], before["earned"]) == (0, 0, 0)


def test_nobody_is_shown_a_wallet_to_come(club: Club, till) -> None:
    path = f"/members/{club.enrols()['id']}/wallets"
    for when in ("2026-11-01T09:00:01Z", "tomorrow", "2026-11-01"):
        refused = till.get(path, as_of=when)
        assert (refused.status_code, at_fault(refused)) == (422, ["/as_of"])
    # A plus sign that nobody encoded arrives as a space.
    assert till.client.get(f"/api/v1{path}?as_of=2026-11-01T12:30:00+03:30", headers=till.headers).status_code == 200


def test_the_ledger_tells_a_return_with_its_purchase(club: Club, till, clock) -> None:
    sara = club.enrols(external_id="C-1")
    bought = till.post("/purchases", club.sale(member={"external_id": "C-1"}))
    Books(club.id).returns(bought.json["id"], clock.now, net=900_000, key="R-7")
    lines = till.get(f"/members/{sara['id']}/statement").json["items"]
    assert [(entry["kind"], entry["amount"], entry["moved"]) for entry in lines] == [
        ("taken_back", -9, 9),
        ("awarded", 9, 9),
    ]
    assert {(entry["purchase"], entry["receipt"]) for entry in lines} == {(bought.json["id"], "A-1")}
    assert lines[0]["event"] != lines[0]["purchase"]
    assert "A-1" in lines[0]["sentence"]["fa"]


def test_badges_that_are_near_come_nearest_first_and_know_their_family(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    bylaws = deepcopy(BYLAWS)
    family = {"en": "The shop", "fa": "فروشگاه"}

    def said(title: str) -> dict[str, Any]:
        return {"title": {"en": title, "fa": "نشان"}}

    bylaws["badges"] = {
        "visits": {**said("Visits"), "counter": "visits", "levels": [{"at": 4}], "family": family},
        "spend": {**said("Spend"), "counter": "spend", "levels": [{"at": 1000}]},
        "far": {**said("Far"), "counter": "spend", "levels": [{"at": 9000}]},
        "done": {**said("Done"), "counter": "spend", "levels": [{"at": 100}]},
        "secret": {**said("S"), "counter": "spend", "levels": [{"at": 700}], "secret": True},
    }
    club = Club("anar", client, clock, bylaws)
    sara = club.enrols(name="Sara")
    assert club.till.post("/purchases", club.sale(member={"id": sara["id"]}, gross=600, net=600)).status_code == 201
    near = club.server.get(f"/members/{sara['id']}/badges", near="true").json["items"]
    assert [(its["code"], its["share"], its["family"]) for its in near] == [
        ("spend", 60, None),
        ("visits", 25, family),
        ("far", 6, None),
    ]
    assert len(club.server.get(f"/members/{sara['id']}/badges").json["items"]) == 4


def test_a_club_is_shown_playful_or_plain_by_audience_or_by_choice(
    app: Flask, client: FlaskClient, clock: Clock
) -> None:
    bylaws = deepcopy(BYLAWS)
    job = {"member": {"attribute": "job", "is": "judge"}}
    bylaws["audiences"] = {"judges": {"title": {"en": "Judges", "fa": "قاضیان"}, "if": job}}
    bylaws["mode"] = {"otherwise": ["judges"]}
    club = Club("anar", client, clock, bylaws)
    sara, judge = club.enrols(name="Sara"), club.enrols(name="Omid", attributes={"job": "judge"})

    def mode(member: dict[str, Any]) -> str:
        return str(club.server.get(f"/members/{member['id']}/mode").json["mode"])

    assert (mode(sara), mode(judge)) == ("playful", "plain")
    assert club.server.patch(f"/members/{judge['id']}", {"mode": "playful"}).status_code == 200
    assert club.server.patch(f"/members/{sara['id']}", {"mode": "plain"}).status_code == 200
    assert (mode(sara), mode(judge)) == ("plain", "playful")
    assert club.server.patch(f"/members/{sara['id']}", {"mode": None}).status_code == 200
    assert mode(sara) == "playful"
    assert at_fault(club.server.patch(f"/members/{sara['id']}", {"mode": "loud"})) == ["/mode"]
    assert at_fault(club.server.patch(f"/members/{sara['id']}", {"avatar": "99"})) == ["/avatar"]
    text = club.page.get("/bylaws").json["text"]
    assert "The club is shown playful, to Judges plain; each member may choose." in str(text)
