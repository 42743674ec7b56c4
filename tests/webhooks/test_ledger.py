"""What the ledger does by itself or takes back reaches a receiver: returns, what ends, a lost tier, who joined."""

from __future__ import annotations

import copy
from datetime import timedelta

import pytest

from loyalty.actions.expire_points import expire_points
from loyalty.db import transaction
from tests.rest.conftest import BYLAWS, Club, rows
from tests.webhooks.conftest import registers, sells
from tests.webhooks.receiver import Receiver

TYPES = ("member.joined", "points.reversed", "points.expired", "tier.changed")


@pytest.fixture
def club(client, present) -> Club:
    """A club whose points end after a month, and whose tiers go with what comes back."""
    bylaws = copy.deepcopy(BYLAWS)
    bylaws["wallets"]["points"]["expires"] = {"days": 30}
    bylaws["tiers"]["returns"] = "at_once"
    return Club("anar", client, present, bylaws)


def takes_back(club: Club, purchase: int, key: str, **what: object) -> dict[str, object]:
    """A return, as the till is answered."""
    body = {"return": key, "occurred_at": club.clock.now.isoformat(), **what}
    response = club.till.post(f"/purchases/{purchase}/returns", body)
    assert response.status_code == 201, response.json
    return response.json


def test_a_return_tells_what_it_took_and_the_tier_that_went_with_it(club: Club, receiver: Receiver, post) -> None:
    registers(club, receiver, *TYPES)
    sara = club.enrols(name="سارا")["id"]
    sale = sells(club, sara, gross=6_000_000, net=6_000_000)
    post()
    assert receiver.of("tier.changed")[-1]["to"] == "silver"
    club.clock.move(minutes=1)
    part = takes_back(club, sale["id"], "R-1", amount=500_000)
    rest = takes_back(club, sale["id"], "R-2", all=True)
    post()
    common = {"member": sara, "wallet": "points", "purchase": sale["id"]}
    assert receiver.of("points.reversed") == [
        {**common, "amount": 5, "event": part["id"]},
        {**common, "amount": 55, "event": rest["id"]},
    ]
    at = club.clock.now.isoformat()
    assert receiver.of("tier.changed")[-1] == (
        {"member": sara, "from": "silver", "to": "bronze", "passed": [], "at": at, "event": rest["id"]}
    )
    assert [told["member"] for told in receiver.of("member.joined")] == [sara]
    assert receiver.forged == 0
    assert len(set(receiver.ids)) == len(receiver.ids)


def test_what_an_event_gives_is_told_as_what_a_purchase_gives(client, present, receiver: Receiver, post) -> None:
    thanks = {
        "no": "9",
        "title": {"en": "Thanks", "fa": "سپاس"},
        "on": "review",
        "give": [{"points": {"fixed": 20}}],
    }
    club = Club("anar", client, present, BYLAWS | {"events": {"review": {}}, "articles": [*BYLAWS["articles"], thanks]})
    registers(club, receiver, "points.awarded")
    sara = club.enrols(external_id="C-1")["id"]
    body = {"key": "r1", "source": "web", "type": "review", "member": {"id": sara}}
    told = club.server.post("/events", body | {"occurred_at": club.clock.now.isoformat()}).json
    post()
    [given] = receiver.of("points.awarded")
    assert (given["event"], given["article"], given["wallet"], given["amount"]) == (told["id"], "9", "points", 20)


def test_points_that_end_are_told_by_the_sale_that_gave_them(club: Club, receiver: Receiver, post) -> None:
    sara, lena = (club.enrols(name=name)["id"] for name in ("سارا", "لنا"))
    sales = {member: sells(club, member, gross=net, net=net) for member, net in ((sara, 700_000), (lena, 1_300_000))}
    post()
    registers(club, receiver, *TYPES)
    takes_back(club, sales[lena]["id"], "R-1", amount=300_000)
    post()
    assert expire_points(club.id, club.clock.now + timedelta(days=31), club.clock.now) == 2
    assert expire_points(club.id, club.clock.now + timedelta(days=31), club.clock.now) == 0
    post()
    told = {data["member"]: data for data in receiver.of("points.expired")}
    assert told == {
        member: {"member": member, "wallet": "points", "amount": amount, "event": sales[member]["id"]}
        for member, amount in ((sara, 7), (lena, 10))
    }
    assert len(receiver.of("points.expired")) == 2
    assert receiver.forged == 0


def test_what_the_outbox_delivers_twice_of_it_is_sent_once(club: Club, receiver: Receiver, post) -> None:
    registers(club, receiver, *TYPES)
    sara = club.enrols()["id"]
    sale = sells(club, sara, gross=6_000_000, net=6_000_000)
    sells(club, sara, gross=200_000, net=200_000)
    takes_back(club, sale["id"], "R-1", all=True)
    expire_points(club.id, club.clock.now + timedelta(days=31), club.clock.now)
    with transaction() as conn:
        kept = conn.execute("SELECT to_jsonb(outbox)::text FROM outbox").fetchall()
    post()
    heard = sorted(receiver.ids)
    assert {message.type for message in receiver.heard} == set(TYPES)
    with transaction() as conn:  # the deletion is what a crash undoes
        conn.execute(
            "INSERT INTO outbox SELECT r.* FROM unnest(%s::jsonb[]) AS u (told),"
            " jsonb_populate_record(NULL::outbox, told) r",
            [[row for (row,) in kept]],
        )
    club.clock.move(minutes=1)
    post()
    assert sorted(receiver.ids) == heard
    assert rows()["outbox"] == 0
