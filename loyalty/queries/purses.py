"""Members' purses at an instant, in one statement: as they are kept, or as they were when less had been posted.

What fell due by that instant is done to what was read, by the function that does it in the books: so an answer is the
same before the timer came and after.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from loyalty.db import connection
from loyalty.ledger.lots import Held, Lot, Purse

NEAREST: Final = 12
"""How many dates of expiry are told."""

_FIGURES: Final = "pending, available, held, debt, earned, spent, expired, forgiven, other"
_KEPT: Final = f"""
    SELECT balance.member_id, balance.wallet, {", ".join(f"balance.{name}" for name in _FIGURES.split(", "))},
        balance.active_at, balance.lapses_at, lots.found, holds.found, ends.found
    FROM balance
    CROSS JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_array(hold.id, hold.until, moved.parts)) AS found
        FROM hold
        CROSS JOIN LATERAL (
            SELECT jsonb_agg(jsonb_build_array(lot, amount)) AS parts FROM (
                SELECT lot, sum(CASE WHEN target = 'held' THEN amount ELSE -amount END) AS amount FROM entry
                WHERE member_id = hold.member_id AND event_id = hold.id AND wallet = hold.wallet
                    AND 'held' IN (source, target)
                GROUP BY lot
            ) part
        ) moved
        WHERE hold.member_id = balance.member_id AND hold.wallet = balance.wallet AND hold.status = 'held'
            AND hold.until <= %(at)s AND balance.held > 0
    ) holds
    CROSS JOIN LATERAL (
        SELECT holds.found IS NOT NULL OR coalesce(balance.lapses_at < %(at)s, false) AS whole
    ) reading
    CROSS JOIN LATERAL (
        SELECT jsonb_agg(
            jsonb_build_array(id, earned_at, matures_at, expires_at, pending, available, held, expired)
        ) AS found
        FROM (
            SELECT * FROM lot
            WHERE member_id = balance.member_id AND wallet = balance.wallet AND due_at <= %(at)s AND NOT reading.whole
            UNION ALL
            SELECT * FROM lot
            WHERE member_id = balance.member_id AND wallet = balance.wallet AND pending + available + held > 0
                AND reading.whole
        ) lot
    ) lots
    CROSS JOIN LATERAL (
        SELECT jsonb_agg(jsonb_build_array(expires_at, amount)) AS found FROM (
            SELECT expires_at, sum(pending + available) AS amount FROM lot
            WHERE member_id = balance.member_id AND wallet = balance.wallet AND due_at > %(at)s
                AND expires_at IS NOT NULL AND NOT reading.whole
            GROUP BY expires_at ORDER BY expires_at LIMIT {NEAREST}
        ) ending
    ) ends
    WHERE balance.member_id = ANY(%(members)s) AND balance.club_id = %(club)s
