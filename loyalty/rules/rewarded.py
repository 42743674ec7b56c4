"""The rewards of the catalogue that bylaws give, and where they say so. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from loyalty.rules.awards.counted import GiveReward
from loyalty.rules.bylaws import Bylaws

_SECTIONS: Final = {
    "badge": "badges",
    "challenge": "challenges",
    "team": "challenges",
    "streak": "streaks",
    "raffle": "raffles",
    "board": "leaderboards",
    "league": "leagues",
    "spin": "spins",
    "set": "sets",
}


def rewards_named(bylaws: Bylaws) -> Iterator[tuple[str, str]]:
    """(code of a reward, JSON pointer to what gives it), in the document's order."""
    places = {article.no: f"/articles/{n}" for n, article in enumerate(bylaws.articles)}
    for name, give in bylaws.gifts():
        for n, award in enumerate(give):
            if isinstance(award, GiveReward):
                path = f"{places[name]}/give/{n}/reward" if name in places else _section(name)
                yield award.name, path


def _section(name: str) -> str:
    """Where a gift stands that rulings call `badge:regular:2`."""
    section, code, *_ = name.split(":")
    return f"/{_SECTIONS[section]}/{code}" if section in _SECTIONS else "/story/end"
