"""Purses that live in memory through a whole history: nothing due is looked for where nothing is due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from loyalty.ledger.lots import PLACES, Cause, Lot, Purse
from loyalty.ledger.merges import unite
from loyalty.ledger.purses import Chest
from loyalty.merging import order_of
from loyalty.rules import Bylaws

NEVER: Final = datetime(9999, 12, 31, tzinfo=UTC)


class LastingPurse(Purse):
    """A purse with all of its lots, which are found by their numbers."""

    __slots__ = ("soonest",)
    soonest: datetime
    """Before then no lot is due."""

    def of_event(self, event_id: int) -> list[Lot]:
        """The lots that an event made: they are numbered without a gap."""
        found: list[Lot] = []
        while lot := self.lots.get(event_id * PLACES + len(found)):
            found.append(lot)
        return found

    def earn(
        self, event_id: int, at: datetime, amount: int, matures_at: datetime | None, expires_at: datetime | None
    ) -> None:
        """Put what an event gives into a lot of its own, as `put` does where nothing is owed, and log nothing."""
        number = event_id * PLACES
        while number in self.lots:
            number += 1
        lot = self.lots[number] = Lot(number, at, matures_at, expires_at)
        if matures_at or expires_at:
            self.soonest = min(self.soonest, matures_at or NEVER, expires_at or NEVER)
        self.earned += amount
        if matures_at is not None and matures_at > at:
            self.pending += amount
            lot.pending += amount
        else:
            self.available += amount
            lot.available += amount

    def put(self, cause: Cause, source: str, amount: int, lot: Lot) -> None:
        """Move an amount into a lot."""
        super().put(cause, source, amount, lot)
        self.soonest = min(self.soonest, lot.matures_at or NEVER, lot.expires_at or NEVER)

    def restore(self, cause: Cause, source: str, parts: Iterable[tuple[int, int]]) -> None:
        """Bring held or spent amounts back to the lots they came from."""
        back = list(parts)
        super().restore(cause, source, back)
        self.soonest = min([self.soonest, *(_due(self.lots[lot]) for lot, _ in back)])

    def settle(self, upto: datetime) -> None:
        """Do what fell due by an instant."""
        if upto < self.soonest and (self.lapses_at is None or self.lapses_at >= upto):
            return
        super().settle(upto)
        self.soonest = min((_due(lot) for lot in self.lots.values()), default=NEVER)


def _due(lot: Lot) -> datetime:
    if lot.pending:
        return min(lot.matures_at or NEVER, lot.expires_at or NEVER)
    return lot.expires_at or NEVER if lot.available else NEVER


class LastingChest(Chest):
    """All purses of one member, begun empty."""

    __slots__ = ()
    purses: dict[str, LastingPurse]  # type: ignore[assignment]

    def purse(self, wallet: str) -> LastingPurse:
        """The purse of a wallet."""
        found = self.purses.get(wallet)
        if found is None:
            found = self.purses[wallet] = LastingPurse(wallet, self.log)
            found.soonest = NEVER
        return found

    def unite(self, other: LastingChest, cause: Cause, bylaws: Bylaws) -> None:
        """Take over all that another chest has and owes; both are settled."""
        for wallet in sorted(self.purses.keys() | other.purses.keys()):
            giver, taker = other.purse(wallet), self.purse(wallet)
            unite(cause, giver, taker, order_of(bylaws, wallet))
            taker.soonest = min(taker.soonest, giver.soonest)
