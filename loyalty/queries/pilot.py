"""The pilot that goes on, or the latest one: its group beside the rest of the members, over the same time."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from loyalty.db import connection
from loyalty.errors import NotFound
from loyalty.values import Text


class Group(NamedTuple):
    """One of both groups. Figures per member are of all its members, floored; `points` are what stands, by wallet."""

    members: int
    buyers: int
    purchases: int
    net: int
    net_per_member: int
    points: dict[str, int]
    points_per_member: dict[str, int]


class PilotView(NamedTuple):
    """A version for a group, and how both groups did from its beginning to its end or now."""

    version: int
    percent: int
    from_at: datetime
    until: datetime | None
    entered: int
    """How many of its group it has judged."""
    pilot: Group
    rest: Group


_LATEST: Final = """
    SELECT version, pilot, from_at, pilot_until FROM bylaws
    WHERE club_id = %s AND pilot IS NOT NULL AND NOT filling AND from_at <= %s ORDER BY version DESC LIMIT 1
"""
_MEMBERS: Final = """
    SELECT ('x' || encode(substring(sha256(convert_to(concat_ws(':', club_id, %(version)s::int, id), 'UTF8')) FOR 4),
        'hex'))::bit(32)::bigint %% 100 < %(percent)s AS own, count(*)
    FROM member WHERE club_id = %(club)s AND merged_into IS NULL AND erased_at IS NULL GROUP BY own
"""
"""Who is in its group, whether judged by it yet or not: the same as `loyalty.versions.in_group`."""
_JUDGED: Final = """
    judged AS (
        SELECT entered.member_id IS NOT NULL AS own, given.*
        FROM given LEFT JOIN pilot_member entered ON entered.member_id = given.member_id
            AND entered.version = %(version)s AND entered.from_at <= given.occurred_at
            AND (entered.until IS NULL OR given.occurred_at < entered.until)
    )
"""
"""What happened while the pilot went on, each with whether the member was in it by then."""
_THEN: Final = "club_id = %(club)s AND occurred_at >= %(from)s AND occurred_at < %(until)s"
_SALES: Final = f"""
    WITH given AS (SELECT id, member_id, occurred_at, net FROM purchase WHERE {_THEN} AND voided_at IS NULL), {_JUDGED}
    SELECT own, count(DISTINCT member_id), count(*),
        sum(net - coalesce((SELECT sum(r.net) FROM purchase_return r WHERE r.purchase_id = judged.id), 0))::bigint
    FROM judged GROUP BY own
"""  # noqa: S608 - constants
_POINTS: Final = f"""
    WITH given AS (
        SELECT member_id, occurred_at, coalesce(kept, ruling) -> 'awards' AS awards FROM purchase
        WHERE {_THEN} AND voided_at IS NULL
        UNION ALL SELECT member_id, occurred_at, coalesce(kept, ruling) -> 'awards' FROM event WHERE {_THEN}
    ), {_JUDGED}
    SELECT own, its ->> 2, sum((its ->> 3)::bigint)::bigint FROM judged, jsonb_array_elements(awards) AS its
    GROUP BY own, its ->> 2 ORDER BY 2
"""  # noqa: S608 - constants
_ENTERED: Final = "SELECT count(*) FROM pilot_member WHERE club_id = %(club)s AND version = %(version)s"


def pilot(club_id: int, now: datetime) -> PilotView:
    """The latest pilot that has begun, its group beside the rest.

    Raises:
        NotFound: there never was one.
    """
    conn = connection()
    row = conn.execute(_LATEST, [club_id, now]).fetchone()
    if row is None:
        raise NotFound(Text("There is no pilot.", "آزمایشی نیست."))
    version, percent, from_at, until = row
    end = min(until or now, now)
    asked = {"club": club_id, "version": version, "percent": percent, "from": from_at, "until": end}
    members: dict[bool, int] = dict(conn.execute(_MEMBERS, asked).fetchall())
    [(entered,)] = conn.execute(_ENTERED, asked).fetchall()
    sales = {own: figures for own, *figures in conn.execute(_SALES, asked)}
    points: dict[bool, dict[str, int]] = {True: {}, False: {}}
    for own, wallet, amount in conn.execute(_POINTS, asked):
        points[own][wallet] = amount
    groups = (_group(members.get(own, 0), sales.get(own, [0, 0, 0]), points[own]) for own in (True, False))
    return PilotView(version, percent, from_at, until, entered, *groups)


def running(club_id: int, now: datetime) -> PilotView | None:
    """The pilot that goes on, or None."""
    try:
        found = pilot(club_id, now)
    except NotFound:
        return None
    return found if found.until is None or found.until > now else None


def _group(members: int, sales: list[int], points: dict[str, int]) -> Group:
    buyers, purchases, net = sales
    each = max(members, 1)
    per_member = {wallet: amount // each for wallet, amount in points.items()}
    return Group(members, buyers, purchases, net, net // each, points, per_member)
