"""Into which groups of a league members are seated: of about equal strength, and nobody alone. Pure.

Members come strongest first. They fill the groups that have room, the smallest first; what is left makes new groups of
about the same size. A division with one member alone plays with the nearest one that has somebody.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from heapq import heapify, heapreplace
from typing import Final, NamedTuple

ALONE: Final = 1


class Group(NamedTuple):
    """A group: the division's place that it belongs to, and its number there."""

    division: int
    number: int


def together(newcomers: Mapping[int, int], groups: Mapping[int, Sequence[int]]) -> dict[int, int | None]:
    """For each division that has newcomers, the one in whose groups they play: their own, but for one who is alone.

    `groups` has the sizes of the groups that there are. None: in the whole league there is nobody else yet.
    """
    there = {division for division, n in newcomers.items() if n} | {its for its, sizes in groups.items() if sizes}
    alone = {division for division, n in newcomers.items() if n == ALONE and not groups.get(division)}
    towards = {its: _nearest(its, there - {its}) if its in alone else its for its in newcomers}
    return {division: _followed(division, towards) for division in newcomers}


def seats(newcomers: int, sizes: Sequence[int], of: int) -> Iterator[int]:
    """The number of the group, from 0, of each of some newcomers; `sizes` are those of the groups that there are.

    At least two newcomers, or a group, are there.
    """
    free = sum(max(0, of - size) for size in sizes)
    left = max(0, newcomers - free)
    if left == ALONE and sizes:
        left = 0  # one more than a group has is better than one who is alone
    yield from _filling(newcomers - left, sizes)
    if left:
        groups = max(1, min(-(-left // of), left // 2))
        yield from (len(sizes) + n * groups // left for n in range(left))


def _filling(newcomers: int, sizes: Sequence[int]) -> Iterator[int]:
    smallest = [(size, number) for number, size in enumerate(sizes)]
    heapify(smallest)
    for _ in range(newcomers):
        size, number = smallest[0]
        heapreplace(smallest, (size + 1, number))
        yield number


def _nearest(division: int, others: set[int]) -> int | None:
    """The nearest of other divisions; of two, the lower."""
    return min(others, key=lambda its: (abs(its - division), its), default=None)


def _followed(division: int, towards: Mapping[int, int | None]) -> int | None:
    """Where one ends who goes where another goes; of two who are alone and go to each other, the lower division."""
    way = [division]
    while (to := towards.get(way[-1], way[-1])) is not None:
        if to in way:
            return min(way[way.index(to) :])
        way.append(to)
    return None
