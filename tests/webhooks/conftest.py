"""A club at the present hour, whose tills speak HTTP, and receivers that hear of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from loyalty.jobs import deliveries, webhooks
from tests.conftest import Clock
from tests.rest.conftest import Club
from tests.webhooks.receiver import Receiver

Post = Callable[[], None]


@pytest.fixture(autouse=True)
def no_other_loop() -> Iterator[None]:
    """As in a worker's process: after a page's test the browser's driver has its event loop running in this thread."""
    loop = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    yield
    asyncio._set_running_loop(loop)


@pytest.fixture
def present(app: Flask, clock: Clock) -> Clock:
    """The clock at the machine's hour: a receiver refuses what was not signed just now."""
    clock.now = datetime.now(UTC)
    return clock


@pytest.fixture
def club(client, present: Clock) -> Club:
    return Club("anar", client, present)


@pytest.fixture
def rival(client, present: Clock) -> Club:
    return Club("rival", client, present)


@pytest.fixture
def receivers() -> Iterator[Callable[[], Receiver]]:
    made: list[Receiver] = []

    def make() -> Receiver:
        made.append(Receiver())
        return made[-1]

    yield make
    for receiver in made:
        receiver.close()


@pytest.fixture
def receiver(receivers) -> Receiver:
    return receivers()


@pytest.fixture
def post(clock: Clock, work) -> Post:
    """Let timer and worker do all that is due now: from the outbox to webhooks, and from there to the receivers."""

    def run() -> None:
        while deliveries.relay(clock.now) + webhooks.relay(clock.now):
            work()

    return run


def registers(club: Club, receiver: Receiver, *types: str) -> dict[str, Any]:
    """A club's webhook for a receiver, which then knows the secret; as the API answered it."""
    response = club.server.post("/webhooks", {"url": receiver.url, "types": list(types)})
    assert response.status_code == 201, response.json
    receiver.secret = response.json["secret"]
    return response.json


def sells(club: Club, member: int, **changes: Any) -> dict[str, Any]:
    """A purchase of a member, as the till is answered."""
    response = club.till.post("/purchases", club.sale(member={"id": member}, **changes))
    assert response.status_code == 201, response.json
    return response.json


def sent(club: Club, webhook: dict[str, Any]) -> list[dict[str, Any]]:
    """What the API says was sent to a webhook, the newest first."""
    return club.server.get(f"/webhooks/{webhook['id']}/deliveries").json["items"]
