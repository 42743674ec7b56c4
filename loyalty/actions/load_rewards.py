"""Offer the rewards that a file lists, all of them or none."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from loyalty.actions.create_reward import NewReward, create_reward
from loyalty.acts import By
from loyalty.db import transaction
from loyalty.errors import Fault, Invalid
from loyalty.rewards import catalogue
from loyalty.schemas.fields import read
from loyalty.schemas.reward import RewardBody
from loyalty.values import Text

_LIST: Final = Text("A list of rewards is expected.", "اینجا فهرستی از پاداش‌ها لازم است.")


def load_rewards(club_id: int, document: Mapping[str, Any], by: By, now: datetime) -> list[str]:
    """Offer what stands under `rewards`, those that others are chosen from last; answers the codes of the new ones.

    Raises:
        Invalid: something in it is wrong; each fault with its place.
    """
    listed = document.get("rewards")
    if not isinstance(listed, list):
        raise Invalid.at("/rewards", _LIST)
    new = [_read(place, item) for place, item in enumerate(listed)]
    made: list[str] = []
    with transaction() as conn:
        known = catalogue.by_code(conn, club_id, {reward.code for _, reward in new})
        for place, reward in sorted(new, key=lambda its: its[1].kind == "mixed"):
            if reward.code not in known:
                try:
                    create_reward(club_id, reward, by, now)
                except Invalid as invalid:
                    raise _at(place, invalid) from None
                made.append(reward.code)
    return made


def _read(place: int, item: Any) -> tuple[int, NewReward]:
    try:
        return place, NewReward(**read(RewardBody, item, "IR"))
    except Invalid as invalid:
        raise _at(place, invalid) from None


def _at(place: int, invalid: Invalid) -> Invalid:
    return Invalid([Fault(f"/rewards/{place}{fault.path}", fault.message) for fault in invalid.faults])
