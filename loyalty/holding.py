"""Holds: amounts set apart for a payment or reward, then spent or set free again, and spent ones taken back.

Every entry of a hold cites it as its event: they are its lots, and recount proves it from them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

from loyalty import outbox
from loyalty.db import transaction
from loyalty.errors import Conflict, NotFound
from loyalty.gather import Locked
from loyalty.hands import Open, close, locked, open_up, refuse_gone
from loyalty.ledger.lots import PLACES, Cause, Lot
from loyalty.values import Shown, Text
from loyalty.versions import Connection

UNTIL_ENDED: Final = datetime(9998, 12, 31, tzinfo=UTC)
"""Until when something is held that does not lapse by itself: only an erasure, which ends every hold, looks so far."""
LASTS: Final = timedelta(minutes=15)
"""How long a hold lasts where nothing else is said."""

_NONE: Final = Text("There is no such payment or hold.", "چنین پرداخت یا نگهداشتی نیست.")
_LAPSED: Final = Text("The hold has lapsed by itself.", "زمان این نگهداشت گذشته و خودبه‌خود آزاد شده است.")
_IS: Final = {
    "held": Text("It is still held: capture or void it.", "هنوز نگه داشته شده است؛ آن را نهایی یا لغو کنید."),
    "spent": Text(
        "It is paid already; what is paid can be reversed.", "پیش‌تر پرداخت شده است؛ پرداخت را می‌توان برگرداند."
    ),
    "released": Text("It was set free again.", "پیش‌تر آزاد شده است."),
    "reversed": Text("It was reversed already.", "پیش‌تر برگردانده شده است."),
}
_OWNER: Final = "SELECT member_id FROM hold WHERE club_id = %s AND id = %s"
_COLUMNS: Final = """
    SELECT hold.member_id, hold.id, wallet, amount, restored, status, until, receipt, store.code, redemption_id,
        EXISTS (SELECT FROM payout WHERE payout.member_id = hold.member_id AND payout.id = hold.id)
    FROM hold LEFT JOIN store ON store.id = hold.store_id WHERE hold.member_id = %s
"""
_HOLD: Final = f"{_COLUMNS} AND hold.id = %s"
_OF_REDEMPTION: Final = f"{_COLUMNS} AND redemption_id = %s ORDER BY hold.id"
_PARTS: Final = """
    SELECT lot, sum(CASE %(account)s WHEN target THEN amount ELSE -amount END)::bigint FROM entry
    WHERE member_id = %(member)s AND event_id = %(hold)s AND wallet = %(wallet)s AND %(account)s IN (source, target)
    GROUP BY lot HAVING sum(CASE %(account)s WHEN target THEN amount ELSE -amount END) > 0 ORDER BY min(n)
