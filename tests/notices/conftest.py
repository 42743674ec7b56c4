"""A club whose members are told what happens, and what each has in the feed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loyalty.db import transaction
from loyalty.jobs.deliveries import deliver_due
from tests.conftest import Clock
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
