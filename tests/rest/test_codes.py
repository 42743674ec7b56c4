"""Codes at the till: single, shared and a member's own; used once, given back, refused alike, and found in packs."""

from __future__ import annotations

from typing import Any

import pytest

from loyalty.db import connection
from loyalty.ledger.recount import recount
from tests.conftest import Clock
from tests.rest.conftest import BYLAWS, Api, Club, at_fault
from tests.rest.test_rewards import available, member

BOTH = {"en": "A tenth off", "fa": "ده درصد تخفیف"}
TENTH: dict[str, Any] = {
    "code": "tenth", "title": BOTH, "kind": "discount", "price": {"points": 40},
    "discount": {"percent": "10", "min_basket": 100_000},
}  # fmt: skip


@pytest.fixture
def sara(club: Club) -> dict[str, Any]:
    """Somebody with 100 points, in a club that sells a discount for 40."""
    assert club.server.post("/rewards", TENTH).status_code == 201
    return member(club, "Sara", 100)


def series(club: Club, **more: Any) -> None:
    made = club.server.post("/code-series", {"code": "nowruz", "title": BOTH, "reward": "tenth"} | more)
    assert made.status_code == 201, made.json


def make(club: Club, **what: Any) -> list[str]:
    made = club.server.post("/code-series/nowruz/codes", what or {"count": 1})
    assert made.status_code == 201, made.json
    found: list[str] = made.json["codes"]
    return found


def buys(club: Club, who: dict[str, Any], *codes: str, **more: Any) -> Any:
    body = club.sale(member={"id": who["id"]}, gross=1_000_000, net=1_000_000, codes=list(codes), **more)
    answer = club.till.post("/purchases", body)
    assert answer.status_code == 201, answer.json
    return answer.json


def test_a_single_code_takes_its_discount_once(club: Club, sara: dict[str, Any]) -> None:
    series(club)
    [code] = make(club)
    first = buys(club, sara, code)
    assert (first["to_pay"], [its["amount"] for its in first["discounts"]]) == (900_000, [100_000])
    [told] = first["codes"]
    assert (told["used"], told["because"], told["code"]) == (True, None, f"…{code[-4:]}")
    second = buys(club, sara, code.lower().replace("-", " "))
    assert (second["discounts"], second["to_pay"]) == ([], 1_000_000)
    assert [(its["used"], its["because"]) for its in second["codes"]] == [(False, "This code cannot be used.")]
    assert recount(club.id) == []


def test_the_code_lies_nowhere_in_clear(club: Club, sara: dict[str, Any]) -> None:
    series(club)
    [code] = make(club)
    buys(club, sara, code)
    plain = code.replace("-", "")
    for table in ("code", "code_use", "purchase", "receipt", "outbox", "act", "answer"):
        rows = str(connection().execute(f"SELECT * FROM {table}").fetchall())
        assert code not in rows
        assert plain not in rows


def test_a_refused_code_lies_nowhere_in_clear_and_is_told_like_an_unknown_one(
    club: Club, clock: Clock, sara: dict[str, Any]
) -> None:
    series(club)
    used, free, unknown = *make(club, count=2), "7K3M9Q-XT42HD-9F6WPA"
    buys(club, sara, used)
    assert club.till.post("/codes/claim", {"member": {"id": sara["id"]}, "code": free}).status_code == 201
    ali = member(club, "Ali", 0)
    told = buys(club, ali, used, free, unknown)["codes"]
    no = {"used": False, "because": "This code cannot be used."}
    assert told == [{"code": f"…{code[-4:]}", **no} for code in (used, free, unknown)]
    waiting = club.sale(codes=[free, unknown], gross=10**6, net=10**6)
    assert club.till.post("/purchases", waiting).json["status"] == "unclaimed"
    for table in ("purchase", "set_aside", "receipt", "outbox"):
        rows = str(connection().execute(f"SELECT * FROM {table}").fetchall())
        for code in (used, free, unknown):
            assert code not in rows
            assert code.replace("-", "") not in rows
    claimed = club.server.post(f"/purchases/tajrish:{waiting['receipt']}/claim", {"member": {"id": sara["id"]}})
    assert claimed.json["to_pay"] == 900_000, "the code that waited with it is good for whose it is"
    assert recount(club.id) == []


