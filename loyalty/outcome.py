"""What became of an event that was sent: recorded, repeated, refused, or set aside."""

from __future__ import annotations

from typing import Literal, NamedTuple

from loyalty.cases import Case
from loyalty.errors import Problem
from loyalty.rules import Bylaws, Facts, Ruling
from loyalty.values import Shown

CHUNK = 500
"""Events per transaction at most."""

Status = Literal["recorded", "repeated", "refused", "set_aside", "unclaimed"]


class Outcome(NamedTuple):
    """What became of one event. A repeated one carries only its id: its first answer is read from the record."""

    status: Status
    receipt: str
    id: int | None = None
    member_id: int | None = None
    problem: Problem | None = None
    ruling: Ruling | None = None
    facts: Facts | None = None
    wallets: dict[str, Shown] = {}  # noqa: RUF012 - never changed
    """What each wallet holds after it."""
    bylaws: Bylaws | None = None
    """The version that judged it."""
    followed: tuple[tuple[Ruling, Facts], ...] = ()
    """What followed from it."""

    @classmethod
    def recorded(cls, name: str, case: Case) -> Outcome:
        """What became of a case that was judged."""
        judged = case.ruling, case.facts, case.wallets_after, case.bylaws, case.told
        return cls("recorded", name, case.id, case.member_id, None, *judged)
