"""A cancellation takes back the newest earlier purchases of the same code and price, and never more than is kept."""

from collections import Counter
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from loyalty.cancellations import Bought, Cancellation, CancelledLine, Match, Reason, match, returns
from loyalty.returns import ReturnedLine
from loyalty.rules import MemberRef

MONDAY = datetime(2026, 11, 2, 10, tzinfo=UTC)
SARA = MemberRef("external_id", "sara")


def bought(purchase: int, line: str, sku: str, units: int, net: int, *, day: int = 0) -> Bought:
    return Bought(purchase, MONDAY + timedelta(days=day), line, sku, units * 1000, net)


def cancelled(*lines: tuple[str, int, int], day: int = 5, member: MemberRef | None = SARA) -> Cancellation:
    """Lines of (code, units, net)."""
    its = tuple(CancelledLine(sku, units * 1000, net) for sku, units, net in lines)
    return Cancellation("C1", "vanak", MONDAY + timedelta(days=day), its, member)


def taken(matched: Match) -> dict[tuple[int, str], int]:
    return {line: quantity // 1000 for line, quantity in matched.taken().items()}


def why(matched: Match) -> list[tuple[int, int, Reason]]:
    return [(left.place, left.quantity // 1000, left.reason) for left in matched.left]


def test_the_newest_earlier_purchase_goes_first_and_the_one_before_it_gives_the_rest() -> None:
    history = [
        bought(1, "a", "tea", 5, 500),
        bought(2, "a", "tea", 3, 300, day=1),
        bought(3, "a", "tea", 9, 900, day=9),
    ]
    found = match(cancelled(("tea", 4, 400)), history, {})
    assert taken(found) == {(2, "a"): 3, (1, "a"): 1}
    assert not found.left


def test_what_came_back_before_is_not_taken_again() -> None:
    history = [bought(1, "a", "tea", 5, 500), bought(2, "a", "tea", 3, 300, day=1)]
    found = match(cancelled(("tea", 4, 400)), history, {(2, "a"): 2000, (1, "a"): 4000})
    assert taken(found) == {(2, "a"): 1, (1, "a"): 1}
    assert why(found) == [(0, 2, Reason.MORE)]


def test_two_cancelled_lines_of_a_code_share_what_there_is() -> None:
    history = [bought(1, "a", "tea", 2, 200), bought(1, "b", "tea", 1, 100)]
    found = match(cancelled(("tea", 2, 200), ("tea", 2, 200)), history, {})
    assert taken(found) == {(1, "a"): 2, (1, "b"): 1}
    assert why(found) == [(1, 1, Reason.MORE)]
    assert [piece.places for piece in found.pieces] == [(0, 1)]


def test_a_price_is_of_the_unit_and_exact() -> None:
    """Three for 1.00 and one for 0.33 are not the same price."""
    history = [bought(1, "a", "tea", 3, 100), bought(2, "a", "tea", 6, 200)]
    assert taken(match(cancelled(("tea", 9, 300)), history, {})) == {(2, "a"): 6, (1, "a"): 3}
    assert why(match(cancelled(("tea", 1, 33)), history, {})) == [(0, 1, Reason.OTHER_PRICE)]


def test_each_line_that_finds_nothing_says_why() -> None:
    history = [bought(1, "a", "tea", 1, 100), bought(2, "a", "salt", 1, 50, day=9), bought(3, "a", "free", 1, 0)]
    lines = (("milk", 1, 70), ("salt", 1, 50), ("tea", 1, 120), ("tea", 2, 200), ("free", 1, 0))
    found = match(cancelled(*lines), history, {})
    assert why(found) == [
        (0, 1, Reason.NOT_BOUGHT),
        (1, 1, Reason.NOT_BOUGHT),
        (2, 1, Reason.OTHER_PRICE),
        (3, 1, Reason.MORE),
    ]
    assert taken(found) == {(1, "a"): 1, (3, "a"): 1}
    assert why(match(cancelled(("tea", 1, 100), member=None), [], {})) == [(0, 1, Reason.NO_CUSTOMER)]


def test_a_piece_for_each_purchase_has_a_key_of_its_own() -> None:
    history = [
        bought(7, "a", "tea", 1, 100),
        bought(8, "a", "tea", 1, 100, day=1),
        bought(8, "b", "milk", 1, 70, day=1),
    ]
    invoice = cancelled(("milk", 1, 70), ("tea", 2, 200))
    found = returns(invoice, match(invoice, history, {}))
    assert [(purchase, piece.key, piece.lines) for purchase, piece in found] == [
        (8, "C1", (ReturnedLine("b", 1000), ReturnedLine("a", 1000))),
        (7, "C1/2", (ReturnedLine("a", 1000),)),
    ]
    assert {(piece.store, piece.occurred_at, piece.debt) for _, piece in found} == {
        ("vanak", invoice.occurred_at, "allow")
    }


UNITS = st.integers(1, 4)
SKUS = st.sampled_from(["tea", "milk"])
PRICES = st.sampled_from([100, 120])


@st.composite
def histories(draw: st.DrawFn) -> list[Bought]:
    found = []
    for purchase in range(draw(st.integers(0, 4))):
        day = draw(st.integers(0, 4))
        for line in range(draw(st.integers(1, 3))):
            units = draw(UNITS)
            found.append(bought(purchase, str(line), draw(SKUS), units, units * draw(PRICES), day=day))
    return draw(st.permutations(found))


@st.composite
def invoices(draw: st.DrawFn) -> Cancellation:
    lines = [(draw(SKUS), units := draw(UNITS), units * draw(PRICES)) for _ in range(draw(st.integers(1, 3)))]
    return cancelled(*lines, day=draw(st.integers(0, 4)))


@given(histories(), st.lists(invoices(), max_size=5))
def test_however_often_is_cancelled_nothing_comes_back_twice_or_before_it_was_bought(
    history: list[Bought], cancellations: list[Cancellation]
) -> None:
    sold = {(line.purchase_id, line.line): line for line in history}
    gone: Counter[tuple[int, str]] = Counter()
    for each in sorted(cancellations, key=lambda each: each.occurred_at):
        found = match(each, history, gone)
        money = sum(quantity * sold[its].net // sold[its].quantity for its, quantity in found.taken().items())
        left = sum(part.quantity * each.lines[part.place].net // each.lines[part.place].quantity for part in found.left)
        assert money + left == sum(line.net for line in each.lines)
        assert all(sold[its].occurred_at <= each.occurred_at for its in found.taken())
        assert all(part.quantity > 0 for part in found.left)
        gone.update(found.taken())
        for part in found.left:  # nothing that would have fitted was passed over
            line = each.lines[part.place]
            fitting = [its for its, its_line in sold.items() if its_line.sku == line.sku and its_line.costs_as(line)]
            assert all(gone[its] == sold[its].quantity for its in fitting if sold[its].occurred_at <= each.occurred_at)
    assert all(0 < quantity <= sold[its].quantity for its, quantity in gone.items())


@given(histories(), invoices())
def test_an_older_purchase_gives_only_what_the_newer_ones_lack(history: list[Bought], invoice: Cancellation) -> None:
    gone = match(invoice, history, {}).taken()
    for its in history:
        if gone.get((its.purchase_id, its.line)):
            newer = [
                each
                for each in history
                if its.occurred_at < each.occurred_at <= invoice.occurred_at
                and each.sku == its.sku
                and each.net * its.quantity == its.net * each.quantity
            ]
            assert all(gone.get((each.purchase_id, each.line)) == each.quantity for each in newer)
