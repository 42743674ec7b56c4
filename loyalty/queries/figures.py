"""What members come to, for many of them at once: the figures beside the names of a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from loyalty.db import connection
from loyalty.queries.purses import available, purses_now


class Figures(NamedTuple):
    """A member's figures; `net` in minor units."""

    wallets: dict[str, int]
    """What is available, by wallet."""
    purchases: int
    """Those undone as mistakes are not among them."""
    net: int
    """What was kept of them."""
    latest_at: datetime | None


NOTHING = Figures({}, 0, 0, None)


def of_members(club_id: int, member_ids: Sequence[int], now: datetime) -> dict[int, Figures]:
    """The figures by member id."""
    held = purses_now(club_id, member_ids, now)
    rows = connection().execute(
        """
        SELECT m.id, p.purchases, coalesce(p.net, 0)::bigint, p.latest_at
        FROM member m
        CROSS JOIN LATERAL (
            SELECT count(*) AS purchases, max(occurred_at) AS latest_at, sum(net - CASE WHEN kept IS NULL THEN 0 ELSE (
                SELECT coalesce(sum(net), 0) FROM purchase_return WHERE purchase_id = purchase.id
            ) END) AS net
            FROM purchase WHERE member_id = m.id AND voided_at IS NULL
        ) p
        WHERE m.club_id = %s AND m.id = ANY(%s)
        """,
        [club_id, list(member_ids)],
    )
    return {member_id: Figures(available(held.get(member_id, {})), *rest) for member_id, *rest in rows}
