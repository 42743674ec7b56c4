"""A till takes goods back; a server claims, undoes and hands over; all of it safe to repeat."""

from __future__ import annotations

from typing import Any

import pytest

from tests.rest.conftest import Api, Club, at_fault, rows
from tests.rest.test_purchases import DAIRY


@pytest.fixture
def sold(club: Club) -> dict[str, Any]:
    """Sara's milk and bread: 9 points, and 9,000 of cashback."""
    club.enrols(external_id="sara")
    sale = club.sale(member={"external_id": "sara"}, lines=DAIRY, gross=..., net=...)
    return club.till.post("/purchases", sale).json


def back(club: Club, key: str = "R-1", **what: Any) -> dict[str, Any]:
    return {"return": key, "occurred_at": club.clock.now.isoformat(), **what}


def test_lines_come_back_and_the_answer_says_what_that_took(club: Club, till: Api, sold) -> None:
    response = till.post("/purchases/tajrish:A-1/returns", back(club, lines=[{"line": "2", "quantity": "۰٫۵"}]))
    assert response.status_code == 201, response.json
    answer = response.json
    assert (answer["net"], answer["reversed"], answer["owed"]) == (100_000, {"points": 1, "cashback": 1_000}, {})
    assert answer["wallets"]["points"]["available"] == 8
    assert till.post(f"/purchases/{sold['id']}/returns", back(club, "R-2", all=True)).json["net"] == 800_000
    assert till.get("/reports/summary").status_code == 403
    summary = club.server.get("/reports/summary").json
    assert summary["outstanding"] == {"points": 0, "cashback": 0}


def test_the_same_return_again_is_answered_as_before_and_another_under_its_key_is_a_conflict(club, till, sold) -> None:
    path, body = f"/purchases/{sold['id']}/returns", back(club, lines=[{"line": "1", "quantity": 1}])
    first, before = till.post(path, body), rows()
    again = till.post(path, body | {"lines": [{"line": "1", "quantity": "1.000"}]})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json | {"status": "repeated"}
    other = till.post(path, body | {"lines": [{"line": "1", "quantity": 2}]})
    assert (other.status_code, other.json["code"], at_fault(other)) == (409, "conflict", ["/return"])
    assert rows() == before


BAD: dict[str, tuple[dict[str, Any], int, list[str]]] = {
    "nothing said": ({}, 422, [""]),
    "two ways at once": ({"all": True, "amount": 5}, 422, [""]),
    "more than was bought": ({"lines": [{"line": "1", "quantity": 3}]}, 422, ["/lines/0/quantity"]),
    "a line twice": ({"lines": [{"line": "1", "quantity": 1}] * 2}, 422, ["/lines/1/line"]),
    "an unknown line": ({"lines": [{"line": "9", "quantity": 1}]}, 422, ["/lines/0/line"]),
    "by amount, though it has lines": ({"amount": 5}, 422, ["/amount"]),
    "before the sale": ({"all": True, "occurred_at": "2026-10-01T00:00:00Z"}, 422, ["/occurred_at"]),
    "tomorrow": ({"all": True, "occurred_at": "2026-11-02T10:00:00Z"}, 422, ["/occurred_at"]),
    "a debt without a reason": ({"all": True, "debt": "allow"}, 422, ["/reason"]),
    "an unknown field": ({"all": True, "colour": "red"}, 422, ["/colour"]),
}


@pytest.mark.parametrize("case", BAD)
@pytest.mark.parametrize("lang", ["en", "fa"])
def test_a_return_that_cannot_be_is_refused_with_its_place_and_nothing_is_written(club, till, sold, case, lang) -> None:
    changes, status, places = BAD[case]
    before = rows()
    response = till.speaking(lang).post(f"/purchases/{sold['id']}/returns", back(club) | changes)
    assert (response.status_code, at_fault(response)) == (status, places), response.json
    assert rows() == before


def test_another_stores_purchase_is_not_the_tills_to_take_back(club: Club, till: Api, sold) -> None:
    elsewhere = club.server.post("/purchases", club.sale(store="web")).json
    assert till.post(f"/purchases/{elsewhere['id']}/returns", back(club, all=True)).status_code == 404
    assert till.post("/purchases/999/returns", back(club, all=True)).status_code == 404


def test_a_sale_without_a_member_is_claimed_at_the_till_and_only_then_earns(club: Club, till: Api) -> None:
    sara = club.enrols(external_id="sara")
    waiting = till.post("/purchases", club.sale(receipt="A-9")).json
    assert waiting["status"] == "unclaimed"
    named = till.post("/purchases", club.sale(receipt="A-9", member={"external_id": "sara"}))
    assert "/claim" in named.json["detail"]
    response = till.post("/purchases/tajrish:A-9/claim", {"member": {"external_id": "sara"}})
    assert response.status_code == 201, response.json
    assert [award["amount"] for award in response.json["awards"]] == [9]
    assert till.post("/purchases/tajrish:A-9/claim", {"member": {"external_id": "sara"}}).status_code == 200
    club.enrols(external_id="lena")
    other = till.post("/purchases/tajrish:A-9/claim", {"member": {"external_id": "lena"}})
    assert (other.status_code, at_fault(other)) == (409, ["/member"])
    assert club.server.get(f"/members/{sara['id']}/wallets").json["points"]["available"] == 9


def test_a_late_sale_is_claimed_by_a_server_not_by_a_till(club: Club, till: Api) -> None:
    club.enrols(external_id="sara")
    late = till.post("/purchases", club.sale(member={"external_id": "sara"}, occurred_at="2026-09-01T10:00:00Z"))
    assert late.status_code == 202
    path = f"/purchases/{late.json['id']}/claim"
    assert till.post(path, {}).status_code == 403
    assert club.server.post(path, {}).json["awards"][0]["amount"] == 9


def test_a_mistake_is_undone_by_a_server_and_its_receipt_is_free(club: Club, till: Api, sold) -> None:
    path = f"/purchases/{sold['id']}/void"
    assert till.post(path, {"reason": "typed twice"}).status_code == 403
    response = club.server.post(path, {"reason": "typed twice"})
    assert (response.status_code, response.json["reversed"]) == (201, {"points": 9, "cashback": 9_000})
    assert club.server.post(path, {"reason": "typed twice"}).status_code == 200
    again = till.post("/purchases", club.sale(receipt="A-1", member={"external_id": "sara"}))
    assert again.status_code == 201


def test_a_purchase_goes_to_the_right_member_once_however_often_it_is_asked(club: Club, sold) -> None:
    lena = club.enrols(external_id="lena")
    body = {"member": {"external_id": "lena"}, "reason": "wrong card"}
    server = Api(club.client, club.server.key, **{"Idempotency-Key": "k-1"})
    first = server.post(f"/purchases/{sold['id']}/reassign", body)
    again = server.post(f"/purchases/{sold['id']}/reassign", body)
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert first.json["id"] != sold["id"]
    assert club.server.get(f"/members/{lena['id']}/wallets").json["points"]["available"] == 9
