"""Before a chunk of foreign history is recorded: open its stores and enrol its members, where they are new."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from loyalty.actions.enrol_members import enrol
from loyalty.db import retried, transaction
from loyalty.enrolment import Enrolment
from loyalty.rules import MemberRef, Purchase
from loyalty.versions import Connection
from loyalty.whose import resolve


@retried
def prepare_import(club_id: int, purchases: Sequence[Purchase], now: datetime) -> None:
    """Create unknown stores, and members named by an unknown external id; they join with their first purchase."""
    with transaction() as conn:
        row = conn.execute("SELECT currency FROM club WHERE id = %s", [club_id]).fetchone()
        taken = [purchase for purchase in purchases if row and purchase.currency == row[0]]  # the others are refused
        stores = list({purchase.store: None for purchase in taken})
        joined = _first_purchases(taken)
        conn.execute(
            "INSERT INTO store (club_id, code, name) SELECT %s, code, code FROM unnest(%s::text[]) AS asked (code)"
            " ON CONFLICT DO NOTHING",
            [club_id, stores],
        )
        enrol_unknown(conn, club_id, joined, now)


def enrol_unknown(conn: Connection, club_id: int, joined: Mapping[MemberRef, datetime], now: datetime) -> None:
    """Enrol those of some external ids whom the club does not know, as of an instant of each."""
    known = resolve(conn, club_id, set(joined))
    fresh = [Enrolment(external_id=ref.value, joined_at=at) for ref, at in joined.items() if ref not in known]
    enrol(conn, club_id, fresh, now)


def _first_purchases(purchases: Sequence[Purchase]) -> dict[MemberRef, datetime]:
    """The members named by an external id, and when each bought first."""
    joined: dict[MemberRef, datetime] = {}
    for purchase in purchases:
        if purchase.member and purchase.member.kind == "external_id":
            first = joined.get(purchase.member, purchase.occurred_at)
            joined[purchase.member] = min(first, purchase.occurred_at)
    return joined
