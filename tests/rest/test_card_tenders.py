"""Purchases that gift cards pay: charged with the sale, refused with it, and given back as it comes back."""

from __future__ import annotations

from typing import Any

import pytest

from loyalty.actions.block_gift_card import block_gift_card
from loyalty.actions.expire_gift_cards import expire_gift_cards
from loyalty.acts import By
from loyalty.ledger.recount import recount
from tests.conftest import Clock
from tests.rest.conftest import Api, Club, at_fault, rows
from tests.rest.test_gift_cards import Card, charges, issues, kinds, left_on, refunds, shows
from tests.rest.test_rewards import available, member, offers


@pytest.fixture
def card(club: Club) -> Card:
    """A card of 500,000 with a PIN."""
    return issues(club)


@pytest.fixture
def sara(club: Club) -> dict[str, Any]:
    return club.enrols(name="Sara")


def by_card(card: Card, amount: int) -> dict[str, Any]:
    return {"type": "gift_card", "amount": amount, **shows(card)}


def sale(club: Club, card: Card, amount: int, **more: Any) -> dict[str, Any]:
    """A sale of 900,000, the rest of it paid in cash."""
    return club.sale(tenders=[by_card(card, amount), {"type": "cash", "amount": 900_000 - amount}], **more)


def returns(by: Api, purchase: str, key: str, **what: Any) -> Any:
    body = {"return": key, "occurred_at": "2026-11-01T09:00:00Z", **what}
    return by.post(f"/purchases/tajrish:{purchase}/returns", body)


def test_a_card_pays_with_the_purchase_and_once(club: Club, till: Api, card: Card, sara: dict[str, Any]) -> None:
    body = sale(club, card, 400_000, member={"id": sara["id"]})
    first = till.post("/purchases", body)
    assert (first.status_code, left_on(club, card)) == (201, 100_000)
    assert till.post("/purchases", body).status_code == 200
    assert left_on(club, card) == 100_000
    other = body | {"tenders": [by_card(issues(club), 400_000), body["tenders"][1]]}
    assert till.post("/purchases", other).status_code == 409, "another card is another sale"
    assert charges(till, card, 400_000, body["receipt"]).json["balance"] == 100_000, "paid for this receipt already"
    assert left_on(club, card) == 100_000
    assert recount(club.id) == []


@pytest.mark.parametrize("whose", ["a member's", "nobody's"])
def test_too_little_or_a_bad_card_refuses_the_purchase_and_leaves_nothing(
    club: Club, till: Api, card: Card, sara: dict[str, Any], whose: str
) -> None:
    more = {"member": {"id": sara["id"]}} if whose == "a member's" else {}
    before = rows()
    body = sale(club, card, 500_001, **more)
    little = till.post("/purchases", body)
    assert (little.status_code, little.json["code"]) == (409, "insufficient_balance")
    assert at_fault(little) == ["/tenders/0/amount"]
    two = body | {"tenders": [by_card(card, 300_000), by_card(card, 300_000)]}
    assert till.post("/purchases", two).json["errors"][0]["path"] == "/tenders/1/amount"
    wrong = body | {"tenders": [by_card(card | {"code": "2345"}, 5)]}
    unknown = till.post("/purchases", wrong)
    assert (unknown.status_code, at_fault(unknown)) == (404, ["/tenders/0"])
    assert rows() == before
    assert left_on(club, card) == 500_000
    body["tenders"] = [by_card(card, 500_000)]
    assert till.post("/purchases", body).status_code == 201, "its receipt is free"
    assert recount(club.id) == []


def test_in_a_batch_only_that_row_is_refused(club: Club, till: Api, card: Card, sara: dict[str, Any]) -> None:
    who = {"member": {"id": sara["id"]}}
    sales = [sale(club, card, 200_000, **who), sale(club, card, 400_000, **who), sale(club, card, 300_000)]
    sales.append(sales[1])
    sales.append(club.sale(**who))
    results = till.post("/purchases/batch", {"purchases": sales}).json["results"]
    assert [row["status"] for row in results] == ["recorded", "refused", "unclaimed", "refused", "recorded"]
    assert {row["error"]["code"] for row in results if row["error"]} == {"insufficient_balance"}
    assert left_on(club, card) == 0
    assert club.server.post("/gift-cards/top-up", {"id": card["id"], "amount": 400_000}).status_code == 201
    results = till.post("/purchases/batch", {"purchases": sales}).json["results"]
    assert [row["status"] for row in results] == ["repeated", "recorded", "repeated", "repeated", "repeated"]
    assert left_on(club, card) == 0
    assert recount(club.id) == []


def test_what_was_charged_for_the_receipt_before_is_its_payment(club: Club, till: Api, card: Card) -> None:
    assert charges(till, card, 300_000, "B-1").status_code == 201
    other = till.post("/purchases", sale(club, card, 200_000, receipt="B-1"))
    assert (other.status_code, at_fault(other)) == (409, ["/tenders/0/amount"])
    assert till.post("/purchases", sale(club, card, 300_000, receipt="B-1")).status_code == 201
    assert left_on(club, card) == 200_000
    assert recount(club.id) == []


