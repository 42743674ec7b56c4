"""Events over HTTP: a review gives its points once, a wrong one is refused by name, and each can be explained."""

from __future__ import annotations

import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from loyalty.documents import parse
from loyalty.ledger.recount import recount
from tests.rest.conftest import BYLAWS, Api, Club, at_fault, rows

EVENTS: dict[str, Any] = {
    "review": {
        "title": {"en": "Review", "fa": "نظر"},
        "fields": {
            "stars": {"type": "integer", "from": 1, "until": 5},
            "about": {"type": "text", "optional": True},
            "visited": {"type": "date", "optional": True},
        },
    },
    "survey": {},
}
ON_REVIEW: dict[str, Any] = {
    "no": "3",
    "title": {"en": "Thanks for a review", "fa": "سپاس از نظر شما"},
    "on": "review",
    "if": {"hours": {"from": "06:00", "until": "23:00"}},
    "give": [{"points": {"fixed": 20}}],
    "limits": [{"per": "member", "every": "day", "at_most": 20}],
}


@pytest.fixture
def club(app: Flask, client, clock) -> Club:
    return Club("anar", client, clock, BYLAWS | {"events": EVENTS, "articles": [*BYLAWS["articles"], ON_REVIEW]})


@pytest.fixture
def sara(club: Club) -> dict[str, Any]:
    return club.enrols(external_id="C-1", phone="09121234567")


def review(club: Club, key: str = "r-1", **changes: Any) -> dict[str, Any]:
    body = {
        "key": key,
        "source": "website",
        "type": "review",
        "member": {"external_id": "C-1"},
        "occurred_at": club.clock.now.isoformat(),
        "data": {"stars": 5, "about": "خرما"},
    }
    return {name: value for name, value in (body | changes).items() if value is not ...}


def test_a_review_says_what_it_gave_and_gives_it_once(club: Club, server: Api, sara: dict[str, Any]) -> None:
    first = server.post("/events", review(club))
    assert first.status_code == 201, first.json
    told = first.json
    assert told["awards"] == [{"article": "3", "wallet": "points", "amount": 20, "sentence": "a fixed 20 points"}]
    assert (told["key"], told["source"], told["type"], told["status"]) == ("r-1", "website", "review", "recorded")
    assert told["wallets"]["points"]["available"] == 20
    assert told["withheld"] == []  # articles on purchases are not asked
    again = server.post("/events", review(club))
    assert (again.status_code, again.json) == (200, told)
    other = server.post("/events", review(club, data={"stars": 1}))
    assert (other.status_code, other.json["code"], at_fault(other)) == (409, "conflict", ["/key"])
    second = server.speaking("fa").post("/events", review(club, "r-2")).json
    assert second["awards"] == []
    assert second["withheld"][0]["because"] == "سقف این ماده پر شده است: حداکثر ۲۰ امتیاز در روز برای هر عضو."
    assert not recount(club.id)


def test_digits_and_calendars_of_any_script_are_the_same_event(club: Club, server: Api, sara: dict[str, Any]) -> None:
    first = server.post("/events", review(club, data={"stars": "۵", "visited": "۱۴۰۵-۰۸-۰۱"}))
    assert first.status_code == 201, first.json
    again = server.post("/events", review(club, data={"visited": "2026-10-23", "stars": 5}))
    assert (again.status_code, again.json) == (200, first.json)
    assert server.get(f"/events/{first.json['id']}").json["data"] == {"stars": 5, "visited": "2026-10-23"}


@pytest.mark.parametrize(
    ("changes", "paths"),
    [
        ({"type": "rewiev"}, ["/type"]),
        ({"type": "purchase"}, ["/type"]),
        ({"data": {"stars": 6}}, ["/data/stars"]),
        ({"data": {"stars": "five"}}, ["/data/stars"]),
        ({"data": {"stars": True}}, ["/data/stars"]),
        ({"data": ...}, ["/data/stars"]),
        ({"data": {"stars": 5, "colour": "red"}}, ["/data/colour"]),
        ({"data": {"stars": 5, "visited": "yesterday", "about": 3}}, ["/data/about", "/data/visited"]),
        ({"source": ""}, ["/source"]),
        ({"source": ...}, ["/source"]),
        ({"key": ...}, ["/key"]),
        ({"member": ...}, ["/member"]),
        ({"store": "nowhere"}, ["/store"]),
        ({"occurred_at": "2030-01-01T00:00:00Z"}, ["/occurred_at"]),
    ],
)
def test_what_is_wrong_is_named(
    club: Club, server: Api, sara: dict[str, Any], changes: dict[str, Any], paths: list[str]
) -> None:
    refused = server.post("/events", review(club, **changes))
    assert refused.status_code == 422
    assert sorted(at_fault(refused)) == paths
    assert server.get("/events").json == {"items": [], "next": None}


