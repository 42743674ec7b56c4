"""Adjustments and gifts over HTTP: by a server's key, once for each Idempotency-Key, and refused in both languages."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.conftest import Clock
from tests.rest.conftest import BYLAWS, Api, Club, at_fault, rows

HELD = {"available": 0, "earned": 0, "pending": 0, "held": 0, "debt": 0}


@pytest.fixture
def club(app: Flask, client: FlaskClient, clock: Clock) -> Club:
    bylaws = deepcopy(BYLAWS)
    bylaws["wallets"]["points"]["transfers"] = True
    return Club("anar", client, clock, bylaws)


def adjustments(member: dict[str, Any]) -> str:
    return f"/members/{member['id']}/adjustments"


def test_a_person_gives_and_takes_by_hand(club: Club, server: Api) -> None:
    sara = club.enrols(name="Sara")
    given = server.post(adjustments(sara), {"wallet": "points", "amount": 200, "reason": "Till was offline"})
    assert given.status_code == 201
    assert given.json == {
        "id": given.json["id"],
        "wallet": "points",
        "amount": 200,
        "wallets": {"points": HELD | {"available": 200}, "cashback": HELD},
    }
    taken = server.post(adjustments(sara), {"wallet": "points", "amount": -50, "reason": "Given twice", "counts": True})
    assert taken.json["wallets"]["points"] == HELD | {"available": 150, "earned": -50}


def test_more_than_is_there_is_refused_with_what_is_there(club: Club, server: Api) -> None:
    sara = club.enrols(name="Sara")
    before = rows()
    body = {"wallet": "points", "amount": -5, "reason": "Given twice"}
    for lang, detail in (
        ("en", "Of 5 only 0 can be spent."),
        ("fa", "از ۵ تنها ۰ برای خرج کردن هست."),
    ):
        refused = server.speaking(lang).post(adjustments(sara), body)
        assert (refused.status_code, refused.json["code"]) == (409, "insufficient_balance")
        assert (refused.json["detail"], at_fault(refused)) == (detail, ["/amount"])
    assert rows() == before


@pytest.mark.parametrize(
    ("changes", "paths", "said"),
    [
        ({"amount": 0}, ["/amount"], "This may not be zero."),
        ({"amount": "5"}, ["/amount"], "This must be an integer."),
        ({"wallet": "stars"}, ["/wallet"], "The bylaws have no such wallet."),
        ({"reason": " "}, ["/reason"], "This may not be empty."),
        ({"expires_at": "2026-10-31T00:00:00Z"}, ["/expires_at"], "This end has passed already."),
        ({"earned_at": "2026-12-31T00:00:00Z"}, ["/earned_at"], "This lies in the future."),
        ({"amount": -1, "expires_at": None}, ["/expires_at"], "Only what is given has this."),
    ],
)
def test_what_is_wrong_is_named(club: Club, server: Api, changes: dict[str, Any], paths: list[str], said: str) -> None:
    sara = club.enrols(name="Sara")
    body = {"wallet": "points", "amount": 5, "reason": "Said sorry"} | changes
    english, persian = (server.speaking(lang).post(adjustments(sara), body) for lang in ("en", "fa"))
    assert (english.status_code, at_fault(english)) == (422, paths)
    assert english.json["errors"][0]["message"] == said
    assert at_fault(persian) == paths
    assert not persian.json["errors"][0]["message"].isascii()


def test_the_same_key_adjusts_once(club: Club) -> None:
    sara = club.enrols(name="Sara")
    keyed = Api(club.client, club.server.key, **{"Idempotency-Key": "k-1"})
    body = {"wallet": "points", "amount": 200, "reason": "Till was offline", "expires_at": None}
    first, second = (keyed.post(adjustments(sara), body) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json
    assert keyed.post(adjustments(sara), body | {"amount": 201}).status_code == 409
    without_end = {name: value for name, value in body.items() if name != "expires_at"}
    assert keyed.post(adjustments(sara), without_end).status_code == 409


def test_members_give_each_other(club: Club, server: Api) -> None:
    sara, lena = club.enrols(name="Sara"), club.enrols(name="Lena", phone="09121234567")
    server.post(adjustments(sara), {"wallet": "points", "amount": 200, "reason": "Start"})
    path = f"/members/{sara['id']}/transfers"
    given = server.post(path, {"to": {"phone": "۰۹۱۲۱۲۳۴۵۶۷"}, "wallet": "points", "amount": 80})
    assert given.status_code == 201
    assert (given.json["to"], given.json["wallets"]["points"]["available"]) == (lena["id"], 120)
    for body, status, paths in (
        ({"to": {"id": sara["id"]}, "wallet": "points", "amount": 1}, 422, ["/to"]),
        ({"to": {"id": 999}, "wallet": "points", "amount": 1}, 404, ["/to"]),
        ({"to": {"id": lena["id"]}, "wallet": "cashback", "amount": 1}, 422, ["/wallet"]),
        ({"to": {"id": lena["id"]}, "wallet": "points", "amount": 121}, 409, ["/amount"]),
        ({"to": {"id": lena["id"]}, "wallet": "points", "amount": 0}, 422, ["/amount"]),
    ):
        for lang in ("en", "fa"):
            refused = server.speaking(lang).post(path, body)
            assert (refused.status_code, at_fault(refused)) == (status, paths), body


def test_no_till_and_no_other_club_moves_anything_by_hand(club: Club, client: FlaskClient, clock: Clock) -> None:
    sara = club.enrols(name="Sara")
    rival = Club("rival", client, clock)
    body = {"wallet": "points", "amount": 200, "reason": "Mine"}
    assert club.till.post(adjustments(sara), body).status_code == 403
    assert rival.server.post(adjustments(sara), body).status_code == 404
    theirs = rival.enrols(name="Other")
    to_them = {"to": {"id": theirs["id"]}, "wallet": "points", "amount": 1}
    assert club.server.post(f"/members/{sara['id']}/transfers", to_them).status_code == 404


def test_a_tier_by_hand_holds_until_its_date(club: Club, clock: Clock) -> None:
    sara = club.enrols(name="Sara")
    path = f"/members/{sara['id']}/tier"
    body = {"tier": "silver", "until": "2026-12-20T23:59:59.999999+03:30", "reason": "Moved here from another chain"}
    keyed = Api(club.client, club.server.key, **{"Idempotency-Key": "t-1"})
    first, second = (keyed.post(path, body) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json
    assert (first.json["floor"], first.json["tier"]) == ("silver", {"from": "bronze", "to": "silver"})
    tier = club.till.get(path).json
    assert (tier["tier"], tier["until"], tier["next"]) == ("silver", "2026-12-20T20:29:59.999999Z", None)
    (keep,) = tier["keep"]["needs"]
    assert (keep["counter"], keep["value"], keep["share"]) == ("spend", 0, 0)
    clock.move(days=60)
    assert club.till.get(path).json["tier"] == "bronze"


@pytest.mark.parametrize(
    ("changes", "paths", "said"),
    [
        ({"tier": "platinum"}, ["/tier"], "The bylaws have no such tier."),
        ({"until": "2026-10-31T00:00:00Z"}, ["/until"], "This end has passed already."),
        ({"until": None}, ["/until"], "This may not be null."),
        ({"reason": " "}, ["/reason"], "This may not be empty."),
        ({"why": "so"}, ["/why"], "There is no such field."),
    ],
)
def test_what_is_wrong_with_a_tier_is_named(
    club: Club, server: Api, changes: dict[str, Any], paths: list[str], said: str
) -> None:
    sara = club.enrols(name="Sara")
    before = rows()
    body = {"tier": "silver", "until": "2026-12-20T00:00:00Z", "reason": "Moved here"} | changes
    english, persian = (server.speaking(lang).post(f"/members/{sara['id']}/tier", body) for lang in ("en", "fa"))
    assert (english.status_code, at_fault(english)) == (422, paths)
    assert english.json["errors"][0]["message"] == said
    assert not persian.json["errors"][0]["message"].isascii()
    assert rows() == before
    assert club.till.post(f"/members/{sara['id']}/tier", body | {"tier": "silver"}).status_code == 403
