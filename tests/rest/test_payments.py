"""Paying from a wallet at the till: at once or held first, captured, voided, reversed; a till for its own store."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from loyalty.ledger.recount import recount
from tests.conftest import Clock
from tests.rest.conftest import BYLAWS, Api, Club, at_fault, rows

PAY = "/wallets/cashback/pay"


@pytest.fixture
def sara(club: Club) -> dict[str, Any]:
    """Somebody with 1,000 of cashback."""
    member = club.enrols(name="Sara", phone="09121234567")
    body = {"wallet": "cashback", "amount": 1000, "reason": "Start"}
    assert club.server.post(f"/members/{member['id']}/adjustments", body).status_code == 201
    return member


def payment(**changes: Any) -> dict[str, Any]:
    return {"member": {"phone": "09121234567"}, "amount": 400, "receipt": "A-1"} | changes


def test_a_till_pays_and_reverses(club: Club, till: Api, sara: dict[str, Any]) -> None:
    paid = till.post(PAY, payment())
    assert paid.status_code == 201
    assert paid.json == {
        "id": paid.json["id"],
        "status": "paid",
        "wallet": "cashback",
        "amount": 400,
        "until": None,
        "wallets": {
            "points": {"available": 0, "earned": 0, "pending": 0, "held": 0, "debt": 0},
            "cashback": {"available": 600, "earned": 0, "pending": 0, "held": 0, "debt": 0},
        },
    }
    undone = till.post(f"/payments/{paid.json['id']}/reverse")
    assert (undone.status_code, undone.json["status"]) == (200, "reversed")
    assert undone.json["wallets"]["cashback"]["available"] == 1000
    again = till.post(f"/payments/{paid.json['id']}/reverse")
    assert (again.status_code, again.json["code"]) == (409, "conflict")
    assert recount(club.id) == []


def test_what_is_held_is_captured_or_voided_in_time(till: Api, clock: Clock, sara: dict[str, Any]) -> None:
    held = till.post(PAY, payment(hold=True)).json
    assert (held["status"], held["until"]) == ("held", "2026-11-01T09:15:00Z")
    assert held["wallets"]["cashback"] == {"available": 600, "earned": 0, "pending": 0, "held": 400, "debt": 0}
    captured = till.post(f"/payments/{held['id']}/capture")
    assert (captured.status_code, captured.json["status"], captured.json["until"]) == (200, "paid", None)
    other = till.post(PAY, payment(hold=True)).json
    voided = till.post(f"/payments/{other['id']}/void").json
    assert (voided["status"], voided["wallets"]["cashback"]["available"]) == ("voided", 600)
    late = till.post(PAY, payment(hold=True)).json
    clock.move(minutes=15)
    for verb in ("capture", "void"):
        assert till.post(f"/payments/{late['id']}/{verb}").status_code == 409
    assert till.speaking("fa").post(f"/payments/{late['id']}/capture").json["detail"].startswith("زمان این نگهداشت")
    assert till.post(PAY, payment(amount=600)).status_code == 201


@pytest.fixture
def paying(app: Flask, client: FlaskClient, clock: Clock) -> Club:
    """A club whose points pay: 100 of them 50,000; between 100 and 300 at a time."""
    bylaws = deepcopy(BYLAWS)
    bylaws["wallets"]["points"]["pays"] = {"points": 100, "money": 50_000, "at_least": 100, "at_most": 300}
    return Club("anar", client, clock, bylaws)


def test_points_pay_by_what_the_bylaws_say_rounded_up_and_come_back_in_proportion(paying: Club) -> None:
    till, points = paying.till, "/wallets/points/pay"
    sara = paying.enrols(name="Sara", phone="09121234567")
    given = {"wallet": "points", "amount": 1000, "reason": "Start"}
    paying.server.post(f"/members/{sara['id']}/adjustments", given)
    paid = till.post(points, payment(amount=100_001))
    assert (paid.status_code, paid.json["amount"], paid.json["wallets"]["points"]["available"]) == (201, 201, 799)
    bought = till.post("/purchases", paying.sale(receipt="A-1", member={"phone": "09121234567"}, net=400_000))
    back = till.post(
        f"/purchases/{bought.json['id']}/returns",
        {"return": "x", "occurred_at": paying.clock.now.isoformat(), "amount": 100_000},
    )
    assert back.json["restored"] == {"points": 51}, "of 201 what pays for three quarters, rounded down, stays spent"
    for amount, said in ((49_000, "at least 100 points and at most 300 points"), (150_001, "at most 300 points")):
        refused = till.post(points, payment(amount=amount, receipt="A-2"))
        assert (refused.status_code, at_fault(refused)) == (422, ["/amount"])
        assert said in refused.json["errors"][0]["message"]
    held = till.post(points, payment(amount=50_000, receipt="A-3", hold=True)).json
    assert till.post(f"/payments/{held['id']}/void").json["wallets"]["points"]["held"] == 0
    assert recount(paying.id) == []


@pytest.mark.parametrize("same_sale", [False, True])
def test_what_a_sale_earns_pays_that_sale_only_where_the_wallet_says_so(
    app: Flask, client: FlaskClient, clock: Clock, same_sale: bool
) -> None:
    bylaws = deepcopy(BYLAWS)
    bylaws["wallets"]["points"] |= {"pays": {"points": 1, "money": 100}, "same_sale": same_sale}
    club = Club("anar", client, clock, bylaws)
    sara = club.enrols(name="Sara", phone="09121234567")
    bought = club.till.post("/purchases", club.sale(receipt="A-1", member={"phone": "09121234567"}, net=400_000))
    earned = bought.json["wallets"]["points"]["available"]
    assert earned == 4
    club.server.post(f"/members/{sara['id']}/adjustments", {"wallet": "points", "amount": 5, "reason": "Start"})
    paid = club.till.post("/wallets/points/pay", payment(amount=600))
    if same_sale:
        assert (paid.status_code, paid.json["amount"]) == (201, 6)
    else:
        assert (paid.status_code, paid.json["code"], at_fault(paid)) == (409, "insufficient_balance", ["/amount"])
        assert "does not pay the sale itself; beside that there is 5 points" in paid.json["detail"]
        assert club.till.post("/wallets/points/pay", payment(amount=500)).status_code == 201, "what was there before"
        later = club.till.post("/wallets/points/pay", payment(amount=100, receipt="A-2"))
        assert later.status_code == 201, "what it earned pays the next sale"
    assert recount(club.id) == []


def test_the_same_key_pays_once(club: Club, till: Api, sara: dict[str, Any]) -> None:
    keyed = Api(club.client, till.key, **{"Idempotency-Key": "pay-1"})
    first, second = (keyed.post(PAY, payment()) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json
    assert keyed.post(PAY, payment(amount=401)).status_code == 409
    verb = Api(club.client, till.key, **{"Idempotency-Key": "undo-1"})
    undone = [verb.post(f"/payments/{first.json['id']}/reverse") for _ in range(2)]
    assert [answer.status_code for answer in undone] == [200, 200]
    assert undone[0].json == undone[1].json
    assert till.post(PAY, payment(amount=1000)).status_code == 201


@pytest.mark.parametrize(
    ("path", "changes", "status", "code", "paths"),
    [
        ("/wallets/points/pay", {}, 422, "invalid", ["/wallet"]),
        ("/wallets/stars/pay", {}, 422, "invalid", ["/wallet"]),
        (PAY, {"amount": 1001}, 409, "insufficient_balance", ["/amount"]),
        (PAY, {"amount": 0}, 422, "invalid", ["/amount"]),
        (PAY, {"member": {"card": "NOBODY"}}, 404, "not_found", ["/member"]),
        (PAY, {"store": "web"}, 403, "forbidden", ["/store"]),
        (PAY, {"occurred_at": "2026-11-02T00:00:00Z"}, 422, "invalid", ["/occurred_at"]),
        (PAY, {"receipt": ""}, 422, "invalid", ["/receipt"]),
    ],
)
def test_what_cannot_be_paid_says_why_in_both_languages(
    till: Api, sara: dict[str, Any], path: str, changes: dict[str, Any], status: int, code: str, paths: list[str]
) -> None:
    before = rows()
    for lang in ("en", "fa"):
        refused = till.speaking(lang).post(path, payment(**changes))
        assert (refused.status_code, refused.json["code"], at_fault(refused)) == (status, code, paths)
        assert refused.json["errors"][0]["message"].isascii() == (lang == "en")
    assert rows() == before


def test_a_till_sees_the_payments_of_its_store_and_nobody_those_of_another_club(
    club: Club, till: Api, server: Api, client: FlaskClient, clock: Clock, sara: dict[str, Any]
) -> None:
    rival = Club("rival", client, clock)
    at_web = server.post(PAY, payment(store="web")).json
    nowhere = server.post(PAY, payment(receipt="B-1", amount=1)).json
    own = till.post(PAY, payment(amount=1)).json
    for stranger, number in ((till, at_web["id"]), (till, nowhere["id"]), (rival.server, own["id"]), (server, 9999)):
        for verb in ("capture", "void", "reverse"):
            assert stranger.post(f"/payments/{number}/{verb}").status_code == 404
    for number in (at_web["id"], nowhere["id"], own["id"]):
        assert server.post(f"/payments/{number}/reverse").status_code == 200
