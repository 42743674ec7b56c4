"""A club whose members are told what happens, and what each has in the feed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

import pytest
from flask import Flask
from psycopg.types.json import Jsonb

from loyalty import mail, senders
from loyalty.db import transaction
from loyalty.jobs import deliveries, notices
from loyalty.jobs.deliveries import deliver_due
from loyalty.letters import Letter
from tests.conftest import Clock
from tests.notices.post_office import PostOffice
from tests.story import Story, document

LADDER: dict[str, Any] = {
    "ladder": [
        {"code": "bronze", "title": {"en": "Bronze", "fa": "برنزی"}},
        {
            "code": "silver",
            "title": {"en": "Silver", "fa": "نقره‌ای"},
            "needs": {"counter": {"name": "spend", "over": "ever", "at_least": 100_000}},
        },
    ],
    "returns": "at_once",
}
BADGES: dict[str, Any] = {
    "regular": {
        "title": {"en": "Regular", "fa": "مشتری همیشگی"},
        "counter": "visits",
        "over": "ever",
        "levels": [{"at": 1}, {"at": 3}],
    }
}
GAME: dict[str, Any] = {"tiers": LADDER, "badges": BADGES}


class Telling(Story):
    """A story in which a worker delivers at the present hour."""

    def __init__(self, clock: Clock, bylaws: Mapping[str, Any] | None = None) -> None:
        super().__init__(bylaws or document(**GAME))
        self.clock = clock

    def deliver(self) -> None:
        """Let all that lies in the outbox be delivered."""
        self.now = self.clock.now
        while deliver_due(self.clock.now):
            pass

    def feed(self, member: int) -> list[str]:
        """The keys of what a member was told, the earliest first."""
        with transaction() as conn:
            rows = conn.execute("SELECT key FROM notice WHERE member_id = %s ORDER BY at, id", [member]).fetchall()
        return [key for (key,) in rows]

    def sendings(self) -> list[tuple[int, str, str | None]]:
        """(member, channel, because) of all that was set on its way."""
        with transaction() as conn:
            return conn.execute("SELECT member_id, channel, because FROM notice_sending ORDER BY id").fetchall()


SARA = "sara@example.com"
PHONE = "+989123456789"


class Channels:
    """The ways out of an application: a mail server and whoever takes text messages."""

    def __init__(self, app: Flask, office: PostOffice) -> None:
        self.office = office
        self.texts: list[Letter] = []
        senders.use(app, "email", partial(mail.send, mail.server_of(office.url), "club@anar.example"))
        senders.use(app, "sms", self.texts.append)

    @property
    def subjects(self) -> list[str]:
        return [letter["Subject"] for letter in self.office.letters]


@pytest.fixture
def channels(app: Flask) -> Iterator[Channels]:
    office = PostOffice()
    yield Channels(app, office)
    app.extensions.pop("loyalty.senders")
    office.close()


@pytest.fixture
def post(clock: Clock, work: Callable[[], None]) -> Callable[[], None]:
    """Let timer and worker do all that is due now: from the outbox to the feeds, and from there to the members."""

    def run() -> None:
        while deliveries.relay(clock.now) + notices.relay(clock.now):
            work()

    return run


def decides(club_id: int, now: datetime, **settings: Any) -> None:
    """The club says how its members are told; every channel is on unless it says otherwise, and no hour is quiet."""
    rules = {"email": {"on": True, "day": 20, "week": 50}, "sms": {"on": True, "day": 20, "week": 50}}
    form = {"quiet": None, "channels": rules | settings.pop("channels", {})} | settings
    with transaction() as conn:
        conn.execute(
            "INSERT INTO notice_settings (club_id, document, changed_at, by) VALUES (%s, %s, %s, 'console')"
            " ON CONFLICT (club_id) DO UPDATE SET document = excluded.document",
            [club_id, Jsonb(form), now],
        )


def messages() -> list[tuple[Any, ...]]:
    """What lies in the outbox."""
    with transaction() as conn:
        return conn.execute("SELECT id, club_id, member_id, type, data, created_at, due_at FROM outbox").fetchall()


def put_back(kept: list[tuple[Any, ...]]) -> None:
    """Let messages lie in the outbox once more, as if whoever delivered them had been killed before it could say so."""
    with transaction() as conn:
        for *told, data, created_at, due_at in kept:
            conn.execute(
                "INSERT INTO outbox (id, club_id, member_id, type, data, created_at, due_at)"
                " OVERRIDING SYSTEM VALUE VALUES (%s, %s, %s, %s, %s, %s, %s)",
                [*told, Jsonb(data), created_at, due_at],
            )
