"""Groups of a league: everybody has a seat, nobody is alone, and no group outgrows the others."""

from __future__ import annotations

from collections import Counter

from hypothesis import assume, given
from hypothesis import strategies as st

from loyalty.gamification.groups import seats, together


@given(st.integers(1, 60), st.lists(st.integers(2, 12), max_size=6), st.integers(2, 12))
def test_newcomers_fill_groups_and_make_new_ones_of_about_the_same_size(n: int, sizes: list[int], of: int) -> None:
    assume(n > 1 or sizes)
    seated = list(seats(n, sizes, of))
    assert len(seated) == n
    came = Counter(seated)
    whole = [came[number] + (sizes[number] if number < len(sizes) else 0) for number in range(max(seated) + 1)]
    assert min(whole) >= 2
    assert all(size <= max(of + 1, *[its + 1 for its in sizes], 0) for size in whole)
    fresh = whole[len(sizes) :]
    assert not fresh or max(fresh) - min(fresh) <= 1


@given(
    st.dictionaries(st.integers(0, 5), st.integers(1, 3), min_size=1),
    st.dictionaries(st.integers(0, 5), st.lists(st.integers(2, 4), min_size=1, max_size=2)),
)
def test_whoever_is_alone_in_a_division_plays_with_others(
    newcomers: dict[int, int], groups: dict[int, list[int]]
) -> None:
    where = together(newcomers, groups)
    if sum(newcomers.values()) == 1 and not groups:
        assert list(where.values()) == [None]
        return
    there: Counter[int] = Counter()
    for division, to in where.items():
        assert to is not None
        there[to] += newcomers[division]
    assert all(n > 1 or groups.get(division) for division, n in there.items())
    assert all(where[division] == division for division, n in newcomers.items() if n > 1)


def test_strong_members_meet_each_other_and_the_nearest_division_takes_who_is_alone() -> None:
    assert list(seats(6, [], 4)) == [0, 0, 0, 1, 1, 1]
    assert list(seats(1, [4, 3], 4)) == [1]
    assert list(seats(1, [4, 4], 4)) == [0]
    assert together({0: 5, 1: 1, 2: 1}, {}) == {0: 0, 1: 0, 2: 0}
    assert together({0: 1, 3: 4}, {}) == {0: 3, 3: 3}
