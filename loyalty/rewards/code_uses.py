"""Uses of codes on sales: written down, counted against how often a code can be used, and given back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final, NamedTuple

from loyalty.arrays import columns
from loyalty.versions import Connection

_USE: Final = """
    WITH asked AS (
        SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[],
            %s::timestamptz[]) AS asked (code_id, store_id, receipt, series_id, member_id, discount, used_at)
    ), before AS (
        SELECT code_id, store_id, receipt FROM code_use JOIN asked USING (code_id, store_id, receipt)
        WHERE released_at IS NULL
    ), made AS (
        INSERT INTO code_use (code_id, store_id, receipt, club_id, series_id, member_id, discount, used_at)
        SELECT code_id, store_id, receipt, %s, series_id, member_id, discount, used_at FROM asked
        ON CONFLICT (code_id, store_id, receipt) DO UPDATE SET member_id = excluded.member_id,
            discount = excluded.discount, used_at = excluded.used_at, released_at = NULL
    )
    UPDATE code SET used = used + many
    FROM (
        SELECT code_id, count(*) AS many FROM asked LEFT JOIN before USING (code_id, store_id, receipt)
        WHERE before.code_id IS NULL GROUP BY code_id
    ) fresh
    WHERE code.id = fresh.code_id AND uses IS NOT NULL
"""
_RELEASE: Final = """
    WITH back AS (
        UPDATE code_use SET released_at = %s FROM code
        WHERE code_use.code_id = code.id AND code.redemption_id IS NULL AND released_at IS NULL
            AND (code_use.store_id, code_use.receipt) IN (SELECT * FROM unnest(%s::bigint[], %s::text[]))
        RETURNING code_use.code_id
    ), locked AS (
        SELECT id FROM code WHERE id IN (SELECT code_id FROM back) AND uses IS NOT NULL ORDER BY id FOR NO KEY UPDATE
    )
    UPDATE code SET used = used - many
    FROM locked JOIN (SELECT code_id AS id, count(*) AS many FROM back GROUP BY code_id) counted USING (id)
    WHERE code.id = locked.id
"""
_GIVE_BACK: Final = """
    WITH asked AS (
        SELECT * FROM unnest(%s::bigint[], %s::bigint[], %s::text[]) AS asked (code_id, store_id, receipt)
    ), back AS (
        UPDATE code_use SET released_at = %s FROM asked
        WHERE code_use.code_id = asked.code_id AND code_use.store_id = asked.store_id
            AND code_use.receipt = asked.receipt AND released_at IS NULL
        RETURNING code_use.code_id
    )
    UPDATE code SET used = used - many
    FROM (SELECT code_id, count(*) AS many FROM back GROUP BY code_id) counted
    WHERE code.id = counted.code_id AND uses IS NOT NULL
"""


class Sale(NamedTuple):
    """On which sale a code is shown, and by whom."""

    store_id: int
    receipt: str
    member_id: int | None
    at: datetime


class Use(NamedTuple):
    """A use of a code on a sale. `off` is what it took off, in minor units."""

    code_id: int
    series_id: int | None
    sale: Sale
    off: int


def use(conn: Connection, club_id: int, uses: Sequence[Use]) -> None:
    """Write down uses, whose codes are locked; what was reserved for the sale is used once.

    Raises:
        psycopg.errors.CheckViolation: a code would be used more often than it can be.
    """
    if uses:
        rows = [
            (its.code_id, its.sale.store_id, its.sale.receipt, its.series_id, its.sale.member_id, its.off, its.sale.at)
            for its in uses
        ]
        conn.execute(_USE, [*columns(rows), club_id])


def give_back(conn: Connection, uses: Sequence[Use], now: datetime) -> None:
    """Give back uses on sales that did not come to it, whose codes are locked."""
    if uses:
        rows = [(its.code_id, its.sale.store_id, its.sale.receipt) for its in uses]
        conn.execute(_GIVE_BACK, [*columns(rows), now])


def release(conn: Connection, sales: Sequence[tuple[int, str]], now: datetime) -> None:
    """Give back the uses of codes on sales that were undone whole: by store and receipt.

    A code that a member paid points for stays used: the points come back instead.
    """
    if sales:
        conn.execute(_RELEASE, [now, *columns(sales)])
