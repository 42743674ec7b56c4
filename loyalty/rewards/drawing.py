"""A draw that anyone can check: a seed that was committed to before, a list of entries, and winners that follow. Pure.

The list is text, a line `holder,tickets` for each holder in the order of holders, and its digest is SHA-256. Numbers
come from HMAC-SHA256(seed, digest ‖ public value ‖ attempt); `docs/raffles.md` says it in ten lines of Python.
"""

from __future__ import annotations

import hashlib
import hmac
from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Final, NamedTuple

_RANGE: Final = 2**256
"""How many numbers an attempt may come to."""

Entry = tuple[bytes, int]
"""A holder's pseudonym, and how many tickets are its."""


class Winner(NamedTuple):
    """Who won a prize; prizes are numbered from 1."""

    prize: int
    holder: bytes
    tickets: int


def commitment(seed: bytes) -> bytes:
    """What binds whoever has the seed, and tells nobody what it is."""
    return hashlib.sha256(seed).digest()


def lines(entries: Iterable[Entry]) -> Iterator[bytes]:
    """The list of entries as it is published."""
    return (b"%s,%d\n" % (holder.hex().encode(), tickets) for holder, tickets in entries)


def digest(entries: Iterable[Entry]) -> bytes:
    """What fixes the list of entries."""
    hashed = hashlib.sha256()
    for line in lines(entries):
        hashed.update(line)
    return hashed.digest()


def draw(seed: bytes, digest: bytes, public: str, entries: Sequence[Entry], prizes: Sequence[int]) -> list[Winner]:
    """The winners, prize by prize; `prizes` says how many of each there are.

    Each ticket that is left has the same chance. Who has won leaves the draw with all tickets, so that a holder wins
    once at most; where holders run out, the remaining prizes fall to nobody.
    """
    ends = list(accumulate(tickets for _, tickets in entries))
    numbers = _Numbers(seed, digest + public.encode())
    left = ends[-1] if ends else 0
    gone: list[int] = []
    """The places of those who have won, in order."""
    winners: list[Winner] = []
    for prize, many in enumerate(prizes, 1):
        for _ in range(many):
            if not left:
                return winners
            place = _place(numbers.below(left), ends, entries, gone)
            insort(gone, place)
            holder, tickets = entries[place]
            left -= tickets
            winners.append(Winner(prize, holder, tickets))
    return winners


def _place(number: int, ends: list[int], entries: Sequence[Entry], gone: list[int]) -> int:
    """Where a ticket lies, counted without those of holders who are gone."""
    for place in gone:
        tickets = entries[place][1]
        if number >= ends[place] - tickets:
            number += tickets
    return bisect_right(ends, number)


class _Numbers:
    """Numbers that follow from a seed; those that would favour small ones are left out."""

    def __init__(self, seed: bytes, message: bytes) -> None:
        self.seed, self.message, self.attempt = seed, message, 0

    def below(self, limit: int) -> int:
        """The next number below a limit."""
        while True:
            found = hmac.digest(self.seed, self.message + self.attempt.to_bytes(8, "big"), "sha256")
            self.attempt += 1
            number = int.from_bytes(found, "big")
            if number < _RANGE // limit * limit:
                return number % limit
