"""A change of the bylaws over HTTP: drafted, checked, tried on a purchase, told in sentences, published and undone."""

from __future__ import annotations

from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest
import yaml

from loyalty.actions.fill_counters import fill_counters
from loyalty.db import connection, transaction
from tests.rest.conftest import BYLAWS, Club, at_fault, rows


def double() -> dict[str, Any]:
    document = deepcopy(BYLAWS)
    document["articles"][0]["give"][0]["points"]["give"] = 2
    return document


def loyal() -> dict[str, Any]:
    """Ten points more for whoever has bought twice before: counts receipts, which the club does not."""
    document = double()
    document["counters"]["receipts"] = {"of": "purchases", "measure": "times"}
    document["articles"].append(
        {
            "no": "9",
            "title": {"en": "Loyal", "fa": "وفادار"},
            "on": "purchase",
            "if": {"counter": {"name": "receipts", "over": "ever", "at_least": 2}},
            "give": [{"points": {"fixed": 10}}],
        }
    )
    return document


def test_there_is_one_draft_and_it_may_have_faults(club: Club, server) -> None:
    assert server.get("/bylaws/draft").status_code == 404
    broken = double()
    broken["articles"][0]["give"][0] = {"pionts": {"fixed": 1}}
    assert server.put("/bylaws/draft", {"document": broken}).status_code == 200
    assert server.get("/bylaws/draft").json["document"] == broken
    checked = server.post("/bylaws/draft/check").json
    assert [fault["path"] for fault in checked["errors"]] == ["/articles/0/give/0/pionts"]
    assert checked["errors"][0]["message"]["fa"]
    refused = server.post("/bylaws/draft/publish", {})
    assert refused.status_code == 422
    assert at_fault(refused) == ["/articles/0/give/0/pionts"]
    sound = server.put("/bylaws/draft", {"text": yaml.safe_dump(double(), allow_unicode=True)}).json
    assert sound["document"] == double()
    assert server.get("/bylaws").json["version"] == 1


def test_a_draft_is_said_in_exactly_one_way(server) -> None:
    for body in ({}, {"document": {}, "version": 1}, {"document": []}, {"text": "  "}, {"version": 0}):
        assert server.put("/bylaws/draft", body).status_code == 422, body
    assert server.put("/bylaws/draft", {"version": 7}).status_code == 404
    assert at_fault(server.put("/bylaws/draft", {"text": "a: [1"})) == [""]
    deep: dict[str, Any] = {}
    for _ in range(60):
        deep = {"a": deep}
    assert at_fault(server.put("/bylaws/draft", {"document": deep})) == ["/document"]


@pytest.mark.parametrize("text", ["a\\u0000b", "\\ud800"])
def test_a_character_that_cannot_be_kept_is_refused(server, text: str) -> None:
    for body in (f'{{"document": {{"a": ["{text}"]}}}}', f'{{"document": {{"{text}": 1}}}}'):
        refused = server.put_text("/bylaws/draft", body)
        assert (refused.status_code, at_fault(refused)) == (422, ["/document"])


def test_what_is_odd_is_told_with_its_place(club: Club, server) -> None:
    document = double()
    document["tiers"]["ladder"].insert(
        1, {"code": "rose", "title": {"en": "Rose", "fa": "رز"}, "needs": document["tiers"]["ladder"][-1]["needs"]}
    )
    document["club"]["timezone"] = "Asia/Tokyo"
    server.put("/bylaws/draft", {"document": document})
    checked = server.post("/bylaws/draft/check").json
    assert [fault["path"] for fault in checked["errors"]] == ["/club/timezone"]
    assert not checked["publishable"]
    odd = {(its["code"], its["path"]) for its in checked["warnings"]}
    assert ("unreachable_tier", "/tiers/ladder/1/needs") in odd
    assert ("no_limit", "/articles/0") in odd
    assert all(its["message"]["en"] and its["message"]["fa"] for its in checked["warnings"])


def test_a_purchase_is_tried_beside_the_version_in_force_and_nothing_is_written(club: Club, server) -> None:
    club.enrols(external_id="C-1", joined_at="2026-01-01T00:00:00Z")
    member = {"external_id": "C-1"}
    for _ in range(2):
        assert server.post("/purchases", club.sale(member=member)).status_code == 201
    server.put("/bylaws/draft", {"document": loyal()})
    before = rows()
    tried = server.post("/bylaws/draft/judge", {"purchase": club.sale(receipt=...), "member": member})
    assert tried.status_code == 200, tried.json
    assert rows() == before
    draft, now = tried.json["draft"], tried.json["in_force"]
    assert (draft["bylaws"], now["bylaws"]) == (None, 1)
    points = [[a["amount"] for a in side["awards"] if a["wallet"] == "points"] for side in (draft, now)]
    assert points == [[18, 10], [9]]
    [condition] = next(article for article in draft["articles"] if article["no"] == "9")["conditions"]
    assert condition["holds"]
    assert condition["saw"]["en"] == "purchases in all: twice"
    assert draft["wallets"]["points"]["available"] == now["wallets"]["points"]["available"] + 19
    counters = connection().execute("SELECT count(*) FROM counter").fetchone()
    newcomer = server.post("/bylaws/draft/judge", {"purchase": club.sale(receipt=...)}).json
    assert [a["amount"] for a in newcomer["draft"]["awards"] if a["wallet"] == "points"] == [18]
    assert "9" in [its["article"] for its in newcomer["draft"]["withheld"]]
    assert connection().execute("SELECT count(*) FROM counter").fetchone() == counters


