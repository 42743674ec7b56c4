"""Totals of a period before: what was carried over for something that came back since is taken back with it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Final, NamedTuple

from loyalty.arrays import columns
from loyalty.rules import Bylaws
from loyalty.rules.history import Counted
from loyalty.rules.ruling import Given
from loyalty.sold import Sold
from loyalty.versions import Connection, Programme

_GIVEN: Final = """
    SELECT asked.member_id, its.id
    FROM unnest(%s::bigint[], %s::bigint[], %s::timestamptz[]) AS asked (owner, member_id, after)
    CROSS JOIN LATERAL (
        SELECT id FROM event WHERE event.member_id = asked.owner AND occurred_at > asked.after
            AND ruling -> 'awards' @> ANY(%s::jsonb[])
        UNION ALL
        SELECT id FROM purchase WHERE purchase.member_id = asked.owner AND occurred_at > asked.after
            AND ruling -> 'awards' @> ANY(%s::jsonb[])
    ) its ORDER BY its.id
"""


class Carried(NamedTuple):
    """An event that gives more of a total than this is worth by now, and what of its awards stands."""

    member_id: int
    event_id: int
    stands: tuple[Given, ...]


def any_carry(terms: Programme) -> bool:
    """Whether any version gives what a period before was worth."""
    return any(carries(bylaws) for bylaws in terms.versions)


def carries(bylaws: Bylaws) -> set[tuple[str, int]]:
    """The totals of a version over periods before: article, and the award's place in it."""
    return {its[:2] for its in bylaws.running if bylaws.reads[its.counts].over.kind == "previous"}


def given_since(
    conn: Connection, terms: Programme, firsts: Mapping[int, datetime], owners: Mapping[int, Iterable[int]]
) -> dict[int, list[int]]:
    """By member: the events after an instant each that gave such totals; `owners` are also those who were merged."""
    totals = {its for bylaws in terms.versions for its in carries(bylaws)}
    if not totals or not firsts:
        return {}
    forms = [json.dumps([list(its)]) for its in sorted(totals)]
    rows = [(owner, id_, firsts[id_]) for id_ in firsts for owner in {id_, *owners.get(id_, ())}]
    found: dict[int, list[int]] = {}
    for member_id, event_id in conn.execute(_GIVEN, [*columns(rows), forms, forms]):
        found.setdefault(member_id, []).append(event_id)
    return found


def too_much(member_id: int, joined_at: datetime, given: Iterable[Sold], history: Counted) -> Iterator[Carried]:
    """Those of a member's events that give more of a total than is right by now; the latest gives less first. Pure."""
    taken: dict[tuple[str, int, object], int] = {}
    for sold in sorted(given, key=lambda its: its.id, reverse=True):
        bylaws = sold.bylaws
        asks = bylaws.asks(sold.facts.moment.day, bylaws.since(None, joined_at))
        stands = list(sold.awards)
        for total in bylaws.running:
            its = next((one for one in stands if one[:2] == total[:2]), None)
            if its is None or total[:2] not in carries(bylaws):
                continue
            gave = asks[total.gave]
            key = (*total[:2], gave)
            worth = total.award.amount(total.award.reached(history.over(asks[total.counts])))
            excess = min(its.amount, max(0, history.over(gave) - taken.get(key, 0) - worth))
            if excess:
                taken[key] = taken.get(key, 0) + excess
                less = its._replace(amount=its.amount - excess)
                stands = [less if one is its else one for one in stands if one is not its or less.amount]
        if stands != list(sold.awards):
            yield Carried(member_id, sold.id, tuple(stands))
