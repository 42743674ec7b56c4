"""Bad input: a clear problem in the caller's language, and nothing written."""

from __future__ import annotations

import json
from typing import Any

import pytest

from loyalty.config import MAX_BODY
from loyalty.db import transaction
from tests.rest.conftest import Api, Club, at_fault, rows

LINE = {"line": "1", "sku": "x", "quantity": 1, "gross": 10, "net": 10}


def lines(**changes: Any) -> dict[str, Any]:
    return {"lines": [LINE | changes], "gross": ..., "net": ...}


BAD_SALES: dict[str, tuple[dict[str, Any], int, str, list[str]]] = {
    "an unknown field": ({"colour": "red"}, 422, "invalid", ["/colour"]),
    "a field that does not exist": ({"coupons": ["NOWRUZ"]}, 422, "invalid", ["/coupons"]),
    "an unknown field in a line": (lines(colour="red"), 422, "invalid", ["/lines/0/colour"]),
    "a missing field": ({"receipt": ...}, 422, "invalid", ["/receipt"]),
    "null for what is needed": ({"store": None}, 422, "invalid", ["/store"]),
    "a number for text": ({"receipt": 7}, 422, "invalid", ["/receipt"]),
    "text for a number": ({"net": "7"}, 422, "invalid", ["/net"]),
    "a float for money": ({"net": 7.5}, 422, "invalid", ["/net"]),
    "a truth value for money": ({"net": True}, 422, "invalid", ["/net"]),
    "a negative amount": ({"net": -1}, 422, "invalid", ["/net"]),
    "a negative line": (lines(net=-1), 422, "invalid", ["/lines/0/net"]),
    "more than any sale": ({"gross": 2**63}, 422, "invalid", ["/gross"]),
    "a number beyond all bounds": ({"gross": 10**400}, 422, "invalid", ["/gross"]),
    "net above gross": ({"net": 2_000_000}, 422, "invalid", ["/net"]),
    "no amounts at all": ({"gross": ..., "net": ...}, 422, "invalid", ["/gross", "/net"]),
    "a sum that isn't": ({"lines": [LINE], "gross": 10, "net": 9}, 422, "invalid", ["/net"]),
    "nothing bought": (lines(quantity=0), 422, "invalid", ["/lines/0/quantity"]),
    "four places": (lines(quantity="0.0001"), 422, "invalid", ["/lines/0/quantity"]),
    "a float quantity": (lines(quantity=1.5), 422, "invalid", ["/lines/0/quantity"]),
    "one line twice": ({"lines": [LINE, LINE], "gross": ..., "net": ...}, 422, "invalid", ["/lines/1/line"]),
    "too many lines": (
        {"lines": [LINE | {"line": str(n)} for n in range(2001)], "gross": ..., "net": ...},
        422,
        "invalid",
        ["/lines"],
    ),
    "a list for an object": ({"member": ["C-1"]}, 422, "invalid", ["/member"]),
    "two names for one member": ({"member": {"card": "A", "id": 1}}, 422, "invalid", ["/member"]),
    "a phone that isn't": ({"member": {"phone": "12"}}, 422, "invalid", ["/member/phone"]),
    "an unknown member": ({"member": {"external_id": "nobody"}}, 404, "not_found", ["/member"]),
    "an unknown store": ({"store": "moon"}, 422, "invalid", ["/store"]),
    "another currency": ({"currency": "USD"}, 422, "currency_mismatch", ["/currency"]),
    "an unknown currency": ({"currency": "XXX"}, 422, "currency_mismatch", ["/currency"]),
    "no currency": ({"currency": "rial"}, 422, "invalid", ["/currency"]),
    "tomorrow": ({"occurred_at": "2026-11-02T09:00:00Z"}, 422, "invalid", ["/occurred_at"]),
    "six minutes ahead": ({"occurred_at": "2026-11-01T09:06:00Z"}, 422, "invalid", ["/occurred_at"]),
    "no offset": ({"occurred_at": "2026-11-01T09:00:00"}, 422, "invalid", ["/occurred_at"]),
    "a day that no month has": ({"occurred_at": "2026-02-30T09:00:00Z"}, 422, "invalid", ["/occurred_at"]),
    "the year one": ({"occurred_at": "0001-01-01T00:00:00+14:00"}, 422, "invalid", ["/occurred_at"]),
    "an epoch": ({"occurred_at": 1793500000}, 422, "invalid", ["/occurred_at"]),
    "a character that cannot be stored": ({"receipt": "A\x001"}, 422, "invalid", ["/receipt"]),
    "half a pair": ({"receipt": "A\ud800"}, 422, "invalid", ["/receipt"]),
    "a name that cannot be said": ({"\ud800\x00": 1}, 422, "invalid", ["/?\x00"]),
    "only spaces": ({"receipt": "  "}, 422, "invalid", ["/receipt"]),
    "too long": ({"receipt": "A" * 101}, 422, "invalid", ["/receipt"]),
    "deep attributes": ({"attributes": {"a": {"b": 1}}}, 422, "invalid", ["/attributes/a"]),
    "an attribute's name in excess": ({"attributes": {"a" * 65: 1}}, 422, "invalid", ["/attributes/" + "a" * 65]),
    "tags that aren't a list": (lines(tags="fresh"), 422, "invalid", ["/lines/0/tags"]),
}


