"""Rewards as members and tills meet them: offered, held, captured, voided, reversed, and why one cannot be had."""

from __future__ import annotations

from typing import Any

import pytest

from loyalty.actions.lapse_redemptions import any_to_lapse, lapse_redemptions
from loyalty.ledger.recount import recount
from tests.conftest import Clock
from tests.rest.conftest import BYLAWS, Api, Club, at_fault

COFFEE: dict[str, Any] = {
    "code": "coffee",
    "title": {"en": "A free coffee", "fa": "یک قهوهٔ رایگان"},
    "kind": "goods",
    "price": {"points": 50},
}


def both(name: str) -> dict[str, str]:
    return {"en": name, "fa": name}


@pytest.fixture
def sara(club: Club) -> dict[str, Any]:
    """Somebody with 120 points."""
    return member(club, "Sara", 120)


def member(club: Club, name: str, points: int) -> dict[str, Any]:
    found = club.enrols(name=name)
    if points:
        body = {"wallet": "points", "amount": points, "reason": "Start"}
        assert club.server.post(f"/members/{found['id']}/adjustments", body).status_code == 201
    return found


def offers(club: Club, **changes: Any) -> dict[str, Any]:
    made = club.server.post("/rewards", COFFEE | changes)
    assert made.status_code == 201, made.json
    found: dict[str, Any] = made.json
    return found


def redeems(by: Api, who: dict[str, Any], **more: Any) -> Any:
    return by.post("/redemptions", {"member": {"id": who["id"]}, "reward": "coffee"} | more)


def available(club: Club, who: dict[str, Any], wallet: str = "points") -> int:
    found: int = club.server.get(f"/members/{who['id']}/wallets").json[wallet]["available"]
    return found


def seen(club: Club, who: dict[str, Any], code: str = "coffee") -> tuple[bool, list[str]]:
    """Whether a reward is open to somebody, and the codes of why not."""
    [found] = [its for its in club.server.get("/rewards", member=who["id"]).json["items"] if its["code"] == code]
    return found["open"], [why["code"] for why in found["because"]]


def test_points_become_a_coffee_with_a_code_to_show(club: Club, till: Api, sara: dict[str, Any]) -> None:
    offers(club, stock=2)
    got = redeems(till, sara)
    assert got.status_code == 201
    assert (got.json["status"], got.json["spent"]) == ("issued", {"points": 50, "money": 0})
    [code] = got.json["codes"]
    assert len(code["code"].replace("-", "")) == 18
    assert got.json["wallets"]["points"]["available"] == 70
    again = club.server.get(f"/redemptions/{got.json['id']}").json
    assert [its["code"] for its in again["codes"]] == [code["code"]]
    assert till.get(f"/redemptions/{got.json['id']}").json["codes"] == []
    assert club.server.get("/rewards/coffee").json["left"] == 1
    assert recount(club.id) == []


def test_a_held_reward_is_captured_or_voided_or_lapses_with_everything(
    club: Club, till: Api, clock: Clock, sara: dict[str, Any]
) -> None:
    offers(club, stock=1)
    held = redeems(till, sara, hold=True).json
    assert (held["status"], held["until"], held["codes"]) == ("held", "2026-11-01T09:15:00Z", [])
    assert held["wallets"]["points"]["held"] == 50
    other = member(club, "Ali", 50)
    assert redeems(till, other).json["code"] == "out_of_stock"
    voided = till.post(f"/redemptions/{held['id']}/void").json
    assert (voided["status"], voided["wallets"]["points"]["available"]) == ("voided", 120)

    held = redeems(till, sara, hold=True).json
    clock.move(minutes=16)
    late = till.post(f"/redemptions/{held['id']}/capture")
    assert (late.status_code, late.json["code"]) == (409, "conflict")
    assert redeems(till, other).status_code == 201, "what has lapsed stands in nobody's way, swept or not"
    assert available(club, sara) == 120
    assert club.server.get(f"/redemptions/{held['id']}").json["status"] == "lapsed"
    assert recount(club.id) == []


def test_a_capture_spends_and_issues(club: Club, till: Api, sara: dict[str, Any]) -> None:
    offers(club, lasts={"days": 30})
    held = redeems(till, sara, hold=True, quantity=2).json
    done = till.post(f"/redemptions/{held['id']}/capture").json
    assert (done["status"], len(done["codes"]), done["expires_at"]) == ("issued", 2, "2026-12-01T09:00:00Z")
    assert done["wallets"]["points"] | {"earned": 0} == {
        "available": 20, "earned": 0, "pending": 0, "held": 0, "debt": 0,
    }  # fmt: skip
    assert till.post(f"/redemptions/{held['id']}/capture").status_code == 409
    assert recount(club.id) == []


