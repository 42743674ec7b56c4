"""The catalogue: rewards as they are kept, what of them is left, and how many a member had of one."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, Final, NamedTuple

from loyalty.arrays import array, columns
from loyalty.calendars import PERIODS, Calendar, Period
from loyalty.rules.reading import Node, Reading
from loyalty.rules.terms import Term, read_end
from loyalty.rules.types import integer
from loyalty.rules.windows import Window, read_window
from loyalty.values import Text
from loyalty.versions import Connection

COLUMNS: Final = """
    id, code, title ->> 'en', title ->> 'fa', text, kind, points, wallet, money, stock, taken, who, from_at, until_at,
    limits, content, uses, lasts, archived
"""
_BY_CODE: Final = f"SELECT {COLUMNS} FROM reward WHERE club_id = %s AND code = ANY(%s::text[])"  # noqa: S608 - constants
_BY_ID: Final = f"SELECT {COLUMNS} FROM reward WHERE club_id = %s AND id = ANY(%s::bigint[])"  # noqa: S608 - constants
_OFFERED: Final = f"""
    SELECT {COLUMNS} FROM reward WHERE club_id = %s AND NOT archived ORDER BY code LIMIT %s
"""  # noqa: S608 - constants
_TAKE: Final = """
    WITH asked AS (SELECT * FROM unnest(%s::bigint[], %s::bigint[]) AS asked (id, quantity)),
    locked AS (SELECT reward.id FROM reward JOIN asked USING (id) ORDER BY id FOR UPDATE OF reward)
    UPDATE reward SET taken = taken + quantity FROM asked JOIN locked USING (id)
    WHERE reward.id = asked.id AND reward.club_id = %s AND taken + quantity <= stock
    RETURNING reward.id
"""
"""Locked in the order of their ids, like all that several can want at once."""
_GIVE_BACK: Final = """
    WITH back AS (
        SELECT id, sum(quantity) AS quantity
        FROM unnest(%s::bigint[], %s::bigint[]) AS back (id, quantity) GROUP BY id
    ), locked AS (
        SELECT reward.id FROM reward JOIN back USING (id) WHERE stock IS NOT NULL ORDER BY id FOR UPDATE OF reward
    )
    UPDATE reward SET taken = taken - quantity FROM back JOIN locked USING (id) WHERE reward.id = back.id
"""
_TAKE_SOME: Final = """
    WITH asked AS (SELECT * FROM unnest(%s::text[], %s::bigint[]) AS asked (code, wanted)),
    locked AS (
        SELECT reward.id, CASE WHEN archived THEN 0 ELSE least(wanted, coalesce(stock - taken, wanted)) END AS granted
        FROM reward JOIN asked USING (code) WHERE club_id = %s ORDER BY id FOR UPDATE OF reward
    )
    UPDATE reward SET taken = taken + CASE WHEN stock IS NULL THEN 0 ELSE granted END FROM locked
    WHERE reward.id = locked.id RETURNING code, granted
"""
_GIVE_SOME_BACK: Final = """
    WITH back AS (SELECT * FROM unnest(%s::text[], %s::bigint[]) AS back (code, quantity)),
    locked AS (
        SELECT reward.id, quantity FROM reward JOIN back USING (code)
        WHERE club_id = %s AND stock IS NOT NULL ORDER BY id FOR UPDATE OF reward
    )
    UPDATE reward SET taken = taken - quantity FROM locked WHERE reward.id = locked.id
"""
GONE: Final = ("voided", "lapsed", "reversed")
"""Redemptions that gave everything back."""
_HAD: Final = """
    SELECT asked.place, coalesce(sum(quantity), 0)::bigint
    FROM unnest(%s::bigint[], %s::timestamptz[], %s::timestamptz[]) WITH ORDINALITY AS asked (id, since, before, place)
    LEFT JOIN redemption ON redemption.member_id = ANY(%s::bigint[]) AND redemption.reward_id = asked.id
        AND given_by IS NULL AND status <> ALL(%s::text[]) AND NOT (status = 'held' AND redemption.until <= %s)
        AND (since IS NULL OR occurred_at >= since) AND (before IS NULL OR occurred_at < before)
    GROUP BY asked.place ORDER BY asked.place
