"""One member's purse goes into another's, and comes apart again. Pure.

Amounts move through the account `moved` of both, in lots of the same number and ends: so a later return of the merged
member's purchase still finds its own lot, and what is due falls due as it would have.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple

from loyalty.ledger.lots import Cause, Lot, Order, Purse


class Flow(NamedTuple):
    """An entry of the survivor since the merge."""

    event_id: int
    lot: int | None
    source: str
    target: str
    amount: int


def unite(cause: Cause, giver: Purse, taker: Purse, order: Order) -> None:
    """Move all that is pending, available and owed; then what is available pays what is owed.

    Both are settled, all open lots are loaded, and of the taker also those that bear the giver's numbers.
    """
    for lot in sorted(giver.lots.values(), key=lambda lot: lot.id):
        _hand_over(cause, giver, lot, taker, lot.pending + lot.available)
    debt = giver.debt
    giver.move(cause, "moved", "debt", debt)
    taker.move(cause, "debt", "moved", debt)
    _pay(cause, taker, order)
    if giver.active_at is not None:
        taker.be_active(giver.active_at, giver.lapses_at)


def part(
    cause: Cause,
    giver: Purse,
    taker: Purse,
    moved: Mapping[int, int],
    debt: int,
    flows: Sequence[Flow],
    own_merges: Collection[int],
    order: Order,
) -> None:
    """Undo a merge: the taker gets back what it had, less what was taken back or expired meanwhile.

    `moved` and `debt` are what came to the giver then, by lot; `flows` are its entries since, in their order;
    `own_merges` are the events by which the giver itself went elsewhere and came back. What the giver has spent of it
    comes out of its other lots, and stays its debt where those don't suffice.
    """
    owed = min(debt, giver.debt)
    giver.move(cause, "moved", "debt", owed)
    _refund(cause, giver, debt - owed, flows)
    taker.move(cause, "debt", "moved", debt)
    unwritten = [
        Flow(move.cause.event_id, move.lot.id if move.lot else None, move.source, move.target, move.amount)
        for move in giver.log
        if move.wallet == giver.wallet
    ]
    due = _due(moved, [*flows, *unwritten], own_merges)
    gone = {id_: amount - _hand_over(cause, giver, giver.lots[id_], taker, amount) for id_, amount in due.items()}
    rest = sum(gone.values())
    at_hand = min(rest, giver.available)
    giver.spend(cause, "moved", at_hand, order)
    giver.move(cause, "debt", "moved", rest - at_hand)
    for id_, amount in gone.items():
        lot = taker.lots[id_]
        if lot.matures_at is not None and lot.matures_at > cause.at:
            taker.move(cause, "moved", "pending", amount, lot)
        else:
            taker.restore(cause, "moved", [(id_, amount)])
    _pay(cause, taker, order)
    if due and taker.lapses_at is None and giver.active_at is not None:  # what lapsed meanwhile had nothing in it
        taker.be_active(giver.active_at, giver.lapses_at)


def _refund(cause: Cause, purse: Purse, amount: int, flows: Iterable[Flow]) -> None:
    """Give back what a debt that goes away again has been paid with, in the order in which it was paid."""
    for flow in flows:
        if flow.lot is not None and (flow.source, flow.target) == ("available", "debt"):
            back = min(amount, flow.amount)
            purse.restore(cause, "moved", [(flow.lot, back)])
            amount -= back


def _due(moved: Mapping[int, int], flows: Iterable[Flow], own_merges: Collection[int]) -> dict[int, int]:
    """What is left of each moved lot, had nobody spent of it."""
    due = dict(moved)
    for flow in flows:
        if flow.lot in due:
            outside = ("issued", "expired", "moved") if flow.event_id in own_merges else ("issued", "expired")
            due[flow.lot] += flow.amount * ((flow.source in outside) - (flow.target in outside))
    return {id_: max(0, amount) for id_, amount in due.items()}


def _hand_over(cause: Cause, giver: Purse, lot: Lot, taker: Purse, amount: int) -> int:
    """Move up to an amount of what is left of a lot into the taker's lot of the same number; answers how much."""
    its = taker.lots.setdefault(lot.id, replace(lot, pending=0, available=0, held=0, expired=0))
    left = amount
    for account in ("pending", "available"):
        share = min(left, getattr(lot, account))
        giver.move(cause, account, "moved", share, lot)
        taker.move(cause, "moved", account, share, its)
        left -= share
    return amount - left


def _pay(cause: Cause, purse: Purse, order: Order) -> None:
    if purse.debt:
        for lot in purse.spendable(order):
            purse.pay_debt(cause, lot)
