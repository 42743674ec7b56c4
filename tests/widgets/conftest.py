"""Anar: a small club in words of both languages, and its members' purchases."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask

from loyalty import cards, senders
from loyalty.actions.create_club import create_club
from loyalty.actions.record_purchases import record_purchases
from loyalty.db import transaction
from loyalty.gamification import scores
from loyalty.jobs.deliveries import deliver_due
from loyalty.rules.facts import MemberRef, Purchase
from loyalty.valkey import valkey
from tests.conftest import Clock
from tests.small_club import programme_of

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
            "give": [{"points": {"per": 100000, "give": 1, "of": "net"}}],
        },
        {
            "no": "2",
            "title": {"en": "A little back", "fa": "بازگشت اندک"},
            "on": "purchase",
            "if": {"basket": {"of": "net", "at_least": 10000000}},
            "give": [{"cashback": {"percent": "1", "of": "net"}}],
        },
    ],
    "tiers": {
        "ladder": [
            {"code": "bronze", "title": {"en": "Bronze", "fa": "برنزی"}},
            {
                "code": "silver",
                "title": {"en": "Silver", "fa": "نقره‌ای"},
                "needs": {"counter": {"name": "spend", "over": "ever", "at_least": 50000000}},
            },
            {
                "code": "gold",
                "title": {"en": "Gold", "fa": "طلایی"},
                "needs": {"counter": {"name": "spend", "over": "ever", "at_least": 100000000}},
            },
        ],
        "promote": "at_once",
        "holds_for": "while_qualified",
        "demote": "to_qualified",
    },
    "badges": {
        "regular": {
            "title": {"en": "Always with us", "fa": "همراه همیشگی"},
            "counter": "visits",
            "over": "ever",
            "levels": [{"at": 2}, {"at": 5}],
        },
        "big": {
            "title": {"en": "The generous table", "fa": "سفره‌دار"},
            "on": "purchase",
            "if": {"basket": {"of": "net", "at_least": 90000000}},
        },
    },
    "leaderboards": {
        "month": {
            "title": {"en": "Buyers of the month", "fa": "خریداران ماه"},
            "counter": "spend",
            "period": "month",
            "ties": "shared",
        }
    },
}


class AnarClub:
    """The club, with what its members do and the messages that reach their phones."""

    def __init__(self, app: Flask, clock: Clock, bylaws: dict[str, Any] = BYLAWS) -> None:
        self.clock = clock
        self.sent: list[tuple[str, str]] = []
        senders.use(app, "sms", lambda letter: self.sent.append((letter.to, letter.body)))
        self.id = create_club("anar", bylaws, clock.now, from_at=datetime(2025, 1, 1, tzinfo=UTC)).id
        scores.rebuild_all(valkey(), programme_of(self.id), clock.now)
        self.receipts = 0

    def buys(self, who: str, amount: int) -> int:
        """A purchase at the counter by somebody known by an external id, and all that follows."""
        self.receipts += 1
        bought = Purchase(
            f"T-{self.receipts}",
            "tajrish",
            self.clock.now,
            "IRR",
            amount,
            amount,
            MemberRef("external_id", who),
        )
        (outcome,) = record_purchases(self.id, [bought], self.clock.now, importing=True)
        assert outcome.status == "recorded"
        assert outcome.member_id is not None
        deliver_due(self.clock.now)
        return outcome.member_id

    def knows(self, member_id: int, name: str, phone: str | None = None, card: str | None = None) -> None:
        """The member tells a name, a phone, and is given a card."""
        with transaction() as conn:
            conn.execute(
                "INSERT INTO profile (member_id, club_id, name) VALUES (%s, %s, %s)"
                " ON CONFLICT (member_id) DO UPDATE SET name = excluded.name",
                [member_id, self.id, name],
            )
            for kind, value in (("phone", phone), ("card", card)):
                if value:
                    conn.execute(
                        "INSERT INTO identifier (club_id, kind, value, member_id) VALUES (%s, %s, %s, %s)",
                        [self.id, kind, value, member_id],
                    )

    def code(self) -> str:
        """The code in the latest message."""
        return self.sent[-1][1].rpartition(" ")[2]


@pytest.fixture
def club(app: Flask, clock: Clock) -> AnarClub:
    return AnarClub(app, clock)


SARA = "+989123456789"
CARD = cards.with_check("23456789ABC")


@pytest.fixture
def sara(club: AnarClub, clock: Clock) -> int:
    """Sara shopped on three days; Maryam is ahead of her, Ali and Reza behind."""
    member_id = club.buys("sara", 30000000)
    clock.move(days=1)
    club.buys("sara", 25000000)
    clock.move(days=1)
    club.buys("sara", 12340000)
    club.knows(member_id, "سارا محمدی", SARA, CARD)
    for who, name, amount in (("maryam", "مریم کاظمی", 91000000), ("ali", "علی رضایی", 60000000)):
        club.knows(club.buys(who, amount), name)
    return member_id
