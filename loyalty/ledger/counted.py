"""What members' recorded events stand for: the source from which counters are filled and proven."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from loyalty.cases import facts_again, stored_purchase
from loyalty.rules import Bylaws, Event, Facts, Purchase
from loyalty.rules.returned import Left, Standing, kept, standing, undone, uses
from loyalty.rules.ruling import Given
from loyalty.versions import Connection, Programme

_FAMILIES: Final = """
    WITH RECURSIVE family AS (
        SELECT id AS whose, id FROM member WHERE id = ANY(%s)
        UNION ALL
        SELECT family.whose, member.id FROM family JOIN member ON member.merged_into = family.id
    )
    SELECT id, whose FROM family
"""


def families(conn: Connection, members: list[int]) -> dict[int, list[int]]:
    """Whose purchases count for some members, each with those for whom: their own, and of whoever was merged in."""
    found: dict[int, list[int]] = {}
    for id_, whose in conn.execute(_FAMILIES, [members]):
        found.setdefault(id_, []).append(whose)
    return found


def stood(conn: Connection, terms: Programme, members: list[int]) -> Iterable[tuple[int, datetime, Standing]]:
    """What every event of some members stands for, and when it happened."""
    yield from _purchases(conn, terms, members)
    told = conn.execute(
        "SELECT member_id, type, occurred_at, data, version, ruling, kept, coalesce(store.code, '') FROM event"
        " LEFT JOIN store ON store.id = store_id WHERE member_id = ANY(%s) ORDER BY member_id, event.id",
        [members],
    )
    for member_id, type_, occurred_at, data, version, ruling, kept_form, store in told:
        bylaws = terms.version(version)
        facts = facts_again(bylaws, Event(type_, occurred_at, store=store, attributes=data), ruling["facts"])
        awards = tuple(Given(*its) for its in (kept_form or ruling)["awards"])
        yield member_id, occurred_at, standing(bylaws, facts, facts, awards)


def _purchases(conn: Connection, terms: Programme, members: list[int]) -> Iterable[tuple[int, datetime, Standing]]:
    rows: Iterable[tuple[Any, ...]] = conn.execute(
        "SELECT member_id, receipt, occurred_at, gross, net, lines, extra, version, ruling, kept, store.code,"
        " voided_at IS NOT NULL FROM purchase JOIN store ON store.id = store_id"
        " WHERE member_id = ANY(%s) ORDER BY member_id, purchase.id",
        [members],
    )
    for member_id, receipt, occurred_at, gross, net, lines, extra, version, ruling, kept_form, store, gone in rows:
        bylaws = terms.version(version)
        purchase = stored_purchase(receipt, store, occurred_at, terms.currency, gross, net, lines, extra)
        sold = facts_again(bylaws, purchase, ruling["facts"])
        awards = tuple(Given(*given) for given in (kept_form or ruling)["awards"])
        if gone:
            yield member_id, occurred_at, undone(bylaws, sold, awards)
            continue
        is_kept = left_of(bylaws, purchase, ruling, kept_form) if kept_form else sold
        yield member_id, occurred_at, standing(bylaws, sold, is_kept, awards)


def left_of(
    bylaws: Bylaws, purchase: Purchase, ruling: Mapping[str, Any], state: Mapping[str, Any] | None
) -> Facts | None:
    """The facts of what is left of a recorded purchase, as discounts leave it; None where that is nothing.

    Of a discount that all members share a return keeps no more than the sale took.
    """
    rest = kept(purchase, Left.from_form(state)) if state else purchase
    if rest is None or rest is purchase or not bylaws.discounting:
        return facts_again(bylaws, rest, ruling["facts"]) if rest else None
    given = tuple(Given(*its) for its in ruling["awards"])
    budgets = uses(bylaws, facts_again(bylaws, purchase, ruling["facts"]), given)
    return facts_again(bylaws, rest, ruling["facts"], dict(budgets))
