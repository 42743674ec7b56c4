"""Purses that live in memory through a whole history: nothing due is looked for where nothing is due."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from loyalty.ledger.lots import PLACES, Cause, Lot, Purse
from loyalty.ledger.purses import Chest

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

    def purse(self, wallet: str) -> Purse:
        """The purse of a wallet."""
        found = self.purses.get(wallet)
        if found is None:
            found = self.purses[wallet] = LastingPurse(wallet, self.log)
            found.soonest = NEVER
        return found
