"""Lots and purses: what a member has in a wallet, until when, and what can be done with it. Pure.

A purse is loaded under the member's lock, changed here, and written back: every change is a move between two accounts,
and becomes an entry. Nothing reads a clock; what fell due by an instant is done by `settle`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal, NamedTuple

from loyalty.values import Shown

Order = Literal["soonest_expiry", "oldest", "own"]
"""`own`: nothing stands in for another lot."""
PLACES: Final = 1000
"""Lots that one event may make in a wallet."""

_KEPT: Final = {
    "pending": ("pending", 1),
    "available": ("available", 1),
    "held": ("held", 1),
    "spent": ("spent", 1),
    "expired": ("expired", 1),
    "issued": ("earned", -1),
    "debt": ("debt", -1),
    "forgiven": ("forgiven", -1),
    "adjusted": ("other", -1),
    "opening": ("other", -1),
    "moved": ("other", -1),
}
"""By account: the figure of a purse that a move into it changes, and in which direction."""
_OF_LOTS: Final = frozenset({"pending", "available", "held", "expired"})


class Cause(NamedTuple):
    """Why an amount moves: the event, when it happened, and the part of the bylaws if it was one."""

    event_id: int
    at: datetime
    version: int | None = None
    article: str | None = None


class Move(NamedTuple):
    """An amount from one account to another: an entry to be."""

    cause: Cause
    wallet: str
    source: str
    target: str
    amount: int
    lot: Lot | None


@dataclass(slots=True)
class Lot:
    """What is left of an amount that was earned together. `expires_at` is the last instant at which it is good."""

    id: int
    earned_at: datetime
    matures_at: datetime | None = None
    expires_at: datetime | None = None
    pending: int = 0
    available: int = 0
    held: int = 0
    expired: int = 0

    @property
    def event_id(self) -> int:
        """The event that made it."""
        return self.id // PLACES

    def good_at(self, at: datetime) -> bool:
        """Whether its end has not passed."""
        return self.expires_at is None or at <= self.expires_at


class Held(NamedTuple):
    """An open hold: when it lapses, and what it took of which lots."""

    id: int
    until: datetime
    parts: tuple[tuple[int, int], ...]


@dataclass(slots=True)
class Purse:
    """A member's wallet: its figures, those of its lots that a change may concern, and the changes made."""

    wallet: str
    log: list[Move]
    """Where moves are noted, in their order; shared by all purses of a member."""
    pending: int = 0
    available: int = 0
    held: int = 0
    debt: int = 0
    earned: int = 0
    spent: int = 0
    expired: int = 0
    forgiven: int = 0
    other: int = 0
    active_at: datetime | None = None
    lapses_at: datetime | None = None
    lots: dict[int, Lot] = field(default_factory=dict)
    holds: list[Held] = field(default_factory=list)
    lapsed: list[int] = field(default_factory=list)
    """Holds that ended by themselves."""
    touched: bool = False
    turned: bool = False
    """Whether `lapses_at` changed."""

    def shown(self) -> Shown:
        """The figures of an answer."""
        return Shown(self.available, self.earned, self.pending, self.held, self.debt)

    def move(self, cause: Cause, source: str, target: str, amount: int, lot: Lot | None = None) -> None:
        """Move an amount between two accounts, and in the lot that it belongs to."""
        if not amount:
            return
        for account, change in ((source, -amount), (target, amount)):
            name, direction = _KEPT[account]
            setattr(self, name, getattr(self, name) + direction * change)
            if lot is not None and account in _OF_LOTS:
                setattr(lot, account, getattr(lot, account) + change)
        self.log.append(Move(cause, self.wallet, source, target, amount, lot))

    def of_event(self, event_id: int) -> list[Lot]:
        """The loaded lots that an event made."""
        return [lot for lot in self.lots.values() if lot.event_id == event_id]

    def lot(
        self, event_id: int, earned_at: datetime, matures_at: datetime | None = None, expires_at: datetime | None = None
    ) -> Lot:
        """The event's lot with these ends, made if there is none. The event's lots must be loaded."""
        for lot in self.of_event(event_id):
            if lot.matures_at == matures_at and lot.expires_at == expires_at:
                return lot
        return self.new_lot(event_id, earned_at, matures_at, expires_at)

    def new_lot(
        self, event_id: int, earned_at: datetime, matures_at: datetime | None = None, expires_at: datetime | None = None
    ) -> Lot:
        """Another lot of the event, whatever it has. The event's lots must be loaded."""
        own = self.of_event(event_id)
        place = max((lot.id % PLACES for lot in own), default=-1) + 1
        made = Lot(event_id * PLACES + place, earned_at, matures_at, expires_at)
        self.lots[made.id] = made
        return made

    def put(self, cause: Cause, source: str, amount: int, lot: Lot) -> None:
        """Move an amount into a lot: to wait until it matures, or to be had at once; then debt is paid."""
        waits = lot.matures_at is not None and lot.matures_at > cause.at
        self.move(cause, source, "pending" if waits else "available", amount, lot)
        if not waits:
            self.pay_debt(cause, lot)

    def pay_debt(self, cause: Cause, lot: Lot) -> None:
        """What became available pays what is owed."""
        if self.debt:
            self.move(cause, "available", "debt", min(self.debt, lot.available), lot)

    def be_active(self, at: datetime, lapses_at: datetime | None) -> None:
        """Note an earning or spending: a wallet that lapses after idleness begins to count anew."""
        if self.active_at is None or at >= self.active_at:
            self.turned = self.turned or lapses_at != self.lapses_at
            self.active_at, self.lapses_at = at, lapses_at
            self.touched = True

    def settle(self, upto: datetime) -> None:
        """Do what fell due by an instant, in its order: lots mature and expire, holds lapse, the wallet lapses.

        The lots and holds that are due must be loaded; before a wallet lapses, all of its open lots.
        """
        steps: list[tuple[datetime, int, int]] = []
        for lot in self.lots.values():
            if lot.pending and lot.matures_at is not None and lot.matures_at <= upto:
                steps.append((lot.matures_at, 0, lot.id))
            if lot.expires_at is not None and lot.expires_at < upto:  # what a hold sets free until then goes too
                steps.append((lot.expires_at, 2, lot.id))
        steps += [(hold.until, 1, hold.id) for hold in self.holds if hold.until <= upto]
        if self.lapses_at is not None and self.lapses_at < upto:
            steps.append((self.lapses_at, 3, 0))
        for at, what, id_ in sorted(steps):
            match what:
                case 0:
                    self._mature(self.lots[id_], at)
                case 1:
                    self._lapse(next(hold for hold in self.holds if hold.id == id_), at)
                case 2:
                    self._expire(self.lots[id_], at)
                case _:
                    for lot in list(self.lots.values()):
                        self._expire(lot, at)
                    self.lapses_at, self.touched, self.turned = None, True, True

    def _mature(self, lot: Lot, at: datetime) -> None:
        cause = Cause(lot.event_id, at)
        self.move(cause, "pending", "available", lot.pending, lot)
        self.pay_debt(cause, lot)

    def _expire(self, lot: Lot, at: datetime, cause: Cause | None = None) -> None:
        cause = cause or Cause(lot.event_id, at)
        self.move(cause, "pending", "expired", lot.pending, lot)
        self.move(cause, "available", "expired", lot.available, lot)

    def _lapse(self, hold: Held, at: datetime) -> None:
        self.holds.remove(hold)
        self.lapsed.append(hold.id)
        self.restore(Cause(hold.id, at), "held", hold.parts)

    def restore(self, cause: Cause, source: str, parts: Iterable[tuple[int, int]]) -> None:
        """Bring held or spent amounts back to the lots they came from; one whose end has passed expires at once."""
        for id_, amount in parts:
            lot = self.lots[id_]
            self.move(cause, source, "available", amount, lot)
            self.pay_debt(cause, lot)
            if not lot.good_at(cause.at):
                self._expire(lot, cause.at)

    def forfeit(self, cause: Cause) -> None:
        """Let go of everything: holds end, and whatever is open expires. All open lots and holds must be loaded."""
        for hold in list(self.holds):
            self._lapse(hold, cause.at)
        for lot in list(self.lots.values()):
            self._expire(lot, cause.at, cause)

    def spendable(self, order: Order) -> list[Lot]:
        """What can be spent, in the wallet's order: lots without an end come last, then the oldest is first."""
        if order == "own":
            return []
        lots = [lot for lot in self.lots.values() if lot.available]
        if order == "oldest":
            return sorted(lots, key=lambda lot: (lot.earned_at, lot.id))
        return sorted(
            lots, key=lambda lot: (lot.expires_at is None, lot.expires_at or lot.earned_at, lot.earned_at, lot.id)
        )

    def spend(self, cause: Cause, target: str, amount: int, order: Order, but: int | None = None) -> bool:
        """Move an available amount out of the lots in their order; False, and nothing moved, if there is not so much.

        The lots of the event `but` stay untouched. All open lots must be loaded, and settled up to the instant.
        """
        if amount > self.available_but(but):
            return False
        self._out(cause, target, amount, [lot for lot in self.spendable(order) if lot.event_id != but])
        return True

    def available_but(self, event_id: int | None) -> int:
        """What is available without what an event gave."""
        own = self.of_event(event_id) if event_id is not None else ()
        return self.available - sum(lot.available for lot in own)

    def take_back(self, cause: Cause, amount: int, own: Sequence[Lot], order: Order, rest: str) -> int:
        """Take back what was given: from its own lots (pending first), then as spending would, then from `rest`.

        What has expired of its own lots counts as taken. Answers what `rest` (debt or forgiven) had to bear.
        """
        for account in ("pending", "available", "expired"):
            for lot in own:
                part = min(amount, getattr(lot, account))
                self.move(cause, account, "issued", part, lot)
                amount -= part
        amount -= self._out(cause, "issued", min(amount, self.available), self.spendable(order))
        self.move(cause, rest, "issued", amount)
        return amount

    def _out(self, cause: Cause, target: str, amount: int, lots: Iterable[Lot]) -> int:
        left = amount
        for lot in lots:
            if not left:
                break
            part = min(left, lot.available)
            self.move(cause, "available", target, part, lot)
            left -= part
        return amount - left
