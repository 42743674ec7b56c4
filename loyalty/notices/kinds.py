"""The closed list of what members are told. Pure."""

from __future__ import annotations

from typing import Final

from loyalty.notices.base import Notice
from loyalty.notices.contests import DivisionLost, DivisionReached, PlaceWon
from loyalty.notices.happened import (
    BadgeEarned,
    ChallengeCompleted,
    RaffleWon,
    RewardReady,
    StreakReached,
    TierLost,
    TierReached,
)
from loyalty.notices.near import BadgeNear, PointsExpiring, RunEnding, TierNear

KINDS: Final[dict[str, type[Notice]]] = {
    its.kind: its
    for its in (
        TierReached,
        TierLost,
        TierNear,
        BadgeEarned,
        BadgeNear,
        ChallengeCompleted,
        RunEnding,
        StreakReached,
        PointsExpiring,
        RewardReady,
        RaffleWon,
        PlaceWon,
        DivisionReached,
        DivisionLost,
    )
}
