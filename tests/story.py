"""A club whose story a test tells: people enrol, buy, and look at what they have."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from itertools import count
from typing import Any

from loyalty.actions.create_club import create_club
from loyalty.actions.create_store import create_store
from loyalty.actions.enrol_members import enrol_members
from loyalty.actions.record_purchases import record_purchases
from loyalty.db import connection, transaction
from loyalty.enrolment import Enrolment
from loyalty.gather import heads, lock
from loyalty.ledger.lots import Cause
from loyalty.ledger.purses import open_purses, write, write_heads
from loyalty.ledger.recount import recount
from loyalty.outcome import Outcome
from loyalty.rules import Line, MemberRef, Purchase
from loyalty.values import QUANTITY_SCALE
from tests.conftest import START

CLUB: dict[str, Any] = {
    "name": {"en": "Anar Club", "fa": "باشگاه انار"},
    "currency": "IRR",
    "display": "toman",
    "timezone": "Asia/Tehran",
    "calendar": "jalali",
}
POINTS: dict[str, Any] = {"points": {"unit": "points", "name": {"en": "points", "fa": "امتیاز"}}}
CASHBACK: dict[str, Any] = {"cashback": {"unit": "money", "name": {"en": "cashback", "fa": "بازگشت وجه"}}}


def title(name: str) -> dict[str, str]:
    """A title nobody reads."""
    return {"en": name, "fa": name}


def article(no: str, *give: dict[str, Any], **more: Any) -> dict[str, Any]:
    """An article on purchases; `if_` is its condition."""
    body = {"no": no, "title": title(f"Article {no}"), "on": "purchase", "give": list(give)}
    if "if_" in more:
        body["if"] = more.pop("if_")
    return {**body, **more}


BASE = article("1", {"points": {"per": 1000, "give": 1}})


def document(*articles: dict[str, Any], **sections: Any) -> dict[str, Any]:
    """Bylaws of a small Persian club; one point per thousand rial unless articles are given."""
    counters = {"spend": {"of": "purchases", "measure": "amount"}, "visits": {"of": "purchases", "measure": "days"}}
    return {
        "format": 1,
        "club": CLUB,
        "wallets": {**POINTS, **CASHBACK},
        "counters": {**counters, **sections.pop("counters", {})},
        "articles": list(articles) or [BASE],
        **sections,
    }


class Story:
    """One club and what happens in it."""

    def __init__(self, bylaws: Mapping[str, Any] | None = None, code: str = "anar") -> None:
        self.now = START
        self.club_id = create_club(code, bylaws or document(), START, from_at=START - timedelta(days=4000)).id
        create_store(self.club_id, "s1", "Store one")
        create_store(self.club_id, "s2", "Store two")
        self._receipts = count(1)

    def enrols(self, name: str = "Sara", **more: Any) -> int:
        """Somebody joins, long ago unless told otherwise."""
        joined = more.pop("joined_at", START - timedelta(days=4000))
        [enrolled] = enrol_members(self.club_id, [Enrolment(name=name, joined_at=joined, **more)], START)
        return enrolled.id

    def sale(
        self,
        member: int | None,
        net: int = 0,
        *,
        at: datetime | None = None,
        receipt: str | None = None,
        store: str = "s1",
        lines: tuple[Line, ...] = (),
        **more: Any,
    ) -> Purchase:
        """A purchase as a till sends it."""
        total = sum(line.net for line in lines) or net
        ref = MemberRef("id", str(member)) if member is not None else None
        number = receipt or f"r{next(self._receipts)}"
        more.setdefault("currency", "IRR")
        return Purchase(number, store, at or self.now, gross=total, net=total, member=ref, lines=lines, **more)

    def buys(self, member: int | None, net: int = 0, **more: Any) -> Outcome:
        """A purchase, recorded."""
        [outcome] = self.records([self.sale(member, net, **more)])
        return outcome

    def records(self, sales: list[Purchase], **more: Any) -> list[Outcome]:
        """Purchases, recorded together."""
        return record_purchases(self.club_id, sales, self.now, **more)

    def loses(self, member: int, amount: int, wallet: str = "points") -> None:
        """Something a member has is gone, as by an adjustment."""
        with transaction() as conn:
            locked = lock(conn, self.club_id, [member])
            chest = open_purses(conn, {member: self.now}, heads(locked))[member]
            chest.settle(self.now)
            number = conn.execute("SELECT nextval('event_id')").fetchone()
            assert number
            purse = chest.purse(wallet)
            amount = min(amount, purse.available)  # what has expired meanwhile is gone already
            assert not amount or purse.spend(Cause(number[0], self.now), "adjusted", amount, "soonest_expiry")
            write(conn, self.club_id, [chest], self.now)
            write_heads(conn, [chest])

    def balance(self, member: int, wallet: str = "points") -> int:
        """What a member has."""
        row = (
            connection()
            .execute("SELECT available FROM balance WHERE member_id = %s AND wallet = %s", [member, wallet])
            .fetchone()
        )
        return row[0] if row else 0

    def tier(self, member: int) -> str | None:
        """Where a member stands."""
        row = connection().execute("SELECT tier FROM member WHERE id = %s", [member]).fetchone()
        assert row
        return row[0]  # type: ignore[no-any-return]

    def books_agree(self) -> bool:
        """Whether recount finds no difference."""
        return recount(self.club_id) == []


def line(sku: str, net: int, quantity: int = 1, **more: Any) -> Line:
    """One line of a receipt."""
    return Line(sku, sku, quantity * QUANTITY_SCALE, net, net, **more)
