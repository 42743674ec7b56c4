"""Gift cards as rewards: the club's own, and codes of a provider's list."""

from __future__ import annotations

from typing import Any

import pytest

from loyalty.actions.publish_bylaws import publish_bylaws
from loyalty.ledger.recount import recount
from tests.rest.conftest import BYLAWS, Api, Club, at_fault
from tests.rest.test_gift_cards import charges
from tests.rest.test_rewards import available, member, offers, redeems, seen

CODES = [{"code": f"XK-{n}", "pin": f"p{n}"} for n in range(3)]


@pytest.fixture
def sara(club: Club) -> dict[str, Any]:
    """Somebody with 200 points."""
    return member(club, "Sara", 200)


def loads(by: Api, codes: list[dict[str, Any]], reward: str = "coffee") -> Any:
    return by.post(f"/rewards/{reward}/provider-codes", {"codes": codes})


def test_points_become_a_card_that_its_member_reads_again(club: Club, till: Api, sara: dict[str, Any]) -> None:
    offers(club, kind="gift_card", value=70_000, lasts={"days": 30})
    got = redeems(till, sara, quantity=2).json
    first, second = got["codes"]
    assert first["code"] != second["code"]
    assert len(first["pin"]) == 6
    assert charges(till, first, 30_000).json["balance"] == 40_000
    again = club.server.get(f"/redemptions/{got['id']}").json["codes"]
    assert [(its["code"], its["pin"], its["balance"], its["used"]) for its in again] == [
        (first["code"], first["pin"], 40_000, 1),
        (second["code"], second["pin"], 70_000, 0),
    ]
    assert again[0]["until_at"] == got["expires_at"] == "2026-12-01T09:00:00Z"
    assert till.get(f"/redemptions/{got['id']}").json["codes"] == []
    assert len(club.server.get(f"/members/{sara['id']}/gift-cards").json["items"]) == 2
    assert recount(club.id) == []


def test_a_card_that_paid_nothing_is_taken_back_with_its_reward(club: Club, till: Api, sara: dict[str, Any]) -> None:
    offers(club, kind="gift_card", value=70_000)
    got = redeems(till, sara).json
    (card,) = got["codes"]
    assert till.post(f"/redemptions/{got['id']}/reverse").json["wallets"]["points"]["available"] == 200
    assert charges(till, card, 1).status_code == 404
    got = redeems(till, sara, quantity=2).json
    charges(till, got["codes"][1], 1)
    refused = till.post(f"/redemptions/{got['id']}/reverse")
    assert (refused.status_code, available(club, sara)) == (409, 100)
    assert charges(till, got["codes"][0], 1, "A-2").status_code == 201, "nothing is half taken back"
    assert recount(club.id) == []


def test_a_repeated_redemption_is_told_the_same_code_and_keeps_it_secret(
    club: Club, till: Api, sara: dict[str, Any]
) -> None:
    offers(club, kind="gift_card", value=70_000)
    keyed = Api(till.client, till.key, **{"Idempotency-Key": "k"})
    first, again = redeems(keyed, sara), redeems(keyed, sara)
    assert (first.status_code, again.status_code, again.json) == (201, 200, first.json)
    assert available(club, sara) == 150


def test_a_providers_codes_are_given_out_one_by_one(club: Club, till: Api, sara: dict[str, Any]) -> None:
    offers(club, kind="gift_card", provider=True)
    assert seen(club, sara) == (False, ["out_of_stock"])
    assert loads(club.server, CODES[:2]).json == {"added": 2, "known": 0, "left": 2}
    assert loads(club.server, CODES).json == {"added": 1, "known": 2, "left": 3}
    assert loads(till, CODES).status_code == 403
    held = redeems(till, sara, hold=True).json
    got = redeems(till, sara, quantity=2).json
    assert got["codes"] == CODES[:2]
    out = redeems(till, sara)
    assert (out.status_code, out.json["code"]) == (409, "out_of_stock")
    assert till.post(f"/redemptions/{held['id']}/capture").json["codes"] == CODES[2:], "held is held"
    again = club.server.get(f"/redemptions/{got['id']}").json["codes"]
    assert [(its["code"], its["pin"]) for its in again] == [("XK-0", "p0"), ("XK-1", "p1")]
    assert till.post(f"/redemptions/{got['id']}/reverse").status_code == 409, "who saw it may have used it"
    assert charges(till, got["codes"][0] | {"pin": None}, 1).status_code == 404, "it is good elsewhere alone"
    assert club.server.get("/rewards/coffee").json["left"] == 0
    assert recount(club.id) == []


def test_the_stock_of_a_providers_reward_is_its_codes(club: Club) -> None:
    offers(club, kind="gift_card", provider=True)
    offers(club, code="own", kind="gift_card", value=5)
    body = {"title": {"en": "X", "fa": "ایکس"}, "kind": "gift_card", "provider": True, "code": "x", "stock": 5}
    assert at_fault(club.server.post("/rewards", body)) == ["/stock"]
    assert at_fault(club.server.patch("/rewards/coffee", {"stock": 5})) == ["/stock"]
    assert at_fault(club.server.patch("/rewards/own", {"value": None, "provider": True})) == ["/provider"]
    assert loads(club.server, CODES, "own").status_code == 409
    assert loads(club.server, CODES, "none").status_code == 404
    assert club.server.patch("/rewards/coffee", {"title": {"en": "Y", "fa": "وای"}}).json["stock"] == 0


def test_a_list_of_one_club_is_none_of_anothers(club: Club, client: Any, clock: Any) -> None:
    other = Club("sib", client, clock)
    offers(club, kind="gift_card", provider=True)
    offers(other, kind="gift_card", provider=True)
    assert loads(club.server, CODES).json["added"] == 3
    assert loads(other.server, CODES).json["added"] == 3


def given(club: Club, till: Api, clock: Any, sara: dict[str, Any], receipt: str) -> dict[str, Any]:
    """The gift card that a purchase of hers brought."""
    body = club.sale(receipt=receipt, member={"id": sara["id"]})
    assert till.post("/purchases", body).status_code == 201
    codes = club.server.get(f"/members/{sara['id']}/redemptions").json["items"][0]["codes"]
    card: dict[str, Any] = codes[0]
    return card


def test_a_return_takes_back_the_card_that_came_with_the_sale_unless_it_paid_something(
    club: Club, till: Api, clock: Any, sara: dict[str, Any]
) -> None:
    offers(club, kind="gift_card", value=70_000, price={})
    gift = {
        "no": "9",
        "title": {"en": "A card", "fa": "کارت"},
        "on": "purchase",
        "give": [{"reward": {"code": "coffee", "fixed": 1}}],
    }
    publish_bylaws(club.id, {**BYLAWS, "articles": [*BYLAWS["articles"], gift]}, clock.now)
    clock.move(minutes=1)
    unused = given(club, till, clock, sara, "B-1")
    used = given(club, till, clock, sara, "B-2")
    assert charges(till, used, 1_000).status_code == 201
    for receipt in ("B-1", "B-2"):
        body = {"return": receipt, "occurred_at": clock.now.isoformat(), "all": True}
        assert till.post(f"/purchases/tajrish:{receipt}/returns", body).status_code == 201
    assert charges(till, unused, 1, "C-1").status_code == 404
    assert charges(till, used, 69_000, "C-2").json["balance"] == 0, "what is used stays given"
    assert recount(club.id) == []
