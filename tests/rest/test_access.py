"""Who may call what: no key, wrong keys, a till's one store, a page's origins, and never another club."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from loyalty.actions.revoke_key import revoke_key
from loyalty.db import transaction
from loyalty.queries.keys import all_keys
from loyalty.rest.access import OPERATIONS
from tests.rest.conftest import ORIGIN, Api, Club, at_fault, rows


@pytest.fixture
def rival(app: Flask, client, clock) -> Club:
    return Club("rival", client, clock)


def endpoints(app: Flask) -> list[tuple[str, str, str]]:
    """Every operation as (endpoint, method, a path that fits)."""
    found = []
    for rule in app.url_map.iter_rules():
        if rule.endpoint in OPERATIONS:
            path = re.sub("<[^<>]+>", "1", rule.rule.removeprefix("/api/v1"))
            found += [
                (rule.endpoint, method, path) for method in rule.methods & {"GET", "PUT", "POST", "PATCH", "DELETE"}
            ]
    return found


def call(api: Api, method: str, path: str):
    calls = {"GET": api.get, "PUT": api.put, "POST": api.post, "PATCH": api.patch, "DELETE": api.delete}
    return calls[method](path, **({"body": {}} if method in ("PUT", "POST", "PATCH") else {}))


def test_no_operation_opens_without_a_key_that_is_known(club: Club, client, app) -> None:
    revoked = club.server
    revoke_key(club.id, all_keys(club.id)[-1].id, club.clock.now)
    strangers = [
        Api(client, None),
        Api(client, "sk_" + "A" * 32),
        Api(client, "nonsense"),
        Api(client, "کلید"),
        Api(client, None, Authorization="Basic c2s6eA=="),
        revoked,
    ]
    operations = endpoints(app)
    assert len(operations) == len(OPERATIONS)
    for _, method, path in operations:
        for stranger in strangers:
            response = call(stranger, method, path)
            assert (response.status_code, response.json["code"]) == (401, "unauthorized"), (method, path)
            assert response.headers["WWW-Authenticate"] == "Bearer"


def test_each_kind_of_key_opens_what_the_table_says(club: Club, app) -> None:
    for kind, api in (("server", club.server), ("till", club.till), ("publishable", club.page)):
        for endpoint, method, path in endpoints(app):
            refused = call(api, method, path).status_code == 403
            listing = kind == "till" and endpoint == "Members.listed"
            assert refused == (kind not in OPERATIONS[endpoint] or listing), (kind, method, path)


def test_a_till_speaks_for_its_own_store_alone(club: Club, till, server) -> None:
    club.enrols(external_id="C-1")
    member = {"external_id": "C-1"}
    number = server.post("/purchases", club.sale(store="web", member=member)).json["id"]
    before = rows()
    foreign = club.sale(store="web", member=member)
    posted = till.post("/purchases", foreign)
    assert (posted.status_code, posted.json["code"], at_fault(posted)) == (403, "forbidden", ["/store"])
    quoted = till.post("/quotes", {k: v for k, v in foreign.items() if k != "receipt"})
    assert quoted.status_code == 403
    (row,) = till.post("/purchases/batch", {"purchases": [foreign]}).json["results"]
    assert (row["status"], row["error"]["code"]) == ("refused", "forbidden")
    assert till.get(f"/purchases/{number}").status_code == 404
    assert till.get(f"/purchases/{number}/explanation").status_code == 404
    assert till.get("/purchases").json["items"] == []
    assert till.get("/purchases", store="web").status_code == 403
    assert rows() == before


def test_a_publishable_key_works_on_its_own_pages_alone(club: Club, client) -> None:
    key = club.page.key
    answer = club.page.get("/bylaws")
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, ORIGIN)
    for headers in ({}, {"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Origin": f"{ORIGIN}.evil"}):
        refused = Api(client, key, **headers).get("/bylaws")
        assert refused.status_code == 403
        assert "Access-Control-Allow-Origin" not in refused.headers
    asked = client.options(
        "/api/v1/bylaws", headers={"Origin": ORIGIN, "Access-Control-Request-Headers": "authorization"}
    )
    assert asked.status_code == 204
    assert "Authorization" in asked.headers["Access-Control-Allow-Headers"]
    assert "Access-Control-Allow-Origin" not in client.options("/api/v1/members", headers={"Origin": ORIGIN}).headers


def test_no_key_ever_reaches_another_club(club: Club, rival: Club, server) -> None:
    theirs = rival.enrols(phone="09121234567", external_id="C-1", card="CARD1", name="Secret")
    sale = rival.sale(member={"external_id": "C-1"})
    number = rival.server.post("/purchases", sale).json["id"]
    rival.server.post("/stores", {"code": "only-theirs", "name": "x"})
    before = rows()
    member = f"/members/{theirs['id']}"
    for path in (
        member,
        f"{member}/wallets",
        f"{member}/statement",
        f"{member}/tier",
        f"{member}/badges",
        f"{member}/export",
        f"/purchases/{number}",
        f"/purchases/{number}/explanation",
        "/purchases/tajrish:A-1",
    ):
        assert server.get(path).status_code == 404, path
    assert server.get("/leaderboards/month", around=theirs["id"]).status_code == 404
    assert server.patch(member, {"name": "Mine"}).status_code == 404
    assert server.delete(member).status_code == 404
    ours = club.enrols(name="Ours")["id"]
    before = rows()
    assert server.post(f"{member}/merge", {"into": {"id": ours}, "reason": "x"}).status_code == 404
    assert server.post(f"/members/{ours}/merge", {"into": {"id": theirs["id"]}, "reason": "x"}).status_code == 422
    assert server.post(f"{member}/unmerge", {"reason": "x"}).status_code == 404
    assert server.patch("/stores", {"code": "only-theirs", "name": "Mine"}).status_code == 404
    for query in ({"phone": "09121234567"}, {"external_id": "C-1"}, {"card": "CARD1"}, {"q": "Secret"}):
        assert server.get("/members", **query).json["items"] == []
    assert server.get("/purchases").json["items"] == []
    assert server.get("/purchases", member=theirs["id"]).json["items"] == []
    assert server.get("/reports/summary").json["purchases"] == 0
    for name in ({"id": theirs["id"]}, {"external_id": "C-1"}, {"phone": "09121234567"}, {"card": "CARD1"}):
        assert server.post("/purchases", club.sale(member=name)).status_code == 404
        assert server.post("/members", {"referred_by": name}).status_code == 422
    assert server.post("/purchases", club.sale(store="only-theirs")).status_code == 422
    assert rows() == before
    # The same phone, receipt and external id may live in both clubs.
    club.enrols(phone="09121234567", external_id="C-1")
    assert server.post("/purchases", sale).status_code == 201


def test_keys_are_kept_as_digests_and_never_shown_again(club: Club) -> None:
    secret = club.server.key
    with transaction() as conn:
        kept = conn.execute("SELECT row_to_json(api_key)::text FROM api_key").fetchall()
    assert all(secret not in row[0] for row in kept)
    assert all(secret not in str(key) for key in all_keys(club.id))