def test_a_shared_code_with_a_limit_is_kept_as_it_is(club: Club, sara: dict[str, Any]) -> None:
    series(club, uses=5)
    make(club, text="NOWRUZ")
    assert buys(club, sara, "nowruz")["codes"] == [{"code": "nowruz", "used": True, "because": None}]


def test_letters_of_any_keyboard_are_the_same_code(club: Club, sara: dict[str, Any]) -> None:
    series(club, uses=None)
    make(club, text="یلدای کوچک ۱۴۰۵")
    assert buys(club, sara, "يلداي‌كوچك 1405")["to_pay"] == 900_000
    taken = club.server.post("/code-series/nowruz/codes", {"text": "يلداي كوچك-١٤٠٥"})
    assert taken.status_code == 409


def test_the_same_code_twice_on_a_sale_is_one(club: Club, sara: dict[str, Any]) -> None:
    stacks = TENTH | {"code": "stacks", "discount": {"fixed": 50_000, "stacks": True}}
    assert club.server.post("/rewards", stacks).status_code == 201
    series(club, reward="stacks", uses=None)
    make(club, text="NOWRUZ")
    assert buys(club, sara, "NOWRUZ", "nowruz", "Now-Ruz")["to_pay"] == 950_000


def test_a_shared_code_is_good_so_often_for_each_member(club: Club, sara: dict[str, Any]) -> None:
    series(club, uses=None, per_member=1)
    make(club, text="نوروز ۱۴۰۵")
    ali = member(club, "Ali", 0)
    assert buys(club, sara, "نوروز ۱۴۰۵")["to_pay"] == 900_000
    assert buys(club, sara, "نوروز1405")["to_pay"] == 1_000_000
    assert buys(club, ali, "نوروز1405")["to_pay"] == 900_000
    [told] = club.server.get("/code-series").json["items"]
    assert (told["made"], told["used"], told["discount"]) == (1, 2, 200_000)


def test_in_a_batch_the_second_finds_it_used(club: Club, sara: dict[str, Any]) -> None:
    series(club)
    [code] = make(club)
    sales = [club.sale(member={"id": sara["id"]}, gross=10**6, net=10**6, codes=[code]) for _ in range(3)]
    assert club.till.post("/purchases/batch", {"purchases": sales}).json["results"][2]["status"] == "recorded"
    used = connection().execute("SELECT receipt FROM code_use").fetchall()
    assert used == [(sales[0]["receipt"],)]


def test_in_a_batch_codes_of_one_series_count_together_for_a_member(club: Club, sara: dict[str, Any]) -> None:
    series(club, per_member=1)
    ali = member(club, "Ali", 0)
    codes = make(club, count=3)
    sales = [
        club.sale(member={"id": who["id"]}, gross=10**6, net=10**6, codes=[code])
        for who, code in zip((sara, sara, ali), codes, strict=True)
    ]
    assert club.till.post("/purchases/batch", {"purchases": sales}).status_code == 200
    used = {row[0] for row in connection().execute("SELECT receipt FROM code_use")}
    assert used == {sales[0]["receipt"], sales[2]["receipt"]}


def test_whoever_was_merged_has_used_it_too(club: Club, sara: dict[str, Any]) -> None:
    series(club, uses=None, per_member=1)
    make(club, text="NOWRUZ")
    ali = member(club, "Ali", 0)
    assert buys(club, ali, "NOWRUZ")["to_pay"] == 900_000
    merged = club.server.post(f"/members/{ali['id']}/merge", {"into": {"id": sara["id"]}, "reason": "The same"})
    assert merged.status_code in (200, 201), merged.json
    assert buys(club, sara, "NOWRUZ")["to_pay"] == 1_000_000


def test_two_codes_of_one_redemption_on_one_sale(club: Club, till: Api, sara: dict[str, Any]) -> None:
    tea = {"code": "tea", "title": BOTH, "kind": "goods", "price": {"points": 20}, "sku": "T-1"}
    assert club.server.post("/rewards", tea).status_code == 201
    got = till.post("/redemptions", {"member": {"id": sara["id"]}, "reward": "tea", "quantity": 2}).json
    lines = [{"line": "1", "sku": "T-1", "quantity": 3, "gross": 90_000, "net": 90_000}]
    codes = [its["code"] for its in got["codes"]]
    sold = till.post("/purchases", club.sale(member={"id": sara["id"]}, gross=..., net=..., lines=lines, codes=codes))
    assert sold.status_code == 201, sold.json
    assert [its["used"] for its in sold.json["codes"]] == [True, True]
    assert club.server.get(f"/redemptions/{got['id']}").json["status"] == "used"
    assert recount(club.id) == []


