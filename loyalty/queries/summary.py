"""What the programme comes to: the sums of a period, and the marketer's first page."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from loyalty.db import connection
from loyalty.queries import clubs
from loyalty.queries.purchases import PurchaseView, page
from loyalty.rules import Bylaws
from loyalty.rules.things import is_thing
from loyalty.versions import programme

DAYS = 90
"""How many local days the first page's chart covers."""
NEWEST = 10


_PERIOD: Final = "occurred_at >= %(since)s AND occurred_at < %(until)s"


def _into(account: str) -> str:
    """What came into an account, less what left it."""
    return f"coalesce(sum(CASE '{account}' WHEN target THEN amount WHEN source THEN -amount END), 0)::bigint"


_MOVED: Final = f"""
    SELECT wallet, -{_into("issued")}, {_into("spent")}, {_into("expired")}
    FROM entry WHERE club_id = %(club)s AND {_PERIOD} GROUP BY wallet ORDER BY wallet
"""  # noqa: S608 - constants
_OPEN: Final = """
    SELECT wallet, sum(greatest(0, pending + available + held - debt))::bigint, sum(debt)::bigint
    FROM balance WHERE club_id = %(club)s GROUP BY wallet ORDER BY wallet
"""
_CLOSED: Final = f"""
    SELECT wallet, sum(greatest(0, pending + available + held + debt))::bigint, -sum(debt)::bigint
    FROM (
        SELECT member_id, wallet,
            {", ".join(f"{_into(account)} AS {account}" for account in ("pending", "available", "held", "debt"))}
        FROM entry WHERE club_id = %(club)s AND occurred_at < %(until)s GROUP BY member_id, wallet
    ) stood
    GROUP BY wallet ORDER BY wallet
"""  # noqa: S608 - constants
"""What members had when a period ended, from the entries until then; a debt is an account below zero."""
_RETURNED: Final = f"""
    SELECT coalesce(sum(net), 0)::bigint FROM purchase_return
    WHERE club_id = %(club)s AND {_PERIOD} AND EXISTS (
        SELECT FROM purchase WHERE purchase.id = purchase_id AND purchase.voided_at IS NULL
    )
"""  # noqa: S608 - constants


_CARDS: Final = """
    SELECT coalesce(sum(balance), 0)::bigint FROM gift_card WHERE club_id = %(club)s
"""
_CARDS_THEN: Final = """
    SELECT coalesce(sum(entry.amount), 0)::bigint
    FROM gift_card JOIN gift_card_entry entry ON entry.card_id = gift_card.id
    WHERE gift_card.club_id = %(club)s AND entry.occurred_at < %(until)s
"""


class Summary(NamedTuple):
    """A period's sums; money in minor units; amounts of wallets by wallet code."""

    purchases: int
    members: int
    """Members who bought in the period."""
    enrolled: int
    """Members who joined in the period."""
    gross: int
    net: int
    """As it was sold: what came back since is told apart."""
    returned: int
    """What returns of the period took off net amounts, whenever the sale was."""
    issued: dict[str, int]
    """What was given, less what was taken back."""
    spent: dict[str, int]
    """What was spent, less what came back."""
    expired: dict[str, int]
    outstanding: dict[str, int]
    """What members had at the end of the period (available, pending or held), less what each of them owed, but for
    nobody less than nothing: what one member owes lowers nothing that the club owes to another."""
    debt: dict[str, int]
    """What members owed at the end of the period."""
    cards: int
    """What was on gift cards at the end of the period, in minor units."""
    liability: int | None
    """What the club owes in money, minor units: the wallets in money, points at what they pay under the version in
    force at that end, and gift cards. None where it has nothing of these: such points have no price."""


class DayOfSales(NamedTuple):
    """Purchases of one local day."""

    day: date
    purchases: int
    net: int


class WalletTotal(NamedTuple):
    """A wallet over all members: ever issued, what became of it, and what they have now."""

    wallet: str
    issued: int
    spent: int
    expired: int
    outstanding: int
    debt: int


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