def test_what_is_unused_is_reversed_and_its_price_comes_back(club: Club, till: Api, sara: dict[str, Any]) -> None:
    offers(club, stock=1)
    got = redeems(till, sara).json
    back = till.post(f"/redemptions/{got['id']}/reverse").json
    assert (back["status"], back["wallets"]["points"]["available"]) == ("reversed", 120)
    assert club.server.get("/rewards/coffee").json["left"] == 1
    [code] = club.server.get(f"/redemptions/{got['id']}").json["codes"]
    assert code["blocked"]
    assert till.post(f"/redemptions/{got['id']}/reverse").status_code == 409
    assert recount(club.id) == []


def test_cashback_goes_into_the_wallet_and_comes_back_only_unspent(club: Club, till: Api, sara: dict[str, Any]) -> None:
    offers(club, kind="cashback", value=20_000)
    got = redeems(till, sara, quantity=2).json
    assert got["wallets"]["cashback"]["available"] == 40_000
    assert recount(club.id) == []
    back = till.post(f"/redemptions/{got['id']}/reverse").json
    assert (back["wallets"]["cashback"]["available"], back["wallets"]["points"]["available"]) == (0, 120)
    got = redeems(till, sara).json
    body = {"member": {"id": sara["id"]}, "amount": 1, "receipt": "A-1"}
    assert till.post("/wallets/cashback/pay", body).status_code == 201
    assert till.post(f"/redemptions/{got['id']}/reverse").status_code == 409
    assert recount(club.id) == []


def test_points_and_money_together(club: Club, till: Api, sara: dict[str, Any]) -> None:
    offers(club, price={"points": 50, "money": 30_000})
    assert redeems(till, sara).json["spent"] == {"points": 50, "money": 30_000}
    too_little = redeems(till, sara, pay_from="cashback")
    assert (too_little.status_code, too_little.json["code"]) == (409, "insufficient_balance")
    assert available(club, sara) == 70, "nothing is half done"
    body = {"wallet": "cashback", "amount": 50_000, "reason": "Start"}
    assert club.server.post(f"/members/{sara['id']}/adjustments", body).status_code == 201
    got = redeems(till, sara, pay_from="cashback").json
    assert got["wallets"]["cashback"]["available"] == 20_000
    assert till.post(f"/redemptions/{got['id']}/reverse").json["wallets"]["cashback"]["available"] == 50_000
    assert recount(club.id) == []


def test_the_member_picks_the_gift(club: Club, till: Api, sara: dict[str, Any]) -> None:
    offers(club, code="bag", price={}, stock=1)
    offers(club, code="mug", price={}, kind="experience")
    offers(club, kind="mixed", choices=["bag", "mug"])
    unsaid = redeems(till, sara)
    assert (unsaid.status_code, at_fault(unsaid)) == (422, ["/choice"])
    assert redeems(till, sara, choice="bag").json["kind"] == "goods"
    assert redeems(till, sara, choice="bag").json["code"] == "out_of_stock"
    assert redeems(till, sara, choice="mug").status_code == 201
    assert club.server.get("/rewards/bag").json["left"] == 0
    assert recount(club.id) == []


def test_why_a_reward_cannot_be_had(club: Club, till: Api, clock: Clock, sara: dict[str, Any]) -> None:
    offers(club, stock=0)
    assert seen(club, sara) == (False, ["out_of_stock"])
    club.server.patch("/rewards/coffee", {"stock": 9, "price": {"points": 500}})
    assert seen(club, sara) == (False, ["insufficient_balance"])
    refused = redeems(till, sara)
    assert refused.json["detail"] == "It takes 500; 380 are lacking."
    club.server.patch("/rewards/coffee", {"price": {"points": 10}, "from": "2026-11-02T00:00:00+03:30"})
    assert seen(club, sara) == (False, ["not_yet"])
    clock.move(days=1)
    assert seen(club, sara) == (True, [])
    club.server.patch("/rewards/coffee", {"for": {"tier": {"at_least": "silver"}}})
    assert seen(club, sara) == (False, ["not_for_you"])
    assert (redeems(till, sara).status_code, redeems(till, sara).json["code"]) == (409, "conflict")
    club.server.patch("/rewards/coffee", {"for": None, "limits": [{"every": "month", "at_most": 2}]})
    assert redeems(till, sara, quantity=2).status_code == 201
    assert seen(club, sara) == (False, ["limit_reached"])
    assert redeems(till, sara).json["code"] == "limit_reached"
    clock.move(days=31)
    assert seen(club, sara) == (True, [])
    club.server.patch("/rewards/coffee", {"archived": True})
    assert redeems(till, sara).status_code == 409
    assert club.server.get("/rewards").json["items"] == []


