"""What the programme comes to: the sums of a period, and the marketer's first page."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from loyalty.db import connection
from loyalty.queries import clubs
from loyalty.queries.purchases import PurchaseView, page

DAYS = 90
"""How many local days the first page's chart covers."""
NEWEST = 10


class Summary(NamedTuple):
    """A period's sums; money in minor units; amounts of wallets by wallet code."""

    purchases: int
    members: int
    """Members who bought in the period."""
    enrolled: int
    """Members who joined in the period."""
    gross: int
    net: int
    issued: dict[str, int]
    spent: dict[str, int]
    expired: dict[str, int]
    outstanding: dict[str, int]
    """What members held at the end of the period."""
    liability: int | None
    """What the club owes for it in money, minor units: the wallets in money. None where the club has none, because
    points have no price yet."""


class DayOfSales(NamedTuple):
    """Purchases of one local day."""

    day: date
    purchases: int
    net: int


class WalletTotal(NamedTuple):
    """A wallet over all members: ever issued, and held now."""

    wallet: str
    issued: int
    outstanding: int


class Overview(NamedTuple):
    """The marketer's first page."""

    members: int
    active: int
    purchases: int
    net: int
    wallets: list[WalletTotal]
    by_tier: dict[str | None, int]
    """Members by the code of their tier; None: not on the ladder."""
    days: list[DayOfSales]
    """The last 90 local days, oldest first, days without a sale included."""
    newest: list[PurchaseView]
    waiting: int
    """Purchases that wait for a member or for a person's decision."""


def summary(club_id: int, since: datetime | None = None, until: datetime | None = None) -> Summary:
    """The sums of what happened from `since` (included) until `until` (not included); None means without that end."""
    params = {"club": club_id, "since": since or "-infinity", "until": until or "infinity"}
    conn = connection()
    purchases, members, gross, net = conn.execute(
        "SELECT count(*), count(DISTINCT member_id), coalesce(sum(gross), 0)::bigint, coalesce(sum(net), 0)::bigint"
        " FROM purchase WHERE club_id = %(club)s AND occurred_at >= %(since)s AND occurred_at < %(until)s",
        params,
    ).fetchone() or (0, 0, 0, 0)
    joined = conn.execute(
        "SELECT count(*) FROM member WHERE club_id = %(club)s AND joined_at >= %(since)s AND joined_at < %(until)s",
        params,
    ).fetchone()
    issued = _by_wallet(
        "SELECT wallet, sum(amount)::bigint FROM entry WHERE club_id = %(club)s AND source = 'issued'"
        " AND occurred_at >= %(since)s AND occurred_at < %(until)s",
        params,
    )
    units = _units(club_id)
    none = dict.fromkeys(units, 0)
    outstanding = none | _outstanding(params, now_is_end=until is None)
    money = [code for code, unit in units.items() if unit == "money"]
    return Summary(
        purchases,
        members,
        joined[0] if joined else 0,
        gross,
        net,
        none | issued,
        none,
        none,
        outstanding,
        sum(outstanding[code] for code in money) if money else None,
    )


def overview(club_id: int, now: datetime) -> Overview:
    """The marketer's first page as of `now`."""
    conn = connection()
    params = {"club": club_id}
    tiers = dict(
        conn.execute(
            "SELECT tier, count(*) FROM member WHERE club_id = %(club)s AND merged_into IS NULL GROUP BY tier", params
        ).fetchall()
    )
    row = conn.execute(
        "SELECT count(*) FILTER (WHERE status = 'active'),"
        " (SELECT count(*) FROM purchase WHERE club_id = %(club)s),"
        " (SELECT coalesce(sum(net), 0)::bigint FROM purchase WHERE club_id = %(club)s),"
        " (SELECT count(*) FROM set_aside WHERE club_id = %(club)s)"
        " FROM member WHERE club_id = %(club)s AND merged_into IS NULL",
        params,
    ).fetchone() or (0, 0, 0, 0)
    totals = conn.execute(
        "SELECT wallet, sum(earned)::bigint, sum(available)::bigint FROM balance WHERE club_id = %(club)s"
        " GROUP BY wallet ORDER BY wallet",
        params,
    )
    wallets = [WalletTotal(*total) for total in totals]
    return Overview(
        sum(tiers.values()), row[0], row[1], row[2], wallets, tiers, _days(club_id, now), _newest(club_id), row[3]
    )


def _newest(club_id: int) -> list[PurchaseView]:
    return page(club_id, limit=NEWEST).items


def _days(club_id: int, now: datetime) -> list[DayOfSales]:
    calendar = clubs.one(club_id).calendar
    today = calendar.moment(now).day
    first = today - timedelta(days=DAYS - 1)
    rows = connection().execute(
        "SELECT day, count(*), sum(net)::bigint FROM purchase"
        " WHERE club_id = %s AND occurred_at >= %s AND day BETWEEN %s AND %s GROUP BY day",
        [club_id, calendar.instant(first), first, today],
    )
    sold = {day: DayOfSales(day, purchases, net) for day, purchases, net in rows}
    every = (first + timedelta(days=n) for n in range(DAYS))
    return [sold.get(day, DayOfSales(day, 0, 0)) for day in every]


def _outstanding(params: dict[str, Any], now_is_end: bool) -> dict[str, int]:
    """Held at the end of the period: the kept balances when it has no end, else from the entries until then."""
    if now_is_end:
        return _by_wallet("SELECT wallet, sum(available)::bigint FROM balance WHERE club_id = %(club)s", params)
    return _by_wallet(
        "SELECT wallet, sum(CASE WHEN target = 'available' THEN amount ELSE -amount END)::bigint FROM entry"
        " WHERE club_id = %(club)s AND occurred_at < %(until)s",
        params,
    )


def _by_wallet(query: str, params: dict[str, Any]) -> dict[str, int]:
    return dict(connection().execute(f"{query} GROUP BY wallet ORDER BY wallet", params).fetchall())


def _units(club_id: int) -> dict[str, str]:
    """The unit of every wallet that any version of the bylaws declared."""
    rows = connection().execute("SELECT document->'wallets' FROM bylaws WHERE club_id = %s ORDER BY version", [club_id])
    return {code: wallet.get("unit", "points") for (wallets,) in rows for code, wallet in wallets.items()}
