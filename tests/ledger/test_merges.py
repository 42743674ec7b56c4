"""Two purses go together and come apart: whatever happened before or between, nothing is lost and nothing doubled."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from loyalty.ledger.lots import Cause, Lot, Purse
from loyalty.ledger.merges import Flow, part, unite

T0 = datetime(2026, 3, 21, 12, tzinfo=UTC)
DAY = timedelta(days=1)
MERGE, UNMERGE = 1_000_000, 2_000_000
FIGURES = ("pending", "available", "debt", "earned", "spent", "expired", "other")

doing = st.tuples(
    st.sampled_from(("earn", "spend", "take_back", "wait")),
    st.integers(1, 12),  # how much, or how many days
    st.sampled_from((None, 2, 6)),  # matures after days
    st.sampled_from((None, 5, 9, 30)),  # expires after days
)
Doing = tuple[str, int, int | None, int | None]


class Life:
    """A purse in which things happen, days apart where one waits."""

    def __init__(self, events: Any) -> None:
        self.purse, self.events, self.now = Purse("points", []), events, T0

    def does(self, doings: list[Doing]) -> None:
        for what, amount, matures, expires in doings:
            event = next(self.events)
            cause = Cause(event, self.now)
            match what:
                case "earn":
                    ends = [self.now + days * DAY if days else None for days in (matures, expires)]
                    self.purse.put(cause, "issued", amount, self.purse.lot(event, self.now, *ends))
                case "spend":
                    self.purse.spend(cause, "spent", amount, "soonest_expiry")
                case "take_back":
                    lots = list(self.purse.lots.values())
                    self.purse.take_back(cause, min(amount, self.purse.earned), lots[:1], "soonest_expiry", "debt")
                case _:
                    self.now += amount * DAY
                    self.purse.settle(self.now)

    def waits_until(self, at: datetime) -> None:
        self.now = at
        self.purse.settle(at)


def state(purse: Purse) -> tuple[Any, ...]:
    """What the purse shows, and its open lots."""
    open_lots = {id_: asdict(lot) for id_, lot in purse.lots.items() if lot.pending or lot.available}
    return [getattr(purse, name) for name in FIGURES if name != "other"], open_lots


def worth(purse: Purse) -> int:
    return purse.pending + purse.available - purse.debt


def sound(purse: Purse) -> None:
    assert min(purse.pending, purse.available, purse.debt, purse.spent, purse.expired) >= 0
    kept = purse.pending + purse.available + purse.held + purse.spent + purse.expired
    assert kept == purse.earned + purse.forgiven + purse.other + purse.debt
    for name in ("pending", "available", "expired"):
        amounts = [getattr(lot, name) for lot in purse.lots.values()]
        assert min(amounts, default=0) >= 0
        assert sum(amounts) == getattr(purse, name)


def lived(one: list[Doing], other: list[Doing]) -> tuple[Life, Life]:
    events = count(1)
    lives = Life(events), Life(events)
    for life, doings in zip(lives, (one, other), strict=True):
        life.does(doings)
    for life in lives:
        life.waits_until(max(life.now for life in lives))
    return lives


def merged(giver: Life, taker: Life) -> tuple[dict[int, int], int]:
    """Unites; answers what moved by lot, and the debt."""
    before = len(taker.purse.log)
    unite(Cause(MERGE, taker.now), giver.purse, taker.purse, "soonest_expiry")
    moves = [move for move in taker.purse.log[before:] if move.cause.event_id == MERGE]
    lots = {}
    for move in moves:
        if move.source == "moved" and move.lot:
            lots[move.lot.id] = lots.get(move.lot.id, 0) + move.amount
    return lots, sum(move.amount for move in moves if move.target == "moved")


def apart(giver: Life, taker: Life, lots: dict[int, int], debt: int, since: int) -> None:
    """Parts, as if all since the merge were written: `since` is where the survivor's log stood at the merge."""
    survivor = taker.purse
    flows = [
        Flow(move.cause.event_id, move.lot.id if move.lot else None, move.source, move.target, move.amount)
        for move in survivor.log[since:]
        if not (move.cause.event_id == MERGE and "moved" in (move.source, move.target))
    ]
    survivor.log.clear()
    part(Cause(UNMERGE, taker.now), survivor, giver.purse, lots, debt, flows, (), "soonest_expiry")


