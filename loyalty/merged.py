"""Who goes on for whom: members that were merged, each followed to the one who has everything now."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from loyalty.arrays import array
from loyalty.versions import Connection

_LINES: Final = """
    WITH RECURSIVE line AS (
        SELECT id AS begins, id, merged_into, 0 AS step FROM member WHERE id = ANY(%s::bigint[])
        UNION ALL
        SELECT begins, member.id, member.merged_into, step + 1 FROM line JOIN member ON member.id = line.merged_into
    )
    SELECT begins, array_agg(id ORDER BY step) FROM line GROUP BY begins
"""


def lines(conn: Connection, ids: Iterable[int]) -> dict[int, list[int]]:
    """By member: the member and whoever it was merged into, the last of whom has everything now."""
    return dict(conn.execute(_LINES, [array(set(ids))]).fetchall())
