"""A till posts purchases: judged, repeated, refused, quoted, listed and explained."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy

from loyalty.rules.ruling import Given
from tests.books import Books
from tests.rest.conftest import BYLAWS, Club, at_fault, rows

DAIRY = [
    {"line": "1", "sku": "MILK-1L", "quantity": 2, "gross": 700_000, "net": 600_000, "category": "dairy"},
    {"line": "2", "sku": "BREAD", "quantity": "1.5", "gross": 300_000, "net": 300_000, "tags": ["fresh"]},
]


def test_a_sale_is_answered_with_what_it_gave_and_why_not_more(club: Club, till) -> None:
    sara = club.enrols(phone="09121234567", name="سارا محمدی")
    response = till.post("/purchases", club.sale(member={"phone": "۰۹۱۲ ۱۲۳ ۴۵۶۷"}, net=950_000))
    assert response.status_code == 201
    answer = response.json
    assert answer["status"] == "recorded"
    assert [(a["article"], a["wallet"], a["amount"]) for a in answer["awards"]] == [("1", "points", 9)]
    assert answer["badges"] == [{"code": "regular", "level": 1}]
    assert answer["wallets"]["points"] == {"available": 9, "earned": 9, "pending": 0, "held": 0, "debt": 0}
    (withheld,) = answer["withheld"]
    assert withheld["article"] == "2"
    assert withheld["because"]
    wallets = till.get(f"/members/{sara['id']}/wallets").json
    assert (wallets["points"]["available"], wallets["cashback"]["available"]) == (9, 0)


def test_sentences_come_in_the_callers_language(club: Club, till) -> None:
    club.enrols(external_id="C1")
    answer = till.speaking("fa").post("/purchases", club.sale(member={"external_id": "C1"})).json
    assert "امتیاز" in answer["awards"][0]["sentence"]
    assert (
        "points"
        in till.speaking("en").post("/purchases", club.sale(member={"external_id": "C1"})).json["awards"][0]["sentence"]
    )


def test_lines_decide_what_an_article_sees(club: Club, till) -> None:
    club.enrols(card="7777 8888")
    sale = club.sale(member={"card": "۷۷۷۷-۸۸۸۸"}, lines=DAIRY, gross=..., net=...)
    answer = till.post("/purchases", sale).json
    assert {a["article"]: a["amount"] for a in answer["awards"]} == {"1": 9, "2": 9_000}


def test_the_same_receipt_again_is_answered_as_before(club: Club, till) -> None:
    club.enrols(external_id="C1")
    sale = club.sale(member={"external_id": "C1"}, occurred_at="2026-11-01T12:00:00+03:30")
    first = till.post("/purchases", sale)
    before = rows()
    # The same instant in another zone, and digits of another script, are the same content.
    again = till.post("/purchases", sale | {"occurred_at": "۲۰۲۶-۱۱-۰۱T۰۸:۳۰:۰۰Z"})
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json == first.json
    assert rows() == before


def test_another_sale_under_the_same_receipt_is_a_conflict(club: Club, till) -> None:
    club.enrols(external_id="C1")
    sale = club.sale(member={"external_id": "C1"})
    till.post("/purchases", sale)
    before = rows()
    response = till.post("/purchases", sale | {"net": 1})
    assert (response.status_code, response.json["code"], at_fault(response)) == (409, "conflict", ["/receipt"])
    assert rows() == before


def test_one_receipt_posted_twice_at_once_is_recorded_once(club: Club, app) -> None:
    club.enrols(external_id="C1")
    sale = club.sale(member={"external_id": "C1"})
    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(lambda _: club.till.post("/purchases", sale).status_code, range(16)))
    assert sorted(statuses) == [200] * 15 + [201]
    assert club.server.get("/reports/summary").json["issued"]["points"] == 9


def test_a_sale_without_a_member_is_kept_unclaimed(club: Club, till) -> None:
    sale = club.sale()
    response = till.post("/purchases", sale)
    assert (response.status_code, response.json["status"], response.json["awards"]) == (201, "unclaimed", [])
    assert till.post("/purchases", sale).status_code == 200
    found = till.get(f"/purchases/{response.json['id']}").json
    assert (found["status"], found["net"], found["member"]) == ("unclaimed", 900_000, None)
    club.enrols(external_id="C1")
    claimed = till.post("/purchases", sale | {"member": {"external_id": "C1"}})
    assert claimed.status_code == 409
    assert "/claim" in claimed.json["detail"]


def test_a_till_a_month_late_waits_for_a_person_and_a_server_may_bring_any_past(club: Club, till, server) -> None:
    club.enrols(external_id="C1", joined_at="2026-01-01T00:00:00Z")
    late = {"member": {"external_id": "C1"}, "occurred_at": "2026-09-01T12:00:00Z"}
    aside = till.post("/purchases", club.sale(**late))
    assert (aside.status_code, aside.json["status"]) == (202, "set_aside")
    assert server.post("/purchases", club.sale(**late)).status_code == 201
    assert server.get("/reports/summary").json["purchases"] == 1


def test_a_batch_takes_the_good_and_names_the_bad(club: Club, server) -> None:
    club.enrols(external_id="C1")
    member = {"external_id": "C1"}
    good, bad, unknown = club.sale(member=member), club.sale(member=member, net=-1), club.sale(store="moon")
    response = server.post("/purchases/batch", {"purchases": [good, bad, 7, unknown, good]})
    assert response.status_code == 200
    results = response.json["results"]
    assert [row["status"] for row in results] == ["recorded", "refused", "refused", "refused", "repeated"]
    assert results[1]["receipt"] == bad["receipt"]
    assert results[1]["error"]["errors"][0]["path"] == "/net"
    assert results[2]["receipt"] is None
    assert results[0]["id"] == results[4]["id"]
    # Sent again with the fault mended, it completes.
    again = server.post("/purchases/batch", {"purchases": [good, bad | {"net": 1}]}).json["results"]
    assert [row["status"] for row in again] == ["repeated", "recorded"]


def test_a_quote_says_the_same_and_writes_nothing(club: Club, till) -> None:
    club.enrols(external_id="C1")
    sale = club.sale(member={"external_id": "C1"})
    before = rows()
    quoted = till.post("/quotes", {name: value for name, value in sale.items() if name != "receipt"})
    assert quoted.status_code == 200
    assert rows() == before
    recorded = till.post("/purchases", sale).json
    differs = {"id", "receipt", "status", "rewards", "yours"}
    assert {k: v for k, v in quoted.json.items() if k not in differs} == {
        k: v for k, v in recorded.items() if k not in differs
    }


def test_a_purchase_is_read_by_its_id_and_by_its_receipt(club: Club, till) -> None:
    sara = club.enrols(external_id="C1")
    sale = club.sale(
        receipt="2026/11/A 1",
        member={"external_id": "C1"},
        lines=DAIRY,
        gross=1_000_000,
        net=900_000,
        tenders=[{"type": "cash", "amount": 900_000}],
        channel="pos",
        attributes={"gift": True},
    )
    number = till.post("/purchases", sale).json["id"]
    found = till.get(f"/purchases/{number}").json
    assert till.get("/purchases/tajrish:2026/11/A 1").json == found
    assert (found["member"], found["given"], found["bylaws"]) == (sara["id"], {"points": 9, "cashback": 9_000}, 1)
    assert found["lines"] == DAIRY
    assert (found["tenders"], found["channel"], found["attributes"]) == (sale["tenders"], "pos", {"gift": True})
    assert till.get("/purchases/tajrish:nothing").status_code == 404
    assert till.get("/purchases/99").status_code == 404
    assert till.get("/purchases/what").status_code == 422


def test_an_explanation_shows_each_condition_with_what_it_saw(club: Club, till) -> None:
    club.enrols(external_id="C1")
    number = till.post("/purchases", club.sale(member={"external_id": "C1"})).json["id"]
    told = till.get(f"/purchases/{number}/explanation").json
    base, dairy = told["articles"]
    assert base["gave"][0]["amount"] == 9
    assert base["conditions"] == []
    assert dairy["gave"] == []
    assert dairy["conditions"][0]["holds"] is False
    assert dairy["conditions"][0]["saw"]["fa"]
    assert till.get("/purchases/tajrish:A-1/explanation").json == told


def test_purchases_are_listed_latest_first_a_page_at_a_time(club: Club, server) -> None:
    sara = club.enrols(external_id="C1", joined_at="2026-01-01T00:00:00Z")
    for day in range(1, 6):
        sale = club.sale(
            member={"external_id": "C1"},
            occurred_at=f"2026-10-0{day}T12:00:00+03:30",
            store="web" if day == 3 else "tajrish",
        )
        assert server.post("/purchases", sale).status_code == 201
    first = server.get("/purchases", member=sara["id"], limit=2).json
    second = server.get("/purchases", member=sara["id"], limit=2, cursor=first["next"]).json
    last = server.get("/purchases", member=sara["id"], limit=2, cursor=second["next"]).json
    pages = [[sale["receipt"] for sale in page["items"]] for page in (first, second, last)]
    assert pages == [["A-5", "A-4"], ["A-3", "A-2"], ["A-1"]]
    assert last["next"] is None

    def listed(**query: str) -> list[str]:
        return [sale["receipt"] for sale in server.get("/purchases", **query).json["items"]]

    assert listed(store="web") == ["A-3"]
    # Days include both ends, in either calendar; instants the first only.
    assert listed(**{"from": "2026-10-02", "until": "2026-10-03"}) == ["A-3", "A-2"]
    assert listed(**{"from": "1405-07-10", "until": "۱۴۰۵-۰۷-۱۱"}) == ["A-3", "A-2"]
    assert listed(**{"from": "2026-10-04T12:00:00+03:30", "until": "2026-10-05T12:00:00+03:30"}) == ["A-4"]
    assert server.get("/purchases", cursor="elsewhere").status_code == 422


def test_a_purchase_tells_what_came_back_what_is_kept_and_what_that_gives(club: Club, till, clock) -> None:
    club.enrols(external_id="C1")
    books = Books(club.id)
    sale = club.sale(member={"external_id": "C1"}, lines=DAIRY, gross=..., net=...)
    number = till.post("/purchases", sale).json["id"]
    whole = till.get(f"/purchases/{number}").json
    assert (whole["status"], whole["returned"]) == ("recorded", {"gross": 0, "net": 0})

    left = {"lines": {"1": 2000, "2": 500}}
    awards = [Given("1", 0, "points", 7, 700_000, 7), Given("2", 0, "cashback", 7_000, 700_000, 7_000)]
    books.returns(number, clock.now, net=200_000, awards=awards, left=left)
    part = till.get(f"/purchases/{number}").json
    assert (part["status"], part["net"], part["returned"]["net"]) == ("partly_returned", 900_000, 200_000)
    assert [(line["quantity"], line["kept"]) for line in part["lines"]] == [(2, 2), ("1.5", "0.5")]
    assert part["given"] == {"points": 7, "cashback": 7_000}

    books.returns(number, clock.now, net=700_000)
    back = till.get(f"/purchases/{number}").json
    assert (back["status"], back["returned"]["net"], back["given"]) == ("returned", 900_000, {})
    assert [line["kept"] for line in back["lines"]] == [0, 0]
    assert till.get("/purchases").json["items"] == [back]


def test_a_purchase_undone_says_so_also_where_it_had_no_lines(club: Club, till, clock) -> None:
    club.enrols(external_id="C1")
    basket, mistake = (till.post("/purchases", club.sale(member={"external_id": "C1"})).json["id"] for _ in range(2))
    Books(club.id).returns(basket, clock.now, net=900_000)
    Books(club.id).returns(mistake, clock.now, net=900_000, kind="void")
    statuses = {sale["id"]: sale["status"] for sale in till.get("/purchases").json["items"]}
    assert statuses == {basket: "returned", mistake: "void"}


def test_what_matured_or_expired_changes_nothing_of_what_a_purchase_gave(app, client, clock) -> None:
    document = deepcopy(BYLAWS)
    document["wallets"]["points"] |= {"matures": {"days": 3}, "expires": {"days": 10}}
    club = Club("timed", client, clock, document)
    sara = club.enrols(external_id="C1")["id"]
    number = club.till.post("/purchases", club.sale(member={"external_id": "C1"})).json["id"]
    clock.move(days=20)
    Books(club.id).settles(sara, clock.now)
    assert club.till.get(f"/purchases/{number}").json["given"] == {"points": 9}
