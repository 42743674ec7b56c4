"""Who belongs to a saved filter of members, and to an audience of the bylaws: as things are now, page by page."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from tests.actions.test_record_purchases import statements
from tests.rest.conftest import BYLAWS, Club, at_fault

TITLE = {"en": "Spenders", "fa": "پرخریدها"}
SPENDERS: dict[str, Any] = {"counter": {"name": "spend", "over": {"last": {"days": 30}}, "at_least": 900_000}}
QUIET: dict[str, Any] = {"counter": {"name": "visits", "over": {"last": {"days": 90}}, "at_most": 0}}


def keeps(club: Club, tree: dict[str, Any], code: str = "s") -> Any:
    made = club.server.post("/segments", {"code": code, "title": TITLE, "filter": tree})
    assert made.status_code == 201, made.json
    return made.json


def who(club: Club, code: str = "s", of: str = "segments", **query: Any) -> list[int]:
    found = club.server.get(f"/{of}/{code}/members", **query)
    assert found.status_code == 200, found.json
    return [its["id"] for its in found.json["items"]]


def joins(club: Club, **told: Any) -> int:
    return int(club.enrols(joined_at="2026-01-01T00:00:00Z", **told)["id"])


def test_a_segment_is_kept_said_changed_and_forgotten(club: Club, server) -> None:
    made = keeps(club, SPENDERS, "spenders")
    assert made["title"] == TITLE
    assert made["filter"] == SPENDERS
    assert made["sentence"]["en"] == "the member's spend in the last 30 days is at least 90,000 toman"
    assert made["sentence"]["fa"].endswith("باشد")
    assert made["created_by"].startswith("key:")
    assert [its["code"] for its in server.get("/segments").json["items"]] == ["spenders"]
    changed = server.patch("/segments/spenders", {"title": {"en": "Quiet", "fa": "آرام"}, "filter": QUIET}).json
    assert (changed["title"]["en"], changed["filter"]) == ("Quiet", QUIET)
    assert server.patch("/segments/spenders", {"title": TITLE}).json["filter"] == QUIET
    assert server.get("/segments/spenders").json["title"] == TITLE
    assert server.delete("/segments/spenders").status_code == 204
    for gone in (server.get("/segments/spenders"), server.get("/segments/spenders/members")):
        assert gone.status_code == 404
    assert server.patch("/segments/spenders", {"filter": QUIET}).status_code == 404
    assert server.delete("/segments/spenders").status_code == 404


def test_a_code_is_taken_once(club: Club, server) -> None:
    keeps(club, SPENDERS)
    again = server.post("/segments", {"code": "s", "title": TITLE, "filter": QUIET})
    assert again.status_code == 409
    assert at_fault(again) == ["/code"]
    assert server.get("/segments/s").json["filter"] == SPENDERS


@pytest.mark.parametrize(
    ("tree", "path"),
    [
        ({"counter": {"name": "spent", "at_least": 1}}, "/filter/counter/name"),
        ({"counter": {"name": "spend", "over": {"last": {"day": 1}}, "at_least": 1}}, "/filter/counter/over/last/day"),
        ({"all": [{"tier": {"is": "silver"}}, {"tier": {"is": "gold"}}]}, "/filter/all/1/tier/is"),
        ({"any": [{"badge": "loyal"}]}, "/filter/any/0/badge"),
        ({"audience": "students"}, "/filter/audience"),
        ({"basket": {"at_least": 1}}, "/filter"),
        ({"nth_purchase": 2}, "/filter"),
        ({"member": {"age": {"at_least": 1}}, "tier": {"is": "silver"}}, "/filter"),
        ({}, "/filter"),
        ([], "/filter"),
    ],
)
def test_what_is_wrong_with_a_filter_is_named_at_its_place(club: Club, server, tree: Any, path: str) -> None:
    refused = server.post("/segments", {"code": "s", "title": TITLE, "filter": tree})
    assert refused.status_code == 422
    assert path in at_fault(refused)
    keeps(club, SPENDERS)
    assert path in at_fault(server.patch("/segments/s", {"filter": tree}))
    assert server.get("/segments/s").json["filter"] == SPENDERS


def test_a_fault_is_told_in_the_callers_language(server) -> None:
    body = {"code": "s", "title": TITLE, "filter": {"counter": {"name": "spnd", "at_least": 1}}}
    said = server.speaking("fa").post("/segments", body).json["errors"][0]["message"]
    assert said == "«spnd» در اینجا شناخته‌شده نیست. شاید منظورتان «spend» است."


def test_it_holds_for_members_as_they_are_now(club: Club, server, clock) -> None:
    keeps(club, SPENDERS)
    sara, omid, nima = (joins(club, name=name) for name in ("Sara", "Omid", "Nima"))
    assert who(club) == []
    for member, net in ((sara, 900_000), (omid, 899_999), (nima, 1_000_000)):
        assert club.server.post("/purchases", club.sale(member={"id": member}, net=net)).status_code == 201
    assert who(club) == [sara, nima]
    assert server.get("/segments/s/count").json == {"members": 2}
    assert server.get("/segments/s/members").json["items"][0]["name"] == "Sara"
    clock.move(days=30)
    assert who(club) == []
    assert server.get("/segments/s/count").json == {"members": 0}


def test_it_sees_attributes_age_tier_badges_and_years(club: Club) -> None:
    own = {"attributes": {"city": "shiraz"}, "birthday": "2000-01-01"}
    sara, omid = joins(club, **own), joins(club, attributes={"city": "yazd"})
    for code, tree in {
        "city": {"member": {"attribute": "city", "is": ["shiraz"]}},
        "age": {"member": {"age": {"between": [20, 30]}}},
        "both": {"all": [{"member": {"attribute": "city", "is": "shiraz"}}, {"tier": {"is": "bronze"}}]},
        "gone": {"none": [{"member": {"attribute": "city", "is": "yazd"}}]},
    }.items():
        keeps(club, tree, code)
        assert who(club, code) == [sara], code
    keeps(club, {"member": {"years": {"at_least": 1}}}, "years")
    assert who(club, "years") == []
    keeps(club, {"badge": {"name": "regular", "at_least": 1}}, "badge")
    keeps(club, {"tier": {"at_least": "silver"}}, "silver")
    club.server.post("/purchases", club.sale(member={"id": omid}, gross=6_000_000, net=6_000_000))
    assert who(club, "badge") == who(club, "silver") == [omid]


def test_only_active_members_belong_and_of_merged_ones_the_survivor(club: Club, server) -> None:
    keeps(club, QUIET)
    sara, omid, nima, lale = (joins(club) for _ in range(4))
    assert server.post(f"/members/{omid}/merge", {"into": {"id": sara}, "reason": "same"}).status_code == 201
    assert server.patch(f"/members/{nima}", {"status": "suspended", "reason": "x"}).status_code == 200
    assert server.delete(f"/members/{lale}").status_code in (200, 204)
    assert who(club) == [sara]
    assert server.get("/segments/s/count").json == {"members": 1}


def test_pages_go_on_where_the_one_before_ended(club: Club, server, monkeypatch) -> None:
    members = [joins(club, attributes={"odd": "yes" if n % 2 else "no"}) for n in range(9)]
    keeps(club, {"member": {"attribute": "odd", "is": "yes"}})
    odd = members[1::2]
    monkeypatch.setattr("loyalty.queries.belonging.BATCH", 2)
    first = server.get("/segments/s/members", limit=3).json
    assert [its["id"] for its in first["items"]] == odd[:3]
    second = server.get("/segments/s/members", limit=3, cursor=first["next"]).json
    assert [its["id"] for its in second["items"]] == odd[3:]
    assert second["next"] is None
    assert server.get("/segments/s/count").json == {"members": 4}
    monkeypatch.setattr("loyalty.queries.belonging.LOOK", 4)
    found, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        page = server.get("/segments/s/members", **({"cursor": cursor} if cursor else {})).json
        found += [its["id"] for its in page["items"]]
        cursor, pages = page["next"], pages + 1
    assert (found, pages) == (odd, 3)


def test_a_page_costs_the_same_statements_for_few_and_for_many(club: Club, server) -> None:
    tree = {"all": [SPENDERS, {"badge": "regular"}, {"member": {"attribute": "city", "is": "shiraz"}}]}
    keeps(club, tree)
    counted = []
    for more in (1, 30):
        for _ in range(more):
            member = joins(club, attributes={"city": "shiraz"})
            server.post("/purchases", club.sale(member={"id": member}))
        with statements() as asked:
            assert len(who(club)) in (1, 31)
        counted.append(len(asked))
    assert counted[0] == counted[1]


def test_audiences_of_the_version_in_force_are_asked_alike(club: Club, server, clock) -> None:
    bylaws = deepcopy(BYLAWS)
    bylaws["audiences"] = {"spenders": {"title": TITLE, "if": SPENDERS}}
    assert server.get("/audiences/spenders/members").status_code == 404
    server.put("/bylaws/draft", {"document": bylaws})
    assert server.post("/bylaws/draft/check").json["warnings"][0]["code"] == "unused_audience"
    server.post("/bylaws/draft/publish", {})
    sara, omid = joins(club), joins(club)
    server.post("/purchases", club.sale(member={"id": sara}))
    assert who(club, "spenders", "audiences") == [sara]
    assert server.get("/audiences/spenders/count").json == {"members": 1}
    keeps(club, {"none": [{"audience": "spenders"}]})
    assert who(club) == [omid]


def test_a_segment_that_no_longer_fits_the_bylaws_says_what_it_misses(club: Club, server) -> None:
    keeps(club, {"badge": "regular"})
    bylaws = deepcopy(BYLAWS)
    del bylaws["badges"]
    server.put("/bylaws/draft", {"document": bylaws})
    server.post("/bylaws/draft/publish", {})
    assert server.get("/segments/s").json["sentence"] is None
    for path in ("/segments/s/members", "/segments/s/count"):
        refused = server.get(path)
        assert refused.status_code == 409
        assert at_fault(refused) == ["/filter/badge"]


def test_another_club_has_its_own(club: Club, server, client, clock) -> None:
    keeps(club, QUIET)
    other = Club("other", client, clock)
    assert other.server.get("/segments").json["items"] == []
    assert other.server.get("/segments/s").status_code == 404
    mine, theirs = joins(club), joins(other)
    keeps(other, QUIET)
    assert (who(club), who(other)) == ([mine], [theirs])
