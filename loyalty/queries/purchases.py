"""Purchases as they were recorded: one, or lists by member, store and time. Why a purchase gave what it gave is told by
`loyalty.queries.explanation`."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from psycopg.rows import class_row

from loyalty import absent
from loyalty.cases import tender_told
from loyalty.db import connection
from loyalty.queries.paging import DEFAULT_LIMIT, Page, cut, place_after, place_cursor
from loyalty.rules.facts import Line

_SELECT = """
SELECT p.id, p.receipt, s.code AS store, s.name AS store_name, p.member_id, f.name AS member_name,
       p.occurred_at, p.recorded_at, CASE WHEN p.voided_at IS NULL THEN 'recorded' ELSE 'void' END AS status,
       p.gross, p.net, b.gross AS returned_gross, b.net AS returned_net, p.version, p.lines, p.extra, p.kept,
       coalesce(g.given, '{}') AS given
FROM purchase p
JOIN store s ON s.id = p.store_id
LEFT JOIN profile f ON f.member_id = p.member_id
CROSS JOIN LATERAL (
    SELECT jsonb_object_agg(wallet, amount) AS given
    FROM (
        SELECT award ->> 2 AS wallet, sum((award ->> 3)::bigint) AS amount
        FROM jsonb_array_elements(coalesce(p.kept -> 'awards', p.ruling -> 'awards')) AS award
        WHERE position('/' IN award ->> 2) = 0 GROUP BY 1
    ) e
) g
CROSS JOIN LATERAL (
    SELECT coalesce(sum(gross), 0)::bigint AS gross, coalesce(sum(net), 0)::bigint AS net
    FROM purchase_return WHERE purchase_id = p.id AND p.kept IS NOT NULL
) b
WHERE p.club_id = %(club)s"""

_SELECT_ASIDE = """
SELECT a.id, a.receipt, s.code AS store, s.name AS store_name, a.member_id, f.name AS member_name,
       a.occurred_at, a.recorded_at, CASE a.because WHEN 'late' THEN 'set_aside' ELSE 'unclaimed' END AS status,
       coalesce((a.sent->>'gross')::bigint, 0) AS gross, coalesce((a.sent->>'net')::bigint, 0) AS net,
       b.gross AS returned_gross, b.net AS returned_net, NULL::integer AS version,
       coalesce(a.sent->'lines', '[]') AS lines, a.sent AS extra, NULL::jsonb AS kept, '{}'::jsonb AS given
FROM set_aside a
JOIN store s ON s.id = a.store_id
LEFT JOIN profile f ON f.member_id = a.member_id
CROSS JOIN LATERAL (
    SELECT coalesce(sum(gross), 0)::bigint AS gross, coalesce(sum(net), 0)::bigint AS net
    FROM purchase_return WHERE purchase_id = a.id
) b
WHERE a.club_id = %(club)s AND a.type = 'purchase'"""

EXTRA = ("tenders", "codes", "channel", "cashier", "attributes")
"""What of a purchase is kept beside its columns."""


class PurchaseView(NamedTuple):
    """A purchase. `gross` and `net` in minor units; `lines` as dictionaries in the fields of the API."""

    id: int
    receipt: str
    store: str
    store_name: str
    member_id: int | None
    member_name: str | None
    occurred_at: datetime
    recorded_at: datetime
    status: str
    """`recorded` (judged), `partly_returned`, `returned` in full, `void` (undone as a mistake), `set_aside` (came too
    late, waits for a person) or `unclaimed` (no member)."""
    gross: int
    net: int
    """As it was bought."""
    returned_gross: int
    returned_net: int
    """What returns took off since."""
    version: int | None
    """The version of the bylaws that judged it."""
    lines: list[dict[str, Any]]
    extra: dict[str, Any]
    """Tenders, channel, cashier and attributes, whatever of them was sent."""
    kept: dict[str, Any] | None
    """What is left of a judged purchase after returns, as it is stored; None while nothing was returned."""
    given: dict[str, int]
    """What its member has from it, by wallet: what it gives for what is kept."""

    @property
    def judged(self) -> bool:
        """Whether the bylaws have judged it."""
        return self.version is not None


class ReturnView(NamedTuple):
    """A return of a purchase, or its undoing."""

    id: int
    key: str
    kind: str
    """`return` or `void`."""
    store_name: str
    occurred_at: datetime
    gross: int
    net: int
    content: dict[str, Any]
    """What was sent: lines and quantities, or an amount; the reason of a void."""


def one(club_id: int, purchase_id: int) -> PurchaseView:
    """The purchase with that id, judged or set aside.

    Raises:
        NotFound: the club has none.
    """
    params = {"club": club_id, "id": purchase_id}
    for query in (f"{_SELECT} AND p.id = %(id)s", f"{_SELECT_ASIDE} AND a.id = %(id)s"):
        with connection().cursor(row_factory=class_row(PurchaseView)) as cur:
            row = cur.execute(query, params).fetchone()
        if row is not None:
            return _tidy(row)
    raise absent.purchase()


def returns(club_id: int, purchase_id: int) -> list[ReturnView]:
    """What was returned of a purchase, in its order."""
    with connection().cursor(row_factory=class_row(ReturnView)) as cur:
        return cur.execute(
            "SELECT r.id, r.key, r.kind, s.name AS store_name, r.occurred_at, r.gross, r.net, r.content"
            " FROM purchase_return r JOIN store s ON s.id = r.store_id"
            " WHERE r.purchase_id = %s AND r.club_id = %s ORDER BY r.id",
            [purchase_id, club_id],
        ).fetchall()


def id_of_receipt(club_id: int, store: str, receipt: str) -> int:
    """The id of the purchase that a store's receipt number stands for.

    Raises:
        NotFound: the club has none.
    """
    row = connection().execute(
        "SELECT r.event_id FROM store s JOIN receipt r ON r.store_id = s.id"
        " WHERE s.club_id = %s AND s.code = %s AND r.receipt = %s",
        [club_id, store, receipt],
    ).fetchone()  # fmt: skip
    if row is None:
        raise absent.purchase()
    found: int = row[0]
    return found


def page(
    club_id: int,
    *,
    member_id: int | None = None,
    store: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    limit: int = DEFAULT_LIMIT,
    cursor: str | None = None,
) -> Page[PurchaseView]:
    """Judged purchases, the latest first; `since` is included, `until` is not."""
    return _page(_SELECT, "p", club_id, member_id, store, since, until, limit, cursor)


def page_aside(club_id: int, *, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page[PurchaseView]:
    """Purchases that wait for a member or for a person's decision, the latest first."""
    return _page(_SELECT_ASIDE, "a", club_id, None, None, None, None, limit, cursor)


