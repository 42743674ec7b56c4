"""At a day's end: settle whatever came back on it, of all members of a club."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyalty.actions.judge_cases import follow_moves
from loyalty.actions.settle_returns import settle_returns
from loyalty.db import retried, transaction
from loyalty.versions import programme

BATCH: Final = 500
"""Members per transaction."""

_WAITING: Final = """
    SELECT member_id FROM purchase_return WHERE club_id = %s AND NOT settled AND occurred_at < %s AND member_id > %s
    GROUP BY member_id ORDER BY member_id LIMIT %s
"""


def settle_all_returns(club_id: int, begun: datetime, now: datetime) -> int:
    """Settle every return of a club before an instant, in batches of members; answers how many members it was."""
    total = last = 0
    while True:
        count, last = _batch(club_id, begun, now, last)
        total += count
        if not count:
            return total


@retried
def _batch(club_id: int, begun: datetime, now: datetime, last: int) -> tuple[int, int]:
    with transaction() as conn:
        members = [row[0] for row in conn.execute(_WAITING, [club_id, begun, last, BATCH])]
        if members:
            terms = programme(conn, club_id)
            follow_moves(conn, terms, settle_returns(conn, terms, dict.fromkeys(members, begun), now) or (), now)
        return len(members), max(members, default=last)
