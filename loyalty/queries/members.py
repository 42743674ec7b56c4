"""Members as screens and the API show them: found by what they are known by, listed, one in full."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

from psycopg.rows import class_row

from loyalty import absent, cards, phones
from loyalty.arrays import array
from loyalty.db import connection
from loyalty.formats import search_key
from loyalty.queries.paging import DEFAULT_LIMIT, Page, cut, id_after
from loyalty.rules.facts import IdentifierKind, MemberRef
from loyalty.whose import resolve

_SELECT = """
SELECT m.id, p.name, k.card, k.phone, k.external_id, p.email, p.birthday, m.status, m.tier, m.joined_at,
       coalesce(p.attributes, '{}') AS attributes, coalesce(p.consents, '{}') AS consents, p.lang, p.referred_by,
       m.merged_into, m.seq
FROM member m
LEFT JOIN profile p ON p.member_id = m.id
LEFT JOIN LATERAL (
    SELECT (array_agg(value ORDER BY origin IS NOT NULL, value) FILTER (WHERE kind = 'card'))[1] AS card,
           (array_agg(value ORDER BY origin IS NOT NULL, value) FILTER (WHERE kind = 'phone'))[1] AS phone,
           (array_agg(value ORDER BY origin IS NOT NULL, value) FILTER (WHERE kind = 'external_id'))[1] AS external_id
    FROM identifier WHERE member_id = m.id
) k ON true
WHERE m.club_id = %(club)s"""

"""After a merge there may be several of a kind: the member's own is shown first."""
_PRESENT = " AND m.merged_into IS NULL AND m.erased_at IS NULL"
"""Lists show whoever is there: not those who go on as another, nor the nameless rows that erasure leaves."""
_MATCHES = """
 AND m.id IN (
    SELECT member_id FROM profile WHERE club_id = %(club)s AND sort_key LIKE %(like)s
    UNION ALL
    SELECT member_id FROM identifier WHERE club_id = %(club)s AND value = ANY(%(known)s))"""


class MemberView(NamedTuple):
    """A member. `card` is as it is stored (`loyalty.cards.shown` groups it); `tier` is a code of the bylaws."""

    id: int
    name: str | None
    card: str | None
    phone: str | None
    external_id: str | None
    email: str | None
    birthday: date | None
    status: str
    tier: str | None
    joined_at: datetime
    attributes: dict[str, Any]
    consents: dict[str, Any]
    lang: str | None
    referred_by: int | None
    merged_into: int | None
    """The member who goes on for this one."""
    seq: int
    """Grows with every change of what the member is shown."""


def one(club_id: int, member_id: int) -> MemberView:
    """The member with that id.

    Raises:
        NotFound: the club has none.
    """
    with connection().cursor(row_factory=class_row(MemberView)) as cur:
        row = cur.execute(f"{_SELECT} AND m.id = %(id)s", {"club": club_id, "id": member_id}).fetchone()
    if row is None:
        raise absent.member()
    return row


def some(club_id: int, ids: Sequence[int]) -> list[MemberView]:
    """The members with some ids, in the order of these ids' numbers."""
    query = f"{_SELECT} AND m.id = ANY(%(ids)s::bigint[]) ORDER BY m.id"
    with connection().cursor(row_factory=class_row(MemberView)) as cur:
        return cur.execute(query, {"club": club_id, "ids": array(ids)}).fetchall()


def find(club_id: int, kind: IdentifierKind, value: str) -> MemberView | None:
    """The member known by a normalised identifier, or None."""
    member_id = member_id_of(club_id, MemberRef(kind, value))
    return None if member_id is None else one(club_id, member_id)


def member_id_of(club_id: int, ref: MemberRef) -> int | None:
    """The id of the member that a reference names in this club, or None; of a merged member the one who goes on."""
    return resolve(connection(), club_id, {ref}).get(ref)


def present(club_id: int, member_id: int) -> MemberView:
    """The member with that id, or the one who goes on for them.

    Raises:
        NotFound: the club has none, or the member is erased.
    """
    found = member_id_of(club_id, MemberRef("id", str(member_id)))
    if found is None:
        raise absent.member()
    return one(club_id, found)


def page(club_id: int, q: str | None = None, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page[MemberView]:
    """Members, the newest first. `q` finds a part of a name, or a whole card, phone or external id."""
    params: dict[str, Any] = {"club": club_id, "after": id_after(cursor), "limit": limit + 1}
    query = _SELECT + _PRESENT
    if q and q.strip():
        params |= _wanted(club_id, q.strip())
        query += _MATCHES
    if params["after"] is not None:
        query += " AND m.id < %(after)s"
    with connection().cursor(row_factory=class_row(MemberView)) as cur:
        rows = cur.execute(f"{query} ORDER BY m.id DESC LIMIT %(limit)s", params).fetchall()
    return cut(rows, limit, lambda row: str(row.id))


def _wanted(club_id: int, q: str) -> dict[str, Any]:
    part = search_key(q).replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    zone = connection().execute("SELECT timezone FROM club WHERE id = %s", [club_id]).fetchone()
    phone = phones.normal(q, phones.region_of(zone[0])) if zone else None
    return {"like": f"%{part}%", "known": list({q, cards.normal(q), phone or q})}
