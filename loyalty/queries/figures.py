"""What members come to, for many of them at once: the figures beside the names of a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from loyalty.db import connection


class Figures(NamedTuple):
    """A member's figures; `net` in minor units."""

    wallets: dict[str, int]
    """What is available, by wallet."""
    purchases: int
    net: int
    latest_at: datetime | None


NOTHING = Figures({}, 0, 0, None)


def of_members(club_id: int, member_ids: Sequence[int]) -> dict[int, Figures]:
    """The figures by member id."""
    rows = connection().execute(
        """
        SELECT m.id, coalesce(b.wallets, '{}'), coalesce(p.purchases, 0), coalesce(p.net, 0)::bigint, p.latest_at
        FROM member m
        LEFT JOIN LATERAL (
            SELECT jsonb_object_agg(wallet, available) AS wallets FROM balance WHERE member_id = m.id
        ) b ON true
        LEFT JOIN LATERAL (
            SELECT count(*) AS purchases, sum(net) AS net, max(occurred_at) AS latest_at
            FROM purchase WHERE member_id = m.id
        ) p ON true
        WHERE m.club_id = %s AND m.id = ANY(%s)
        """,
        [club_id, list(member_ids)],
    )
    return {member_id: Figures(*rest) for member_id, *rest in rows}
