"""What a member sees of rewards: those that can be had, why others cannot, and what is in hand with its codes."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, Final, NamedTuple

from loyalty.actions.answer_once import Answer, answer_once
from loyalty.actions.redeem_reward import redeem_reward
from loyalty.config import settings
from loyalty.issuing import Issuer
from loyalty.queries import raffles, rewards
from loyalty.queries.bylaws import in_force
from loyalty.queries.clubs import ClubView
from loyalty.queries.members import MemberView
from loyalty.queries.raffles import HeldView
from loyalty.queries.rewards import RedemptionView, RewardView
from loyalty.queries.views import WalletView
from loyalty.queries.wallets import wallets
from loyalty.redeeming import Asked
from loyalty.values import Text

MOST: Final = 100
"""Rewards and redemptions on one page."""
OPEN_STATUSES: Final = ("issued", "held")


class Shelf(NamedTuple):
    """The catalogue with one member's eyes, and what is in that member's hands."""

    offered: list[RewardView]
    """Those first that can be had, the cheapest first."""
    titles: dict[str, Text]
    """Of the rewards that a mixed one lets choose from."""
    wallets: dict[str, Text]
    """The names of the wallets that prices are in."""
    yours: list[RedemptionView]
    """What can still be used."""
    past: list[RedemptionView]
    purses: list[WalletView]
    raffles: list[HeldView]


def shelf_of(club: ClubView, member: MemberView, now: datetime) -> Shelf:
    """A member's shelf of rewards as of `now`."""
    found = rewards.page(club.id, now, MOST, member_id=member.id).items
    kept = rewards.of_member(club.id, member.id, now, MOST, instance_key=settings().secret_key).items
    names = {code: its.name for code, its in in_force(club.id, now, member.id).bylaws.wallets.items()}
    return Shelf(
        sorted(found, key=lambda its: (not its.open, its.reward.points or 0, its.reward.code)),
        {its.reward.code: its.reward.title for its in found},
        names,
        [its for its in kept if its.status in OPEN_STATUSES],
        [its for its in kept if its.status not in OPEN_STATUSES],
        wallets(club.id, member.id, now),
        raffles.of_member(club.id, member.id, now, settings().secret_key),
    )


def redeem_once(
    club_id: int, member_id: int, code: str, choice: str | None, key: str, now: datetime, told: Callable[[Any], Any]
) -> dict[str, Any]:
    """Let a member have one of a reward, once for each key that a page was given; answers what `told` makes of it.

    Raises:
        Problem: it cannot be had, or the key came with something else.
    """

    def act() -> Answer:
        made = redeem_reward(club_id, member_id, Asked(code, choice=choice), Issuer(settings().secret_key), now)
        return Answer(201, json.dumps(told(made), ensure_ascii=False), member_id)

    digest = hashlib.sha256(json.dumps([member_id, code, choice]).encode()).digest()
    body: dict[str, Any] = json.loads(answer_once(club_id, f"page:{member_id}:{key}", digest, act, now).body)
    return body
