"""A chunk is taken in as few phases as its liveliest member needs, and every member's events keep their order."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from loyalty.phases import phases

BUYS, CANCELS = False, True


def test_purchases_alone_are_one_phase() -> None:
    assert phases([("sara", BUYS), ("reza", BUYS), ("sara", BUYS), (None, BUYS)]) == [0, 0, 0, 0]


def test_what_is_bought_after_a_cancellation_waits_for_it_but_other_members_do_not() -> None:
    story = [("sara", BUYS), ("sara", CANCELS), ("sara", CANCELS), ("reza", BUYS), ("sara", BUYS), ("reza", CANCELS)]
    assert phases(story) == [0, 1, 1, 0, 2, 1]


def test_who_only_cancels_and_who_is_nobody_wait_for_nothing() -> None:
    assert phases([("sara", CANCELS), (None, CANCELS), (None, BUYS), (None, CANCELS)]) == [1, 1, 0, 1]


@given(st.lists(st.tuples(st.sampled_from(["sara", "reza", "mina", None]), st.booleans())))
def test_every_member_lives_the_events_in_the_order_of_the_file(story: list[tuple[str | None, bool]]) -> None:
    found = phases(story)
    assert all(number % 2 == cancels for number, (_, cancels) in zip(found, story, strict=True))
    for member in ("sara", "reza", "mina"):
        own = [(number, cancels) for number, (who, cancels) in zip(found, story, strict=True) if who == member]
        assert own == sorted(own, key=lambda each: each[0])
        changes = sum(before[1] != after[1] for before, after in pairwise(own))
        assert not own or own[-1][0] - own[0][0] == changes