def test_what_the_draft_would_judge_comes_true(club: Club, server, clock) -> None:
    club.enrols(external_id="C-1", joined_at="2026-01-01T00:00:00Z")
    member = {"external_id": "C-1"}
    for _ in range(2):
        server.post("/purchases", club.sale(member=member))
    server.put("/bylaws/draft", {"document": loyal()})
    clock.move(hours=1)
    tried = server.post("/bylaws/draft/judge", {"purchase": club.sale(receipt=...), "member": member}).json["draft"]
    published = server.post("/bylaws/draft/publish", {"note": "Loyalty"})
    assert (published.status_code, published.json["status"]) == (200, "filling")
    assert published.json["filling"] == {"done": 0, "of": 1}
    assert server.get("/bylaws/versions").json["items"][0]["status"] == "filling"
    assert server.get("/bylaws").json["version"] == 1
    fill_counters(club.id, clock)
    given = server.post("/purchases", club.sale(member=member)).json
    assert given["bylaws"] == 2
    assert given["awards"] == tried["awards"]


def test_the_difference_is_told_in_sentences(club: Club, server, clock) -> None:
    server.put("/bylaws/draft", {"document": loyal()})
    items = server.get("/bylaws/versions/1/diff/draft").json["items"]
    assert [(its["part"], its["no"], its["what"]) for its in items] == [
        ("articles", "1", "changed"),
        ("articles", "9", "added"),
        ("counters", "receipts", "added"),
    ]
    assert items[0]["before"]["en"] != items[0]["after"]["en"]
    assert items[1]["before"] is None
    assert "امتیاز" in items[1]["after"]["fa"]
    server.post("/bylaws/draft/publish", {})
    assert server.get("/bylaws/versions/1/diff/2").json["items"] == items
    assert [its["what"] for its in server.get("/bylaws/versions/2/diff/1").json["items"]] == [
        "changed",
        "removed",
        "removed",
    ]
    for path in ("1/diff/3", "draft/diff/1", "x/diff/1", "1/diff/99999999999999999999"):
        assert server.get(f"/bylaws/versions/{path}").status_code == 404, path


def test_a_version_follows_and_going_back_is_publishing_the_old_text_anew(club: Club, server, clock) -> None:
    server.put("/bylaws/draft", {"document": double()})
    clock.move(minutes=1)
    later = (clock.now + timedelta(days=2)).isoformat()
    assert server.post("/bylaws/draft/publish", {"from": later}).json["status"] == "scheduled"
    assert server.get("/bylaws/draft").status_code == 404
    server.put("/bylaws/draft", {"version": 1})
    listed = [(its["version"], its["status"]) for its in server.get("/bylaws/versions").json["items"]]
    assert listed == [(None, "draft"), (2, "scheduled"), (1, "in_force")]
    assert server.post("/bylaws/draft/publish", {}).status_code == 409  # version 2 is still to come
    clock.move(days=3)
    assert server.get("/bylaws").json["version"] == 2
    back = server.post("/bylaws/draft/publish", {"note": "Back"}).json
    assert (back["version"], back["status"]) == (3, "in_force")
    listed = [(its["version"], its["status"]) for its in server.get("/bylaws/versions").json["items"]]
    assert listed == [(3, "in_force"), (2, "superseded"), (1, "superseded")]
    assert server.get("/bylaws").json["document"] == BYLAWS


def test_nothing_takes_force_in_the_past(club: Club, server, clock) -> None:
    server.put("/bylaws/draft", {"document": double()})
    refused = server.post("/bylaws/draft/publish", {"from": (clock.now - timedelta(hours=1)).isoformat()})
    assert at_fault(refused) == ["/from"]


def test_where_a_second_person_is_wanted_a_key_can_only_ask(club: Club, server) -> None:
    with transaction() as conn:
        conn.execute("UPDATE club SET approval = true WHERE id = %s", [club.id])
    server.put("/bylaws/draft", {"document": double()})
    asked = server.post("/bylaws/draft/publish", {})
    assert (asked.status_code, asked.json["status"], asked.json["request"]) == (202, "asked", 1)
    assert server.get("/bylaws").json["version"] == 1
    assert server.post("/bylaws/draft/publish", {}).status_code == 409


def test_for_whom_it_is_must_be_known(club: Club, server) -> None:
    server.put("/bylaws/draft", {"document": double()})
    assert at_fault(server.post("/bylaws/draft/publish", {"to": "nobody"})) == ["/to"]