def test_points_buy_a_code_and_a_return_brings_them_back_in_proportion(
    club: Club, till: Api, sara: dict[str, Any]
) -> None:
    got = till.post("/redemptions", {"member": {"id": sara["id"]}, "reward": "tenth"}).json
    [code] = [its["code"] for its in got["codes"]]
    ali = member(club, "Ali", 0)
    assert buys(club, ali, code)["to_pay"] == 1_000_000, "it is Sara's"
    bought = buys(club, sara, code)
    assert bought["to_pay"] == 900_000
    assert club.server.get(f"/redemptions/{got['id']}").json["status"] == "used"
    assert till.post(f"/redemptions/{got['id']}/reverse").status_code == 409
    before = available(club, sara)
    back = {"return": "r-1", "occurred_at": club.clock.now.isoformat(), "amount": 500_000}
    taken = till.post(f"/purchases/{bought['id']}/returns", back)
    assert taken.json["restored"] == {"points": 20}
    assert available(club, sara) == before + 20 - taken.json["reversed"].get("points", 0)
    rest = {"return": "r-2", "occurred_at": club.clock.now.isoformat(), "all": True}
    assert till.post(f"/purchases/{bought['id']}/returns", rest).json["restored"] == {"points": 20}
    assert available(club, sara) == 100
    assert recount(club.id) == []


def test_a_sale_that_is_undone_gives_the_code_back(club: Club, sara: dict[str, Any]) -> None:
    series(club)
    [code] = make(club)
    bought = buys(club, sara, code)
    assert club.server.post(f"/purchases/{bought['id']}/void", {"reason": "Wrong till"}).status_code == 201
    assert buys(club, sara, code)["to_pay"] == 900_000
    assert recount(club.id) == []


def test_what_the_basket_lacks_is_said_and_the_code_stays(club: Club, sara: dict[str, Any]) -> None:
    series(club)
    [code] = make(club)
    body = club.sale(member={"id": sara["id"]}, gross=60_000, net=60_000, codes=[code])
    [told] = club.till.post("/purchases", body).json["codes"]
    assert told["because"] == "It begins with a basket of 10,000 toman; 4,000 toman more are needed."
    assert buys(club, sara, code)["to_pay"] == 900_000


def basket(club: Club, **more: Any) -> dict[str, Any]:
    return {k: v for k, v in club.sale(gross=10**6, net=10**6, **more).items() if k != "receipt"}


def test_a_shop_that_posts_no_purchases_checks_uses_and_gives_back(club: Club, till: Api, sara: dict[str, Any]) -> None:
    series(club)
    [code] = make(club)
    asked = {"code": code, "purchase": basket(club)}
    assert till.post("/codes/check", asked).json == {
        "reward": "tenth", "title": BOTH, "discount": 100_000, "lines": [], "because": None,
    }  # fmt: skip
    used = {**asked, "receipt": "B-1"}
    assert till.post("/codes/redeem", used).json["discount"] == 100_000
    assert till.post("/codes/redeem", used).status_code == 201, "the same sale uses it once"
    assert till.post("/codes/redeem", {**asked, "receipt": "B-2"}).status_code == 404
    assert till.post("/codes/check", asked).status_code == 404
    assert till.post("/codes/release", {"code": code, "store": "tajrish", "receipt": "B-1"}).json["released"]
    assert till.post("/codes/release", {"code": code, "store": "tajrish", "receipt": "B-1"}).status_code == 404
    assert till.post("/codes/redeem", {**asked, "receipt": "B-2"}).status_code == 201
    sale = club.sale(member={"id": sara["id"]}, gross=10**6, net=10**6, codes=[code], receipt="B-2")
    assert till.post("/purchases", sale).json["to_pay"] == 900_000, "the purchase uses what was used for its receipt"
    gone = till.post("/codes/release", {"code": code, "store": "tajrish", "receipt": "B-2"})
    assert gone.status_code == 409


