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
    pilot: Group
    rest: Group


_LATEST: Final = """
    SELECT version, pilot, from_at, pilot_until FROM bylaws
    WHERE club_id = %s AND pilot IS NOT NULL AND NOT filling AND from_at <= %s ORDER BY version DESC LIMIT 1
"""
_SHARE: Final = """
    ('x' || encode(substring(sha256(convert_to(concat_ws(':', club_id, %(version)s::int, {id}), 'UTF8')) FOR 4), 'hex')
        )::bit(32)::bigint %% 100 < %(percent)s
"""
"""The same as `loyalty.versions.in_group`."""
_MEMBERS: Final = f"""
    SELECT {_SHARE.format(id="id")} AS own, count(*) FROM member
    WHERE club_id = %(club)s AND merged_into IS NULL AND erased_at IS NULL GROUP BY own
"""  # noqa: S608 - constants
_SALES: Final = f"""
    SELECT {_SHARE.format(id="member_id")} AS own, count(DISTINCT member_id), count(*),
        sum(net - coalesce((SELECT sum(r.net) FROM purchase_return r WHERE r.purchase_id = purchase.id), 0))::bigint
    FROM purchase
    WHERE club_id = %(club)s AND occurred_at >= %(from)s AND occurred_at < %(until)s AND voided_at IS NULL
    GROUP BY own
"""  # noqa: S608 - constants
_POINTS: Final = f"""
    SELECT {_SHARE.format(id="member_id")} AS own, given ->> 2, sum((given ->> 3)::bigint)::bigint
    FROM (
        SELECT member_id, club_id, occurred_at, coalesce(kept, ruling) AS stands FROM purchase WHERE voided_at IS NULL
        UNION ALL SELECT member_id, club_id, occurred_at, coalesce(kept, ruling) FROM event
    ) judged, jsonb_array_elements(stands -> 'awards') AS given
    WHERE club_id = %(club)s AND occurred_at >= %(from)s AND occurred_at < %(until)s
    GROUP BY own, given ->> 2 ORDER BY 2
"""  # noqa: S608 - constants


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
    sales = {own: figures for own, *figures in conn.execute(_SALES, asked)}
    points: dict[bool, dict[str, int]] = {True: {}, False: {}}
    for own, wallet, amount in conn.execute(_POINTS, asked):
        points[own][wallet] = amount
    groups = (_group(members.get(own, 0), sales.get(own, [0, 0, 0]), points[own]) for own in (True, False))
    return PilotView(version, percent, from_at, until, *groups)


def _group(members: int, sales: list[int], points: dict[str, int]) -> Group:
    buyers, purchases, net = sales
    each = max(members, 1)
    per_member = {wallet: amount // each for wallet, amount in points.items()}
    return Group(members, buyers, purchases, net, net // each, points, per_member)
