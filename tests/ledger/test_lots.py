"""A purse by itself: what matures, expires, is spent, held, taken back and owed, whatever the order."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from loyalty.ledger.lots import PLACES, Cause, Held, Lot, Purse

DAY = timedelta(days=1)
T0 = datetime(2026, 3, 21, 12, tzinfo=UTC)


def purse() -> Purse:
    return Purse("points", [])


def earn(
    its: Purse,
    event: int,
    amount: int,
    at: datetime = T0,
    matures: datetime | None = None,
    expires: datetime | None = None,
) -> Lot:
    lot = its.lot(event, at, matures, expires)
    its.put(Cause(event, at), "issued", amount, lot)
    return lot


def flows(its: Purse) -> list[tuple[str, str, int, int | None]]:
    return [(move.source, move.target, move.amount, move.lot and move.lot.event_id) for move in its.log]


def test_a_lot_is_good_at_its_last_instant_and_gone_right_after() -> None:
    its = purse()
    end = T0 + DAY
    earn(its, 1, 10, expires=end)
    its.settle(end)
    assert its.available == 10
    its.settle(end + timedelta(microseconds=1))
    assert (its.available, its.expired) == (0, 10)


def test_what_is_pending_can_be_had_from_the_instant_it_matures() -> None:
    its = purse()
    earn(its, 1, 10, matures=T0 + DAY)
    assert (its.pending, its.available) == (10, 0)
    its.settle(T0 + DAY - timedelta(microseconds=1))
    assert its.available == 0
    its.settle(T0 + DAY)
    assert (its.pending, its.available) == (0, 10)


def test_spending_takes_what_ends_first_and_what_never_ends_last_or_else_the_oldest() -> None:
    its = purse()
    earn(its, 1, 10)
    earn(its, 2, 10, T0 + DAY, expires=T0 + 9 * DAY)
    earn(its, 3, 10, T0 + 2 * DAY, expires=T0 + 5 * DAY)
    assert [lot.event_id for lot in its.spendable("soonest_expiry")] == [3, 2, 1]
    assert [lot.event_id for lot in its.spendable("oldest")] == [1, 2, 3]
    assert its.spend(Cause(4, T0 + 3 * DAY), "spent", 25, "soonest_expiry")
    assert [lot.available for lot in its.lots.values()] == [5, 0, 0]
    assert not its.spend(Cause(5, T0 + 3 * DAY), "spent", 6, "soonest_expiry")
    assert its.spent == 25


def test_taking_back_begins_with_its_own_pending_then_its_own_lot_then_others_then_debt() -> None:
    its = purse()
    old = earn(its, 1, 10)
    own = earn(its, 2, 10)
    waits = earn(its, 2, 10, matures=T0 + DAY)
    its.log.clear()
    assert its.take_back(Cause(3, T0), 35, its.of_event(2), "soonest_expiry", "debt") == 5
    assert flows(its) == [
        ("pending", "issued", 10, 2),
        ("available", "issued", 10, 2),
        ("available", "issued", 10, 1),
        ("debt", "issued", 5, None),
    ]
    assert (old.available, own.available, waits.pending, its.debt) == (0, 0, 0, 5)


def test_what_expired_of_its_own_lot_counts_as_taken() -> None:
    its = purse()
    earn(its, 1, 10)
    earn(its, 2, 10, expires=T0 + DAY)
    its.settle(T0 + 2 * DAY)
    its.take_back(Cause(3, T0 + 2 * DAY), 10, its.of_event(2), "soonest_expiry", "debt")
    assert (its.available, its.expired, its.debt, its.earned) == (10, 0, 0, 10)


def test_the_next_earning_pays_what_is_owed_and_pending_pays_when_it_matures() -> None:
    its = purse()
    its.take_back(Cause(1, T0), 30, [], "oldest", "debt")
    earn(its, 2, 10)
    assert (its.available, its.debt) == (0, 20)
    earn(its, 3, 50, matures=T0 + DAY)
    assert (its.pending, its.debt) == (50, 20)
    its.settle(T0 + DAY)
    assert (its.available, its.debt) == (30, 0)


def test_a_hold_that_lapses_gives_back_to_its_lots_and_those_past_their_end_expire() -> None:
    its = purse()
    short = earn(its, 1, 10, expires=T0 + DAY)
    long = earn(its, 2, 10, expires=T0 + 9 * DAY)
    its.spend(Cause(3, T0), "held", 15, "soonest_expiry")
    its.holds.append(Held(3, T0 + 2 * DAY, ((short.id, 10), (long.id, 5))))
    its.settle(T0 + 3 * DAY)
    assert (its.held, its.available, its.expired) == (0, 10, 10)
    assert its.lapsed == [3]


def test_an_idle_wallet_lapses_as_a_whole_unless_something_happens() -> None:
    its = purse()
    earn(its, 1, 10)
    its.be_active(T0, T0 + 30 * DAY)
    its.settle(T0 + 29 * DAY)
    earn(its, 2, 5, T0 + 29 * DAY)
    its.be_active(T0 + 29 * DAY, T0 + 59 * DAY)
    its.be_active(T0 + 3 * DAY, T0 + 33 * DAY)  # known late: changes nothing
    its.settle(T0 + 59 * DAY)
    assert its.available == 15
    its.settle(T0 + 60 * DAY)
    assert (its.available, its.expired, its.lapses_at) == (0, 15, None)


def test_an_event_may_make_several_lots_and_comes_back_to_the_one_with_the_same_ends() -> None:
    its = purse()
    one = earn(its, 7, 1)
    other = earn(its, 7, 1, expires=T0 + DAY)
    again = earn(its, 7, 1)
    assert again is one
    assert (one.id, other.id) == (7 * PLACES, 7 * PLACES + 1)


class Life(RuleBasedStateMachine):
    """Anything in any order, as time goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.purse, self.now, self.event = purse(), T0, 0
        self.holds: list[Held] = []

    def cause(self) -> Cause:
        self.event += 1
        return Cause(self.event, self.now)

    @rule(days=st.integers(0, 20))
    def time_passes(self, days: int) -> None:
        self.now += days * DAY
        self.purse.settle(self.now)

    @rule(amount=st.integers(1, 100), wait=st.none() | st.integers(1, 15), good=st.none() | st.integers(1, 30))
    def earns(self, amount: int, wait: int | None, good: int | None) -> None:
        cause = self.cause()
        ends = [None if days is None else self.now + days * DAY for days in (wait, good)]
        self.purse.put(cause, "issued", amount, self.purse.lot(cause.event_id, self.now, *ends))
        self.purse.be_active(self.now, self.now + 40 * DAY)

    @rule(amount=st.integers(1, 120), order=st.sampled_from(["soonest_expiry", "oldest"]))
    def spends(self, amount: int, order: str) -> None:
        had = self.purse.available
        done = self.purse.spend(self.cause(), "spent", amount, order)  # type: ignore[arg-type]
        assert done == (had >= amount)
        assert self.purse.available == had - (amount if done else 0)

    @rule(amount=st.integers(1, 120), days=st.integers(1, 5))
    def holds_some(self, amount: int, days: int) -> None:
        cause, begun = self.cause(), len(self.purse.log)
        if self.purse.spend(cause, "held", amount, "oldest"):
            parts = tuple((move.lot.id, move.amount) for move in self.purse.log[begun:] if move.lot)
            self.purse.holds.append(Held(cause.event_id, self.now + days * DAY, parts))

    @precondition(lambda self: self.purse.lots)
    @rule(data=st.data(), rest=st.sampled_from(["debt", "forgiven"]))
    def gives_back(self, data: st.DataObject, rest: str) -> None:
        lot = data.draw(st.sampled_from(sorted(self.purse.lots)))
        own = self.purse.of_event(lot // PLACES)
        given = sum(m.amount for m in self.purse.log if m.source == "issued" and m.lot in own)
        taken = sum(m.amount for m in self.purse.log if m.target == "issued" and m.cause.article == str(lot // PLACES))
        if given > taken:
            amount = data.draw(st.integers(1, given - taken))
            cause = self.cause()._replace(article=str(lot // PLACES))
            earned = self.purse.earned
            self.purse.take_back(cause, amount, own, "soonest_expiry", rest)
            assert self.purse.earned == earned - amount

    @invariant()
    def nothing_is_lost(self) -> None:
        its = self.purse
        for figure in ("pending", "available", "held"):
            assert getattr(its, figure) == sum(getattr(lot, figure) for lot in its.lots.values())
        for lot in its.lots.values():
            assert min(lot.pending, lot.available, lot.held, lot.expired) >= 0
        assert min(its.pending, its.available, its.held, its.debt, its.spent, its.expired, its.earned) >= 0
        has = its.pending + its.available + its.held + its.spent + its.expired
        assert has == its.earned + its.forgiven + its.other + its.debt

    @invariant()
    def nobody_has_and_owes(self) -> None:
        assert not (self.purse.available and self.purse.debt)

    @invariant()
    def nothing_is_had_past_its_end(self) -> None:
        for lot in self.purse.lots.values():
            assert lot.good_at(self.now) or not (lot.available or lot.pending)


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
