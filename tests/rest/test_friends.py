"""Friends over HTTP: both must wish it, and then they have a board of their own."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from loyalty.actions import befriend as befriending
from loyalty.actions.merge_members import merge_members
from loyalty.rules import MemberRef
from tests.actions.at_once import at_once
from tests.conftest import Clock
from tests.rest.conftest import BYLAWS, Api, Club, at_fault


@pytest.fixture
def club(app: Flask, client: FlaskClient, clock: Clock) -> Club:
    bylaws = deepcopy(BYLAWS)
    bylaws["leaderboards"]["friends"] = {
        "title": {"en": "Among friends", "fa": "میان دوستان"},
        "counter": "spend",
        "scope": "friends",
    }
    return Club("anar", client, clock, bylaws)


def buys(club: Club, member: dict[str, Any], net: int) -> None:
    sale = club.sale(member={"id": member["id"]}, gross=net, net=net)
    assert club.till.post("/purchases", sale).status_code == 201


def asks(server: Api, one: dict[str, Any], other: dict[str, Any]) -> bool:
    answer = server.post(f"/members/{one['id']}/friends", {"friend": {"card": other["card"]}})
    assert answer.status_code == 200, answer.json
    return bool(answer.json["friends"])


def friends(server: Api, member: dict[str, Any]) -> list[tuple[str, str]]:
    return [(its["name"], its["state"]) for its in server.get(f"/members/{member['id']}/friends").json["items"]]


def board(server: Api, member: dict[str, Any]) -> list[tuple[int, str, int]]:
    found = server.get("/leaderboards/friends", around=member["id"]).json
    return [(its["rank"], its["name"], its["score"]) for its in found["items"]]


def test_friends_are_who_both_wish_it_and_see_each_other_on_their_board(club: Club, server: Api) -> None:
    sara, omid, neda = club.enrols(name="Sara"), club.enrols(name="Omid"), club.enrols(name="Neda")
    for member, net in ((sara, 3000), (omid, 5000), (neda, 9000)):
        buys(club, member, net)
    assert not asks(server, sara, omid)
    assert (friends(server, sara), friends(server, omid)) == ([("Omid", "asked")], [("Sara", "asking")])
    assert board(server, sara) == [(1, "Sara", 3000)]
    assert asks(server, omid, sara)
    assert asks(server, omid, sara)
    assert (friends(server, sara), friends(server, omid)) == ([("Omid", "friends")], [("Sara", "friends")])
    assert board(server, sara) == [(1, "Omid", 5000), (2, "Sara", 3000)]
    assert board(server, neda) == [(1, "Neda", 9000)]
    server.patch(f"/members/{omid['id']}", {"on_boards": False})
    assert board(server, sara) == [(1, "Sara", 3000)]
    assert server.delete(f"/members/{sara['id']}/friends/{omid['id']}").status_code == 204
    assert (friends(server, sara), friends(server, omid)) == ([], [])


def test_a_friend_who_was_merged_stays_a_friend_and_one_who_was_erased_is_gone(club: Club, server: Api) -> None:
    sara, omid, again = club.enrols(name="Sara"), club.enrols(name="Omid"), club.enrols(name="Omid again")
    asks(server, sara, omid)
    asks(server, omid, sara)
    merge_members(club.id, omid["id"], MemberRef("id", str(again["id"])), "the same", club.clock.now)
    assert friends(server, sara) == [("Omid a.", "friends")]
    assert server.delete(f"/members/{again['id']}").status_code in (200, 204)
    assert friends(server, sara) == []


def test_what_cannot_be_is_said(club: Club, server: Api) -> None:
    sara, omid = club.enrols(name="Sara"), club.enrols(name="Omid")
    to = f"/members/{sara['id']}/friends"
    assert at_fault(server.post(to, {"friend": {"id": sara["id"]}})) == ["/friend"]
    assert server.post(to, {"friend": {"id": 999}}).status_code == 404
    assert server.post("/members/999/friends", {"friend": {"id": sara["id"]}}).status_code == 404
    assert at_fault(server.get("/leaderboards/friends")) == ["/around"]
    server.patch(f"/members/{omid['id']}", {"status": "suspended"})
    assert server.post(to, {"friend": {"id": omid["id"]}}).status_code == 409


def test_there_are_never_more_than_may_be_also_at_once(app: Flask, club: Club, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(befriending, "MOST", 3)
    sara, *others = (club.enrols(name=f"Nr{n}") for n in range(9))

    def ask(other: dict[str, Any]) -> bool:
        return befriending.befriend(club.id, sara["id"], MemberRef("id", str(other["id"])), club.clock.now)

    came = at_once(app, *[lambda other=other: ask(other) for other in others])  # type: ignore[misc]
    assert came == {"done": 3, "LimitReached": 5}
