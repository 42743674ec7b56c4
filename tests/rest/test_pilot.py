"""A version for a share of the members: the same ones throughout, compared with the rest, then for all or back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from loyalty.actions.fill_counters import fill_counters
from loyalty.db import connection, db
from loyalty.ledger.recount import recount
from loyalty.versions import in_group
from tests.rest.conftest import Club, at_fault
from tests.rest.test_drafts import double, loyal

MANY = 40


@pytest.fixture
def members(club: Club) -> list[int]:
    return [club.enrols(external_id=f"C-{n}", joined_at="2026-01-01T00:00:00Z")["id"] for n in range(MANY)]


def starts(club: Club, document: dict[str, Any], **more: Any) -> dict[str, Any]:
    assert club.server.put("/bylaws/draft", {"document": document}).status_code == 200
    started = club.server.post("/bylaws/draft/publish", {"to": "pilot", "share": 30, **more})
    assert started.status_code == 200, started.json
    return started.json


def bought(club: Club, member: int, **more: Any) -> int:
    """Under which version a purchase is judged."""
    return club.server.post("/purchases", club.sale(member={"id": member}, **more)).json["bylaws"]


def test_a_share_of_the_members_is_judged_by_it_and_the_rest_as_before(club: Club, server, clock, members) -> None:
    assert starts(club, double())["status"] == "pilot"
    clock.move(minutes=1)
    first = {member: bought(club, member) for member in members}
    assert set(first.values()) == {1, 2}
    assert 4 <= sum(version == 2 for version in first.values()) <= 20
    assert {member: version == 2 for member, version in first.items()} == {
        member: in_group(club.id, 2, 30, member) for member in members
    }
    clock.move(days=1)
    assert {member: bought(club, member) for member in members} == first
    for member, version in list(first.items())[:5]:
        assert server.post("/quotes", club.sale(receipt=..., member={"id": member})).json["bylaws"] == version
    assert server.get("/bylaws").json["version"] == 1
    assert server.get("/bylaws/versions").json["items"][0]["status"] == "pilot"
    assert recount(club.id) == []


def test_both_groups_are_compared_over_the_same_time(club: Club, server, clock, members) -> None:
    bought(club, members[0])  # before it began: counts for neither
    clock.move(minutes=1)
    starts(club, double())
    clock.move(minutes=1)
    for member in members[:30]:
        bought(club, member)
    clock.move(minutes=1)
    own = [member for member in members if in_group(club.id, 2, 30, member)]
    buying = [member for member in own if member in members[:30]]
    found = server.get("/bylaws/pilot").json
    assert (found["version"], found["share"], found["until"]) == (2, 30, None)
    pilot, rest = found["pilot"], found["rest"]
    assert (pilot["members"], rest["members"]) == (len(own), MANY - len(own))
    assert (pilot["buyers"], rest["buyers"]) == (len(buying), 30 - len(buying))
    assert (pilot["purchases"], pilot["net"]) == (len(buying), 900_000 * len(buying))
    assert (pilot["points"]["points"], rest["points"]["points"]) == (18 * len(buying), 9 * (30 - len(buying)))
    assert pilot["net_per_member"] == 900_000 * len(buying) // len(own)
    assert pilot["points_per_member"]["points"] == 18 * len(buying) // len(own)


def test_going_back_ends_it_for_its_group_and_what_was_given_stays(club: Club, server, clock, members) -> None:
    starts(club, double())
    clock.move(minutes=1)
    own = next(member for member in members if bought(club, member) == 2)
    clock.move(minutes=1)
    assert server.post("/bylaws/pilot/end").json == {"version": 2}
    assert server.post("/bylaws/pilot/end").status_code == 404
    assert bought(club, own) == 1
    assert bought(club, own, occurred_at=(clock.now - timedelta(seconds=30)).isoformat()) == 2  # late: of its own time
    assert server.get("/bylaws/versions").json["items"][0]["status"] == "superseded"
    assert server.get("/bylaws/pilot").json["until"]
    db.session.rollback()
    assert recount(club.id) == []


def test_publishing_it_to_everyone_ends_the_pilot(club: Club, server, clock, members) -> None:
    starts(club, double())
    server.put("/bylaws/draft", {"version": 2})
    clock.move(minutes=1)
    assert server.post("/bylaws/draft/publish", {}).json["version"] == 3
    assert {bought(club, member) for member in members} == {3}
    assert [its["status"] for its in server.get("/bylaws/versions").json["items"]] == [
        "in_force",
        "superseded",
        "superseded",
    ]


def test_a_pilot_that_counts_something_new_is_filled_first(club: Club, server, clock, members) -> None:
    for member in members[:10]:
        bought(club, member)
        bought(club, member)
    clock.move(minutes=1)
    assert starts(club, loyal())["status"] == "filling"
    assert {bought(club, member) for member in members[:10]} == {1}
    fill_counters(club.id, clock)
    clock.move(minutes=1)
    versions = {member: bought(club, member) for member in members[:10]}
    assert set(versions.values()) == {1, 2}
    own = next(member for member, version in versions.items() if version == 2)
    last = connection().execute("SELECT id FROM purchase WHERE member_id = %s ORDER BY id DESC", [own]).fetchone()
    assert last
    judged = server.get(f"/purchases/{last[0]}/explanation").json
    assert next(its for its in judged["articles"] if its["no"] == "9")["gave"]
    assert recount(club.id) == []


def test_what_both_groups_share_stays_and_there_is_one_pilot_at_a_time(club: Club, server, members) -> None:
    changed = double()
    changed["tiers"]["ladder"][1]["title"]["en"] = "Argent"
    changed["counters"]["spend"]["measure"] = "gross"
    server.put("/bylaws/draft", {"document": changed})
    assert at_fault(server.post("/bylaws/draft/publish", {"to": "pilot", "share": 5})) == ["/tiers", "/counters/spend"]
    starts(club, double())
    server.put("/bylaws/draft", {"document": double()})
    assert server.post("/bylaws/draft/publish", {"to": "pilot", "share": 5}).status_code == 409


@pytest.mark.parametrize("body", [{"to": "pilot"}, {"share": 5}, {"to": "everyone", "share": 5}])
def test_a_pilot_and_only_a_pilot_has_a_share(club: Club, server, body: dict[str, Any]) -> None:
    server.put("/bylaws/draft", {"document": double()})
    assert at_fault(server.post("/bylaws/draft/publish", body)) == ["/share"]


def test_without_a_pilot_there_is_nothing_to_compare(server) -> None:
    assert server.get("/bylaws/pilot").status_code == 404