"""


class Limit(NamedTuple):
    """How many of a reward a member may have in a window."""

    over: Window
    at_most: int


class Reward(NamedTuple):
    """A reward of the catalogue, as it is kept."""

    id: int
    code: str
    title: Text
    text: Text | None
    kind: str
    points: int | None
    """The price in points of `wallet`."""
    wallet: str | None
    money: int | None
    """The price in money, in minor units."""
    stock: int | None
    taken: int
    who: dict[str, Any] | None
    from_at: datetime | None
    until_at: datetime | None
    limits: list[dict[str, Any]]
    content: dict[str, Any]
    uses: int
    lasts: dict[str, Any] | None
    archived: bool

    @property
    def left(self) -> int | None:
        """How many are left; None where that is without limit."""
        return None if self.stock is None else self.stock - self.taken

    def grants(self, wanted: int) -> int:
        """How many of those that are wanted there are."""
        return 0 if self.archived else wanted if self.left is None else min(wanted, self.left)

    def promise(self) -> dict[str, Any]:
        """What it is and promises, to be frozen when somebody gets it."""
        return {
            "code": self.code,
            "title": self.title._asdict(),
            "kind": self.kind,
            "uses": self.uses,
            **self.content,
        }

    def read_limits(self, calendar: Calendar) -> list[Limit]:
        """Its limits; they were checked when it was written."""
        return [read_limit(Node(its, "/limits", Reading(calendar))) for its in self.limits]

    def ends(self, at: datetime, calendar: Calendar) -> datetime | None:
        """Until when what is issued at an instant can be used."""
        return None if self.lasts is None else self.term(calendar).ends(at, calendar)

    def term(self, calendar: Calendar) -> Term:
        """How long what is issued lasts."""
        return read_end(Node(self.lasts, "/lasts", Reading(calendar)))


def read_limit(node: Node) -> Limit:
    """`{every: month, at_most: 1}`, or `{over: WINDOW, at_most: 1}`; `per` may say `member`."""
    found = node.fields(["at_most"], ["every", "over", "per"])
    if ("every" in found) == ("over" in found):
        raise node.bad(Text("Either “every” or “over” is expected.", "یا «every» لازم است یا «over»."))
    if "per" in found:
        found["per"].choice(("member",))
    over = Window("this", period=_period(found["every"])) if "every" in found else read_window(found["over"])
    if over.personal:
        raise found["over"].bad(
            Text(
                "A reward is limited in calendar periods, over a time past, or in all.",
                "سقف پاداش در دوره‌های تقویمی، در مدتی گذشته یا در کل است.",
            )
        )
    return Limit(over, integer(found["at_most"], least=1))


def _period(node: Node) -> Period:
    period: Period = node.choice(PERIODS)  # type: ignore[assignment]
    return period


def from_row(row: Sequence[Any]) -> Reward:
    """A reward from the columns of `COLUMNS`."""
    id_, code, en, fa, text, *rest = row
    return Reward(id_, code, Text(en, fa), Text(**text) if text else None, *rest)


def by_code(conn: Connection, club_id: int, codes: Collection[str]) -> dict[str, Reward]:
    """The rewards of a club by their codes, those taken off the catalogue too."""
    rows = conn.execute(_BY_CODE, [club_id, array(codes)])
    return {its.code: its for its in map(from_row, rows)}


def offered(conn: Connection, club_id: int, most: int) -> list[Reward]:
    """Rewards that are on the catalogue, in the order of their codes."""
    return [from_row(row) for row in conn.execute(_OFFERED, [club_id, most])]


def by_id(conn: Connection, club_id: int, ids: Collection[int]) -> dict[int, Reward]:
    """The rewards of a club by their ids."""
    rows = conn.execute(_BY_ID, [club_id, array(ids)])
    return {its.id: its for its in map(from_row, rows)}


def take(conn: Connection, club_id: int, wanted: Mapping[int, int]) -> set[int]:
    """Take quantities off the stocks of some rewards that have one; answers those of which there was enough."""
    rows = [(id_, wanted[id_]) for id_ in sorted(wanted)]
    return {id_ for (id_,) in conn.execute(_TAKE, [*columns(rows), club_id])} if rows else set()


def give_back(conn: Connection, quantities: Sequence[tuple[int, int]]) -> None:
    """Put what was taken of some rewards back into their stocks, where they have one."""
    if quantities:
        conn.execute(_GIVE_BACK, columns(quantities))


def take_some(conn: Connection, club_id: int, wanted: Mapping[str, int]) -> dict[str, int]:
    """Take off the stocks of some rewards as much as there is, up to what is wanted; answers what was granted.

    Of a reward that is unknown or was taken off the catalogue there is nothing.
    """
    if not wanted:
        return {}
    return dict(conn.execute(_TAKE_SOME, [*columns(list(wanted.items())), club_id]).fetchall())


def give_some_back(conn: Connection, club_id: int, unused: Mapping[str, int]) -> None:
    """Give back what was granted of stocks and not used."""
    if unused:
        conn.execute(_GIVE_SOME_BACK, [*columns(list(unused.items())), club_id])


def had(
    conn: Connection,
    members: Sequence[int],
    asked: Sequence[tuple[int, Window]],
    at: datetime,
    calendar: Calendar,
) -> list[int]:
    """How many of each reward a member (and whoever was merged into it) has redeemed in each window."""
    if not asked:
        return []
    rows = []
    today = calendar.moment(at).day
    for id_, over in asked:
        start, end = over.span(today, calendar)
        rows.append((id_, calendar.instant(start) if start else None, calendar.instant(end + timedelta(days=1))))
    found = conn.execute(_HAD, [*columns(rows), array(members), array(GONE), at])
    return [count for _, count in found]
