"""Cashback paid out: asked for, filed for the bank once, paid, failed; the account is read by nobody else."""

from __future__ import annotations

import csv
import io
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.erase_member import erase_member
from loyalty.actions.file_payouts import file_payouts
from loyalty.acts import By
from loyalty.db import connection
from loyalty.ibans import NoIban, normal
from loyalty.ledger.recount import recount
from tests.actions.at_once import at_once
from tests.rest.conftest import Api, Club, at_fault

IBAN = "IR062960000000100324200001"
GERMAN = "DE89370400440532013000"


def earns(club: Club, cashback: int = 50_000, **told: Any) -> int:
    member = club.enrols(**({"name": "سارا مرادی"} | told))
    given = {"wallet": "cashback", "amount": cashback, "reason": "Start"}
    assert club.server.post(f"/members/{member['id']}/adjustments", given).status_code == 201
    return int(member["id"])


def asks(club: Club, member: int, amount: int = 30_000, iban: str = IBAN) -> dict[str, Any]:
    answer = club.server.post(f"/members/{member}/payouts", {"wallet": "cashback", "amount": amount, "iban": iban})
    assert answer.status_code == 201, answer.json
    found: dict[str, Any] = answer.json
    return found


def lines(server: Api, file: int) -> list[dict[str, str]]:
    answer = server.get(f"/payouts/files/{file}")
    assert (answer.status_code, answer.mimetype) == (200, "text/csv")
    return list(csv.DictReader(io.StringIO(answer.data.decode())))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (IBAN, IBAN),
        ("ir06 2960 0000 0010 0324 2000 01", IBAN),
        ("۰۶۲۹۶۰۰۰۰۰۰۰۱۰۰۳۲۴۲۰۰۰۰۱", IBAN),
        ("DE89 3704 0044 0532 0130 00", GERMAN),
    ],
)
def test_an_account_is_taken_as_people_type_it(typed: str, kept: str) -> None:
    assert normal(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", "IR", IBAN[:-1], f"{IBAN}0", IBAN.replace("3242", "3224"), "DE88370400440532013000", "1" * 24]
)
def test_a_slip_of_the_hand_is_noticed(typed: str) -> None:
    with pytest.raises(NoIban):
        normal(typed)


def test_a_payout_from_asking_to_the_bank(club: Club, server: Api) -> None:
    sara = earns(club)
    asked = asks(club, sara)
    assert (asked["status"], asked["amount"], asked["account"], asked["member"]) == ("waiting", 30_000, "0001", sara)
    assert (asked["wallets"]["cashback"]["available"], asked["wallets"]["cashback"]["held"]) == (20_000, 30_000)
    assert server.post(f"/payouts/{asked['id']}/paid").status_code == 409, "no bank has heard of it"
    for way in ("capture", "void"):
        assert server.post(f"/payments/{asked['id']}/{way}").status_code == 404, "it is no payment at the till"
    made = server.post("/payouts/files")
    assert (made.status_code, made.json["payouts"], made.json["amount"]) == (201, 1, 30_000)
    assert lines(server, made.json["id"]) == [
        {"amount": "30000", "iban": IBAN, "name": "سارا مرادی", "reference": str(asked["id"])}
    ]
    assert server.post("/payouts/files").status_code == 409, "nothing waits"
    club.clock.move(days=200)
    paid = server.post(f"/payouts/{asked['id']}/paid").json
    assert (paid["status"], paid["file"], paid["wallets"]["cashback"]["held"]) == ("paid", made.json["id"], 0)
    assert server.post(f"/payouts/{asked['id']}/paid").status_code == 409
    said = [its["sentence"]["en"] for its in server.get(f"/members/{sara}/statement").json["items"]]
    assert said[:2] == [
        "Paid to the bank account that ends in \u20660001\u2069.",
        "On its way to the bank account that ends in \u20660001\u2069.",
    ]
    assert [its["account"] for its in server.get(f"/members/{sara}/export").json["payouts"]] == ["0001"]
    assert recount(club.id) == []


def test_what_the_bank_did_not_pay_comes_back_at_every_stage(club: Club, server: Api) -> None:
    sara = earns(club)
    for stage in range(3):
        asked = asks(club, sara)
        if stage:
            assert server.post("/payouts/files").status_code == 201
        if stage == 2:
            assert server.post(f"/payouts/{asked['id']}/paid").status_code == 200
        failed = server.post(f"/payouts/{asked['id']}/failed", {"reason": "The account is closed"}).json
        assert (failed["status"], failed["reason"]) == ("failed", "The account is closed")
        assert failed["wallets"]["cashback"]["available"] == 50_000, stage
        assert server.post(f"/payouts/{asked['id']}/failed", {"reason": "Again"}).status_code == 409
        assert server.post(f"/payouts/{asked['id']}/paid").status_code == 409
    waiting = server.get("/payouts", status="waiting").json["items"]
    assert (waiting, len(server.get("/payouts", member=sara).json["items"])) == ([], 3)
    assert [its["payouts"] for its in server.get("/payouts/files").json["items"]] == [1, 1]
    assert recount(club.id) == []


def test_what_is_asked_wrongly_is_refused_where_it_is_wrong(club: Club, server: Api, till: Api) -> None:
    sara = earns(club)
    body = {"wallet": "cashback", "amount": 30_000, "iban": IBAN}
    path = f"/members/{sara}/payouts"
    assert at_fault(server.post(path, body | {"iban": IBAN[:-1] + "2"})) == ["/iban"]
    assert at_fault(server.post(path, body | {"wallet": "points"})) == ["/wallet"]
    assert server.post(path, body | {"amount": 50_001}).json["code"] == "insufficient_balance"
    assert server.post("/members/999/payouts", body).status_code == 404
    assert till.post(path, body).status_code == 403
    assert server.post("/payouts/99/paid").status_code == 404
    assert server.get("/payouts/files/99").status_code == 404
    assert recount(club.id) == []


def test_the_account_lies_nowhere_in_the_clear_and_goes_with_the_person(club: Club, server: Api) -> None:
    sara = earns(club)
    asks(club, sara)
    filed = server.post("/payouts/files").json
    other = asks(club, earns(club, name="=1+1"))
    kept = connection().execute("SELECT to_jsonb(payout)::text, sealed FROM payout").fetchall()
    assert all(IBAN not in text and IBAN.encode() not in bytes(sealed) for text, sealed in kept)
    erase_member(club.id, sara, club.clock.now)
    assert lines(server, filed["id"]) == []
    [gone] = server.get("/payouts", member=sara).json["items"]
    assert (gone["status"], gone["account"]) == ("failed", "")
    [left] = lines(server, server.post("/payouts/files").json["id"])
    assert (left["name"], left["reference"]) == ("1+1", str(other["id"])), "no formula in the bank's spreadsheet"
    assert recount(club.id) == []


def test_sixteen_who_make_files_at_once_put_each_payout_into_one(app: Flask, club: Club) -> None:
    for n in range(5):
        asks(club, earns(club, name=str(n)))
    came = at_once(app, *[lambda: file_payouts(club.id, By(key=1), club.clock.now) and "made"] * 16)
    assert came == {"made": 1, "Conflict": 15}
    row = connection().execute("SELECT count(DISTINCT file_id), count(*) FROM payout WHERE status = 'filed'").fetchone()
    assert row == (1, 5)
