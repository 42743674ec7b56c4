"""The names that a document declares, noted before its parts are read: so a part may refer to what stands below it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from loyalty.rules.reading import Node

NAMED: Final = ("wallets", "counters", "audiences", "badges", "challenges", "streaks", "leagues", "raffles", "sets")
"""Sections whose parts others may refer to by name."""
_BY_THEMSELVES: Final = {"counter", "on"}
"""What a badge has that is earned by itself, and not handed out."""
_HANDED: Final = ("handed_out", "chosen")


def declare(found: dict[str, Node]) -> None:
    """Note the names that parts may refer to before they are read; what is no name is a fault elsewhere."""
    reading = found["club"].reading
    names = reading.names
    names["sections"] = set(found)
    for section in NAMED:
        names[section] = {key for key in _section(found, section) if isinstance(key, str)}
    badges, challenges = _parts(found, "badges"), _parts(found, "challenges")
    names["granted_badges"] = {code for code, body in badges.items() if not _BY_THEMSELVES & body.keys()}
    # What teams do together is no condition on a member, and no part of a story.
    of_teams = {code for code, body in challenges.items() if body.get("by") == "team"}
    names["challenges"] -= of_teams
    handed = {code for code, body in challenges.items() if body.get("start") in _HANDED}
    names["handed_challenges"] = handed - of_teams
    for code in _section(found, "badges"):
        levels = badges.get(code, {}).get("levels")
        reading.badge_levels[code] = len(levels) if isinstance(levels, list) else 1
    for code, body in _parts(found, "sets").items():
        reading.pieces[code] = set(_codes(body.get("pieces")))
    names["articles"] = {str(body["no"]) for body in _listed(found["articles"].value) if "no" in body}
    reading.ladder = _codes(_section(found, "tiers").get("ladder"))
    names["tiers"] = set(reading.ladder)


def _section(found: dict[str, Node], name: str) -> Mapping[Any, Any]:
    """A section's object; empty where it is none."""
    value = found[name].value if name in found else None
    return value if isinstance(value, Mapping) else {}


def _parts(found: dict[str, Node], name: str) -> dict[Any, Mapping[Any, Any]]:
    """The parts of a section that are objects, by their names."""
    return {code: body for code, body in _section(found, name).items() if isinstance(body, Mapping)}


def _listed(value: Any) -> list[Mapping[Any, Any]]:
    """The objects of a list."""
    return [its for its in value if isinstance(its, Mapping)] if isinstance(value, list) else []


def _codes(value: Any) -> list[str]:
    """The codes in a list of objects, in their order."""
    return [its["code"] for its in _listed(value) if isinstance(its.get("code"), str)]
