"""Gift cards as shops and tills meet them: issued once, spent in parts, refunded, blocked, over, and refused alike."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from loyalty.actions.expire_gift_cards import any_card_over, expire_gift_cards
from loyalty.db import transaction
from loyalty.ledger.recount import recount
from tests.conftest import Clock
from tests.rest.conftest import Api, Club, at_fault

Card = dict[str, Any]


def issues(club: Club, amount: int = 500_000, **more: Any) -> Card:
    made = club.server.post("/gift-cards", {"amount": amount, **more})
    assert made.status_code == 201, made.json
    found: Card = made.json
    return found


def shows(card: Card) -> Card:
    return {name: card[name] for name in ("code", "pin") if card[name] is not None}


def charges(by: Api, card: Card, amount: int, receipt: str = "A-1", **more: Any) -> Any:
    return by.post("/gift-cards/charge", {**shows(card), "amount": amount, "receipt": receipt, **more})


def refunds(by: Api, card: Card, amount: int, receipt: str = "A-1") -> Any:
    return by.post("/gift-cards/refund", {**shows(card), "amount": amount, "receipt": receipt})


def left_on(club: Club, card: Card) -> int:
    [found] = [its for its in club.server.get("/gift-cards").json["items"] if its["id"] == card["id"]]
    balance: int = found["balance"]
    return balance


def kinds(club: Club, card: Card) -> list[tuple[str, int]]:
    items = club.server.get(f"/gift-cards/{card['id']}/entries").json["items"]
    return [(its["kind"], its["amount"]) for its in reversed(items)]


@pytest.fixture
def card(club: Club) -> Card:
    """A card of 500,000 with a PIN."""
    return issues(club)


def with_key(by: Api, key: str) -> Api:
    headers = {name: value for name, value in by.headers.items() if name != "Authorization"}
    return Api(by.client, by.key, **headers, **{"Idempotency-Key": key})


def test_a_card_is_spent_in_parts_at_any_till(club: Club, till: Api, server: Api, card: Card) -> None:
    assert len(card["code"].replace("-", "")) == 18
    assert len(card["pin"]) == 6
    assert card["pin"].isdigit()
    assert till.post("/gift-cards/balance", shows(card)).json["balance"] == 500_000
    first = charges(till, card, 180_000)
    assert (first.status_code, first.json["balance"], first.json["hint"]) == (201, 320_000, card["hint"])
    assert charges(server, card, 300_000, "W-1", store="web").json["balance"] == 20_000
    too_much = charges(till, card, 20_001, "A-2")
    assert (too_much.status_code, too_much.json["code"]) == (409, "insufficient_balance")
    assert "20,000" in too_much.json["detail"]
    assert "۲۰٬۰۰۰" in charges(till.speaking("fa"), card, 20_001, "A-2").json["detail"]
    assert charges(till, card, 20_000, "A-2").json["balance"] == 0
    assert charges(till, card, 1, "A-3").json["code"] == "insufficient_balance"
    assert server.post("/gift-cards/top-up", {"code": card["code"], "amount": 7}).json["balance"] == 7
    assert recount(club.id) == []


def test_the_same_charge_again_takes_nothing_more(club: Club, till: Api, card: Card) -> None:
    first = charges(till, card, 200_000)
    charges(till, card, 50_000, "A-2")
    again = charges(till, card, 200_000)
    assert (again.status_code, again.json) == (200, first.json)
    other = charges(till, card, 199_999)
    assert (other.status_code, other.json["code"], at_fault(other)) == (409, "conflict", ["/amount"])
    assert left_on(club, card) == 250_000
    elsewhere = charges(club.server, card, 200_000, store="web")
    assert elsewhere.json["balance"] == 50_000, "another store's receipt is another sale"
    keyed = with_key(till, "k")
    assert charges(keyed, card, 10_000, "A-9").status_code == 201
    assert charges(keyed, card, 10_000, "A-9").status_code == 200
    club.server.post("/gift-cards/block", {"id": card["id"]})
    assert charges(till, card, 200_000).json == first.json, "what was done was done"
    assert recount(club.id) == []


def test_a_top_up_with_a_receipt_is_put_on_once(club: Club, server: Api, card: Card) -> None:
    sold = {"id": card["id"], "amount": 100_000, "receipt": "T-1", "store": "tajrish"}
    first, again = (server.post("/gift-cards/top-up", sold) for _ in range(2))
    assert (first.status_code, again.status_code, again.json) == (201, 200, first.json)
    assert server.post("/gift-cards/top-up", sold | {"amount": 1}).status_code == 409
    assert left_on(club, card) == 600_000
    assert kinds(club, card) == [("issued", 500_000), ("topped_up", 100_000)]


@pytest.mark.parametrize(
    ("behind_its_back", "found"),
    [
        ("UPDATE gift_card SET balance = balance + 1", "balance"),
        ("UPDATE gift_card_entry SET balance = balance + 1 WHERE n = 2", "balances in entries"),
        ("UPDATE gift_card_entry SET amount = amount + 1 WHERE n = 2", "charged"),
        ("UPDATE gift_card_entry SET amount = 3000 WHERE n = 3", "refunded"),
        ("DELETE FROM gift_card_entry WHERE n = 3", "last entry"),
    ],
)
def test_recount_finds_what_somebody_changed(
    club: Club, till: Api, card: Card, behind_its_back: str, found: str
) -> None:
    paid = club.sale(receipt="B-1", tenders=[{"type": "gift_card", "amount": 1_000, **shows(card)}])
    assert till.post("/purchases", paid).status_code == 201
    refunds(till, card, 20, "B-1")
    assert recount(club.id) == []
    with transaction() as conn:
        conn.execute(behind_its_back)
    assert found in {its.name.rsplit(": ")[-1] for its in recount(club.id)}


def test_a_refund_gives_back_at_most_what_the_receipt_took(club: Club, till: Api, card: Card) -> None:
    charges(till, card, 200_000)
    assert refunds(till, card, 50_000).json["balance"] == 350_000
    more = refunds(till, card, 150_001)
    assert (more.status_code, at_fault(more)) == (422, ["/amount"])
    assert "150,000" in more.json["errors"][0]["message"]
    assert refunds(till, card, 150_000).json["balance"] == 500_000
    assert at_fault(refunds(till, card, 1)) == ["/amount"]
    assert at_fault(refunds(till, card, 1, "A-2")) == ["/receipt"]
    again = charges(till, card, 200_000)
    assert (again.status_code, at_fault(again)) == (409, ["/receipt"]), "a late repeat is no free sale"
    assert recount(club.id) == []


def test_a_card_is_good_until_its_end_swept_or_not(club: Club, till: Api, clock: Clock) -> None:
    end = clock.now + timedelta(days=10)
    card = issues(club, expires_at=end.isoformat())
    charges(till, card, 100_000)
    clock.now = end
    assert charges(till, card, 100_000, "A-2").status_code == 201, "its end is included"
    clock.move(seconds=1)
    assert charges(till, card, 1, "A-3").json["code"] == "not_found"
    assert till.post("/gift-cards/balance", shows(card)).json["code"] == "not_found"
    assert club.server.post("/gift-cards/top-up", {"id": card["id"], "amount": 1}).json["code"] == "not_found"
    assert left_on(club, card) == 0
    assert club.server.get("/gift-cards", status="expired").json["items"][0]["id"] == card["id"]
    assert any_card_over(club.id, clock.now)
    expire_gift_cards(club.id, clock.now)
    assert not any_card_over(club.id, clock.now)
    assert kinds(club, card)[-1] == ("expired", -300_000)

    back = refunds(till, card, 40_000)
    assert back.json["balance"] == 40_000, "what had ended stays so"
    assert back.json["expires_at"] == "2026-12-11T09:00:01Z", "thirty days to spend it"
    assert charges(till, card, 40_000, "A-4").status_code == 201
    assert recount(club.id) == []


def test_refusals_read_alike(club: Club, till: Api, clock: Clock, card: Card) -> None:
    over = issues(club, expires_at=(clock.now + timedelta(days=1)).isoformat())
    blocked = issues(club)
    club.server.post("/gift-cards/block", {"id": blocked["id"]})
    clock.move(days=2)
    wrong = "000000" if card["pin"] != "000000" else "000001"
    tries = [over, blocked, card | {"pin": wrong}, card | {"pin": None}, card | {"code": "2345-6789"}]
    for path, more in (("balance", {}), ("charge", {"amount": 900_000, "receipt": "A-1"})):
        answers = [till.post(f"/gift-cards/{path}", shows(one) | more) for one in tries]
        assert {answer.status_code for answer in answers} == {404}
        assert len({answer.text for answer in answers}) == 1
    said = till.speaking("fa").post("/gift-cards/balance", shows(blocked)).json["detail"]
    assert said == "این کارت هدیه پذیرفته نشد. کد و رمز آن را بررسی کنید."


def test_digits_and_dashes_may_be_typed_anyhow(club: Club, till: Api, card: Card) -> None:
    persian = str.maketrans("0123456789", "۰۱۲۳۴۵۶۷۸۹")
    typed = {"code": card["code"].lower().replace("-", " ").translate(persian), "pin": card["pin"].translate(persian)}
    assert till.post("/gift-cards/balance", typed).json["balance"] == 500_000


def test_a_card_without_a_pin(club: Club, till: Api) -> None:
    card = issues(club, pin=False)
    assert card["pin"] is None
    assert charges(till, card, 1).status_code == 201


def test_blocked_and_good_again(club: Club, server: Api, till: Api, card: Card) -> None:
    assert server.post("/gift-cards/block", {"code": card["code"]}).json["blocked"]
    assert server.post("/gift-cards/block", {"id": card["id"]}).status_code == 200
    assert [kind for kind, _ in kinds(club, card)] == ["issued", "blocked"], "done once"
    assert charges(till, card, 1).status_code == 404
    assert server.post("/gift-cards/unblock", {"id": card["id"]}).json["balance"] == 500_000
    assert charges(till, card, 1).status_code == 201
    both = server.post("/gift-cards/block", {"id": card["id"], "code": card["code"]})
    assert (both.status_code, at_fault(both)) == (422, ["/code"])
    assert server.post("/gift-cards/block", {}).status_code == 422
    assert recount(club.id) == []


def test_a_pin_cannot_be_found_by_trying(club: Club, till: Api, clock: Clock, card: Card) -> None:
    other = issues(club)
    wrong = [f"{n:06}" for n in range(40) if f"{n:06}" != card["pin"]]
    tried = [till.post("/gift-cards/balance", {"code": card["code"], "pin": pin}) for pin in wrong[:31]]
    assert [answer.status_code for answer in tried] == [404] * 30 + [429]
    assert int(tried[-1].headers["Retry-After"]) > 0
    assert charges(till, card, 1).status_code == 429, "the right one is not told apart either"
    unknown = [till.post("/gift-cards/balance", {"code": "2222", "pin": pin}) for pin in wrong[:31]]
    assert [answer.status_code for answer in unknown] == [404] * 30 + [429], "and unknown cards neither"
    assert till.post("/gift-cards/balance", shows(other)).status_code == 200
    for n in range(40):
        assert charges(till, other, 1, f"B-{n}").status_code == 201, "who is right is never shut out"


def test_tills_guess_no_faster_by_batches_or_purchases(club: Club, till: Api, card: Card) -> None:
    wrong = [f"{n:06}" for n in range(40) if f"{n:06}" != card["pin"]]

    def sale(pin: str) -> dict[str, Any]:
        return club.sale(tenders=[{"type": "gift_card", "amount": 1, "code": card["code"], "pin": pin}])

    assert till.post("/purchases", sale(wrong[0])).json["code"] == "not_found"
    results = till.post("/purchases/batch", {"purchases": [sale(pin) for pin in wrong[1:36]]}).json["results"]
    assert {row["status"] for row in results} == {"refused"}
    codes = [row["error"]["code"] for row in results]
    assert codes == ["not_found"] * 29 + ["rate_limited"] * 6
    assert till.post("/purchases", sale(card["pin"])).status_code == 429


def test_cards_of_one_club_are_nothing_in_another(club: Club, client: FlaskClient, clock: Clock, card: Card) -> None:
    other = Club("sib", client, clock)
    assert charges(other.till, card, 1).status_code == 404
    assert other.server.post("/gift-cards/block", {"id": card["id"]}).status_code == 404
    assert other.server.post("/gift-cards/top-up", {"id": card["id"], "amount": 1}).status_code == 404
    assert other.server.get(f"/gift-cards/{card['id']}/entries").status_code == 404
    assert other.server.get("/gift-cards").json["items"] == []
    paid = other.sale(tenders=[{"type": "gift_card", "amount": 1, **shows(card)}])
    assert other.till.post("/purchases", paid).status_code == 404
    assert left_on(club, card) == 500_000


def test_tills_pay_for_their_store_alone_and_issue_nothing(club: Club, till: Api, card: Card) -> None:
    assert charges(till, card, 1, store="web").status_code == 403
    assert charges(club.server, card, 1, store="moon").status_code == 422
    assert till.post("/gift-cards", {"amount": 1}).status_code == 403
    assert till.post("/gift-cards/top-up", {"code": card["code"], "amount": 1}).status_code == 403
    assert till.post("/gift-cards/block", {"code": card["code"]}).status_code == 403
    assert till.get("/gift-cards").status_code == 403
    assert club.page.post("/gift-cards/balance", shows(card)).status_code == 403


def test_neither_code_nor_pin_lies_anywhere_readable(club: Club, till: Api) -> None:
    sara = club.enrols(name="Sara")
    body = {"amount": 500_000, "member": {"id": sara["id"]}}
    server = with_key(club.server, "issue-1")
    card = server.post("/gift-cards", body).json
    again = server.post("/gift-cards", body)
    assert (again.status_code, again.json) == (200, card), "a repeat is told the same"
    charges(with_key(till, "charge-1"), card, 5, "C-1")
    paid = club.sale(tenders=[{"type": "gift_card", "amount": 10, **shows(card)}], occurred_at="2026-01-01T00:00:00Z")
    assert till.post("/purchases", paid).status_code == 202, "too late, and waits; it is paid all the same"
    paid = club.sale(tenders=[{"type": "gift_card", "amount": 20, **shows(card)}], member={"id": sara["id"]})
    sold = till.post("/purchases", paid).json
    assert club.server.get(f"/purchases/{sold['id']}").json["tenders"] == [
        {"type": "gift_card", "amount": 20, "card": card["hint"]}
    ]
    assert left_on(club, card) == 500_000 - 35
    with transaction() as conn:
        tables = [row[0] for row in conn.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")]
        for needle in (card["code"], card["code"].replace("-", ""), f'"{card["pin"]}"', card["code"].encode().hex()):
            for table in tables:
                found = conn.execute(f"SELECT 1 FROM {table} AS row WHERE row::text LIKE %s LIMIT 1", [f"%{needle}%"])
                assert not found.fetchone(), (needle, table)
    own = club.server.get(f"/members/{sara['id']}/gift-cards").json["items"]
    assert [(its["code"], its["pin"], its["balance"]) for its in own] == [(card["code"], card["pin"], 499_965)]
    assert recount(club.id) == []


def test_who_is_erased_reads_no_code_and_leaves_the_card_good(club: Club, till: Api) -> None:
    sara = club.enrols(name="Sara")
    card = issues(club, member={"id": sara["id"]})
    told = club.server.get(f"/members/{sara['id']}/export").json["gift_cards"]
    assert [(its["hint"], its["balance"]) for its in told] == [(card["hint"], 500_000)]
    assert club.server.delete(f"/members/{sara['id']}").status_code == 200
    assert club.server.get(f"/members/{sara['id']}/gift-cards").json["items"] == []
    assert charges(till, card, 1).status_code == 201, "it may have been given away"
    assert recount(club.id) == []


def test_a_merged_member_brings_the_cards_along(club: Club) -> None:
    sara, twin = club.enrols(name="Sara"), club.enrols(name="S.")
    card = issues(club, member={"id": twin["id"]})
    body = {"into": {"id": sara["id"]}, "reason": "the same"}
    assert club.server.post(f"/members/{twin['id']}/merge", body).status_code == 201
    assert [its["code"] for its in club.server.get(f"/members/{sara['id']}/gift-cards").json["items"]] == [card["code"]]
    assert [its["id"] for its in club.server.get("/gift-cards", member=sara["id"]).json["items"]] == [card["id"]]


def test_an_end_in_the_past_is_refused(club: Club, clock: Clock, app: Flask) -> None:
    made = club.server.post("/gift-cards", {"amount": 1, "expires_at": clock.now.isoformat()})
    assert (made.status_code, at_fault(made)) == (422, ["/expires_at"])
