"""Redemptions as they are kept: written, read under their member's lock, and changed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Literal, NamedTuple

from psycopg.types.json import Jsonb

from loyalty.arrays import columns
from loyalty.versions import Connection

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode

Status = Literal["held", "issued", "used", "voided", "lapsed", "reversed"]

_INSERT: Final = """
    INSERT INTO redemption (member_id, id, club_id, reward_id, quantity, status, choice_id, promise, points, money,
        until, expires_at, store_id, receipt, used_at, occurred_at, recorded_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_INSERT_GIFTS: Final = """
    INSERT INTO redemption (member_id, id, club_id, reward_id, quantity, status, promise, points, money, expires_at,
        given_by, version, article, occurred_at, recorded_at)
    SELECT member_id, id, %s, reward_id, quantity, status, promise, 0, 0, expires_at, given_by, version, article, at, %s
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::jsonb[], %s::timestamptz[],
        %s::bigint[], %s::int[], %s::text[], %s::timestamptz[]) AS given (member_id, id, reward_id, quantity, status,
        promise, expires_at, given_by, version, article, at)
"""
_TAKE_GIFTS: Final = """
    WITH back AS (
        SELECT redemption.member_id, redemption.id, reward_id
        FROM (
            SELECT asked.*, reward.id AS reward_id
            FROM (SELECT %s::bigint AS club_id) its,
                unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[]) AS asked (member_id, event, code, many)
            JOIN reward ON reward.code = asked.code
            WHERE reward.club_id = its.club_id
        ) asked
        CROSS JOIN LATERAL (
            SELECT redemption.member_id, redemption.id FROM redemption
            WHERE redemption.member_id = asked.member_id AND given_by = asked.event
                AND redemption.reward_id = asked.reward_id AND status = 'issued'
                AND NOT EXISTS (SELECT FROM gift_card card WHERE card.member_id = redemption.member_id
                    AND card.redemption_id = redemption.id AND (balance <> amount OR card.expires_at < %s))
                AND NOT EXISTS (SELECT FROM provider_code its WHERE its.member_id = redemption.member_id
                    AND its.redemption_id = redemption.id)
            ORDER BY redemption.id DESC LIMIT many FOR UPDATE OF redemption
        ) redemption
    ), ended AS (
        UPDATE redemption SET status = 'reversed' FROM back
        WHERE redemption.member_id = back.member_id AND redemption.id = back.id
    ), blocked AS (
        UPDATE code SET blocked_at = %s FROM back
        WHERE code.member_id = back.member_id AND code.redemption_id = back.id AND blocked_at IS NULL
    ), locked AS (
        SELECT reward.id FROM reward WHERE id IN (SELECT reward_id FROM back) AND stock IS NOT NULL
        ORDER BY id FOR UPDATE
    ), given AS (
        UPDATE reward SET taken = taken - many
        FROM locked JOIN (SELECT reward_id AS id, count(*) AS many FROM back GROUP BY reward_id) counted USING (id)
        WHERE reward.id = locked.id
    )
    SELECT id FROM back
"""
"""Each reward that the bylaws give is a redemption of its own, so that some of several can be taken back. A gift card
that paid something is used, and so is a provider's code that was shown."""
_KEPT: Final = """
    SELECT redemption.member_id, redemption.id, reward_id, choice_id, quantity, status, promise, points, money, until,
        expires_at, store.code, receipt, given_by
    FROM redemption LEFT JOIN store ON store.id = store_id
    WHERE member_id = %s AND redemption.id = %s FOR UPDATE OF redemption
"""
_USE: Final = """
    UPDATE redemption SET status = %s, store_id = %s, receipt = %s, used_at = %s WHERE member_id = %s AND id = %s
"""
_STATUS: Final = """
    UPDATE redemption SET status = %s, expires_at = %s, until = NULL WHERE member_id = %s AND id = %s
"""


class Kept(NamedTuple):
    """A redemption as it is kept."""

    member_id: int
    id: int
    reward_id: int
    choice_id: int | None
    quantity: int
    status: Status
    promise: dict[str, Any]
    points: int
    money: int
    until: datetime | None
    expires_at: datetime | None
    store: str | None
    """The code of the store whose sale it is used on."""
    receipt: str | None
    given_by: int | None = None
    """The event that gave it; None: the member redeemed it."""

    @property
    def stocks(self) -> list[tuple[int, int]]:
        """The rewards of whose stocks it took, and how many."""
        return [(id_, self.quantity) for id_ in (self.reward_id, self.choice_id) if id_ is not None]


class Gift(NamedTuple):
    """What of the bylaws gave a reward: the event, the version, and the article or badge."""

    event_id: int
    version: int | None
    article: str | None


def write_gifts(conn: Connection, club_id: int, gifts: Sequence[tuple[Kept, Gift, datetime]], now: datetime) -> None:
    """Write down rewards that the bylaws gave, in one statement."""
    rows = [
        (its.member_id, its.id, its.reward_id, its.quantity, its.status, _json(its.promise), its.expires_at, *gift, at)
        for its, gift, at in gifts
    ]
    conn.execute(_INSERT_GIFTS, [club_id, now, *columns(rows)])


def take_gifts(conn: Connection, club_id: int, taken: Sequence[tuple[int, int, str, int]], now: datetime) -> set[int]:
    """Take unused rewards back that events gave: member, event, reward and how many. Those that are used stay.

    Gift cards among them are locked already; answers which redemptions ended.
    """
    return {row[0] for row in conn.execute(_TAKE_GIFTS, [club_id, *columns(taken), now, now])}


def write(conn: Connection, club_id: int, kept: Kept, store_id: int | None, at: datetime, now: datetime) -> None:
    """Write a redemption down."""
    used_at = at if kept.status == "used" else None
    conn.execute(
        _INSERT,
        [
            kept.member_id, kept.id, club_id, kept.reward_id, kept.quantity, kept.status, kept.choice_id,
            Jsonb(kept.promise), kept.points, kept.money, kept.until, kept.expires_at, store_id, kept.receipt, used_at,
            at, now,
        ],
    )  # fmt: skip


def read(conn: Connection, member_id: int, redemption_id: int) -> Kept:
    """A redemption that is there, locked."""
    row = conn.execute(_KEPT, [member_id, redemption_id]).fetchone()
    assert row
    return Kept._make(row)


def use(conn: Connection, kept: Kept, store_id: int | None, at: datetime | None) -> None:
    """Note on which sale a redemption is used; with what is still to be used of it, it stays issued."""
    conn.execute(_USE, [kept.status, store_id, kept.receipt, at, kept.member_id, kept.id])


def change(conn: Connection, kept: Kept) -> None:
    """Keep another status and end of a redemption."""
    conn.execute(_STATUS, [kept.status, kept.expires_at, kept.member_id, kept.id])
