"""In how few steps purchases and cancellations can be taken together without changing what each member lived. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable


def phases(events: Iterable[tuple[Hashable | None, bool]]) -> list[int]:
    """The number of each event's phase; an event is (member, whether it cancels). Purchases stand in even phases,
    cancellations in odd ones.

    A member's events keep their order: within a phase that of the chunk, and from one phase to the next. Different
    members don't wait for each other, so that there are as many phases as the liveliest member needs. Nobody's events
    (None) wait for nothing.
    """
    reached: dict[Hashable, int] = {}
    found = []
    for member, cancels in events:
        phase = reached.get(member, 0) if member is not None else 0
        if phase % 2 != cancels:
            phase += 1
        if member is not None:
            reached[member] = phase
        found.append(phase)
    return found
