"""Over the years: standings with their reasons, two records that become one, a person's data shown whole and erased."""

from __future__ import annotations

import copy
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.publish_bylaws import publish_bylaws
from loyalty.actions.review_tiers import review_tiers
from loyalty.db import connection, db, transaction
from loyalty.ledger.recount import recount
from loyalty.outbox import send
from loyalty.queries.members import present
from tests.conftest import Clock
from tests.rest.conftest import BYLAWS, Api, Club, at_fault, rows

DAY = timedelta(days=1)
KEY = "Idempotency-Key"


@pytest.fixture
def strict(app: Flask, client: Any, clock: Clock) -> Club:
    """A club where the suspended go on earning, and the expelled lose what they have."""
    bylaws = copy.deepcopy(BYLAWS)
    bylaws["wallets"]["points"]["matures"] = {"days": 10}
    bylaws["membership"] = {"suspended": {"earns": True}, "expelled": {"wallets": "forfeit"}}
    return Club("strict", client, clock, bylaws)


def buys(club: Club, member: int, net: int = 1_000_000, **more: Any) -> dict[str, Any]:
    response = club.server.post("/purchases", club.sale(member={"id": member}, gross=net, net=net, **more))
    assert response.status_code == 201, response.json
    return response.json


def available(club: Club, member: int) -> int:
    return club.server.get(f"/members/{member}/wallets").json["points"]["available"]


def with_key(api: Api, key: str) -> Api:
    return Api(api.client, api.key, **{KEY: key})


def test_who_earns_in_which_standing_is_what_the_bylaws_say(strict: Club, club: Club) -> None:
    for its, earns in ((strict, True), (club, False)):
        sara = its.enrols()["id"]
        its.server.patch(f"/members/{sara}", {"status": "suspended"})
        assert bool(buys(its, sara)["awards"]) is earns
        db.session.rollback()
        assert recount(its.id) == []


def test_a_sale_of_an_earlier_day_is_judged_by_the_standing_of_that_day(club: Club, clock: Clock) -> None:
    sara = club.enrols(joined_at="2026-10-01T00:00:00Z")["id"]
    before = clock.now.isoformat()
    clock.move(days=1)
    told = {"status": "suspended", "reason": "A quarrel at the till"}
    assert club.server.patch(f"/members/{sara}", told).json["status"] == "suspended"
    during = clock.move(days=1).isoformat()
    clock.move(days=1)
    club.server.patch(f"/members/{sara}", {"status": "active"})
    clock.move(days=1)
    assert [bool(buys(club, sara, occurred_at=at)["awards"]) for at in (before, during, clock.now.isoformat())] == [
        True,
        False,
        True,
    ]
    kept = connection().execute("SELECT from_status, to_status, reason, by FROM standing_change ORDER BY id").fetchall()
    assert kept == [
        ("active", "suspended", "A quarrel at the till", "key:1"),
        ("suspended", "active", None, "key:1"),
    ]
    assert recount(club.id) == []


def test_the_same_standing_again_changes_nothing(club: Club) -> None:
    sara = club.enrols()["id"]
    club.server.patch(f"/members/{sara}", {"status": "active", "reason": "as it was"})
    assert rows()["standing_change"] == 0


def test_expulsion_takes_what_the_bylaws_say_pending_points_too(strict: Club, clock: Clock) -> None:
    sara, lena = strict.enrols()["id"], strict.enrols()["id"]
    for member in (sara, lena):
        buys(strict, member)
    clock.move(days=11)
    buys(strict, sara, 2_000_000)
    strict.server.patch(f"/members/{lena}", {"status": "left"})
    strict.server.patch(f"/members/{sara}", {"status": "expelled", "reason": "Fraud"})
    figures = "SELECT pending, available, expired FROM balance WHERE member_id = %s AND wallet = 'points'"
    assert connection().execute(figures, [sara]).fetchone() == (0, 0, 30)
    assert connection().execute(figures, [lena]).fetchone() == (10, 0, 0)
    told = connection().execute("SELECT data->>'amount' FROM outbox WHERE type = 'points.expired'").fetchall()
    assert told == [("30",)]
    noted = connection().execute("SELECT member_id, kind, wallet, amount, reason FROM adjustment").fetchall()
    assert noted == [(sara, "forfeit", "points", -30, "Fraud")]
    assert recount(strict.id) == []
    db.session.rollback()
    strict.server.patch(f"/members/{sara}", {"status": "active"})
    buys(strict, sara)
    assert recount(strict.id) == []