"""  # noqa: S608 - constants
"""Balances, with the lots and holds that are due. All open lots are read only where a hold or the wallet has lapsed;
of the others, the sums that end on the nearest dates."""


def _sum(account: str, sign: str = "") -> str:
    return f"{sign}coalesce(sum(amount) FILTER (WHERE account = '{account}'), 0)::bigint"


_THEN: Final = f"""
    WITH posted AS MATERIALIZED (
        SELECT event_id, wallet, source, target, amount, lot FROM entry
        WHERE member_id = %(member)s AND club_id = %(club)s AND posted_at <= %(at)s
    ),
    sides AS (
        SELECT wallet, lot, event_id, source AS account, -amount AS amount FROM posted
        UNION ALL
        SELECT wallet, lot, event_id, target, amount FROM posted
    ),
    figures AS (
        SELECT wallet, {_sum("pending")} AS pending, {_sum("available")} AS available, {_sum("held")} AS held,
            {_sum("debt", "-")} AS debt, {_sum("issued", "-")} AS earned, {_sum("spent")} AS spent,
            {_sum("expired")} AS expired, {_sum("forgiven", "-")} AS forgiven,
            {_sum("adjusted", "-")} - {_sum("opening")} - {_sum("moved")} AS other
        FROM sides GROUP BY wallet
    ),
    lots AS (
        SELECT wallet, jsonb_agg(
            jsonb_build_array(lot.id, lot.earned_at, lot.matures_at, lot.expires_at, open.pending, open.available,
                open.held, 0)
        ) AS found
        FROM (
            SELECT wallet, lot AS id, {_sum("pending")} AS pending, {_sum("available")} AS available,
                {_sum("held")} AS held
            FROM sides WHERE account IN ('pending', 'available', 'held')
            GROUP BY wallet, lot HAVING sum(amount) > 0
        ) open
        JOIN lot USING (wallet, id)
        WHERE lot.member_id = %(member)s
        GROUP BY wallet
    ),
    holds AS (
        SELECT hold.wallet, jsonb_agg(jsonb_build_array(hold.id, hold.until, taken.parts)) AS found
        FROM (
            SELECT event_id AS id, jsonb_agg(jsonb_build_array(lot, amount)) AS parts
            FROM (
                SELECT event_id, lot, sum(amount) AS amount FROM sides WHERE account = 'held' GROUP BY event_id, lot
            ) part
            WHERE amount > 0
            GROUP BY event_id
        ) taken
        JOIN hold USING (id)
        WHERE hold.member_id = %(member)s AND hold.until <= %(at)s
        GROUP BY hold.wallet
    )
    SELECT figures.*, NULL, (
        SELECT lapses_at FROM lapse
        WHERE member_id = %(member)s AND lapse.wallet = figures.wallet AND posted_at <= %(at)s
        ORDER BY posted_at DESC LIMIT 1
    ), lots.found, holds.found
    FROM figures LEFT JOIN lots USING (wallet) LEFT JOIN holds USING (wallet)
"""  # noqa: S608 - constants
"""The same from the entries that had been posted by then; the ends of lots and holds never change."""


class Found(NamedTuple):
    """A purse as it stands at an instant, and the dates on which more of it ends than its loaded lots tell."""

    purse: Purse
    ends: tuple[tuple[datetime, int], ...]

    def expiring(self) -> list[tuple[datetime, int]]:
        """When how much of it expires: the nearest dates."""
        sums = dict(self.ends)
        for lot in self.purse.lots.values():
            if lot.expires_at is not None and lot.pending + lot.available:
                sums[lot.expires_at] = sums.get(lot.expires_at, 0) + lot.pending + lot.available
        return sorted(sums.items())[:NEAREST]


def purses_now(club_id: int, member_ids: Sequence[int], now: datetime) -> dict[int, dict[str, Found]]:
    """The purses of some members, by member and wallet; whoever never had anything is not among them."""
    asked = {"club": club_id, "members": list(member_ids), "at": now}
    found: dict[int, dict[str, Found]] = {}
    for member_id, wallet, *rest in connection().execute(_KEPT, asked):
        *kept, lots, holds, ends = rest
        purse = _settled(Purse(wallet, [], *kept), lots, holds, now)
        found.setdefault(member_id, {})[wallet] = Found(purse, tuple((_instant(at), n) for at, n in ends or ()))
    return found


def purses_then(club_id: int, member_id: int, at: datetime) -> dict[str, Found]:
    """A member's purses from what had been posted by an instant, with what had fallen due by it done."""
    asked = {"club": club_id, "member": member_id, "at": at}
    found: dict[str, Found] = {}
    for wallet, *rest in connection().execute(_THEN, asked):
        *kept, lots, holds = rest
        found[wallet] = Found(_settled(Purse(wallet, [], *kept), lots, holds, at), ())
    return found


def _settled(purse: Purse, lots: Iterable[Any] | None, holds: Iterable[Any] | None, at: datetime) -> Purse:
    for id_, earned_at, matures_at, expires_at, *amounts in lots or ():
        purse.lots[id_] = Lot(id_, _instant(earned_at), _maybe(matures_at), _maybe(expires_at), *amounts)
    for id_, until, parts in holds or ():
        purse.holds.append(Held(id_, _instant(until), tuple((lot, amount) for lot, amount in parts if amount)))
    purse.settle(at)
    return purse


def _instant(written: str) -> datetime:
    return datetime.fromisoformat(written)


def _maybe(written: str | None) -> datetime | None:
    return None if written is None else _instant(written)


def available(found: Mapping[str, Found]) -> dict[str, int]:
    """What can be spent, by wallet."""
    return {wallet: its.purse.available for wallet, its in found.items()}
