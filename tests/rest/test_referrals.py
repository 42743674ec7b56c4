"""A member's friends over HTTP: invited, waiting for their return window, rewarded."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from flask import Flask

from loyalty.actions.pass_awards import pass_awards
from tests.rest.conftest import BYLAWS, Club

REFERRAL: dict[str, Any] = {
    "no": "9",
    "title": {"en": "Bring a friend", "fa": "دوستت را بیاور"},
    "on": "referral",
    "give": [{"points": {"fixed": 100}}, {"points": {"fixed": 50, "to": "friend"}}],
}


@pytest.fixture
def club(app: Flask, client, clock) -> Club:
    return Club("anar", client, clock, BYLAWS | {"articles": [*BYLAWS["articles"], REFERRAL]})


def test_friends_are_listed_with_what_became_of_them(club: Club) -> None:
    sara = club.enrols(external_id="C-1")
    ali, lena, omid = (club.enrols(external_id=name, referred_by={"id": sara["id"]}) for name in ("A", "L", "O"))
    club.till.post("/purchases", club.sale(member={"id": ali["id"]}))
    club.clock.now += timedelta(days=14)
    club.till.post("/purchases", club.sale(member={"id": lena["id"]}))
    pass_awards(club.id, club.clock.now)
    first = club.server.get(f"/members/{sara['id']}/referrals", limit=2).json
    rest = club.server.get(f"/members/{sara['id']}/referrals", limit=2, cursor=first["next"]).json
    found = {its["friend"]: its["status"] for its in first["items"] + rest["items"]}
    assert found == {ali["id"]: "rewarded", lena["id"]: "waiting", omid["id"]: "invited"}
    assert rest["next"] is None