def _page(
    query: str,
    alias: str,
    club_id: int,
    member_id: int | None,
    store: str | None,
    since: datetime | None,
    until: datetime | None,
    limit: int,
    cursor: str | None,
) -> Page[PurchaseView]:
    after = place_after(cursor)
    wanted = {
        f"{alias}.member_id = %(member)s": member_id,
        "s.code = %(store)s": store,
        f"{alias}.occurred_at >= %(since)s": since,
        f"{alias}.occurred_at < %(until)s": until,
        f"({alias}.occurred_at, {alias}.id) < (%(at)s, %(id)s)": after,
    }
    query += "".join(f" AND {clause}" for clause, value in wanted.items() if value is not None)
    query += f" ORDER BY {alias}.occurred_at DESC, {alias}.id DESC LIMIT %(limit)s"
    params = {"club": club_id, "member": member_id, "store": store, "since": since, "until": until, "limit": limit + 1}
    if after:
        params |= {"at": after.at, "id": after.id}
    with connection().cursor(row_factory=class_row(PurchaseView)) as cur:
        rows = cur.execute(query, params).fetchall()
    found = cut(rows, limit, lambda row: place_cursor(row.occurred_at, row.id))
    return Page([_tidy(row) for row in found.items], found.next)


def _tidy(row: PurchaseView) -> PurchaseView:
    extra = {key: row.extra[key] for key in EXTRA if row.extra.get(key)}
    if "tenders" in extra:
        extra["tenders"] = [tender if isinstance(tender, dict) else tender_told(tender) for tender in extra["tenders"]]
    lines = [_line(line, row.kept) for line in row.lines]
    return row._replace(lines=lines, extra=extra, status=_status(row))


def _status(row: PurchaseView) -> str:
    if row.status != "recorded" or row.kept is None:
        return row.status
    lines = row.kept.get("lines")
    left = any(lines.values()) if lines else row.kept["net"] is not None
    return "partly_returned" if left else "returned"


def _line(stored: list[Any] | dict[str, Any], kept: dict[str, Any] | None) -> dict[str, Any]:
    """A line in the fields of the API: judged purchases keep lines as lists in the order of `Line`."""
    if isinstance(stored, dict):
        return stored
    line = Line(*stored)
    found = line._asdict() | {"quantity": quantity_text(line.quantity), "tags": list(line.tags)}
    if kept is not None:
        found["kept"] = quantity_text(kept["lines"][line.line])
    return {key: value for key, value in found.items() if value not in (None, [])}


def quantity_text(thousandths: int) -> int | str:
    """A quantity as the API writes it: an integer, or a decimal string where it is not whole."""
    whole, rest = divmod(thousandths, 1000)
    return f"{whole}.{rest:03}".rstrip("0") if rest else whole
