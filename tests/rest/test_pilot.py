"""A version for a share of the members: the same ones throughout, compared with the rest, then for all or back."""

from __future__ import annotations

import threading
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from loyalty.actions.end_pilot import go_back
from loyalty.actions.fill_counters import fill_counters
from loyalty.actions.record_purchases import record
from loyalty.actions.review_tiers import review_tiers
from loyalty.acts import By
from loyalty.db import connection, db, transaction
from loyalty.ledger.recount import recount
from loyalty.rules import MemberRef, Purchase
from loyalty.versions import in_group
from tests.actions.test_record_purchases import statements
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


def entries(club: Club) -> dict[int, tuple[Any, Any]]:
    """Since when, and until when, members are in the pilot."""
    db.session.rollback()
    rows = connection().execute(
        "SELECT member_id, from_at, until FROM pilot_member WHERE club_id = %s AND version = 2", [club.id]
    )
    return {member: (since, until) for member, since, until in rows}


def of_group(club: Club, members: list[int]) -> list[int]:
    return [member for member in members if in_group(club.id, 2, 30, member)]


def test_a_member_enters_with_the_first_purchase_judged_by_it_and_leaves_as_it_ends(
    club: Club, server, clock, members
) -> None:
    begun = clock.now
    starts(club, double())
    sara, omid, *_ = of_group(club, members)
    other = next(member for member in members if not in_group(club.id, 2, 30, member))
    assert entries(club) == {}
    first = clock.move(hours=2)
    assert [bought(club, member) for member in (sara, other)] == [2, 1]
    assert entries(club) == {sara: (first, None)}
    clock.move(hours=1)
    bought(club, sara)
    assert entries(club) == {sara: (first, None)}  # entered once
    late = begun + timedelta(minutes=30)
    assert bought(club, sara, occurred_at=late.isoformat()) == 2
    assert entries(club) == {sara: (late, None)}
    assert server.get("/bylaws/pilot").json["entered"] == 1
    ended = clock.move(hours=1)
    server.post("/bylaws/pilot/end")
    assert entries(club) == {sara: (late, ended)}
    clock.move(hours=1)
    assert bought(club, omid) == 1
    assert bought(club, omid, occurred_at=first.isoformat()) == 2  # a till that was away while it went on
    assert entries(club) == {sara: (late, ended), omid: (first, ended)}
    assert server.get("/bylaws/pilot").json["pilot"]["buyers"] == 2
    db.session.rollback()
    assert recount(club.id) == []


def test_publishing_from_a_day_to_come_closes_entries_then_and_ending_it_earlier_closes_them_earlier(
    club: Club, server, clock, members
) -> None:
    starts(club, double())
    sara, omid, *_ = of_group(club, members)
    clock.move(hours=1)
    bought(club, sara)
    day = clock.now + timedelta(days=3)
    server.put("/bylaws/draft", {"version": 2})
    assert server.post("/bylaws/draft/publish", {"from": day.isoformat()}).status_code == 200
    clock.move(hours=1)
    assert bought(club, omid) == 2
    assert {until for _, until in entries(club).values()} == {day}
    clock.move(hours=1)
    server.post("/bylaws/pilot/end")
    assert {until for _, until in entries(club).values()} == {clock.now}
    clock.move(hours=1)
    assert bought(club, sara) == 1


def test_who_goes_on_as_another_leaves_the_pilot_and_comes_back_to_it(club: Club, server, clock, members) -> None:
    starts(club, double())
    own = of_group(club, members)[0]
    other = next(member for member in members if not in_group(club.id, 2, 30, member))
    since = clock.move(hours=1)
    bought(club, own)
    merged = clock.move(hours=1)
    assert server.post(f"/members/{own}/merge", {"into": {"id": other}, "reason": "same"}).status_code == 201
    assert entries(club) == {own: (since, merged)}
    clock.move(hours=1)
    assert bought(club, own) == 1  # the survivor is not in the group
    assert bought(club, own, occurred_at=since.isoformat()) == 1
    clock.move(minutes=1)
    found = server.get("/bylaws/pilot").json
    assert (found["pilot"]["purchases"], found["rest"]["purchases"]) == (1, 2)
    assert server.post(f"/members/{own}/unmerge", {"reason": "not the same"}).status_code in (200, 201)
    assert entries(club) == {own: (since, None)}
    clock.move(hours=1)
    assert bought(club, own) == 2
    server.post("/bylaws/pilot/end")
    assert entries(club) == {own: (since, clock.now)}
    db.session.rollback()
    assert recount(club.id) == []


