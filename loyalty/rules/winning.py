"""Prizes: what the club gives by itself, in a draw, on a board, at a story's end: an event of whoever gets it. Pure.

The event names the prize and the version that promised it. What a version can give so, its `Game` tells.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from loyalty.rules.giving import give
from loyalty.rules.kinds import Award
from loyalty.values import Text

if TYPE_CHECKING:
    from loyalty.rules.bylaws import Bylaws
    from loyalty.rules.facts import Facts
    from loyalty.rules.ruling import Ruling

PRIZE: Final = "prize"
"""The type of the event by which a member gets a prize; its `prize` is the name and its `version` the one promising."""


class NamedPrize(NamedTuple):
    """What may be won: by its name in rulings (`SECTION:CODE:…`), as it is called, and what it gives."""

    name: str
    title: Text
    give: tuple[Award, ...]


def win(bylaws: Bylaws, facts: Facts, ruling: Ruling) -> None:
    """Give the winner the prize that the event names; by another version it may be another prize, or none."""
    prize = bylaws.prizes.get(facts.event.attributes["prize"])
    if prize is not None:
        give(prize.give, prize.name, facts, ruling)