def test_a_code_is_not_used_on_a_basket_that_lacks_something(club: Club, till: Api, sara: dict[str, Any]) -> None:
    series(club)
    [code] = make(club)
    small = basket(club) | {"gross": 60_000, "net": 60_000}
    lacks = "It begins with a basket of 10,000 toman; 4,000 toman more are needed."
    checked = till.post("/codes/check", {"code": code, "purchase": small})
    assert (checked.status_code, checked.json["discount"], checked.json["because"]) == (200, 0, lacks)
    refused = till.post("/codes/redeem", {"code": code, "purchase": small, "receipt": "B-1"})
    assert (refused.status_code, at_fault(refused)) == (422, ["/purchase"])
    assert refused.json["errors"][0]["message"] == lacks
    assert buys(club, sara, code)["to_pay"] == 900_000, "it was not used"


def test_a_check_writes_nothing(club: Club, till: Api, sara: dict[str, Any]) -> None:
    series(club)
    [code] = make(club)

    def seen() -> Any:
        return (
            connection()
            .execute("SELECT id, xmin::text FROM member UNION ALL SELECT id, xmin::text FROM code")
            .fetchall()
        )

    before = seen()
    connection().rollback()
    asked = {"code": code, "purchase": basket(club, member={"id": sara["id"]})}
    assert till.post("/codes/check", asked).status_code == 200
    assert seen() == before


def test_what_was_reserved_for_a_sale_that_did_not_come_to_it_is_free_again(
    club: Club, till: Api, sara: dict[str, Any]
) -> None:
    series(club)
    [code] = make(club)
    used = {"code": code, "purchase": basket(club), "receipt": "B-1"}
    assert till.post("/codes/redeem", used).status_code == 201
    small = club.sale(member={"id": sara["id"]}, gross=60_000, net=60_000, codes=[code], receipt="B-1")
    [told] = till.post("/purchases", small).json["codes"]
    assert (told["used"], told["because"][:5]) == (False, "It be")
    assert buys(club, sara, code)["to_pay"] == 900_000
    assert connection().execute("SELECT used FROM code").fetchone() == (1,)


def test_a_sale_returned_whole_gives_the_code_back_and_what_is_over_stays_over(
    club: Club, till: Api, clock: Clock, sara: dict[str, Any]
) -> None:
    series(club, until="2026-11-02T00:00:00Z")
    [code] = make(club)
    bought = buys(club, sara, code)

    def returns(name: str, **what: Any) -> None:
        body = {"return": name, "occurred_at": clock.now.isoformat(), **what}
        assert till.post(f"/purchases/{bought['id']}/returns", body).status_code == 201

    returns("r-1", amount=400_000)
    assert connection().execute("SELECT used FROM code").fetchone() == (1,), "a part of it is kept"
    returns("r-2", all=True)
    assert connection().execute("SELECT used FROM code").fetchone() == (0,)
    clock.move(days=2)
    assert buys(club, sara, code)["to_pay"] == 1_000_000


def test_a_sale_that_was_somebody_elses_keeps_its_code(club: Club, sara: dict[str, Any]) -> None:
    series(club)
    [code] = make(club)
    bought = buys(club, sara, code)
    ali = member(club, "Ali", 0)
    body = {"member": {"id": ali["id"]}, "reason": "The wrong card"}
    anew = club.server.post(f"/purchases/{bought['id']}/reassign", body)
    assert anew.status_code == 201, anew.json
    assert (anew.json["to_pay"], anew.json["codes"][0]["used"]) == (900_000, True)
    assert buys(club, sara, code)["to_pay"] == 1_000_000
    assert recount(club.id) == []


def test_a_members_code_is_used_and_given_back_without_a_purchase(club: Club, till: Api, sara: dict[str, Any]) -> None:
    got = till.post("/redemptions", {"member": {"id": sara["id"]}, "reward": "tenth"}).json
    code = got["codes"][0]["code"]
    asked = {"code": code, "purchase": basket(club, member={"id": sara["id"]}), "receipt": "B-1"}
    assert till.post("/codes/redeem", asked).status_code == 201
    assert club.server.get(f"/redemptions/{got['id']}").json["status"] == "used"
    assert till.post("/codes/release", {"code": code, "store": "tajrish", "receipt": "B-1"}).status_code == 200
    assert till.post(f"/redemptions/{got['id']}/reverse").status_code == 200
    assert available(club, sara) == 100
    assert recount(club.id) == []


