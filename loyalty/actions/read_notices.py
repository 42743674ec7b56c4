"""Note that a member has read notices."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from loyalty import absent
from loyalty.arrays import array
from loyalty.db import transaction
from loyalty.merging import family


def read_notices(club_id: int, member_id: int, ids: Sequence[int] | None, now: datetime) -> int:
    """Note that some notices, or all of them, are read; answers how many were not before. Ids of others are nobody's.

    Raises:
        NotFound: the club has no such member.
    """
    with transaction() as conn:
        if not conn.execute("SELECT 1 FROM member WHERE club_id = %s AND id = %s", [club_id, member_id]).fetchone():
            raise absent.member()
        which = "" if ids is None else " AND id = ANY(%(ids)s::bigint[])"
        return conn.execute(
            "UPDATE notice SET read_at = %(now)s"  # noqa: S608 - words of ours
            f" WHERE member_id = ANY(%(who)s::bigint[]) AND read_at IS NULL{which}",
            {"now": now, "who": array(family(conn, member_id)), "ids": array(ids or ())},
        ).rowcount
