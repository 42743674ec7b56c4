"""This month so far beside as much of the month before: the fair comparison."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Final, NamedTuple

from loyalty.calendars import Calendar
from loyalty.db import connection

MINUTE: Final = timedelta(minutes=1)
"""The present minute counts as a whole, in both months."""


class MonthSums(NamedTuple):
    """The sums of some first days of a month; money in minor units."""

    first: date
    last: date
    """Included."""
    purchases: int
    buyers: int
    net: int
    joined: int
    issued: dict[str, int]
    """What was given, less what was taken back, by wallet."""


def month_so_far(club_id: int, calendar: Calendar, now: datetime) -> tuple[MonthSums, MonthSums]:
    """This month until now, and the month before to the same day and minute (or to its end, where it was shorter)."""
    today, minute, _ = calendar.moment(now)
    first = calendar.start_of("month", today)
    before = calendar.span("month", first - timedelta(days=1))
    began = before.start or first
    same = began + (today - first)
    until = calendar.instant(first) if same > before.end else calendar.instant(same, minute) + MINUTE
    return (
        _sums(club_id, Days(first, today), calendar.instant(first), calendar.instant(today, minute) + MINUTE),
        _sums(club_id, Days(began, min(same, before.end)), calendar.instant(began), until),
    )


class Days(NamedTuple):
    """Whole local days, both included."""

    first: date
    last: date


def _sums(club_id: int, days: Days, since: datetime, until: datetime) -> MonthSums:
    params = {"club": club_id, "since": since, "until": until}
    conn = connection()
    purchases, buyers, net = conn.execute(
        "SELECT count(*), count(DISTINCT member_id), coalesce(sum(net), 0)::bigint FROM purchase "
        "WHERE club_id = %(club)s AND occurred_at >= %(since)s AND occurred_at < %(until)s AND voided_at IS NULL",
        params,
    ).fetchone() or (0, 0, 0)
    joined = conn.execute(
        "SELECT count(*) FROM member WHERE club_id = %(club)s AND joined_at >= %(since)s AND joined_at < %(until)s",
        params,
    ).fetchone() or (0,)
    issued = conn.execute(
        "SELECT wallet, sum(CASE source WHEN 'issued' THEN amount ELSE -amount END)::bigint FROM entry "
        "WHERE club_id = %(club)s AND 'issued' IN (source, target) "
        "AND occurred_at >= %(since)s AND occurred_at < %(until)s GROUP BY wallet",
        params,
    ).fetchall()
    return MonthSums(*days, purchases, buyers, net, joined[0], dict(issued))
