"""A small club with three leaderboards, and purchases that reach them."""

from __future__ import annotations

from datetime import UTC, datetime

from loyalty.actions.create_club import create_club
from loyalty.actions.record_purchases import record_purchases
from loyalty.db import transaction
from loyalty.gamification import scores
from loyalty.jobs.deliveries import deliver_due
from loyalty.queries.leaderboard import LeaderboardView, leaderboard
from loyalty.rules.facts import MemberRef, Purchase
from loyalty.valkey import valkey
from loyalty.versions import Programme, programme
from tests.conftest import Clock

DOCUMENT = {
    "format": 1,
    "club": {
        "name": {"en": "Anar", "fa": "انار"},
        "currency": "IRR",
        "display": "toman",
        "timezone": "Asia/Tehran",
        "calendar": "jalali",
    },
    "wallets": {"points": {"unit": "points", "name": {"en": "points", "fa": "امتیاز"}}},
    "counters": {
        "spend": {"of": "purchases", "measure": "amount"},
        "visits": {"of": "purchases", "measure": "days"},
    },
    "articles": [
        {
            "no": "1",
            "title": {"en": "Base", "fa": "پایه"},
            "on": "purchase",
            "give": [{"points": {"per": 1000, "give": 1, "of": "net"}}],
        }
    ],
    "leaderboards": {
        "month": {
            "title": {"en": "Buyers of the month", "fa": "خریداران ماه"},
            "counter": "spend",
            "period": "month",
            "ties": "first_to_reach",
        },
        "regulars": {
            "title": {"en": "Regulars", "fa": "پابه‌پاها"},
            "counter": "visits",
            "period": "week",
            "ties": "shared",
        },
        "ever": {"title": {"en": "Ever", "fa": "همیشه"}, "counter": "spend", "period": "ever", "ties": "shared"},
    },
}


class SmallClub:
    def __init__(self, clock: Clock, *, filled: bool = True) -> None:
        self.clock = clock
        self.id = create_club("anar", DOCUMENT, clock.now, from_at=datetime(2025, 1, 1, tzinfo=UTC)).id
        if filled:
            scores.rebuild_all(valkey(), programme_of(self.id), clock.now)
        self.receipts = 0

    def buys(
        self, who: str, amount: int, at: datetime | None = None, name: str | None = None, *, deliver: bool = True
    ) -> int:
        """A purchase by somebody known by an external id, and all that follows; answers the member's id."""
        self.receipts += 1
        purchase = Purchase(
            f"r{self.receipts}", "shop", at or self.clock.now, "IRR", amount, amount, MemberRef("external_id", who)
        )
        (outcome,) = record_purchases(self.id, [purchase], self.clock.now, importing=True)
        assert outcome.status == "recorded", outcome
        with transaction() as conn:
            conn.execute(
                "INSERT INTO profile (member_id, club_id, name) VALUES (%s, %s, %s)"
                " ON CONFLICT (member_id) DO UPDATE SET name = coalesce(excluded.name, profile.name)",
                (outcome.member_id, self.id, name),
            )
        if deliver:
            deliver_due(self.clock.now)
        return outcome.member_id

    def board(self, code: str = "month", **options: object) -> LeaderboardView:
        return leaderboard(self.id, code, self.clock.now, **options)

    def places(self, code: str = "month", **options: object) -> list[tuple[int, str, int]]:
        return [(item.rank, item.name, item.score) for item in self.board(code, **options).items]


def programme_of(club_id: int) -> Programme:
    with transaction() as conn:
        return programme(conn, club_id)