@pytest.mark.parametrize("whose", ["a member's", "nobody's"])
def test_a_return_gives_back_in_proportion_however_it_is_split(
    club: Club, till: Api, card: Card, sara: dict[str, Any], whose: str
) -> None:
    more = {"member": {"id": sara["id"]}} if whose == "a member's" else {}
    till.post("/purchases", sale(club, card, 400_000, receipt="B-1", **more))
    back = returns(till, "B-1", "r1", amount=100_001)
    assert back.json["cards"] == [{"card": card["hint"], "amount": 44_445}], "what is kept pays, rounded down"
    assert left_on(club, card) == 144_445
    assert returns(till, "B-1", "r1", amount=100_001).json["cards"] == back.json["cards"]
    assert left_on(club, card) == 144_445, "once"
    refunds(till, card, 55_555, "B-1")
    assert returns(till, "B-1", "r2", amount=1).json["cards"] == [], "more came back by hand already"
    assert returns(till, "B-1", "r3", all=True).json["cards"] == [{"card": card["hint"], "amount": 300_000}]
    assert left_on(club, card) == 500_000
    if not more:
        claim = {"member": {"id": sara["id"]}}
        assert till.post("/purchases/tajrish:B-1/claim", claim).status_code in (200, 201)
        assert left_on(club, card) == 500_000
    assert recount(club.id) == []


@pytest.mark.parametrize("whose", ["a member's", "nobody's"])
def test_a_void_gives_all_back_and_the_receipt_is_sold_under_again(
    club: Club, till: Api, card: Card, sara: dict[str, Any], whose: str
) -> None:
    more = {"member": {"id": sara["id"]}} if whose == "a member's" else {}
    body = sale(club, card, 400_000, receipt="B-1", **more)
    till.post("/purchases", body)
    undone = club.server.post("/purchases/tajrish:B-1/void", {"reason": "Rung up twice"})
    assert undone.json["cards"] == [{"card": card["hint"], "amount": 400_000}]
    assert left_on(club, card) == 500_000
    assert till.post("/purchases", body).status_code == 201
    assert left_on(club, card) == 100_000
    assert returns(till, "B-1", "r1", all=True).json["cards"] == [{"card": card["hint"], "amount": 400_000}]
    assert recount(club.id) == []


def test_a_purchase_for_the_wrong_member_stays_paid(club: Club, till: Api, card: Card, sara: dict[str, Any]) -> None:
    till.post("/purchases", sale(club, card, 450_000, receipt="B-1", member={"id": sara["id"]}))
    returns(till, "B-1", "r1", amount=90_000)
    spent = charges(till, card, 95_000, "B-2")
    assert spent.json["balance"] == 0
    block_gift_card(club.id, card["id"], By(key=1), club.clock.now)
    right = {"member": {"id": club.enrols(name="Ali")["id"]}, "reason": "The wrong card"}
    assert club.server.post("/purchases/tajrish:B-1/reassign", right).status_code == 201
    assert left_on(club, card) == 0
    assert returns(till, "B-1", "r2", all=True).json["cards"] == [{"card": card["hint"], "amount": 405_000}]
    assert recount(club.id) == []


def test_what_comes_back_to_a_card_that_ended_can_be_spent(club: Club, till: Api, clock: Clock) -> None:
    card = issues(club, expires_at="2026-11-02T00:00:00Z")
    till.post("/purchases", sale(club, card, 400_000, receipt="B-1"))
    clock.move(days=3)
    back = till.post(
        "/purchases/tajrish:B-1/returns", {"return": "r", "occurred_at": clock.now.isoformat(), "all": True}
    )
    assert back.json["cards"] == [{"card": card["hint"], "amount": 400_000}]
    assert kinds(club, card) == [
        ("issued", 500_000), ("charged", -400_000), ("expired", -100_000), ("refunded", 400_000)
    ]  # fmt: skip
    clock.move(days=29)
    assert till.post("/gift-cards/balance", shows(card)).json["balance"] == 400_000
    clock.move(days=2)
    expire_gift_cards(club.id, clock.now)
    assert left_on(club, card) == 0
    assert recount(club.id) == []


def test_what_a_card_pays_is_not_paid_anew(club: Club, till: Api, card: Card, sara: dict[str, Any]) -> None:
    refused = till.post("/purchases", club.sale(tenders=[{"type": "cash", "amount": 1, "code": card["code"]}]))
    assert (refused.status_code, at_fault(refused)) == (422, ["/tenders/0/code"])
    alone = till.post("/purchases", club.sale(tenders=[{"type": "gift_card", "amount": 1, "pin": "123456"}]))
    assert (alone.status_code, at_fault(alone)) == (422, ["/tenders/0/pin"])
    quote = {name: value for name, value in sale(club, card, 5).items() if name != "receipt"}
    assert till.post("/quotes", quote | {"member": {"id": sara["id"]}}).status_code == 200
    assert till.post("/purchases", club.sale(tenders=[{"type": "gift_card", "amount": 9}])).status_code == 201
    assert left_on(club, card) == 500_000


def test_a_sale_that_redeems_is_paid_and_redeemed_or_neither(club: Club, till: Api, card: Card) -> None:
    sara = member(club, "Sara", 50)
    offers(club, kind="discount", discount={"fixed": 100_000})
    redeeming = {"member": {"id": sara["id"]}, "redeem": [{"reward": "coffee", "quantity": 1}]}
    little = till.post("/purchases", sale(club, card, 500_001, receipt="B-1", **redeeming))
    assert (little.status_code, little.json["code"], available(club, sara)) == (409, "insufficient_balance", 50)
    done = till.post("/purchases", sale(club, card, 400_000, receipt="B-1", **redeeming))
    assert (done.status_code, available(club, sara), left_on(club, card)) == (201, 8, 100_000)
    poor = till.post("/purchases", sale(club, card, 50_000, receipt="B-2", **redeeming))
    assert (poor.status_code, poor.json["code"], left_on(club, card)) == (409, "insufficient_balance", 100_000)
    nobody = till.post("/purchases", sale(club, card, 50_000, receipt="B-3", redeem=redeeming["redeem"]))
    assert (nobody.status_code, left_on(club, card)) == (422, 100_000)
    assert recount(club.id) == []
