"""Rounds: what an event gives feeds counters, and what hangs on these gives, which feeds counters again.

To a depth: documents in which something hangs on itself, or on a longer chain, are refused when they are read.
"""

from __future__ import annotations

from loyalty.rules.bylaws import Bylaws
from loyalty.rules.facts import Facts
from loyalty.rules.feeding import feeds
from loyalty.rules.ruling import Ruling
from loyalty.rules.running import DEPTH, totals


def go_round(bylaws: Bylaws, facts: Facts, ruling: Ruling) -> None:
    """Feed the counters with an event and what its articles gave, and let running totals give, round by round.

    Leaves in the ruling what it feeds when nothing more is given.
    """
    ruling.feeds, ruling.labels = feeds(bylaws, facts, facts, ruling.awards)
    for _ in range(DEPTH if bylaws.running else 0):
        if not totals(bylaws, facts, ruling):
            return
        ruling.feeds, ruling.labels = feeds(bylaws, facts, facts, ruling.awards)