@pytest.mark.parametrize("why", ["unknown", "used", "expired", "blocked", "another club's"])
def test_no_refusal_tells_why(club: Club, till: Api, clock: Clock, sara: dict[str, Any], why: str) -> None:
    series(club, until="2026-11-02T00:00:00Z")
    [code] = make(club)
    match why:
        case "unknown":
            code = "7K3M9Q-XT42HD-9F6WPA"
        case "used":
            buys(club, sara, code)
        case "expired":
            clock.move(days=2)
        case "blocked":
            connection().execute("UPDATE code SET blocked_at = now()")
            connection().commit()
        case _:
            other = Club("other", club.client, clock)
            other.server.post("/rewards", TENTH)
            series(other)
            [code] = make(other)
    refused = till.post("/codes/check", {"code": code, "purchase": basket(club)})
    assert (refused.status_code, refused.json["detail"]) == (404, "This code cannot be used.")


def wrong(n: int) -> str:
    return f"WRONG{n}"


def test_a_member_who_guesses_waits_and_others_do_not(club: Club, till: Api, sara: dict[str, Any]) -> None:
    series(club)
    [code] = make(club)
    ali = member(club, "Ali", 0)

    def checks(who: dict[str, Any], typed: str) -> int:
        return till.post(
            "/codes/check", {"code": typed, "purchase": basket(club, member={"id": who["id"]})}
        ).status_code

    assert {checks(sara, wrong(n)) for n in range(20)} == {404}
    assert checks(sara, code) == 429, "nobody learns by the next try whether it would have been good"
    assert checks(sara, wrong(3)) == 404, "the same wrong code again is no guess"
    assert checks(ali, code) == 200
    assert till.post("/codes/claim", {"member": {"id": sara["id"]}, "code": code}).status_code == 429
    refused = till.post("/purchases", club.sale(member={"id": sara["id"]}, codes=[code]))
    assert refused.status_code == 429
    assert int(refused.headers["Retry-After"]) > 0
    assert till.post("/purchases", club.sale(member={"id": sara["id"]})).status_code == 201


def test_purchases_quotes_and_batches_are_no_way_to_guess(club: Club, till: Api, sara: dict[str, Any]) -> None:
    named = {"member": {"id": sara["id"]}}
    assert till.post("/purchases", club.sale(**named, codes=[wrong(n) for n in range(10)])).status_code == 201
    quoted = {**basket(club), **named, "codes": [wrong(n) for n in range(10, 19)]}
    assert till.post("/quotes", quoted).status_code == 200
    sales = [club.sale(**named, codes=[wrong(n)]) for n in (18, 19, 20)]
    results = till.post("/purchases/batch", {"purchases": sales}).json["results"]
    assert [its["status"] for its in results] == ["recorded", "recorded", "refused"]
    assert results[2]["error"]["code"] == "rate_limited"
    assert till.post("/quotes", {**quoted, "codes": [wrong(21)]}).status_code == 429


def test_an_address_that_guesses_waits(club: Club, till: Api, sara: dict[str, Any]) -> None:
    sales = [club.sale(codes=[wrong(n)], member={"id": sara["id"]}) for n in range(20)]
    assert till.post("/purchases/batch", {"purchases": sales}).status_code == 200
    asked = {"purchase": basket(club)}
    tries = [till.post("/codes/check", {"code": wrong(n), **asked}).status_code for n in range(20, 201)]
    assert (set(tries[:180]), tries[180]) == ({404}, 429)


def test_an_expired_code_that_every_basket_brings_keeps_no_till_waiting(
    club: Club, till: Api, clock: Clock, sara: dict[str, Any]
) -> None:
    series(club, uses=None, until="2026-11-02T00:00:00Z")
    make(club, text="NOWRUZ")
    clock.move(days=2)
    for _ in range(25):
        assert buys(club, sara, "NOWRUZ")["codes"][0]["used"] is False