@pytest.mark.parametrize("named", BAD_SALES)
def test_a_bad_purchase_is_refused_where_the_fault_is(club: Club, server: Api, named: str) -> None:
    changes, status, code, places = BAD_SALES[named]
    sale = club.sale(**changes)
    before = rows()
    messages = {}
    for lang in ("en", "fa"):
        response = server.speaking(lang).post("/purchases", sale)
        assert response.mimetype == "application/problem+json"
        problem = response.json
        assert (response.status_code, problem["status"], problem["code"]) == (status, status, code), problem
        assert at_fault(response) == places
        assert response.headers["Content-Language"] == lang
        messages[lang] = [problem["title"], problem["detail"], *(error["message"] for error in problem["errors"])]
    assert all(en != fa for en, fa in zip(messages["en"], messages["fa"], strict=True))
    assert all(any("\u0600" <= char <= "\u06ff" for char in said) for said in messages["fa"])
    assert rows() == before


BAD_BODIES = {
    "broken JSON": ({"data": b'{"receipt": ', "content_type": "application/json"}, 400, "malformed"),
    "nothing": ({"data": b"", "content_type": "application/json"}, 400, "malformed"),
    "not UTF-8": ({"data": b'{"receipt": "\xff"}', "content_type": "application/json"}, 400, "malformed"),
    "another encoding": (
        {"data": '{"receipt": 1}'.encode("utf-16"), "content_type": "application/json"},
        400,
        "malformed",
    ),
    "not a number": ({"data": b'{"net": NaN}', "content_type": "application/json"}, 400, "malformed"),
    "endless nesting": ({"data": b"[" * 100_000, "content_type": "application/json"}, 400, "malformed"),
    "endless digits": (
        {"data": b'{"net": ' + b"9" * 5000 + b"}", "content_type": "application/json"},
        400,
        "malformed",
    ),
    "a form": ({"data": {"receipt": "A"}}, 415, "unsupported_media_type"),
    "plain text": ({"data": b"{}", "content_type": "text/plain"}, 415, "unsupported_media_type"),
    "a list": ({"json": []}, 422, "invalid"),
    "null": ({"data": b"null", "content_type": "application/json"}, 422, "invalid"),
    "10 MB": ({"data": b" " * 10_000_000, "content_type": "application/json"}, 413, "too_large"),
}


@pytest.mark.parametrize("path", ["/purchases", "/purchases/batch", "/quotes", "/members", "/stores"])
@pytest.mark.parametrize("named", BAD_BODIES)
def test_a_body_that_is_no_object_in_json_is_refused(club: Club, server: Api, path: str, named: str) -> None:
    sent, status, code = BAD_BODIES[named]
    before = rows()
    for lang in ("en", "fa"):
        response = server.speaking(lang).post(path, **sent)
        assert (response.status_code, response.mimetype) == (status, "application/problem+json")
        assert response.json["code"] == code
    assert rows() == before


def test_a_batch_of_5001_is_refused_whole_and_one_of_5000_is_taken(club: Club, server: Api) -> None:
    club.enrols(external_id="C-1")
    many = [club.sale(member={"external_id": "C-1"}) for _ in range(5001)]
    assert len(json.dumps(many)) < MAX_BODY
    before = rows()
    response = server.post("/purchases/batch", {"purchases": many})
    assert (response.status_code, at_fault(response)) == (422, ["/purchases"])
    assert "5,000" in response.json["errors"][0]["message"]
    assert rows() == before