def test_the_nearest_type_is_offered(club: Club, server: Api, sara: dict[str, Any]) -> None:
    refused = server.speaking("fa").post("/events", review(club, type="rewiew"))
    assert refused.json["errors"][0]["message"].endswith("شاید منظورتان «review» است.")


GUIDE = (Path(__file__).parents[2] / "docs/events.md").read_text("utf-8")


def test_what_the_guide_shows_is_true(app: Flask, client, clock) -> None:
    declared = parse(re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)[0])
    document = {name: BYLAWS[name] | its for name, its in declared.items() if name == "counters"}
    articles = [*BYLAWS["articles"], *declared["articles"]]
    club = Club("anar", client, clock, BYLAWS | document | {"events": declared["events"], "articles": articles})
    club.enrols(phone="09121234567")
    sent = json.loads(re.findall(r"-d '(.*?)'", GUIDE, re.DOTALL)[0])
    clock.now = datetime.fromisoformat(sent["occurred_at"])
    answer = club.server.post("/events", sent)
    assert answer.status_code == 201, answer.json
    assert [award["amount"] for award in answer.json["awards"]] == [10]


def test_somebody_unknown_is_not_found(club: Club, server: Api) -> None:
    assert server.post("/events", review(club)).status_code == 404


def test_the_version_of_its_own_time_says_what_it_may_carry(club: Club, server: Api, sara: dict[str, Any]) -> None:
    before = club.clock.now
    document = server.get("/bylaws").json["document"]
    server.put("/bylaws/draft", {"document": document | {"events": EVENTS | {"nap": {}}}})
    club.clock.now += timedelta(days=1)
    assert server.post("/bylaws/draft/publish", {}).status_code == 200
    club.clock.now += timedelta(days=1)
    early = review(club, type="nap", data=..., occurred_at=before.isoformat())
    assert at_fault(server.post("/events", early)) == ["/type"]
    assert server.post("/events", review(club, type="nap", data=...)).status_code == 201


def test_a_batch_refuses_its_bad_rows_alone(club: Club, server: Api, sara: dict[str, Any]) -> None:
    rows = [
        review(club, "a"),
        review(club, "b", data={"stars": 9}),
        {"key": "c"},
        "no event at all",
        review(club, "d", type="survey", data=...),
        review(club, "a"),
    ]
    results = server.post("/events/batch", {"events": rows}).json["results"]
    assert [row["status"] for row in results] == ["recorded", "refused", "refused", "refused", "recorded", "repeated"]
    assert [row["key"] for row in results] == ["a", "b", "c", None, "d", "a"]
    assert results[1]["error"]["errors"][0]["path"] == "/data/stars"
    assert results[5]["id"] == results[0]["id"]


def test_a_till_tells_of_its_own_store(club: Club, server: Api, till: Api, sara: dict[str, Any]) -> None:
    mine = till.post("/events", review(club))
    assert mine.status_code == 201
    assert till.get(f"/events/{mine.json['id']}").json["store"] == "tajrish"
    foreign = till.post("/events", review(club, "r-2", store="web"))
    assert (foreign.status_code, at_fault(foreign)) == (403, ["/store"])
    online = server.post("/events", review(club, "r-3")).json["id"]
    assert till.get(f"/events/{online}").status_code == 404
    assert till.get(f"/events/{online}/explanation").status_code == 404
    assert [row["id"] for row in till.get("/events").json["items"]] == [mine.json["id"]]
    assert till.post(f"/events/{online}/claim").status_code == 403