def test_a_code_in_a_pack_is_found_once(club: Club, till: Api, clock: Clock, sara: dict[str, Any]) -> None:
    found = {
        "no": "9", "title": BOTH, "on": {"code": "pack"}, "give": [{"points": {"fixed": 25}}],
    }  # fmt: skip
    club.server.put("/bylaws/draft", {"document": BYLAWS | {"articles": [*BYLAWS["articles"], found]}})
    clock.move(minutes=1)
    assert club.server.post("/bylaws/draft/publish", {"note": "Packs"}).status_code in (200, 201)
    clock.move(minutes=1)
    assert club.server.post("/code-series", {"code": "pack", "title": BOTH}).status_code == 201
    codes = club.server.post("/code-series/pack/codes", {"count": 2}).json["codes"]
    claimed = till.post("/codes/claim", {"member": {"id": sara["id"]}, "code": codes[0]})
    assert claimed.status_code == 201, claimed.json
    assert claimed.json["event"]["awards"][0]["amount"] == 25
    again = till.post("/codes/claim", {"member": {"id": sara["id"]}, "code": codes[0]})
    assert (again.status_code, at_fault(again)) == (404, ["/code"])
    assert available(club, sara) == 125
    assert buys(club, sara, codes[1])["codes"][0]["used"] is False, "a pack's code is no discount"
    assert recount(club.id) == []


def test_a_claimed_discount_is_the_members_own(club: Club, till: Api, sara: dict[str, Any]) -> None:
    series(club)
    [code] = make(club)
    assert till.post("/codes/claim", {"member": {"id": sara["id"]}, "code": code}).json == {
        "yours": True,
        "event": None,
    }
    ali = member(club, "Ali", 0)
    assert buys(club, ali, code)["to_pay"] == 1_000_000
    assert buys(club, sara, code)["to_pay"] == 900_000


def test_rewards_are_redeemed_with_the_purchase(club: Club, till: Api, sara: dict[str, Any]) -> None:
    tea = {"code": "tea", "title": BOTH, "kind": "goods", "price": {"points": 50}, "sku": "T-1", "stock": 1}
    assert club.server.post("/rewards", tea).status_code == 201
    lines = [
        {"line": "1", "sku": "T-1", "quantity": 2, "gross": 80_000, "net": 80_000},
        {"line": "2", "sku": "X", "quantity": 1, "gross": 320_000, "net": 320_000},
    ]
    body = club.sale(member={"id": sara["id"]}, gross=..., net=..., lines=lines)
    sold = till.post("/purchases", body | {"redeem": [{"reward": "tea"}, {"reward": "tenth"}]})
    assert sold.status_code == 201, sold.json
    assert [its["amount"] for its in sold.json["discounts"]] == [40_000, 36_000]
    assert sold.json["discounts"][0]["lines"] == [{"line": "1", "amount": 40_000}]
    assert sold.json["to_pay"] == 324_000
    assert available(club, sara) == 100 - 90 + 3
    assert till.post("/purchases", body | {"redeem": [{"reward": "tea"}, {"reward": "tenth"}]}).status_code == 200
    next_ = club.sale(member={"id": sara["id"]}, gross=..., net=..., lines=lines, redeem=[{"reward": "tea"}])
    assert till.post("/purchases", next_).json["code"] in ("out_of_stock", "insufficient_balance")
    del next_["redeem"]
    assert till.post("/purchases", next_).status_code == 201, "a refused sale leaves its receipt free"
    back = {"return": "r-1", "occurred_at": club.clock.now.isoformat(), "all": True}
    undone = till.post(f"/purchases/{sold.json['id']}/returns", back)
    assert undone.json["restored"] == {"points": 90}
    assert recount(club.id) == []


@pytest.mark.parametrize(
    ("wrong", "place"),
    [
        ({"redeem": [{"reward": "tenth"}], "member": ...}, "/redeem"),
        ({"redeem": [{"reward": "tenth"}], "gross": 9, "net": 9}, "/redeem/0/reward"),
        ({"redeem": [{"reward": "tenth", "quantity": 0}]}, "/redeem/0/quantity"),
    ],
)
def test_what_cannot_be_redeemed_with_a_purchase(
    club: Club, till: Api, sara: dict[str, Any], wrong: dict[str, Any], place: str
) -> None:
    body = club.sale(**({"member": {"id": sara["id"]}, "gross": 10**6, "net": 10**6} | wrong))
    refused = till.post("/purchases", body)
    assert (refused.status_code, at_fault(refused)) == (422, [place])
    assert recount(club.id) == []