def test_rewards_for_a_segment(club: Club, till: Api, sara: dict[str, Any]) -> None:
    filter_ = {"counter": {"name": "spend", "over": {"last": {"days": 90}}, "at_least": 1}}
    club.server.post("/segments", {"code": "buyers", "title": both("Buyers"), "filter": filter_})
    offers(club, **{"for": {"any": [{"segment": "buyers"}, {"tier": {"at_least": "silver"}}]}})
    assert seen(club, sara) == (False, ["not_for_you"])
    till.post("/purchases", club.sale(member={"id": sara["id"]}))
    assert seen(club, sara) == (True, [])
    unknown = club.server.patch("/rewards/coffee", {"for": {"segment": "nobody"}})
    assert (unknown.status_code, at_fault(unknown)) == (422, ["/for"])


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"kind": "cashback"}, "/value"),
        ({"kind": "cashback", "value": 1, "into": "points"}, "/into"),
        ({"kind": "discount", "discount": {"percent": "200%"}}, "/discount/percent"),
        ({"kind": "donation", "to": {"en": "Trees", "fa": "درختان"}, "sku": "x"}, "/sku"),
        ({"kind": "mixed", "choices": ["nothing"]}, "/choices/0"),
        ({"kind": "raffle", "raffle": "nowruz"}, "/raffle"),
        ({"price": {"points": 5, "wallet": "cashback"}}, "/price/wallet"),
        ({"for": {"basket": {"of": "net", "at_least": 1}}}, "/for"),
        ({"limits": [{"every": "fortnight", "at_most": 1}]}, "/limits/0/every"),
        ({"lasts": {"moons": 1}}, "/lasts/moons"),
        ({"from": "2026-11-02T00:00:00Z", "until": "2026-11-01T00:00:00Z"}, "/until"),
        ({"discounts": {}}, "/discounts"),
    ],
)
def test_what_is_wrong_with_a_reward_is_said_at_its_place(club: Club, wrong: dict[str, Any], place: str) -> None:
    refused = club.server.post("/rewards", COFFEE | wrong)
    assert refused.status_code == 422
    assert place in at_fault(refused)
    assert club.server.get("/rewards").json["items"] == []


def test_a_code_is_taken_once(club: Club) -> None:
    offers(club)
    assert (club.server.post("/rewards", COFFEE).status_code, club.server.get("/rewards/tea").status_code) == (409, 404)


def test_less_than_members_have_cannot_be_the_stock(club: Club, till: Api, sara: dict[str, Any]) -> None:
    offers(club)
    redeems(till, sara, quantity=2)
    refused = club.server.patch("/rewards/coffee", {"stock": 1})
    assert (refused.status_code, at_fault(refused)) == (422, ["/stock"])
    assert club.server.patch("/rewards/coffee", {"stock": 3}).json["left"] == 1
    assert recount(club.id) == []