def test_reviews_look_at_those_who_earn(strict: Club, clock: Clock) -> None:
    sara, lena = strict.enrols()["id"], strict.enrols()["id"]
    for member, status in ((sara, "suspended"), (lena, "left")):
        buys(strict, member)
        with transaction() as conn:
            conn.execute("UPDATE member SET tier = 'silver' WHERE id = %s", [member])
        strict.server.patch(f"/members/{member}", {"status": status})
    review_tiers(strict.id, clock.move(days=1))
    tiers = dict(connection().execute("SELECT id, tier FROM member").fetchall())
    assert tiers == {sara: "bronze", lena: "silver"}


def test_two_records_become_one_and_come_apart_over_http(club: Club, server: Api) -> None:
    sara = club.enrols(name="Sara", phone="09120000001", external_id="C-1")
    twin = club.enrols(name="S. Mohammadi", phone="09120000002")
    buys(club, sara["id"])
    buys(club, twin["id"], 2_000_000)
    club.settle()
    body = {"into": {"external_id": "C-1"}, "reason": "Registered twice"}
    merged = with_key(server, "m-1").post(f"/members/{twin['id']}/merge", body)
    assert merged.status_code == 201, merged.json
    assert (merged.json["member"]["merged_into"], merged.json["other"]["id"]) == (sara["id"], sara["id"])
    again = with_key(server, "m-1").post(f"/members/{twin['id']}/merge", body)
    assert (again.status_code, again.data) == (200, merged.data)
    assert (available(club, sara["id"]), available(club, twin["id"])) == (30, 0)
    assert server.get("/members", phone="09120000002").json["items"][0]["id"] == sara["id"]
    assert server.get(f"/members/{twin['id']}").json["merged_into"] == sara["id"]
    assert [member["id"] for member in server.get("/members").json["items"]] == [sara["id"]]
    club.settle()
    places = server.get("/leaderboards/month").json["items"]
    assert [(place["name"], place["score"]) for place in places] == [("Sara", 3_000_000)]
    buys(club, twin["id"], 500_000)
    apart = server.post(f"/members/{twin['id']}/unmerge", {"reason": "Sisters"})
    assert (apart.status_code, apart.json["member"]["merged_into"]) == (201, None)
    assert apart.json["member"]["phone"] == twin["phone"]
    assert (available(club, sara["id"]), available(club, twin["id"])) == (15, 20)
    club.settle()
    places = server.get("/leaderboards/month").json["items"]
    assert [(place["name"], place["score"]) for place in places] == [("S. M.", 2_000_000), ("Sara", 1_500_000)]
    assert recount(club.id) == []


def test_a_merge_that_makes_no_sense_is_refused_in_both_languages(club: Club, server: Api) -> None:
    sara, twin = club.enrols()["id"], club.enrols()["id"]
    before = rows()
    for lang, word in (("en", "same member"), ("fa", "همان عضو")):
        refused = server.speaking(lang).post(f"/members/{sara}/merge", {"into": {"id": sara}, "reason": "x"})
        assert (refused.status_code, at_fault(refused)) == (422, ["/into"])
        assert word in refused.json["errors"][0]["message"]
    for body in ({"into": {"id": twin}}, {"reason": "x"}, {"into": {"phone": "09129999999"}, "reason": "x"}):
        assert server.post(f"/members/{sara}/merge", body).status_code == 422
    assert server.post(f"/members/{sara}/unmerge", {"reason": "x"}).status_code == 409
    assert server.post("/members/999/merge", {"into": {"id": sara}, "reason": "x"}).status_code == 404
    assert rows() == before
    server.post(f"/members/{twin}/merge", {"into": {"id": sara}, "reason": "x"})
    for lang, word in (("en", f"goes on as member {sara}"), ("fa", "ادغام")):
        refused = server.speaking(lang).patch(f"/members/{twin}", {"name": "T."})
        assert refused.status_code == 409
        assert word in refused.json["detail"]


PERSON: dict[str, Any] = {
    "name": "Parvin Secretpour",
    "alias": "Secretalias",
    "email": "parvin.secret@example.com",
    "phone": "09127654321",
    "card": "SECRETCARD9",
    "external_id": "EXT-SECRET-77",
    "birthday": "1979-03-14",
    "attributes": {"city": "Secretabad"},
}
NEEDLES = (
    "Secretpour",
    "secretpour",
    "Secretalias",
    "parvin.secret",
    "9127654321",
    "SECRETCARD9",
    "EXT-SECRET-77",
    "1979-03-14",
    "Secretabad",
    "Secretgift",
    "secret quarrel",
    "secret twin",
    "secret sister",
    "secret present",
    "secret mistake",
    "secret delivery",
)