@given(st.lists(doing, max_size=12), st.lists(doing, max_size=12))
def test_apart_at_once_both_have_what_they_had(one: list[Doing], other: list[Doing]) -> None:
    giver, taker = lived(one, other)
    had = state(giver.purse), state(taker.purse)
    whole, since = worth(giver.purse) + worth(taker.purse), len(taker.purse.log)
    lots, debt = merged(giver, taker)
    assert worth(giver.purse) == 0
    assert worth(taker.purse) == whole
    assert not (taker.purse.debt and taker.purse.available)
    for life in (giver, taker):
        sound(life.purse)
    apart(giver, taker, lots, debt, since)
    for life in (giver, taker):
        sound(life.purse)
    assert (state(giver.purse), state(taker.purse)) == had


@settings(max_examples=400, deadline=None)
@given(st.lists(doing, max_size=8), st.lists(doing, max_size=8), st.lists(doing, max_size=10))
def test_whatever_happens_between_is_the_survivors_and_nothing_is_lost_or_doubled(
    one: list[Doing], other: list[Doing], between: list[Doing]
) -> None:
    giver, taker = lived(one, other)
    owed, since = giver.purse.debt, len(taker.purse.log)
    lots, debt = merged(giver, taker)
    assert debt == owed
    taker.does(between)
    giver.waits_until(taker.now)
    lost = {
        id_: sum(
            move.amount * ((move.target in ("issued", "expired")) - (move.source in ("issued", "expired")))
            for move in taker.purse.log[since:]
            if move.lot and move.lot.id == id_
        )
        for id_ in lots
    }
    whole, ended = worth(taker.purse), [life.purse.expired for life in (giver, taker)]
    late = {id_: taker.purse.lots[id_].expired for id_ in lots}
    apart(giver, taker, lots, debt, since)
    for life in (giver, taker):
        sound(life.purse)
    # What comes back after its end expires at once: of those lots alone, never what had expired before.
    came_late = [life.purse.expired - before for life, before in zip((giver, taker), ended, strict=True)]
    assert worth(giver.purse) + worth(taker.purse) == whole - sum(came_late)
    refunded_late = sum(taker.purse.lots[id_].expired - before for id_, before in late.items())
    due = sum(amount - lost[id_] for id_, amount in lots.items())
    assert worth(giver.purse) + owed + came_late[0] + refunded_late == due


def test_a_lot_keeps_its_number_and_its_ends() -> None:
    giver, taker = Purse("points", []), Purse("points", [])
    lot = giver.lot(7, T0, T0 + DAY, T0 + 9 * DAY)
    giver.put(Cause(7, T0), "issued", 10, lot)
    unite(Cause(MERGE, T0), giver, taker, "oldest")
    assert taker.lots == {7000: Lot(7000, T0, T0 + DAY, T0 + 9 * DAY, pending=10)}
    taker.settle(T0 + 10 * DAY)
    assert taker.expired == 10


def test_a_wallet_that_lapses_after_idleness_lives_on_from_the_later_activity() -> None:
    giver, taker = Purse("points", []), Purse("points", [])
    for purse, day in ((giver, 5), (taker, 1)):
        purse.put(Cause(day, T0), "issued", 10, purse.lot(day, T0))
        purse.be_active(T0 + day * DAY, T0 + (day + 30) * DAY)
    unite(Cause(MERGE, T0 + 6 * DAY), giver, taker, "oldest")
    taker.settle(T0 + 33 * DAY)
    assert taker.available == 20
