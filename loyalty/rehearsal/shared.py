"""Limits that all members share, used up in memory in the order of a club's events."""

from __future__ import annotations

from datetime import date

from loyalty.judge import Budget
from loyalty.rules import Bylaws


class Budgets:
    """What is left of the draft's shared limits; what earlier events took of the same limits counts."""

    def __init__(self, draft: Bylaws) -> None:
        self._most = {limit.key: limit.at_most for limit in draft.budgets()}
        self._used: Budget = {}

    def get(self, key: tuple[str, date], default: int, /) -> int:
        """What is left of one in its period."""
        return max(0, self._most.get(key[0], default) - self._used.get(key, 0))

    def __getitem__(self, key: tuple[str, date], /) -> int:
        return self._most[key[0]] - self._used.get(key, 0)

    def __setitem__(self, key: tuple[str, date], left: int, /) -> None:
        self._used[key] = self._most[key[0]] - left

    def use(self, key: tuple[str, date], amount: int) -> None:
        """Note what an event took, or (negative) what came back with a return."""
        self._used[key] = self._used.get(key, 0) + amount
