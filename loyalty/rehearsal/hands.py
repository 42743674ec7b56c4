"""What members did with their wallets otherwise than by shopping, done again as far as a rehearsed purse has it."""

from __future__ import annotations

from datetime import datetime

from loyalty.ledger.lots import Cause, Order, Purse
from loyalty.ledger.purses import Chest
from loyalty.post import lapse, wake
from loyalty.rehearsal.events import Moved
from loyalty.rehearsal.stage import Stage
from loyalty.rehearsal.tally import Side
from loyalty.rules import Bylaws

Parts = list[tuple[int, int]]
"""(lot, amount)"""


class Hands:
    """The purses of one member, for what moves in them by hand and at the till."""

    def __init__(self, stage: Stage, chest: Chest, side: Side) -> None:
        self.stage, self.chest, self.side = stage, chest, side
        self.held: dict[int, Parts] = {}
        """By hold: what it keeps, or has spent, of which lots."""

    def move(self, event: Moved) -> None:
        """Do it again, at the time at which it was done."""
        self.chest.settle(event.at if event.lapsed else event.recorded_at)
        purse, cause = self.chest.purse(event.wallet), Cause(event.number, event.at)
        if event.kind == "forfeit":
            purse.forfeit(cause)
        elif event.kind == "hold" and event.follows:
            self._go_on(purse, cause, event)
        elif event.source == "available":
            self._out(purse, cause, event)
        else:
            self._into(purse, cause, event)

    def _out(self, purse: Purse, cause: Cause, event: Moved) -> None:
        amount, before = min(event.amount, purse.available), len(purse.log)
        if amount < event.amount:
            self.side.wallet(purse.wallet)["short"] += event.amount - amount
        purse.spend(cause, event.target, amount, self._order(event))
        if event.kind == "hold":
            moves = purse.log[before:]
            self.held[event.number] = [(move.lot.id, move.amount) for move in moves if move.lot is not None]
        if event.kind in ("hold", "transfer"):
            self._active(purse, event)

    def _go_on(self, purse: Purse, cause: Cause, event: Moved) -> None:
        """A hold is captured, set free, or what it spent comes back."""
        parts = self.held.get(event.number, [])
        if event.target == "spent":
            for lot, amount in parts:
                purse.move(cause, "held", "spent", amount, purse.lots[lot])
            self._active(purse, event)
            return
        back, left, rest = Parts(), event.amount, Parts()
        for lot, amount in parts:
            part = min(left, amount)
            left -= part
            back.append((lot, part))
            rest.append((lot, amount - part))
        self.held[event.number] = rest
        purse.restore(cause, event.source, back)
        wake(self._terms(event.at), purse, event.recorded_at)

    def _into(self, purse: Purse, cause: Cause, event: Moved) -> None:
        earned_at = event.earned_at or event.at
        lot = purse.new_lot(event.number, earned_at, None, event.expires_at)
        if lot.good_at(event.recorded_at):
            purse.put(cause, event.source, event.amount, lot)
        else:
            purse.put(cause._replace(at=earned_at), event.source, event.amount, lot)
            purse.settle(event.recorded_at)
        if event.source in ("issued", "opening") or event.kind == "transfer":
            self._active(purse, event)
        wake(self._terms(event.recorded_at), purse, event.recorded_at)

    def _active(self, purse: Purse, event: Moved) -> None:
        purse.be_active(event.at, lapse(self._terms(event.recorded_at), purse.wallet, event.at))
        purse.settle(event.recorded_at)

    def _terms(self, at: datetime) -> Bylaws:
        return self.stage.at(at, self.chest.member_id)

    def _order(self, event: Moved) -> Order:
        terms = self._terms(event.at).wallets.get(event.wallet)
        return terms.spend if terms else "soonest_expiry"
