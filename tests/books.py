"""A member's purses changed by hand, as actions change them: for tests of what is read from the ledger."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from loyalty.db import transaction
from loyalty.ledger.lots import Cause
from loyalty.ledger.purses import Chest, open_purses, write, write_heads
from loyalty.post import lapse
from loyalty.rules.ruling import Given
from loyalty.versions import Connection, Programme, programme


class Books:
    """The ledger of one club in a test's hands."""

    def __init__(self, club_id: int) -> None:
        self.club_id = club_id

    def settles(self, member: int, now: datetime) -> None:
        """What the timer does: all that is due."""
        with self._opened(member, now):
            pass

    def holds(
        self,
        member: int,
        amount: int,
        now: datetime,
        *,
        wallet: str = "points",
        minutes: float = 15,
        receipt: str | None = None,
    ) -> int | None:
        """An amount set apart for a payment; None where there is not so much."""
        until = now + timedelta(minutes=minutes)
        return self._takes(member, amount, now, wallet, "held", until, receipt)

    def spends(
        self, member: int, amount: int, now: datetime, *, wallet: str = "points", receipt: str | None = None
    ) -> int | None:
        """An amount spent at once; None where there is not so much."""
        return self._takes(member, amount, now, wallet, "spent", None, receipt)

    def captures(self, member: int, hold: int, now: datetime) -> bool:
        """A held amount is spent; False where the hold has ended."""
        with self._opened(member, now) as (conn, terms, chest):
            wallet, parts = _parts(conn, member, hold, "held")
            if not parts or hold in chest.purse(wallet).lapsed:
                return False
            purse = chest.purse(wallet)
            for lot, amount in parts:
                purse.move(Cause(hold, now), "held", "spent", amount, purse.lots[lot])
            purse.be_active(now, lapse(terms.at(now), wallet, now))
            conn.execute("UPDATE hold SET status = 'spent' WHERE member_id = %s AND id = %s", [member, hold])
        return True

    def releases(self, member: int, hold: int, now: datetime) -> bool:
        """A held amount is set free; False where the hold has ended."""
        with self._opened(member, now) as (conn, _, chest):
            wallet, parts = _parts(conn, member, hold, "held")
            if not parts or hold in chest.purse(wallet).lapsed:
                return False
            chest.purse(wallet).restore(Cause(hold, now), "held", parts)
            conn.execute("UPDATE hold SET status = 'released' WHERE member_id = %s AND id = %s", [member, hold])
        return True

    def brings_back(self, member: int, hold: int, now: datetime) -> None:
        """What was spent comes back to its lots."""
        with self._opened(member, now) as (conn, _, chest):
            wallet, parts = _parts(conn, member, hold, "spent")
            restored = sum(amount for _, amount in parts)
            chest.purse(wallet).restore(Cause(hold, now), "spent", parts)
            conn.execute(
                "UPDATE hold SET restored = restored + %s WHERE member_id = %s AND id = %s", [restored, member, hold]
            )

    def changes(
        self,
        member: int,
        amount: int,
        now: datetime,
        reason: str = "",
        *,
        kind: str = "adjustment",
        wallet: str = "points",
        expires_at: datetime | None = None,
    ) -> None:
        """An amount put in or taken out by hand; with a kind, brought in or transferred."""
        account = {"adjustment": "adjusted", "forfeit": "adjusted", "opening": "opening"}.get(kind, "moved")
        with self._opened(member, now) as (conn, _, chest):
            event = _number(conn)
            purse, cause = chest.purse(wallet), Cause(event, now)
            if amount > 0:
                purse.put(cause, account, amount, purse.lot(event, now, None, expires_at))
            else:
                assert purse.spend(cause, account, -amount, "soonest_expiry")
            conn.execute(
                "INSERT INTO adjustment (member_id, id, club_id, kind, wallet, amount, reason, recorded_at)"
                " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
                [member, event, self.club_id, kind, wallet, amount, reason, now],
            )

    def returns(
        self,
        purchase: int,
        now: datetime,
        *,
        net: int,
        awards: Iterable[Given] = (),
        left: dict[str, Any] | None = None,
        kind: str = "return",
        key: str | None = None,
        rest: str = "debt",
        **content: Any,
    ) -> int:
        """Something of a purchase comes back: `net` is what it takes off, `awards` what is still given, `left` what
        is kept (nothing, where it is left out)."""
        with transaction() as conn:
            row = conn.execute(
                "SELECT member_id, store_id, version, coalesce(kept, ruling) -> 'awards', lines FROM purchase"
                " WHERE id = %s",
                [purchase],
            ).fetchone()
        assert row
        member, store, version, before, lines = row
        kept = list(awards)
        with self._opened(member, now, [(member, purchase)]) as (conn, _, chest):
            event = _number(conn)
            for article, wallet, amount in _less([Given(*given) for given in before], kept):
                purse, cause = chest.purse(wallet), Cause(event, now, version, article)
                if amount > 0:
                    purse.take_back(cause, amount, purse.of_event(purchase), "soonest_expiry", rest)
                else:
                    purse.put(cause, "issued", -amount, purse.lot(event, now))
            nothing = {"lines": {line[0]: 0 for line in lines}} if lines else {"net": None}
            form = {**(left or nothing), "awards": [list(given) for given in kept]}
            conn.execute(
                "INSERT INTO purchase_return (id, club_id, member_id, purchase_id, store_id, key, digest, kind,"
                " occurred_at, recorded_at, gross, net, content, outcome, settled)"
                " VALUES (%s, %s, %s, %s, %s, %s, '', %s, %s, %s, %s, %s, %s, '{}', true)",
                [
                    event, self.club_id, member, purchase, store, key or f"back-{event}", kind, now, now, net, net,
                    json.dumps(content),
                ],
            )  # fmt: skip
            conn.execute(
                "UPDATE purchase SET kept = %s, voided_at = %s WHERE id = %s",
                [json.dumps(form), now if kind == "void" else None, purchase],
            )
        return event

    def _takes(
        self, member: int, amount: int, now: datetime, wallet: str, target: str, until: datetime | None, receipt: Any
    ) -> int | None:
        with self._opened(member, now) as (conn, terms, chest):
            event, purse = _number(conn), chest.purse(wallet)
            if not purse.spend(Cause(event, now), target, amount, "soonest_expiry"):
                return None
            if target == "spent":
                purse.be_active(now, lapse(terms.at(now), wallet, now))
            store = conn.execute("SELECT min(id) FROM store WHERE club_id = %s", [self.club_id]).fetchone()
            conn.execute(
                "INSERT INTO hold (member_id, id, club_id, wallet, amount, status, until, store_id, receipt,"
                " occurred_at, recorded_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    member, event, self.club_id, wallet, amount, target, until, store[0] if store and receipt else None,
                    receipt, now, now,
                ],
            )  # fmt: skip
        return event

    @contextmanager
    def _opened(
        self, member: int, now: datetime, events: Iterable[tuple[int, int]] = ()
    ) -> Iterator[tuple[Connection, Programme, Chest]]:
        with transaction() as conn:
            row = conn.execute(
                "UPDATE member SET seq = seq + 1 WHERE id = %s RETURNING entries, head", [member]
            ).fetchone()
            assert row
            chest = open_purses(conn, {member: now}, {member: (row[0], row[1])}, events)[member]
            chest.settle(now)
            yield conn, programme(conn, self.club_id), chest
            write(conn, self.club_id, [chest], now)
            write_heads(conn, [chest])


