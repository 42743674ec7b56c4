"""The API's documents for people: whole, in both languages, from our own server, with examples that work."""

from __future__ import annotations

import html
import json
import re

import pytest

from loyalty.rest.access import OPERATIONS
from tests.rest.conftest import Club


def page(client, lang: str) -> str:
    response = client.get("/api/docs", query_string={"lang": lang})
    assert (response.status_code, response.mimetype) == (200, "text/html")
    return response.get_data(as_text=True)


@pytest.mark.parametrize(("lang", "direction", "word"), [("fa", "rtl", "ثبت خرید"), ("en", "ltr", "Record a purchase")])
def test_every_operation_and_refusal_is_explained_in_both_languages(
    client, lang: str, direction: str, word: str
) -> None:
    shown = page(client, lang)
    assert f'<html lang="{lang}" dir="{direction}"' in shown
    assert word in shown
    assert shown.count('class="card operation') == len(OPERATIONS)
    for code in ("invalid", "conflict", "currency_mismatch", "forbidden", "rate_limited", "malformed"):
        assert f'id="problem-{code}"' in shown


def test_the_page_loads_nothing_from_elsewhere(client) -> None:
    shown = page(client, "fa")
    loaded = re.findall(r'<(?:link|script|img|use|iframe)[^>]+(?:href|src)="([^"]+)"', shown)
    assert loaded
    assert all(address.startswith("/") for address in loaded)


def test_the_documents_examples_work_as_they_stand(club: Club, client, clock) -> None:
    clock.move(days=20)
    examples = {}
    for method, path, body in re.findall(
        r"curl -X (\w+) http://localhost(\S+) .*?-d '(.*?)'</code>", page(client, "en"), re.S
    ):
        examples[method, path.removeprefix("/api/v1")] = json.loads(html.unescape(body))
    enrolment = examples["POST", "/members"]
    sale = examples["POST", "/purchases"]
    assert sale["lines"]
    assert sale["member"] == {"phone": enrolment["phone"]}
    enrolment.pop("referred_by", None)
    club.server.patch("/stores", {"code": "tajrish", "name": "شعبهٔ تجریش"})
    assert club.server.post("/members", enrolment).status_code == 201
    assert club.till.post("/quotes", examples["POST", "/quotes"]).json["awards"]
    assert club.till.post("/purchases", sale).status_code == 201
    (result,) = club.till.post("/purchases/batch", examples["POST", "/purchases/batch"]).json["results"]
    assert result["status"] == "repeated"
    assert club.server.patch("/stores", examples["PATCH", "/stores"]).status_code == 200
    assert club.server.patch("/members/1", examples["PATCH", "/members/{member_id}"]).status_code == 200