def found() -> dict[str, set[str]]:
    """Where each word lies: every column of every table is looked at, as text."""
    places: dict[str, set[str]] = {}
    with transaction() as conn:
        for name in db.metadata.tables:
            for word in NEEDLES:
                query = f"SELECT 1 FROM {name} AS row WHERE row::text LIKE %s LIMIT 1"
                if conn.execute(query, [f"%{word}%"]).fetchone():
                    places.setdefault(word, set()).add(name)
    return places


def lives(club: Club, server: Api, clock: Clock) -> tuple[int, int]:
    """Somebody who left traces everywhere; answers the ids of her two records."""
    parvin = club.enrols(**PERSON)["id"]
    friend = club.enrols(referred_by={"id": parvin})["id"]
    twin = club.enrols(name="P. Secretpour")["id"]
    buys(club, parvin, attributes={"for": "Secretgift"})
    buys(club, twin)
    buys(club, friend)
    late = club.sale(
        member={"phone": PERSON["phone"]},
        occurred_at=(clock.now - 60 * DAY).isoformat(),
        attributes={"for": "Secretgift"},
    )
    assert club.till.post("/purchases", late).status_code == 202
    points = {**BYLAWS["wallets"]["points"], "transfers": True}
    publish_bylaws(club.id, {**BYLAWS, "wallets": {**BYLAWS["wallets"], "points": points}}, clock.now)
    for one, other in ((parvin, friend), (friend, parvin)):
        gift = {"to": {"id": other}, "wallet": "points", "amount": 1, "reason": "a secret present"}
        assert server.post(f"/members/{one}/transfers", gift).status_code == 201
    server.patch(f"/members/{parvin}", {"status": "suspended", "reason": "a secret quarrel"})
    body = {"into": {"id": parvin}, "reason": "the secret twin"}
    assert with_key(server, "k").post(f"/members/{twin}/merge", body).status_code == 201
    server.post(f"/members/{twin}/unmerge", {"reason": "a secret sister"})
    server.post(f"/members/{twin}/merge", body)
    with transaction() as conn:
        send("member.greeted", club.id, [(parvin, {"name": "Secretpour"})], clock.now)
        conn.execute(
            "INSERT INTO sign_in_code (member_id, digest, expires_at) VALUES (%s, 'x', %s)", [parvin, clock.now]
        )
        conn.execute(
            "INSERT INTO webhook (club_id, url, types, secret, created_at, leased_until, rests_until)"
            " VALUES (%s, 'https://shop.example/hook', '{member.merged}', 'x', %s, %s, %s)",
            [club.id, clock.now, clock.now, clock.now + 90 * DAY],
        )
        conn.execute(
            "INSERT INTO webhook_delivery (webhook_id, message_id, part, type, body, member_id, created_at)"
            " SELECT id, 'm', 0, 'member.greeted', '{\"of\": \"a secret delivery\"}', %s, %s FROM webhook",
            [parvin, clock.now],
        )
        conn.execute(
            "INSERT INTO purchase_return (id, club_id, member_id, purchase_id, store_id, key, digest, kind,"
            " occurred_at, recorded_at, gross, net, content, outcome, settled)"
            " SELECT 9002, club_id, member_id, id, store_id, 'v', 'x', 'void', occurred_at, recorded_at, 0, 0,"
            " '{\"reason\": \"a secret mistake\"}', '{}', true"
            " FROM purchase WHERE member_id = %s",
            [parvin],
        )
    return parvin, twin


def test_after_erasure_nothing_tells_who_it_was_and_all_sums_stay(club: Club, server: Api, clock: Clock) -> None:
    parvin, twin = lives(club, server, clock)
    assert found().keys() == set(NEEDLES)  # else the search would find nothing anyway
    before = rows()
    amounts = "SELECT sum(net), count(*) FROM purchase"
    sums = connection().execute(amounts).fetchone()
    erased = server.delete(f"/members/{parvin}")
    assert erased.status_code == 200
    assert (erased.json["status"], erased.json["name"], erased.json["phone"]) == ("left", None, None)
    assert found() == {}
    assert connection().execute(amounts).fetchone() == sums
    assert {name: rows()[name] for name in ("member", "purchase", "purchase_return", "set_aside", "lot")} == {
        name: before[name] for name in ("member", "purchase", "purchase_return", "set_aside", "lot")
    }
    for member in (parvin, twin):
        left = connection().execute(
            "SELECT status, erased_at, pending + available FROM member LEFT JOIN balance ON member_id = id"
            " AND wallet = 'points' WHERE id = %s",
            [member],
        )
        assert left.fetchone() == ("left", clock.now, 0)
    club.settle()
    assert [place["score"] for place in server.get("/leaderboards/month").json["items"]] == [1_000_000]
    assert [member["id"] for member in server.get("/members").json["items"]] == [2]
    assert server.get("/members/2").json["referred_by"] == parvin
    db.session.rollback()
    assert recount(club.id) == []


