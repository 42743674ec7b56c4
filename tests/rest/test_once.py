"""A request with an Idempotency-Key moves value once, however often it comes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from flask import Flask
from marshmallow import Schema, fields, post_load

from loyalty.config import Settings
from loyalty.db import base_app, connection, db, retried, transaction
from loyalty.errors import Conflict
from loyalty.outbox import BELL
from loyalty.rest import access, api, guide
from loyalty.rest.access import caller
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.once import Done
from loyalty.schemas.fields import Base, Whole, Words
from loyalty.schemas.moments import Instant
from loyalty.valkey import valkey
from loyalty.values import Text
from tests.conftest import Client, Clock
from tests.rest.conftest import Api, Club, at_fault, rows

KEY = "Idempotency-Key"
FULL = 10
NOON = {"amount": 3, "at": "2026-11-01T12:00:00+03:30"}

blp = Blueprint(Text("Jars", "کوزه‌ها"), __name__, Text("Jars with coins.", "کوزه‌های سکه."))
holding_one: list[threading.Barrier] = []
"""Where those who pour meet once, holding one jar each."""


@dataclass(frozen=True)
class Handful:
    """Coins as an action takes them."""

    amount: int
    at: datetime
    member: int | None = None


class Coins(Base):
    """Coins to put in."""

    amount = Whole(-100, 100, required=True)
    at = Instant(required=True)
    member = Whole(1, 100)

    @post_load
    def made(self, data: dict[str, Any], **_: Any) -> Handful:
        return Handful(**data)


class Into(Base):
    """The jar to pour a coin into."""

    into = Words(10, required=True)


class JarSchema(Schema):
    """A jar."""

    jar = fields.String(required=True)
    coins = fields.Integer(required=True)
    at = fields.DateTime()


@retried
def put(jar: str, amount: int) -> int:
    """Put coins into a jar of the club, which holds ten."""
    with transaction() as conn:
        conn.execute(
            "INSERT INTO club_use (club_id, key, start, used) VALUES (%s, %s, '0001-01-01', 0) ON CONFLICT DO NOTHING",
            [caller().club_id, jar],
        )
        (coins,) = conn.execute(
            "UPDATE club_use SET used = used + %s WHERE club_id = %s AND key = %s RETURNING used",
            [amount, caller().club_id, jar],
        ).fetchone()
        if coins > FULL:
            raise Conflict(Text("The jar is full.", "کوزه پر است."))
        return coins


@blp.operation(
    "POST",
    "/jars/<jar>/coins",
    Text("Put coins in", "سکه ریختن"),
    Text("Puts coins in.", "سکه می‌ریزد."),
    {201: JarSchema},
    body=Coins,
    repeatable=True,
)
def filled(handful: Handful, jar: str) -> Done:
    """Put coins in."""
    return Done({"jar": jar, "coins": put(jar, handful.amount), "at": handful.at}, 201, handful.member)


@blp.operation(
    "POST",
    "/jars/<jar>/pour",
    Text("Pour a coin over", "سکه‌ای جابه‌جا کردن"),
    Text("From one jar into another.", "از کوزه‌ای به کوزهٔ دیگر."),
    {201: JarSchema},
    body=Into,
    repeatable=True,
)
def poured(body: dict[str, Any], jar: str) -> Done:
    """Pour a coin over."""
    coins = put(jar, -1)
    if holding_one:
        holding_one.pop().wait()
    put(body["into"], 1)
    return Done({"jar": jar, "coins": coins})


@pytest.fixture
def jars(app: Flask, own_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """An application with jars and nothing else."""
    for name in ("filled", "poured"):
        monkeypatch.setitem(access.OPERATIONS, f"Jars.{name}", access.TILL)
    made = base_app(own_settings)
    described = api.make(made)
    described.register_blueprint(blp)
    guide.register(made, described, [blp])
    made.test_client_class = Client
    yield made
    with made.app_context():
        db.engine.dispose()


class Hand:
    """Somebody of a club with a key of the API, who puts coins into jars."""

    def __init__(self, jars: Flask, key: str | None) -> None:
        self.jars, self.key = jars, key

    def post(self, path: str, body: Any, key: str | None = None, lang: str = "en") -> Any:
        headers = {} if key is None else {KEY: key}
        return Api(self.jars.test_client(), self.key, lang, **headers).post(f"/jars/{path}", body)


@pytest.fixture
def hand(jars: Flask, club: Club) -> Hand:
    return Hand(jars, club.server.key)


def coins(club: Club) -> dict[str, int]:
    with transaction() as conn:
        found = conn.execute("SELECT key, used FROM club_use WHERE club_id = %s ORDER BY key", [club.id])
        return dict(found.fetchall())


def test_the_same_again_is_answered_as_first_and_does_nothing_more(club: Club, hand: Hand) -> None:
    first = hand.post("red/coins", NOON, "k-1")
    assert (first.status_code, first.json["coins"]) == (201, 3)
    hand.post("red/coins", NOON, "k-2")
    before = rows()
    # The same instant in another zone and script, and fields in another order, are the same content.
    again = hand.post("red/coins", {"at": "۲۰۲۶-۱۱-۰۱T۰۸:۳۰:۰۰Z", "amount": 3}, "k-1", lang="fa")
    assert (again.status_code, again.mimetype) == (200, "application/json")
    assert again.data == first.data
    assert (coins(club), rows()) == ({"red": 6}, before)


def test_without_a_key_each_counts(club: Club, hand: Hand) -> None:
    assert [hand.post("red/coins", NOON).json["coins"] for _ in range(2)] == [3, 6]
    assert rows()["answer"] == 0


@pytest.mark.parametrize(
    ("path", "body"),
    [("red/coins", NOON | {"amount": 4}), ("blue/coins", NOON), ("red/pour", {"into": "blue"})],
    ids=["another amount", "another jar", "another operation"],
)
def test_the_same_key_for_something_else_is_a_conflict(club: Club, hand: Hand, path: str, body: Any) -> None:
    hand.post("red/coins", NOON, "k-1")
    before = rows()
    said = {}
    for lang in ("en", "fa"):
        refused = hand.post(path, body, "k-1", lang)
        assert (refused.status_code, refused.json["code"], at_fault(refused)) == (409, "conflict", [f"/{KEY}"])
        said[lang] = refused.json["errors"][0]["message"]
    assert ("key" in said["en"], "کلید" in said["fa"]) == (True, True)
    assert (coins(club), rows()) == ({"red": 3}, before)


def test_a_till_never_gets_what_somebody_else_was_answered(club: Club, jars: Flask, hand: Hand) -> None:
    hand.post("red/coins", NOON, "1")
    assert Hand(jars, club.till.key).post("red/coins", NOON, "1").status_code == 409


def test_clubs_do_not_meet_by_their_keys(club: Club, jars: Flask, hand: Hand, client: Any, clock: Clock) -> None:
    other = Club("sib", client, clock)
    assert hand.post("red/coins", NOON, "k-1").status_code == 201
    elsewhere = Hand(jars, other.server.key).post("red/coins", NOON | {"amount": 5}, "k-1")
    assert (elsewhere.status_code, elsewhere.json["coins"]) == (201, 5)
    assert (coins(club), coins(other)) == ({"red": 3}, {"red": 5})


def test_many_at_once_move_it_once_and_are_answered_alike(club: Club, hand: Hand) -> None:
    start = threading.Barrier(8)

    def post(_: int) -> Any:
        start.wait()
        return hand.post("red/coins", NOON, "k-1")

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(post, range(8)))
    assert sorted(answer.status_code for answer in answers) == [200] * 7 + [201]
    assert len({answer.data for answer in answers}) == 1
    assert coins(club) == {"red": 3}


def test_a_refused_request_leaves_nothing_and_its_key_free(club: Club, hand: Hand) -> None:
    hand.post("red/coins", NOON | {"amount": 9})
    before = rows()
    for _ in range(2):
        refused = hand.post("red/coins", NOON, "k-1")
        assert (refused.status_code, refused.json["detail"]) == (409, "The jar is full.")
    assert hand.post("red/coins", NOON | {"amount": "much"}, "k-1").status_code == 422
    assert (coins(club), rows()) == ({"red": 9}, before)
    hand.post("red/coins", NOON | {"amount": -9})
    assert hand.post("red/coins", NOON, "k-1").status_code == 201
    assert coins(club) == {"red": 3}


def test_two_that_lock_each_other_both_end_and_count_once(club: Club, hand: Hand) -> None:
    for jar in ("red", "blue"):
        hand.post(f"{jar}/coins", NOON)
    holding_one.extend([threading.Barrier(2, timeout=30)] * 2)
    ways = [("red", "blue"), ("blue", "red")]
    with ThreadPoolExecutor(2) as pool:
        first = list(pool.map(lambda way: hand.post(f"{way[0]}/pour", {"into": way[1]}, way[0]), ways))
    again = [hand.post(f"{way[0]}/pour", {"into": way[1]}, way[0]) for way in ways]
    assert [answer.status_code for answer in (*first, *again)] == [201, 201, 200, 200]
    assert [answer.data for answer in first] == [answer.data for answer in again]
    assert coins(club) == {"blue": 3, "red": 3}


@pytest.mark.parametrize("key", ["", "k" * 201, "k\x7f", "k\t1", "clé"])
def test_a_key_that_is_none_is_refused_by_the_headers_name(club: Club, hand: Hand, key: str) -> None:
    for lang, word in (("en", "ASCII characters"), ("fa", "نویسه")):
        refused = hand.post("red/coins", NOON, key, lang)
        assert (refused.status_code, refused.json["code"], at_fault(refused)) == (422, "invalid", [f"/{KEY}"])
        assert word in refused.json["errors"][0]["message"]
    assert coins(club) == {}
    assert hand.post("red/coins", NOON, "k" * 200).status_code == 201


def test_an_answer_knows_whom_it_is_about_and_the_relay_is_woken(club: Club, hand: Hand) -> None:
    sara = club.enrols(name="Sara")
    valkey().delete(BELL)
    hand.post("red/coins", NOON | {"member": sara["id"]}, "k-1")
    kept = connection().execute("SELECT status, member_id, created_at FROM answer").fetchall()
    assert kept == [(201, sara["id"], club.clock.now)]
    assert valkey().llen(BELL) == 1


def test_the_documents_tell_of_the_key_and_of_the_repeated_answer(jars: Flask) -> None:
    client = jars.test_client()
    told = client.get("/api/openapi.json").json["paths"]["/api/v1/jars/{jar}/coins"]["post"]
    (header,) = told["parameters"]
    assert (header["name"], header["in"], header["required"], header["schema"]["maxLength"]) == (
        KEY,
        "header",
        False,
        200,
    )
    assert told["responses"]["200"]["content"] == told["responses"]["201"]["content"]
    assert "requestBody" in told
    for lang, said in (("en", "The same request again"), ("fa", "همان درخواست دوباره")):
        shown = client.get("/api/docs", query_string={"lang": lang}).get_data(as_text=True)
        assert KEY in shown
        assert said in shown
