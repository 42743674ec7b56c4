"""What is seen of a member who might have rewards: whom they are for, how many were had, and what is in the wallet."""

from __future__ import annotations

from typing import Final

from loyalty.hands import Open
from loyalty.rewards import catalogue
from loyalty.rewards.catalogue import Limit, Reward
from loyalty.rewards.refusals import Look
from loyalty.rules.things import TICKETS
from loyalty.selections import holding

_WHOLE: Final = """
    WITH RECURSIVE family AS (
        SELECT %s::bigint AS id UNION ALL SELECT member.id FROM family JOIN member ON member.merged_into = family.id
    )
    SELECT id FROM family
"""


def look(hands: Open, member_id: int, rewards: list[Reward]) -> list[Look]:
    """What is seen of a member for each of some rewards, in a fixed number of statements."""
    conn, terms = hands.conn, hands.terms
    member = hands.members[member_id]
    trees = [(place, its.who) for place, its in enumerate(rewards) if its.who is not None]
    belongs = dict(
        zip(
            [place for place, _ in trees],
            holding(conn, terms, [tree for _, tree in trees], {member_id: member}, hands.at),
            strict=True,
        )
    )
    limits = [(its, limit) for its in rewards for limit in its.read_limits(terms.calendar)]
    counts = iter(_had(hands, member_id, limits))
    may = hands.bylaws.membership[member.status].spends
    return [
        Look(
            belongs[place][member_id] if place in belongs else True,
            may,
            [next(counts) for _ in its.limits],
            hands.purse(member_id, its.wallet).available if its.wallet else 0,
            _drawn(hands, its),
        )
        for place, its in enumerate(rewards)
    ]


def _drawn(hands: Open, reward: Reward) -> bool:
    """Whether a reward is tickets that no draw awaits any more."""
    if reward.kind != "raffle":
        return False
    until = hands.bylaws.wallet_terms(TICKETS + reward.content["raffle"], hands.at)[1]
    return until is None or until < hands.at


def _had(hands: Open, member_id: int, limits: list[tuple[Reward, Limit]]) -> list[int]:
    if not limits:
        return []
    family = [row[0] for row in hands.conn.execute(_WHOLE, [member_id])]
    asked = [(its.id, limit.over) for its, limit in limits]
    return catalogue.had(hands.conn, family, asked, hands.at, hands.terms.calendar)
