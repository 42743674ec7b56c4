"""A club with two shops, its keys, and tills that speak HTTP."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from loyalty.actions.create_club import create_club
from loyalty.actions.create_key import create_key
from loyalty.actions.create_store import create_store
from loyalty.db import db, transaction
from loyalty.gamification import scores
from loyalty.jobs.deliveries import deliver_due
from loyalty.valkey import valkey
from tests.conftest import Clock
from tests.small_club import programme_of

ORIGIN = "https://shop.example"

BYLAWS: dict[str, Any] = {
    "format": 1,
    "club": {
        "name": {"en": "Anar Club", "fa": "باشگاه انار"},
        "currency": "IRR",
        "display": "toman",
        "timezone": "Asia/Tehran",
        "calendar": "jalali",
    },
    "wallets": {
        "points": {"unit": "points", "name": {"en": "points", "fa": "امتیاز"}},
        "cashback": {"unit": "money", "name": {"en": "cashback", "fa": "بازگشت وجه"}},
    },
    "counters": {
        "spend": {"of": "purchases", "measure": "amount", "name": {"en": "spend", "fa": "مبلغ خرید"}},
        "visits": {"of": "purchases", "measure": "days", "name": {"en": "days of shopping", "fa": "روزهای خرید"}},
    },
    "articles": [
        {
            "no": "1",
            "title": {"en": "Base points", "fa": "امتیاز پایه"},
            "on": "purchase",
            "give": [{"points": {"per": 100_000, "give": 1, "of": "net"}}],
        },
        {
            "no": "2",
            "title": {"en": "Dairy gives back", "fa": "بازگشت لبنیات"},
            "on": "purchase",
            "if": {"bought": {"where": {"category": "dairy"}, "amount": {"at_least": 500_000}}},
            "give": [{"cashback": {"percent": "1", "of": "net"}}],
        },
    ],
    "tiers": {
        "ladder": [
            {"code": "bronze", "title": {"en": "Bronze", "fa": "برنزی"}},
            {
                "code": "silver",
                "title": {"en": "Silver", "fa": "نقره‌ای"},
                "needs": {"counter": {"name": "spend", "over": "ever", "at_least": 5_000_000}},
            },
        ]
    },
    "badges": {
        "regular": {
            "title": {"en": "Regular", "fa": "مشتری همیشگی"},
            "counter": "visits",
            "over": "ever",
            "levels": [{"at": 1}, {"at": 5}],
        }
    },
    "leaderboards": {
        "month": {
            "title": {"en": "Buyers of the month", "fa": "خریداران ماه"},
            "counter": "spend",
            "period": "month",
            "ties": "first_to_reach",
        }
    },
}


class Api:
    """Somebody who calls the API with a key, in a language."""

    def __init__(self, client: FlaskClient, key: str | None, lang: str | None = None, **headers: str) -> None:
        self.client, self.key = client, key
        self.headers = headers | ({"Accept-Language": lang} if lang else {})
        if key:
            self.headers["Authorization"] = f"Bearer {key}"

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.client.get(f"/api/v1{path}", headers=self.headers, query_string=query or None)

    def post(self, path: str, body: Any = None, **kwargs: Any) -> TestResponse:
        sent = kwargs or {"json": body}
        return self.client.post(f"/api/v1{path}", headers=self.headers, **sent)

    def put(self, path: str, body: Any) -> TestResponse:
        return self.client.put(f"/api/v1{path}", headers=self.headers, json=body)

    def put_text(self, path: str, body: str) -> TestResponse:
        headers = self.headers | {"Content-Type": "application/json"}
        return self.client.put(f"/api/v1{path}", headers=headers, data=body)

    def patch(self, path: str, body: Any) -> TestResponse:
        return self.client.patch(f"/api/v1{path}", headers=self.headers, json=body)

    def delete(self, path: str) -> TestResponse:
        return self.client.delete(f"/api/v1{path}", headers=self.headers)

    def speaking(self, lang: str) -> Api:
        return Api(self.client, self.key, lang)


class Club:
    """A club with the shops `tajrish` and `web`."""

    def __init__(self, code: str, client: FlaskClient, clock: Clock, bylaws: dict[str, Any] = BYLAWS) -> None:
        self.client, self.clock = client, clock
        self.id = create_club(code, bylaws, clock.now, from_at=datetime(2025, 1, 1, tzinfo=UTC)).id
        create_store(self.id, "tajrish", "شعبهٔ تجریش")
        create_store(self.id, "web", "فروشگاه اینترنتی")
        scores.rebuild_all(valkey(), programme_of(self.id), clock.now)
        self.server = Api(client, create_key(self.id, "server", clock.now))
        self.till = Api(client, create_key(self.id, "till", clock.now, store_code="tajrish"))
        self.page = Api(client, create_key(self.id, "publishable", clock.now, origins=[ORIGIN]), Origin=ORIGIN)
        self.receipts = 0

    def sale(self, **changes: Any) -> dict[str, Any]:
        """The body of a purchase, as a till sends it; a field given as `...` is left out."""
        self.receipts += 1
        body = {
            "receipt": f"A-{self.receipts}",
            "store": "tajrish",
            "occurred_at": self.clock.now.isoformat(),
            "currency": "IRR",
            "gross": 1_000_000,
            "net": 900_000,
        } | changes
        return {name: value for name, value in body.items() if value is not ...}

    def enrols(self, **told: Any) -> dict[str, Any]:
        response = self.server.post("/members", told)
        assert response.status_code == 201, response.json
        return response.json

    def settle(self) -> None:
        """Let everything be delivered that lies in the outbox."""
        while deliver_due(self.clock.now):
            pass


@pytest.fixture
def club(app: Flask, client: FlaskClient, clock: Clock) -> Club:
    return Club("anar", client, clock)


@pytest.fixture
def server(club: Club) -> Api:
    return club.server


@pytest.fixture
def till(club: Club) -> Api:
    return club.till


def rows() -> dict[str, int]:
    """How many rows every table has: to show that nothing was written."""
    with transaction() as conn:
        names = sorted(db.metadata.tables)
        counts = conn.execute(" UNION ALL ".join(f"SELECT '{name}', count(*) FROM {name}" for name in names))
        return dict(counts.fetchall())


def at_fault(response: TestResponse) -> list[str]:
    """The places that a refusal names."""
    return [error["path"] for error in response.json["errors"]]