def test_an_entry_that_is_missing_is_found(club: Club, clock, members) -> None:
    starts(club, double())
    clock.move(hours=1)
    own = of_group(club, members)[0]
    bought(club, own)
    with transaction() as conn:
        conn.execute("DELETE FROM pilot_member")
    assert [(its.what, its.member, its.kept, its.proven) for its in recount(club.id)] == [("pilot", own, 0, 1)]


def test_a_sale_on_its_way_while_the_pilot_ends_leaves_no_entry_open(app, club: Club, clock, members) -> None:
    starts(club, double())
    clock.move(hours=1)
    own = of_group(club, members)[0]
    done = threading.Event()

    def end() -> None:
        with app.app_context():
            go_back(club.id, By(key=1), clock.now)
            done.set()

    ending = threading.Thread(target=end)
    with transaction() as conn:
        ref = MemberRef("id", str(own))
        sale = Purchase("X-1", "tajrish", clock.now, "IRR", 900_000, 900_000, member=ref)
        [outcome] = record(conn, club.id, [sale], clock.now)
        assert outcome.bylaws
        assert outcome.bylaws.version == 2
        ending.start()
        assert not done.wait(0.5)
    ending.join()
    assert entries(club) == {own: (clock.now, clock.now)}


def test_a_sale_in_the_group_costs_no_statement_more(club: Club, clock, members) -> None:
    starts(club, double())
    clock.move(hours=1)
    own = of_group(club, members)[0]
    first, other, *_ = (member for member in members if not in_group(club.id, 2, 30, member))
    counted = []
    for member in (first, other, own):  # the first one loads the programme
        with statements() as sent:
            bought(club, member)
        counted.append(len(sent))
    assert counted[1] == counted[2]


def test_a_member_of_the_group_reads_the_pilots_bylaws(club: Club, server, clock, members) -> None:
    starts(club, double())
    clock.move(hours=1)
    for member in members[:12]:
        own = server.get("/bylaws", member=member).json
        assert own["version"] == 1 + in_group(club.id, 2, 30, member)
    assert server.get("/bylaws").json["version"] == 1
    assert server.get("/bylaws", member=10**9).status_code == 404
    assert club.page.get("/bylaws").status_code == 200
    assert club.page.get("/bylaws", member=members[0]).status_code == 403


def test_the_pilot_is_published_to_everyone_whatever_is_drafted(club: Club, server, clock, members) -> None:
    assert server.post("/bylaws/pilot/publish").status_code == 404
    starts(club, double())
    other = loyal()
    server.put("/bylaws/draft", {"document": other})
    clock.move(hours=1)
    own = of_group(club, members)[0]
    bought(club, own)
    clock.move(hours=1)
    done = server.post("/bylaws/pilot/publish").json
    assert (done["status"], done["version"]) == ("in_force", 3)
    assert server.get("/bylaws").json["document"] == double()
    assert server.get("/bylaws/draft").json["document"] == other
    assert entries(club)[own][1] == clock.now
    assert {bought(club, member) for member in members[:9]} == {3}
    assert server.post("/bylaws/pilot/publish").status_code == 404


def test_a_review_moves_a_member_of_the_group_under_the_pilot(club: Club, clock) -> None:
    document = double()
    document["tiers"]["ladder"][1]["needs"]["counter"]["over"] = {"last": {"days": 5}}
    club.server.put("/bylaws/draft", {"document": document})
    clock.move(minutes=1)
    club.server.post("/bylaws/draft/publish", {})
    members = [club.enrols(joined_at="2026-01-01T00:00:00Z")["id"] for _ in range(MANY)]
    tried = deepcopy(document)
    tried["articles"][0]["give"][0]["points"]["give"] = 3
    clock.move(minutes=1)
    starts(club, tried)
    clock.move(minutes=1)
    groups = {member: 2 + in_group(club.id, 3, 30, member) for member in members[:10]}
    assert set(groups.values()) == {2, 3}
    for member in groups:
        bought(club, member, gross=6_000_000, net=6_000_000)
    assert review_tiers(club.id, clock.move(days=6)) == len(groups)
    down = connection().execute("SELECT member_id, version FROM tier_move WHERE from_tier = 'silver'")
    assert dict(down.fetchall()) == groups
