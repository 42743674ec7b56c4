"""Between judge and apply: post what rulings give into the purses of their members, in the order of the cases."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from loyalty.cases import Case
from loyalty.ledger.lots import Cause, Lot, Purse
from loyalty.ledger.purses import Chest
from loyalty.rules import Bylaws
from loyalty.rules.ruling import Given
from loyalty.rules.things import DISCOUNT


def post(cases: Sequence[Case], chests: Mapping[int, Chest]) -> None:
    """Post the awards of judged cases; what fell due for a member before a case is done first."""
    for case in cases:
        assert case.ruling
        chest, at = chests[case.member_id], case.event.occurred_at
        chest.settle(at)
        for given in case.ruling.awards:
            if given.wallet == DISCOUNT:
                continue
            purse = chest.purse(given.wallet)
            cause = Cause(case.id, at, case.bylaws.version, given.article)
            purse.put(cause, "issued", given.amount, lot_of(purse, case.bylaws, given, case.id, at))
            purse.be_active(at, lapse(case.bylaws, given.wallet, at))
        case.wallets = chest.shown()


def lot_of(purse: Purse, bylaws: Bylaws, given: Given, event_id: int, at: datetime) -> Lot:
    """The lot into which an award of an event goes, by the terms of the version that judged it."""
    matures_at, expires_at = bylaws.lot_terms(given, at)
    return purse.lot(event_id, at, matures_at, expires_at)


def lapse(bylaws: Bylaws, wallet: str, at: datetime) -> datetime | None:
    """When a wallet lapses if nothing happens after an instant; None where idleness does not matter."""
    terms = bylaws.wallets.get(wallet)
    if terms is None or terms.expires is None or not terms.expires.from_activity:
        return None
    return terms.expires.ends(at, bylaws.club.calendar)


def wake(bylaws: Bylaws, purse: Purse, at: datetime) -> None:
    """Let the idleness of a wallet that had lapsed be counted anew: what came into it must not lie there for ever."""
    since = max(at, purse.active_at or at)
    if purse.lapses_at is None and (lapses_at := lapse(bylaws, purse.wallet, since)):
        purse.be_active(since, lapses_at)
