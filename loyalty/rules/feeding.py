"""What an event adds to the live counters: by itself, and by what its articles gave."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from loyalty.rules.facts import Facts
from loyalty.rules.ruling import Given

if TYPE_CHECKING:
    from loyalty.rules.bylaws import Bylaws

Labels = dict[int, dict[str, int]]
"""By place among the live counters, then by label."""


def feeds(bylaws: Bylaws, sold: Facts, kept: Facts | None, awards: Sequence[Given]) -> tuple[list[int], Labels]:
    """What an event adds to each live counter, and to those kept by label.

    `sold` are its facts, `kept` those of what is kept of it (the same where nothing came back, None where all did).
    """
    labels = Labels()
    if kept is sold:
        always, told = bylaws.feeding.get(sold.event.type) or ([0] * len(bylaws.live), ())
        plain = always.copy()
        for place, feed in told:
            plain[place] = feed(sold)
    else:
        plain = [0] * len(bylaws.live)
        for place, counter in bylaws.fed_by.get(sold.event.type, ()):
            facts = sold if counter.returned_too else kept
            if facts is not None:
                plain[place] = counter.feed(facts)
    if bylaws.labelled and kept is not None:
        for place, counter in bylaws.labelled:
            if counter.type == sold.event.type and (found := counter.feeds(kept)):
                labels[place] = found
    given_to(bylaws, kept or sold, awards, plain, labels)
    return plain, labels


def given_to(bylaws: Bylaws, facts: Facts, awards: Sequence[Given], plain: list[int], labels: Labels) -> None:
    """Add what articles gave."""
    bylaws.feed_given(plain, awards)
    for place, counter in bylaws.gated:
        if plain[place]:
            amount, plain[place] = plain[place], 0
            if not counter.counts(facts):
                continue
            if counter.by:
                labels[place] = {counter.label(facts): amount}
            else:
                plain[place] = amount
