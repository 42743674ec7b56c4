"""Recorded events read back as they were judged: what happened, the facts and the ruling."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple

from loyalty.cases import facts_again, stored_purchase
from loyalty.db import connection
from loyalty.rules import Event, Facts, Happening, Purchase, Ruling
from loyalty.values import Shown
from loyalty.versions import Programme

_PURCHASES: Final = """
    SELECT purchase.id, purchase.member_id, purchase.receipt, store.code, purchase.occurred_at, purchase.gross,
        purchase.net, purchase.lines, purchase.extra, purchase.version, purchase.ruling
    FROM purchase JOIN store ON store.id = purchase.store_id
    WHERE purchase.id = ANY(%s) AND purchase.club_id = %s
"""
_EVENTS: Final = """
    SELECT event.id, event.member_id, event.type, event.occurred_at, event.key, event.source, store.code, event.data,
        event.version, event.ruling
    FROM event LEFT JOIN store ON store.id = event.store_id
    WHERE event.id = ANY(%s) AND event.club_id = %s
"""

_FOLLOWED: Final = "SELECT id FROM event WHERE member_id = %s AND root = %s"


class Recorded(NamedTuple):
    """A purchase or another event, the facts that were kept and the ruling that stands."""

    id: int
    member_id: int
    occurred_at: datetime
    event: Happening
    facts: Facts
    ruling: Ruling
    wallets: dict[str, Shown]

    @property
    def receipt(self) -> str | None:
        """Of a purchase its receipt."""
        return self.event.receipt if isinstance(self.event, Purchase) else None


def by_ids(terms: Programme, ids: Sequence[int]) -> dict[int, Recorded]:
    """The judged events of a club among some ids, in two statements."""
    conn, asked = connection(), [list(ids), terms.club_id]
    with conn.pipeline():
        purchases = conn.execute(_PURCHASES, asked)
        events = conn.execute(_EVENTS, asked)
    return {its.id: its for its in (*_purchases(terms, purchases), *_events(terms, events))}


def followed_by(terms: Programme, its: Recorded) -> list[Recorded]:
    """What followed from a recorded event, in its order; all of it belongs to the first of these."""
    ids = [id_ for (id_,) in connection().execute(_FOLLOWED, [its.member_id, its.id])]
    return sorted(by_ids(terms, ids).values(), key=lambda one: one.id) if ids else []


def _purchases(terms: Programme, rows: Iterable[tuple[Any, ...]]) -> Iterable[Recorded]:
    for id_, member_id, receipt, store, at, gross, net, lines, extra, version, kept in rows:
        purchase = stored_purchase(receipt, store, at, terms.currency, gross, net, lines, extra)
        yield _recorded(terms, id_, member_id, purchase, version, kept)


def _events(terms: Programme, rows: Iterable[tuple[Any, ...]]) -> Iterable[Recorded]:
    for id_, member_id, type_, at, key, source, store, data, version, kept in rows:
        event = Event(type_, at, key, source, store or "", attributes=data)
        yield _recorded(terms, id_, member_id, event, version, kept)


def _recorded(
    terms: Programme, id_: int, member_id: int, event: Happening, version: int, kept: dict[str, Any]
) -> Recorded:
    return Recorded(
        id_,
        member_id,
        event.occurred_at,
        event,
        facts_again(terms.version(version), event, kept["facts"]),
        Ruling.from_kept(version, kept),
        {wallet: Shown(*figures) for wallet, figures in kept["wallets"].items()},
    )