def test_a_late_one_waits_until_somebody_lets_it_be_judged(
    club: Club, server: Api, till: Api, sara: dict[str, Any]
) -> None:
    late = review(club, occurred_at=(club.clock.now - timedelta(days=31)).isoformat())
    aside = till.post("/events", late)
    assert (aside.status_code, aside.json["status"], aside.json["awards"]) == (202, "set_aside", [])
    assert till.post("/events", late).json == aside.json
    number = aside.json["id"]
    assert server.get(f"/events/{number}").json["status"] == "set_aside"
    assert [row["id"] for row in server.get("/events", status="set_aside").json["items"]] == [number]
    assert server.get("/events").json["items"] == []
    assert server.get(f"/events/{number}/explanation").status_code == 404
    assert server.get(f"/purchases/{number}").status_code == 404
    assert server.post(f"/purchases/{number}/claim", {}).status_code == 404
    judged = server.post(f"/events/{number}/claim")
    assert (judged.status_code, judged.json["status"]) == (201, "recorded")
    assert [award["amount"] for award in judged.json["awards"]] == [20]
    assert server.post(f"/events/{number}/claim").status_code == 200
    assert till.post("/events", late).json == judged.json
    assert server.get(f"/members/{sara['id']}/wallets").json["points"]["available"] == 20
    assert not recount(club.id)


def test_a_club_that_only_has_events_is_filled_from_them(club: Club, server: Api, sara: dict[str, Any]) -> None:
    server.post("/events", review(club))
    document = server.get("/bylaws").json["document"]
    counters = document["counters"] | {"reviews": {"of": "review", "measure": "times"}}
    server.put("/bylaws/draft", {"document": document | {"counters": counters}})
    assert server.post("/bylaws/draft/publish", {}).json["status"] == "filling"


def test_a_pilot_counts_what_events_gave(club: Club, server: Api, sara: dict[str, Any]) -> None:
    server.put("/bylaws/draft", {"document": server.get("/bylaws").json["document"]})
    assert server.post("/bylaws/draft/publish", {"to": "pilot", "share": 50}).status_code == 200
    server.post("/events", review(club))
    club.clock.now += timedelta(minutes=1)
    found = server.get("/bylaws/pilot").json
    assert sum(found[group]["points"].get("points", 0) for group in ("pilot", "rest")) == 20
    assert server.get("/reports/summary").json["issued"]["points"] == 20


def test_a_server_may_bring_any_past(club: Club, server: Api, sara: dict[str, Any]) -> None:
    old = review(club, occurred_at=(club.clock.now - timedelta(days=300)).isoformat())
    assert server.post("/events", old).status_code == 201


def test_it_is_explained_from_what_was_seen_then(club: Club, server: Api, sara: dict[str, Any]) -> None:
    number = server.post("/events", review(club)).json["id"]
    told = server.get(f"/events/{number}/explanation").json
    assert (told["event"], told["version"]) == (number, 1)
    [article] = told["articles"]  # what is for purchases is not asked
    assert article["no"] == "3"
    assert [(condition["holds"], condition["depth"]) for condition in article["conditions"]] == [(True, 0)]
    assert article["gave"] == [
        {"wallet": "points", "amount": 20, "sentence": {"en": "a fixed 20 points", "fa": "۲۰ امتیاز ثابت"}}
    ]
    sale = server.post("/purchases", club.sale(member={"external_id": "C-1"})).json["id"]
    asked = server.get(f"/purchases/{sale}/explanation").json["articles"]
    assert [article["no"] for article in asked] == ["1", "2"]
    assert server.get(f"/events/{sale}").status_code == 404


def test_they_are_listed_by_member_type_and_time(club: Club, server: Api, sara: dict[str, Any]) -> None:
    club.enrols(external_id="C-2")
    start = club.clock.now
    for n in range(3):
        club.clock.now = start + timedelta(hours=n)
        server.post("/events", review(club, f"r-{n}"))
    server.post("/events", review(club, "s", type="survey", data=..., member={"external_id": "C-2"}))

    def keys(**asked: Any) -> list[str]:
        return [row["key"] for row in server.get("/events", **asked).json["items"]]

    assert keys() == ["s", "r-2", "r-1", "r-0"]
    assert keys(type="survey") == ["s"]
    assert keys(member=sara["id"]) == ["r-2", "r-1", "r-0"]
    assert keys(**{"from": (start + timedelta(hours=1)).isoformat(), "until": club.clock.now.isoformat()}) == ["r-1"]
    page = server.get("/events", limit=3).json
    assert [row["key"] for row in page["items"]] == ["s", "r-2", "r-1"]
    assert keys(cursor=page["next"]) == ["r-0"]
    assert page["items"][1]["given"] == {}  # the day's limit
    assert server.get("/events", type="review").json["items"][-1]["given"] == {"points": 20}