def test_the_same_request_again_redeems_once(club: Club, till: Api, sara: dict[str, Any]) -> None:
    offers(club)
    body = {"member": {"id": sara["id"]}, "reward": "coffee"}
    headers = till.headers | {"Idempotency-Key": "k-1"}
    first, second = (club.client.post("/api/v1/redemptions", json=body, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json == second.json
    assert available(club, sara) == 70


def test_the_timer_ends_what_was_held(club: Club, till: Api, clock: Clock, sara: dict[str, Any]) -> None:
    offers(club, stock=1)
    redeems(till, sara, hold=True)
    assert not any_to_lapse(club.id, clock.now)
    later = clock.move(minutes=15)
    assert any_to_lapse(club.id, later)
    lapse_redemptions(club.id, later)
    assert club.server.get("/rewards/coffee").json["left"] == 1
    assert not any_to_lapse(club.id, later)


def test_the_statement_names_the_reward(club: Club, till: Api, sara: dict[str, Any]) -> None:
    offers(club)
    redeems(till, sara)
    line = club.server.get(f"/members/{sara['id']}/statement").json["items"][0]
    assert (line["kind"], line["amount"], line["title"]["en"]) == ("spent", -50, "A free coffee")
    assert line["sentence"]["fa"] == "برای «\u2068یک قهوهٔ رایگان\u2069» خرج شد."


def test_a_quote_tells_what_can_be_redeemed_and_why_the_rest_cannot(
    club: Club, till: Api, sara: dict[str, Any]
) -> None:
    """Three usable ones, the best first, and three refused, each with its reason."""
    tenth = {"kind": "discount", "discount": {"percent": "10"}}
    offers(club, code="tenth", **tenth, price={"points": 20})
    offers(club, code="fixed", kind="discount", discount={"fixed": 20_000}, price={})
    offers(club, code="tea", sku="T-1")
    offers(club, code="silver", **tenth, **{"for": {"tier": {"at_least": "silver"}}})
    offers(club, code="dear", **tenth, price={"points": 500})
    offers(club, code="large", kind="discount", discount={"percent": "50", "min_basket": 900_000}, price={})
    offers(club, code="donation", kind="donation", to=both("Trees"))
    lines = [
        {"line": "1", "sku": "T-1", "quantity": 2, "gross": 60_000, "net": 60_000},
        {"line": "2", "sku": "X", "quantity": 1, "gross": 340_000, "net": 340_000},
    ]
    body = club.sale(member={"id": sara["id"]}, gross=..., net=..., lines=lines)
    del body["receipt"]
    quoted = till.post("/quotes", body)
    assert quoted.status_code == 200, quoted.json
    assert [(its["code"], its["open"], its["discount"]) for its in quoted.json["rewards"]] == [
        ("tenth", True, 40_000), ("tea", True, 30_000), ("fixed", True, 20_000),
        ("dear", False, 40_000), ("silver", False, 40_000), ("large", False, 0),
    ]  # fmt: skip
    why = {its["code"]: [one["code"] for one in its["because"]] for its in quoted.json["rewards"][3:]}
    assert why == {"dear": ["insufficient_balance"], "silver": ["not_for_you"], "large": ["basket"]}
    with_it = till.post("/quotes", body | {"redeem": [{"reward": "tenth"}]})
    assert (with_it.json["to_pay"], [its["amount"] for its in with_it.json["discounts"]]) == (360_000, [40_000])
    assert "tenth" not in [its["code"] for its in with_it.json["rewards"]]
    assert till.post("/quotes", body | {"redeem": [{"reward": "dear"}]}).json["code"] == "insufficient_balance"
    assert available(club, sara) == 120, "nothing is written"
    redeems(till, sara, reward="tenth")
    [mine] = till.post("/quotes", body).json["yours"]
    assert (mine["title"]["en"], mine["discount"]) == ("A free coffee", 40_000)


def test_a_stamp_card_is_a_wallet_and_a_reward_priced_in_it(club: Club, till: Api, clock: Clock) -> None:
    """One stamp a visit, the third is free; what comes back takes its stamp along."""
    stamp = {
        "no": "8", "title": both("A stamp"), "on": "purchase", "give": [{"points": {"fixed": 1, "wallet": "stamps"}}],
        "if": {"bought": {"where": {"category": "coffee"}, "amount": {"at_least": 1}}},
    }  # fmt: skip
    wallets = BYLAWS["wallets"] | {"stamps": {"unit": "points", "name": both("stamps")}}
    club.server.put(
        "/bylaws/draft", {"document": BYLAWS | {"wallets": wallets, "articles": [*BYLAWS["articles"], stamp]}}
    )
    clock.move(minutes=1)
    assert club.server.post("/bylaws/draft/publish", {"note": "Stamps"}).status_code in (200, 201)
    clock.move(minutes=1)
    offers(club, price={"points": 2, "wallet": "stamps"})
    sara = member(club, "Sara", 0)
    line = {"line": "1", "sku": "C", "category": "coffee", "quantity": 1, "gross": 50_000, "net": 50_000}
    sold = [
        till.post("/purchases", club.sale(member={"id": sara["id"]}, gross=..., net=..., lines=[line])).json
        for _ in range(2)
    ]
    assert seen(club, sara) == (True, [])
    back = {"return": "r-1", "occurred_at": clock.now.isoformat(), "all": True}
    assert till.post(f"/purchases/{sold[0]['id']}/returns", back).json["reversed"]["stamps"] == 1
    assert seen(club, sara) == (False, ["insufficient_balance"])
    till.post("/purchases", club.sale(member={"id": sara["id"]}, gross=..., net=..., lines=[line]))
    assert redeems(till, sara).json["spent"] == {"points": 2, "money": 0}
    assert available(club, sara, "stamps") == 0
    assert recount(club.id) == []