def test_erasing_again_or_by_the_merged_record_does_the_same(club: Club, server: Api, clock: Clock) -> None:
    parvin, twin = lives(club, server, clock)
    assert server.delete(f"/members/{twin}").status_code == 200
    assert found() == {}
    once = rows()
    clock.move(days=1)
    assert server.delete(f"/members/{parvin}").status_code == 200
    again = rows()
    assert {name: count for name, count in again.items() if name != "outbox"} == {
        name: count for name, count in once.items() if name != "outbox"
    }
    assert connection().execute("SELECT DISTINCT erased_at FROM member WHERE erased_at IS NOT NULL").fetchall() == [
        (clock.now - DAY,)
    ]
    assert server.delete("/members/999").status_code == 404
    db.session.rollback()
    assert recount(club.id) == []


def test_an_erased_member_is_known_by_nothing_and_what_named_them_is_free(club: Club, server: Api) -> None:
    parvin = club.enrols(**PERSON)["id"]
    server.delete(f"/members/{parvin}")
    assert server.post("/purchases", club.sale(member={"id": parvin})).status_code == 404
    assert server.post("/purchases", club.sale(member={"card": PERSON["card"]})).status_code == 404
    assert server.patch(f"/members/{parvin}", {"name": "Back"}).status_code == 409
    assert server.post(f"/members/{parvin}/unmerge", {"reason": "x"}).status_code == 409
    assert club.enrols(**PERSON)["id"] != parvin


def test_a_person_gets_all_that_is_kept_of_them_in_one_document(club: Club, server: Api, clock: Clock) -> None:
    parvin, twin = lives(club, server, clock)
    response = server.get(f"/members/{parvin}/export")
    assert (response.status_code, response.mimetype) == (200, "application/json")
    assert int(response.headers["Content-Length"]) == len(response.data)
    told = response.json
    assert [member["id"] for member in told["members"]] == [parvin, twin]
    assert told["members"][0]["birthday"] == PERSON["birthday"]
    assert {(one["kind"], one["value"]) for one in told["identifiers"]} >= {
        ("phone", "+989127654321"),
        ("external_id", PERSON["external_id"]),
    }
    first = told["purchases"][0]
    assert (first["member"], first["net"], first["attributes"]) == (parvin, 1_000_000, {"for": "Secretgift"})
    assert first["awards"] == [{"article": "1", "wallet": "points", "amount": 10}]
    assert {entry["member"] for entry in told["entries"]} == {parvin, twin}
    assert told["standings"][0]["reason"] == "a secret quarrel"
    assert [(one["member"], one["undone_reason"]) for one in told["merges"]] == [
        (twin, "a secret sister"),
        (twin, None),
    ]
    assert all(told[name] for name in ("lots", "wallets", "badges", "returns", "set_aside", "counters", "adjustments"))
    # Nothing that is kept in words stays out of it.
    text = response.get_data(as_text=True)
    assert [word for word in NEEDLES if word not in text and word != "secretpour"] == []
    assert server.get("/members/999/export").status_code == 404
    assert club.till.get(f"/members/{parvin}/export").status_code == 403


def test_lines_are_exported_by_their_names(club: Club, server: Api) -> None:
    sara = club.enrols()["id"]
    line = {"line": "1", "sku": "milk", "quantity": "1.5", "gross": 10, "net": 10, "tags": ["fresh"]}
    server.post("/purchases", club.sale(member={"id": sara}, lines=[line], gross=..., net=...))
    (purchase,) = server.get(f"/members/{sara}/export").json["purchases"]
    assert purchase["lines"] == [line | {"category": None, "brand": None}]


def test_a_member_who_signed_in_before_a_merge_sees_the_one_who_goes_on(club: Club, server: Api) -> None:
    sara, twin = club.enrols(name="Sara")["id"], club.enrols(name="Twin")["id"]
    server.post(f"/members/{twin}/merge", {"into": {"id": sara}, "reason": "x"})
    assert present(club.id, twin).name == "Sara"