def test_the_statement_cites_it_by_its_title(club: Club, server: Api, sara: dict[str, Any]) -> None:
    number = server.post("/events", review(club)).json["id"]
    server.post("/purchases", club.sale(member={"external_id": "C-1"}))
    bought, told = server.get(f"/members/{sara['id']}/statement").json["items"]
    assert (told["event"], told["purchase"], told["receipt"]) == (number, None, None)
    assert told["occasion"] == {"en": "Review", "fa": "نظر"}
    assert told["title"] == {"en": "Thanks for a review", "fa": "سپاس از نظر شما"}
    assert told["sentence"]["fa"] == "۲۰ امتیاز ثابت"
    assert (bought["occasion"], bought["receipt"]) == (None, "A-1")


def test_a_person_is_told_all_of_it_and_erasure_leaves_what_adds_up(
    club: Club, server: Api, till: Api, sara: dict[str, Any]
) -> None:
    number = server.post("/events", review(club)).json["id"]
    late = review(club, "late", occurred_at=(club.clock.now - timedelta(days=40)).isoformat())
    waiting = till.post("/events", late).json["id"]
    told = server.get(f"/members/{sara['id']}/export").json
    [event] = told["events"]
    assert (event["id"], event["data"], event["awards"][0]["amount"]) == (number, {"stars": 5, "about": "خرما"}, 20)
    assert told["set_aside"][0]["sent"]["data"]["about"] == "خرما"
    assert server.delete(f"/members/{sara['id']}").status_code == 200
    assert server.get(f"/events/{number}").json["data"] == {"stars": 5}
    assert server.get(f"/events/{waiting}").json["data"] == {"stars": 5}
    assert server.get(f"/events/{number}/explanation").status_code == 200
    assert not recount(club.id)


def test_a_draft_is_tried_on_an_event_beside_the_version_in_force(
    club: Club, server: Api, sara: dict[str, Any]
) -> None:
    document = server.get("/bylaws").json["document"]
    doubled = ON_REVIEW | {"give": [{"points": {"per": 1, "give": 10, "of": {"field": "stars"}}}], "limits": []}
    fields = EVENTS["review"]["fields"] | {"photos": {"type": "integer", "optional": True}}
    draft = document | {
        "articles": [*BYLAWS["articles"], doubled],
        "events": EVENTS | {"review": EVENTS["review"] | {"fields": fields}},
    }
    assert server.put("/bylaws/draft", {"document": draft}).status_code == 200
    event = {"type": "review", "occurred_at": club.clock.now.isoformat(), "data": {"stars": 4, "photos": "۲"}}
    before = rows()
    tried = server.post("/bylaws/draft/judge", {"event": event, "member": {"external_id": "C-1"}})
    assert tried.status_code == 200, tried.json
    gave = {side: [award["amount"] for award in tried.json[side]["awards"]] for side in ("draft", "in_force")}
    assert gave == {"draft": [40], "in_force": [20]}
    assert [article["no"] for article in tried.json["draft"]["articles"]] == ["3"]
    newcomer = server.post("/bylaws/draft/judge", {"event": event})
    assert newcomer.json["draft"]["awards"][0]["amount"] == 40
    assert rows() == before
    wrong = server.post("/bylaws/draft/judge", {"event": event | {"data": {"stars": 9}}})
    assert at_fault(wrong) == ["/event/data/stars"]
    assert at_fault(server.post("/bylaws/draft/judge", {"event": event | {"type": "nap"}})) == ["/event/type"]
    both = server.post("/bylaws/draft/judge", {"event": event, "purchase": club.sale(receipt=...)})
    assert (both.status_code, server.post("/bylaws/draft/judge", {}).status_code) == (422, 422)
