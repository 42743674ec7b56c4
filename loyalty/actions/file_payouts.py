"""Put all payouts that wait into one file for the bank: each goes into one file alone."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyalty import acts
from loyalty.acts import By
from loyalty.db import retried, transaction
from loyalty.errors import Conflict
from loyalty.values import Text

_NOTHING: Final = Text("No payout waits.", "برداشتی در انتظار نیست.")
_FILE: Final = """
    INSERT INTO payout_file (club_id, payouts, amount, made_at, made_by) VALUES (%s, 0, 0, %s, %s) RETURNING id
"""
_COLLECT: Final = """
    WITH due AS (
        SELECT member_id, id FROM payout WHERE club_id = %s AND status = 'waiting' ORDER BY member_id, id FOR UPDATE
    ), filed AS (
        UPDATE payout SET status = 'filed', file_id = %s FROM due
        WHERE payout.member_id = due.member_id AND payout.id = due.id RETURNING payout.member_id, payout.id
    ), counted AS (
        SELECT count(*) AS payouts, coalesce(sum(hold.amount), 0) AS amount
        FROM filed JOIN hold ON hold.member_id = filed.member_id AND hold.id = filed.id
    )
    UPDATE payout_file SET payouts = counted.payouts, amount = counted.amount FROM counted
    WHERE payout_file.id = %s RETURNING payout_file.payouts
"""


@retried
def file_payouts(club_id: int, by: By, now: datetime) -> int:
    """Make a file of all that waits; answers its number.

    Raises:
        Conflict: nothing waits.
    """
    with transaction() as conn:
        made = conn.execute(_FILE, [club_id, now, str(by)]).fetchone()
        assert made
        collected = conn.execute(_COLLECT, [club_id, made[0], made[0]]).fetchone()
        if collected is None or not collected[0]:
            raise Conflict(_NOTHING)
        acts.note(conn, club_id, by, "payouts.filed", now, file=made[0], payouts=collected[0])
        return int(made[0])
