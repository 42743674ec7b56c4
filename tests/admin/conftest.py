"""Two clubs, each with an owner who signs in; the first one trades."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from argon2 import PasswordHasher
from flask import Flask
from playwright.sync_api import Page
from werkzeug.test import TestResponse

from loyalty import passwords
from loyalty.actions.create_club import create_club
from loyalty.actions.create_store import create_store
from loyalty.actions.enrol_members import enrol_members
from loyalty.actions.record_purchases import record_purchases
from loyalty.actions.set_password import set_password
from loyalty.enrolment import Enrolment
from loyalty.gamification import scores
from loyalty.jobs.deliveries import deliver_due
from loyalty.rules.facts import Line, MemberRef, Purchase, Tender
from loyalty.valkey import valkey
from tests.browser import Visit, follow
from tests.conftest import Clock
from tests.small_club import programme_of
from tests.widgets.conftest import BYLAWS as PLAIN

PASSWORD = "four words in a row"
CONDITIONS = {
    "no": "3",
    "title": {"en": "Dairy on a quiet morning", "fa": "لبنیات در صبح خلوت"},
    "on": "purchase",
    "if": {
        "all": [
            {"bought": {"where": {"category": "dairy"}, "amount": {"at_least": 500000}}},
            {"any": [{"hours": {"from": "07:00", "until": "10:00"}}, {"tier": {"at_least": "gold"}}]},
        ]
    },
    "give": [{"points": {"fixed": 25}}],
}
BYLAWS: dict[str, Any] = {**PLAIN, "articles": [*PLAIN["articles"], CONDITIONS]}
OTHER: dict[str, Any] = {
    **BYLAWS,
    "club": {
        "name": {"en": "Elm Records", "fa": "صفحه‌فروشی نارون"},
        "currency": "USD",
        "timezone": "Europe/London",
        "calendar": "gregorian",
    },
}


class Shop:
    """A club with its owner's e-mail, members and a till."""

    def __init__(self, code: str, document: dict[str, Any], owner: str, clock: Clock) -> None:
        self.code, self.owner, self.clock = code, owner, clock
        self.currency = document["club"]["currency"]
        created = create_club(code, document, clock.now, from_at=datetime(2025, 1, 1, tzinfo=UTC), owner_email=owner)
        self.id = created.id
        assert created.set_password_token
        set_password(created.set_password_token, PASSWORD, clock.now)
        scores.rebuild_all(valkey(), programme_of(self.id), clock.now)
        create_store(self.id, "tajrish", "شعبهٔ تجریش")
        create_store(self.id, "web", "فروشگاه اینترنتی")
        self.receipts = 0

    def enrols(self, name: str, **known: Any) -> int:
        return enrol_members(self.id, [Enrolment(name=name, **known)], self.clock.now)[0].id

    def buys(
        self,
        member: int | None,
        net: int,
        *,
        at: datetime | None = None,
        store: str = "tajrish",
        lateness: timedelta | None = None,
        **sent: Any,
    ) -> int:
        """A purchase, and all that follows; gives its id."""
        self.receipts += 1
        purchase = Purchase(
            receipt=f"{self.code}-{self.receipts:03}",
            store=store,
            occurred_at=at or self.clock.now,
            currency=self.currency,
            gross=net,
            net=net,
            member=MemberRef("id", str(member)) if member else None,
            **sent,
        )
        (outcome,) = record_purchases(self.id, [purchase], self.clock.now, lateness=lateness)
        assert outcome.id is not None, outcome
        deliver_due(self.clock.now)
        return outcome.id

    def page(self, *rest: object) -> str:
        return f"/admin/clubs/{self.code}/" + "/".join(str(part) for part in rest)


MILK = Line("1", "شیر ۱ لیتری", 2000, 700000, 600000, "dairy")
BREAD = Line("2", "نان سنگک", 1500, 120000, 120000, "bread")


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Argon2 with the least memory: dozens of people sign in here."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=64, parallelism=1))


@pytest.fixture
def anar(app: Flask, clock: Clock) -> Shop:
    return Shop("anar", BYLAWS, "negar@anar.example", clock)


@pytest.fixture
def elm(app: Flask, clock: Clock) -> Shop:
    return Shop("elm", OTHER, "owner@elm.example", clock)


@pytest.fixture
def sara(anar: Shop, clock: Clock) -> int:
    """Sara bought last month and on three days of this one; the last time milk and bread, in the evening."""
    member = anar.enrols(
        "سارا محمدی", phone="+989123456789", external_id="sara-7", joined_at=clock.now - timedelta(days=60)
    )
    anar.buys(member, 8000000, at=clock.now - timedelta(days=32))
    anar.buys(member, 30000000)
    clock.move(days=1)
    anar.buys(member, 25000000, store="web")
    clock.move(days=1, hours=8)
    anar.buys(member, 720000, lines=(MILK, BREAD), tenders=(Tender("card", 720000),))
    return member


class Desk:
    """Somebody at a computer: a browser without scripts."""

    def __init__(self, app: Flask) -> None:
        self.client = app.test_client()

    def get(self, address: str, **how: Any) -> TestResponse:
        return self.client.get(address, **how)

    def token(self, address: str = "/admin/sign-in") -> str:
        """The form's token that a page carries."""
        found = re.search(r'name="csrf_token" value="([^"]+)"', self.get(address).text)
        assert found
        return found[1]

    def post(self, address: str, *, page: str | None = None, address_of: str = "10.0.0.1", **form: str) -> TestResponse:
        form = {"csrf_token": self.token(page or address.partition("?")[0]), **form}
        return self.client.post(address, data=form, environ_overrides={"REMOTE_ADDR": address_of})

    def signs_in(self, email: str, password: str = PASSWORD, **how: Any) -> TestResponse:
        return self.post("/admin/sign-in", email=email, password=password, **how)

    def signs_out(self) -> TestResponse:
        return self.post("/admin/sign-out", page="/admin/nowhere")


@pytest.fixture
def desk(app: Flask) -> Desk:
    return Desk(app)


@pytest.fixture
def negar(desk: Desk, anar: Shop) -> Desk:
    """The owner of Anar, signed in."""
    assert desk.signs_in(anar.owner).status_code == 303
    return desk


@pytest.fixture
def at_desk(live: str, anar: Shop, visit: Callable[..., Visit]) -> Callable[..., Visit]:
    """Opens a browser in which the owner of Anar is signed in: `at_desk('fa', 'dark', 'phone')`."""

    def opened(lang: str = "fa", *dress: str) -> Visit:
        found = visit(lang, *dress)
        enter(found.open(f"{live}/admin/sign-in?lang={lang}"), anar.owner)
        return found

    return opened


def enter(page: Page, email: str) -> None:
    page.fill("#email", email)
    page.fill("#password", PASSWORD)
    follow(page.locator("form button"))
    page.wait_for_selector("nav.menu")


def text_of(response: TestResponse) -> str:
    """What the page says, without its marks-up and the marks that keep signs and figures together."""
    words = re.sub(r"<[^>]+>", " ", re.sub(r"</?(time|bdi|code)\b[^>]*>", "", response.text))
    return re.sub(r"\s+", " ", re.sub("[\u2066-\u2069]", "", words))