def summary(club_id: int, now: datetime, since: datetime | None = None, until: datetime | None = None) -> Summary:
    """The sums of what happened from `since` (included) until `until` (not included); None means without that end.

    They are the books': what expired by itself counts once the timer has done it, by when it fell due.
    """
    params = {"club": club_id, "since": since or "-infinity", "until": until or "infinity"}
    conn = connection()
    purchases, members, gross, net = conn.execute(
        "SELECT count(*), count(DISTINCT member_id), coalesce(sum(gross), 0)::bigint, coalesce(sum(net), 0)::bigint"
        " FROM purchase WHERE club_id = %(club)s AND occurred_at >= %(since)s AND occurred_at < %(until)s"
        " AND voided_at IS NULL",
        params,
    ).fetchone() or (0, 0, 0, 0)
    returned = conn.execute(_RETURNED, params).fetchone() or (0,)
    joined = conn.execute(
        "SELECT count(*) FROM member WHERE club_id = %(club)s AND joined_at >= %(since)s AND joined_at < %(until)s",
        params,
    ).fetchone()
    units = _units(club_id)
    moved = {wallet: figures for wallet, *figures in conn.execute(_MOVED, params)}
    stands = {wallet: figures for wallet, *figures in conn.execute(_OPEN if until is None else _CLOSED, params)}
    codes = [code for code in dict.fromkeys([*units, *moved, *stands]) if not is_thing(code)]
    issued, spent, expired = (_figures(codes, moved, place) for place in range(3))
    outstanding, debt = (_figures(codes, stands, place) for place in range(2))
    cards = (conn.execute(_CARDS if until is None else _CARDS_THEN, params).fetchone() or (0,))[0]
    return Summary(
        purchases,
        members,
        joined[0] if joined else 0,
        gross,
        net,
        returned[0],
        issued,
        spent,
        expired,
        outstanding,
        debt,
        cards,
        _liability(programme(conn, club_id).at(until or now), units, outstanding, cards),
    )


def _liability(bylaws: Bylaws, units: dict[str, str], outstanding: dict[str, int], cards: int) -> int | None:
    """What some balances and gift cards are worth in money; points are floored, by wallet."""
    worth = [cards] if cards else []
    for code, unit in units.items():
        wallet = bylaws.wallets.get(code)
        priced = wallet.worth(outstanding[code]) if wallet else outstanding[code] if unit == "money" else None
        if priced is not None:
            worth.append(priced)
    return sum(worth) if worth else None


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
        " (SELECT count(*) FROM purchase WHERE club_id = %(club)s AND voided_at IS NULL),"
        " (SELECT coalesce(sum(net), 0)::bigint FROM purchase WHERE club_id = %(club)s AND voided_at IS NULL),"
        " (SELECT count(*) FROM set_aside WHERE club_id = %(club)s)"
        " FROM member WHERE club_id = %(club)s AND merged_into IS NULL",
        params,
    ).fetchone() or (0, 0, 0, 0)
    totals = conn.execute(
        "SELECT wallet, sum(earned)::bigint, sum(spent)::bigint, sum(expired)::bigint,"
        " sum(greatest(0, pending + available + held - debt))::bigint, sum(debt)::bigint"
        " FROM balance WHERE club_id = %(club)s GROUP BY wallet ORDER BY wallet",
        params,
    )
    wallets = [WalletTotal(*total) for total in totals if not is_thing(total[0])]
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
        " WHERE club_id = %s AND occurred_at >= %s AND day BETWEEN %s AND %s AND voided_at IS NULL GROUP BY day",
        [club_id, calendar.instant(first), first, today],
    )
    sold = {day: DayOfSales(day, purchases, net) for day, purchases, net in rows}
    every = (first + timedelta(days=n) for n in range(DAYS))
    return [sold.get(day, DayOfSales(day, 0, 0)) for day in every]


def _figures(codes: list[str], found: dict[str, list[int]], place: int) -> dict[str, int]:
    """One figure of every wallet; of one that nothing happened in, nothing."""
    return {code: found[code][place] if code in found else 0 for code in codes}


def _units(club_id: int) -> dict[str, str]:
    """The unit of every wallet that any version of the bylaws declared."""
    rows = connection().execute("SELECT document->'wallets' FROM bylaws WHERE club_id = %s ORDER BY version", [club_id])
    return {code: wallet.get("unit", "points") for (wallets,) in rows for code, wallet in wallets.items()}