"""
_INSERT: Final = """
    INSERT INTO hold (member_id, id, club_id, wallet, amount, status, until, store_id, receipt, redemption_id,
        occurred_at, recorded_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


class Hold(NamedTuple):
    """A hold as it is kept."""

    member_id: int
    id: int
    wallet: str
    amount: int
    restored: int
    status: str
    until: datetime | None
    receipt: str | None
    store: str | None
    """The code of the store whose sale it pays."""
    redemption_id: int | None
    """The reward that it pays; then it ends with that one."""
    payout: bool
    """Whether it is paid out to a bank account; then it ends with that."""

    @property
    def open_account(self) -> str:
        """Where its amount lies."""
        return "spent" if self.status == "spent" else "held"


class HoldNow(NamedTuple):
    """Where a hold stands after something was done with it, and what its member has."""

    id: int
    member_id: int
    status: str
    wallet: str
    amount: int
    until: datetime | None
    wallets: dict[str, Shown]


class Sold(NamedTuple):
    """What is paid: a sale, so that a return of it finds the payment, or a reward."""

    receipt: str | None = None
    store_id: int | None = None
    redemption_id: int | None = None


Check = Callable[[Hold], bool]
"""Whether the caller may see a hold; one that may not is told that there is none."""


def place(
    hands: Open,
    member_id: int,
    wallet: str,
    amount: int,
    until: datetime | None,
    sold: Sold | None = None,
    but: int | None = None,
) -> HoldNow:
    """Set an amount apart until an instant, or spend it at once where there is none; what the event `but` gave stays.

    Raises:
        Invalid: no such wallet.
        Conflict: the member's standing does not allow spending.
        InsufficientBalance: there is too little.
    """
    hands.wallet(wallet)
    hands.allowed(member_id, "spends", "/member")
    purse = hands.purse(member_id, wallet)
    (id_,) = hands.numbers(1)
    status = "spent" if until is None else "held"
    hands.spend(purse, Cause(id_, hands.at), status, amount, but)
    hands.active(purse, hands.at)
    receipt, store_id, redemption_id = sold or Sold()
    whole = [member_id, id_, hands.terms.club_id, wallet, amount, status, until, store_id, receipt, redemption_id]
    row = [*whole, hands.at, hands.now]
    hands.conn.execute(_INSERT, row)
    return HoldNow(id_, member_id, status, wallet, amount, until, hands.shown(member_id))


def place_own(hands: Open, member_id: int, wallet: str, amount: int, lot: Lot, sold: Sold) -> None:
    """Spend an amount of one lot at once, where no other may stand in for it."""
    (id_,) = hands.numbers(1)
    hands.purse(member_id, wallet).move(Cause(id_, hands.at), "available", "spent", amount, lot)
    whole = [member_id, id_, hands.terms.club_id, wallet, amount, "spent", None, *sold[1::-1], sold.redemption_id]
    hands.conn.execute(_INSERT, [*whole, hands.at, hands.now])


@contextmanager
def opened_hold(
    club_id: int, hold_id: int, now: datetime, status: str, seen: Check | None, *, payout: bool = False
) -> Iterator[Taken]:
    """One transaction with a hold's member under lock and the lots of the hold at hand; `payout` tells of which kind.

    Raises:
        NotFound: the club has no such hold, or the caller may not see it.
        Conflict: it does not have the `status` that is asked for, or has lapsed.
    """
    with transaction() as conn:
        hold, members = _found(conn, club_id, hold_id)
        if hold.redemption_id is not None or hold.payout != payout or (seen is not None and not seen(hold)):
            raise NotFound(_NONE)
        if hold.status != status:
            raise Conflict(_IS[hold.status])
        if hold.status == "held" and hold.until is not None and hold.until <= now:
            raise Conflict(_LAPSED)
        parts = _parts(conn, hold)
        events = [(hold.member_id, lot // PLACES) for lot, _ in parts]
        hands = open_up(conn, club_id, members, now, now, events)
        yield Taken(hands, hold, parts)
        told = close(hands)
    if told:
        outbox.wake()


def of_redemption(conn: Connection, member_id: int, redemption_id: int) -> list[tuple[Hold, list[tuple[int, int]]]]:
    """What pays a reward: its holds, each with what it has of which lots; the member is locked."""
    rows = conn.execute(_OF_REDEMPTION, [member_id, redemption_id]).fetchall()
    return [(hold, _parts(conn, hold)) for hold in map(Hold._make, rows)]


def _parts(conn: Connection, hold: Hold) -> list[tuple[int, int]]:
    named = {"account": hold.open_account, "member": hold.member_id, "hold": hold.id, "wallet": hold.wallet}
    return [(row[0], row[1]) for row in conn.execute(_PARTS, named)]


def _found(conn: Connection, club_id: int, hold_id: int) -> tuple[Hold, dict[int, Locked]]:
    """A hold, read under its member's lock."""
    owner = conn.execute(_OWNER, [club_id, hold_id]).fetchone()
    if owner is None:
        raise NotFound(_NONE)
    members = locked(conn, club_id, owner)
    row = conn.execute(_HOLD, [*owner, hold_id]).fetchone()
    assert row
    return Hold._make(row), members


class Taken(NamedTuple):
    """A hold in hand: its member's purses, and what it has of which lots."""

    hands: Open
    hold: Hold
    parts: list[tuple[int, int]]

    def capture(self) -> HoldNow:
        """Spend what is held.

        Raises:
            Conflict: the member's standing does not allow spending.
        """
        self.hands.allowed(self.hold.member_id, "spends", "/member")
        return self.spend()

    def spend(self) -> HoldNow:
        """Spend what is held, whatever the member's standing is by now."""
        hands, hold = self.hands, self.hold
        purse = hands.purse(hold.member_id, hold.wallet)
        for lot, amount in self.parts:
            purse.move(Cause(hold.id, hands.at), "held", "spent", amount, purse.lots[lot])
        hands.active(purse, hands.at)
        return self._ends("spent")

    def give_back(self, status: str) -> HoldNow:
        """Bring what it has back to its lots; of those whose end has passed it expires at once."""
        hands, hold = self.hands, self.hold
        refuse_gone(hands.conn, hands.members[hold.member_id])
        purse = hands.purse(hold.member_id, hold.wallet)
        purse.restore(Cause(hold.id, hands.at), hold.open_account, self.parts)
        hands.wake(purse)
        return self._ends(status)

    def _ends(self, status: str) -> HoldNow:
        hands, hold = self.hands, self.hold
        hands.conn.execute("UPDATE hold SET status = %s WHERE member_id = %s AND id = %s", [status, *hold[:2]])
        return HoldNow(hold.id, hold.member_id, status, hold.wallet, hold.amount, None, hands.shown(hold.member_id))