def _number(conn: Connection) -> int:
    row = conn.execute("SELECT nextval('event_id')").fetchone()
    assert row
    return int(row[0])


def _parts(conn: Connection, member: int, hold: int, account: str) -> tuple[str, list[tuple[int, int]]]:
    """Of which lots a hold has what in an account."""
    rows = conn.execute(
        "SELECT wallet, lot, sum(CASE WHEN target = %(account)s THEN amount ELSE -amount END)::bigint FROM entry"
        " WHERE member_id = %(member)s AND event_id = %(hold)s AND %(account)s IN (source, target)"
        " GROUP BY wallet, lot",
        {"account": account, "member": member, "hold": hold},
    ).fetchall()
    status = conn.execute("SELECT status FROM hold WHERE member_id = %s AND id = %s", [member, hold]).fetchone()
    if account == "held" and status != ("held",):
        return "", []
    return (rows[0][0] if rows else ""), [(lot, amount) for _, lot, amount in rows if amount]


def _less(before: list[Given], after: list[Given]) -> list[tuple[str, str, int]]:
    """By article and wallet: how much less is given than before."""
    sums: dict[tuple[str, str], int] = {}
    for sign, awards in ((1, before), (-1, after)):
        for given in awards:
            sums[given.article, given.wallet] = sums.get((given.article, given.wallet), 0) + sign * given.amount
    return [(article, wallet, amount) for (article, wallet), amount in sums.items() if amount]
