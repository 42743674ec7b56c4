"""What a member lived through, as it was recorded: what was judged, what came back, and what else moved in wallets."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from loyalty.rehearsal.stage import Stage
from loyalty.returns import Return
from loyalty.rules import Happening
from loyalty.rules.ruling import giver


class Judged(NamedTuple):
    """A judged purchase, or another event."""

    number: int
    """Its place in the order of events."""
    recorded_at: datetime
    id: int
    store_id: int | None
    event: Happening
    version: int
    """Which version really judged it."""
    ruling: dict[str, Any] | None
    """What that said; left out for what is judged anew."""
    gave: list[str]
    """The articles that really gave something."""
    values: dict[str, Any]
    """What of the member's attributes was read then."""
    kept: bool
    """Whether something came back of it."""
    root: int | None = None
    """Of an event that followed from others, from which: what is judged anew is followed anew."""


class Back(NamedTuple):
    """A return or void."""

    number: int
    recorded_at: datetime
    id: int
    purchase_id: int
    asked: Return


class Stood(NamedTuple):
    """Somebody put the member into another standing."""

    at: datetime
    status: str


class Merged(NamedTuple):
    """The member goes on as another."""

    number: int
    recorded_at: datetime
    into: int


@dataclass(slots=True)
class Moved:
    """What one event otherwise than of a sale moved between two accounts of a wallet: a hold, an adjustment, a gift."""

    number: int
    recorded_at: datetime
    n: int
    """The place of its first entry in the member's chain."""
    follows: bool
    """A later step of a hold: it has no number of its own."""
    kind: str
    """`hold`, or what an adjustment is."""
    wallet: str
    source: str
    target: str
    amount: int
    at: datetime
    earned_at: datetime | None
    expires_at: datetime | None

    @property
    def lapsed(self) -> bool:
        """Whether it was a hold's end that had passed: it was done before whatever was done then."""
        return self.follows and self.at < self.recorded_at


class Granted(NamedTuple):
    """A tier that was given by hand."""

    number: int
    recorded_at: datetime
    tier: str
    until: datetime


Step = Judged | Back | Moved | Merged | Granted


def in_order(steps: Iterable[Step]) -> list[Step]:
    """Steps that have numbers, in the order in which they were recorded."""
    return sorted(steps, key=lambda step: (step.number, step.n if isinstance(step, Moved) else 0))


def really_gave(stage: Stage, one: Judged) -> list[str]:
    """The articles that really gave something for an event of the span."""
    return list({giver(article) for article in one.gave}) if stage.holds(one.event.occurred_at) else []