@pytest.mark.parametrize(
    ("path", "places"),
    [
        ("/members?colour=red", ["/colour"]),
        ("/members?limit=0", ["/limit"]),
        ("/members?limit=201", ["/limit"]),
        ("/members?limit=ten", ["/limit"]),
        ("/members?limit=5&limit=6", ["/limit"]),
        ("/members?cursor=-1", ["/cursor"]),
        ("/members?cursor=99999999999999999999", ["/cursor"]),
        ("/members?phone=12", ["/phone"]),
        ("/members?q=%00", ["/q"]),
        ("/members?phone=09121234567&card=A", ["/phone"]),
        ("/purchases?from=soon", ["/from"]),
        ("/purchases?from=1405-13-01", ["/from"]),
        ("/purchases?cursor=-99999999999999999.1", ["/cursor"]),
        ("/purchases?store=%00", ["/store"]),
        ("/leaderboards/month?period=1405-13", ["/period"]),
        ("/leaderboards/month?around=0", ["/around"]),
    ],
)
def test_a_bad_query_is_refused_by_its_parameter(club: Club, server: Api, path: str, places: list[str]) -> None:
    for lang in ("en", "fa"):
        response = server.speaking(lang).get(path)
        assert (response.status_code, at_fault(response)) == (422, places)


@pytest.mark.parametrize(
    ("body", "places"),
    [
        ({"birthday": "1371-13-01"}, ["/birthday"]),
        ({"birthday": "2026-11-05"}, ["/birthday"]),
        ({"email": "sara"}, ["/email"]),
        ({"consents": {"sms": "yes"}}, ["/consents/sms"]),
        ({"lang": "de"}, ["/lang"]),
        ({"joined_at": "2026-11-02T00:00:00Z"}, ["/joined_at"]),
        ({"card": " - "}, ["/card"]),
        ({"status": "active"}, ["/status"]),
        ({"tier": "gold"}, ["/tier"]),
    ],
)
def test_a_bad_enrolment_is_refused_where_the_fault_is(club: Club, server: Api, body: Any, places: list[str]) -> None:
    before = rows()
    for lang in ("en", "fa"):
        response = server.speaking(lang).post("/members", body)
        assert (response.status_code, at_fault(response)) == (422, places)
    assert rows() == before


def test_under_api_every_refusal_is_a_problem_never_a_page(client, app) -> None:
    for method, path in (
        ("GET", "/api/"),
        ("GET", "/api/v1/"),
        ("GET", "/api/v1/nothing/here"),
        ("GET", "/api/v2/members"),
        ("POST", "/api/openapi.json"),
        ("DELETE", "/api/v1/members"),
        ("PUT", "/api/v1/stores"),
        ("GET", "/api/v1/members/x"),
        ("GET", "/api/v1/members/1/"),
        ("POST", "/api/docs"),
    ):
        response = client.open(path, method=method, headers={"Accept": "text/html", "Accept-Language": "fa-IR,fa"})
        assert response.mimetype == "application/problem+json", path
        assert response.status_code in (404, 405)
        assert response.json["title"] in ("پیدا نشد", "این روش پذیرفته نیست")
        if response.status_code == 405:
            assert "GET" in response.headers["Allow"]


def test_a_fault_of_ours_is_a_problem_that_tells_nothing_of_our_insides(app, club: Club, server: Api) -> None:
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with transaction() as conn:
        conn.execute("ALTER TABLE set_aside RENAME TO gone")
    try:
        for lang, title in (("en", "Something broke on our side"), ("fa", "خطایی از سوی ما رخ داد")):
            response = server.speaking(lang).post("/purchases", club.sale())
            assert (response.status_code, response.mimetype) == (500, "application/problem+json")
            assert (response.json["code"], response.json["title"]) == ("internal", title)
            assert "set_aside" not in response.text
    finally:
        app.config["PROPAGATE_EXCEPTIONS"] = None
        with transaction() as conn:
            conn.execute("ALTER TABLE gone RENAME TO set_aside")
    assert rows()["receipt"] == 0
