"""The OpenAPI document: complete, true to the answers, and the source of a fuzz that nothing survives as a 500."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, seed, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import Case, CheckContext, GenerationMode, Response
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from loyalty.rest.access import OPERATIONS
from tests.rest.conftest import BYLAWS, Club

EXAMPLES = 20
"""Tries per operation and kind of data: the whole fuzz stays well under a minute."""
_ALWAYS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
]


def refused(ctx: CheckContext, response: Response, case: Case) -> bool | None:
    """What is wrong was refused; that a body is too large is a refusal too."""
    return (
        None
        if response.status_code == HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        else negative_data_rejection(ctx, response, case)
    )


REFUSED = refused
CHECKS = {GenerationMode.POSITIVE: _ALWAYS, GenerationMode.NEGATIVE: [*_ALWAYS, REFUSED]}
THERE = {
    "store": "tajrish",
    "currency": "IRR",
    "occurred_at": "2026-10-31T12:00:00Z",
    "member": {"id": 1},
    "member_id": 1,
    "to": {"id": 2},
    "wallet": "cashback",
    "payment": 3,
    "purchase": "tajrish:A-1",
    "code": "month",
    "number": 1,
    "around": 1,
    "reward": "month",
    "choice": None,
    "redemption": 5,
    "webhook_id": 1,
    "delivery_id": 1,
    "rehearsal_id": 1,
    "event_id": 4,
    "type": "review",
    "data": {"stars": 5},
}
"""What exists in the club of the fuzz, so that made-up data get past the first look-up."""


def aim(case: Case) -> None:
    """Let what a case names exist, and let the amounts of a purchase without lines agree."""
    bodies = [case.body] if isinstance(case.body, dict) else []
    if case.method == "DELETE" and "member_id" in (case.path_parameters or {}):
        case.path_parameters["member_id"] = 3  # erasing the one whom all others name would leave them nothing to find
        return
    for rows in ("purchases", "events"):
        if bodies and isinstance(case.body.get(rows), list):
            bodies = [row for row in case.body[rows] if isinstance(row, dict)]
    for told in (*bodies, case.path_parameters or {}, case.query or {}):
        told.update({name: there for name, there in THERE.items() if name in told})
    for body in bodies:
        if "return" in body or "data" in body:
            continue
        if "occurred_at" in body and not body.get("lines"):
            body["net"] = body["gross"] = body.get("gross") or 0
        for line in body.get("lines") or ():
            line["net"] = line["gross"]
        if body.get("lines"):
            body.pop("gross", None)
            body.pop("net", None)


REVIEW = {"fields": {"stars": {"type": "integer", "from": 1, "until": 5}}}
THANKS = {
    "no": "3",
    "title": {"en": "Thanks", "fa": "سپاس"},
    "on": "review",
    "give": [{"points": {"fixed": 5}}],
}


@pytest.fixture
def club(app: Flask, client, clock) -> Club:
    return Club(
        "anar", client, clock, BYLAWS | {"events": {"review": REVIEW}, "articles": [*BYLAWS["articles"], THANKS]}
    )


@pytest.fixture
def spec(client) -> dict[str, Any]:
    return client.get("/api/openapi.json").json


def operations(spec: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, told)
        for path, methods in spec["paths"].items()
        for method, told in methods.items()
        if method != "parameters"
    ]


def test_every_operation_is_described_in_both_languages_with_its_keys(spec) -> None:
    found = operations(spec)
    assert spec["openapi"] == "3.1.0"
    assert len(found) == len(OPERATIONS)
    for path, method, told in found:
        assert all(told[said] for said in ("summary", "x-summary-fa", "description")), (method, path)
        assert set(told["x-keys"]) <= {"server", "till", "publishable"}
        assert "server" in told["x-keys"]


def test_every_refusal_is_documented_as_a_problem(spec) -> None:
    for response in spec["components"]["responses"].values():
        assert list(response["content"]) == ["application/problem+json"]
    for path, method, told in operations(spec):
        needed = {"401", "403", "422", "default"} | (
            {"400", "409", "413", "415"} if method in ("post", "patch") else set()
        )
        assert needed <= told["responses"].keys(), (method, path)


def test_requests_are_closed_and_quantities_are_not_plain_numbers(spec) -> None:
    schemas = spec["components"]["schemas"]
    for name in ("Purchase", "Quote", "Line", "Enrolment", "StoreBody"):
        assert schemas[name]["additionalProperties"] is False, name
    kinds = {option["type"] for option in schemas["Line"]["properties"]["quantity"]["oneOf"]}
    assert kinds == {"integer", "string"}


@pytest.mark.parametrize("kind", ["server", "till"])
@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_fuzzed_from_its_own_document_it_never_breaks(app: Flask, club: Club, kind: str, mode: GenerationMode) -> None:
    """Every operation is called with data made from the document; nothing breaks, and the answers are as documented."""
    sara = club.enrols(external_id="C-1", phone="09121234567")
    club.enrols(external_id="C-2")
    assert club.enrols(external_id="C-3")["id"] == 3
    club.server.post("/purchases", club.sale(member={"id": sara["id"]}))
    start = {"wallet": "cashback", "amount": 10**14, "reason": "Start"}
    club.server.post(f"/members/{sara['id']}/adjustments", start)
    paid = club.till.post("/wallets/cashback/pay", {"member": {"id": sara["id"]}, "amount": 5, "receipt": "A-1"})
    assert paid.json["id"] == THERE["payment"]
    told = {name: THERE[name] for name in ("type", "member", "occurred_at", "data")}
    assert club.till.post("/events", {"key": "1", "source": "web", **told}).json["id"] == THERE["event_id"]
    reward = {"code": "month", "title": {"en": "Coffee", "fa": "قهوه"}, "kind": "goods"}
    assert club.server.post("/rewards", reward).status_code == 201
    redeemed = club.till.post("/redemptions", {"member": {"id": sara["id"]}, "reward": "month", "hold": True})
    assert redeemed.json["id"] == THERE["redemption"]
    club.server.post("/webhooks", {"url": "http://localhost/hooks", "types": ["points.awarded"]})
    club.server.post("/webhooks/1/test")
    assert club.server.post("/bylaws/draft/rehearsals", {"document": BYLAWS}).json["id"] == THERE["rehearsal_id"]
    club.settle()
    caller = getattr(club, kind)
    called = set()
    for found in schemathesis.openapi.from_wsgi("/api/openapi.json", app).get_all_operations():
        operation = found.ok()

        @seed(20261101)
        @settings(max_examples=EXAMPLES, deadline=None, database=None, suppress_health_check=list(HealthCheck))
        @given(operation.as_strategy(mode))
        def fuzz(case: Case) -> None:
            if mode is GenerationMode.POSITIVE:
                aim(case)
            # A batch takes bad rows: each refuses itself alone.
            checks = [check for check in CHECKS[mode] if not (case.path.endswith("/batch") and check is REFUSED)]
            case.call_and_validate(headers=caller.headers, checks=checks)
            called.add(case.operation.label)

        try:
            fuzz()
        except Unsatisfiable:  # nothing can be wrong about an operation that takes nothing
            assert mode is GenerationMode.NEGATIVE
    assert len(called) >= len(OPERATIONS) - 4
