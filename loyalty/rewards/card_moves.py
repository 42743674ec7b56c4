"""A gift card in hand: changed by moves, each of which becomes an entry. Pure; who calls holds its lock.

So what is kept on the card cannot differ from what was entered.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Literal, NamedTuple

Kind = Literal["issued", "topped_up", "charged", "refunded", "expired", "taken_back", "blocked", "unblocked"]

AFTER_REFUND: Final = timedelta(days=30)
"""How long a card is good at least after something came back to it: money that nobody can spend was not given back."""


class Sale(NamedTuple):
    """What a card pays: a receipt, and of which store where that is known."""

    receipt: str
    store_id: int | None = None


class Entry(NamedTuple):
    """One change of a card, as it is written."""

    n: int
    kind: Kind
    amount: int
    """Below zero where it was taken."""
    balance: int
    expires_at: datetime | None
    of_n: int | None
    store_id: int | None
    receipt: str | None
    occurred_at: datetime


@dataclass(slots=True)
class Card:
    """A gift card as it is kept, and the entries that it got meanwhile."""

    id: int
    hint: str
    pin: bytes | None
    amount: int
    """What it was issued with."""
    balance: int
    entries: int
    expires_at: datetime | None
    blocked_at: datetime | None
    member_id: int | None
    log: list[Entry] = field(default_factory=list)

    def good_at(self, at: datetime) -> bool:
        """Whether one can pay with it: its end is included."""
        return self.blocked_at is None and not self.over_at(at)

    def over_at(self, at: datetime) -> bool:
        """Whether its end has passed."""
        return self.expires_at is not None and at > self.expires_at

    def settle(self, now: datetime) -> None:
        """Let what is on it go where its end has passed; dated by that end, however late it is done."""
        if self.over_at(now) and self.balance:
            assert self.expires_at
            self._enter("expired", -self.balance, self.expires_at)

    def issue(self, at: datetime) -> None:
        """Put on it what it was issued with."""
        self._enter("issued", self.amount, at)

    def top_up(self, amount: int, at: datetime, sale: Sale | None = None) -> None:
        """Put more on it; `sale` is how that was sold."""
        self._enter("topped_up", amount, at, sale=sale)

    def charge(self, amount: int, sale: Sale, at: datetime) -> bool:
        """Pay a sale; False, and nothing is done, where there is too little."""
        if amount > self.balance:
            return False
        self._enter("charged", -amount, at, sale=sale)
        return True

    def refund(self, amount: int, of_n: int, sale: Sale, at: datetime, now: datetime) -> None:
        """Give back a part of a charge, in such a way that it can be spent."""
        self.settle(now)
        if self.expires_at is not None:
            self.expires_at = max(self.expires_at, now + AFTER_REFUND)
        self._enter("refunded", amount, at, of_n, sale)

    def take_back(self, now: datetime) -> None:
        """Take all that is on it, and let it be good no more."""
        if self.balance:
            self._enter("taken_back", -self.balance, now)
        self.block(now)

    def block(self, now: datetime) -> None:
        """Let nobody pay with it."""
        if self.blocked_at is None:
            self.blocked_at = now
            self._enter("blocked", 0, now)

    def unblock(self, now: datetime) -> None:
        """Let it be good again, if its end has not passed."""
        if self.blocked_at is not None:
            self.blocked_at = None
            self._enter("unblocked", 0, now)

    def mark(self) -> tuple[int, int, int]:
        """Where it stands, to come back to."""
        return self.balance, self.entries, len(self.log)

    def back_to(self, mark: tuple[int, int, int]) -> None:
        """Undo the charges since a mark."""
        self.balance, self.entries, length = mark
        del self.log[length:]

    def _enter(self, kind: Kind, amount: int, at: datetime, of_n: int | None = None, sale: Sale | None = None) -> None:
        self.balance += amount
        self.entries += 1
        receipt, store_id = sale or (None, None)
        self.log.append(Entry(self.entries, kind, amount, self.balance, self.expires_at, of_n, store_id, receipt, at))
