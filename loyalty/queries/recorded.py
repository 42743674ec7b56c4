"""Recorded purchases read back as they were judged: purchase, facts and ruling."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from loyalty.cases import facts_again, stored_purchase
from loyalty.db import connection
from loyalty.rules import Facts, Purchase, Ruling
from loyalty.values import Shown
from loyalty.versions import Programme

_COLUMNS = """
    SELECT purchase.id, purchase.member_id, purchase.receipt, store.code, purchase.occurred_at, purchase.gross,
        purchase.net, purchase.lines, purchase.extra, purchase.version, purchase.ruling
    FROM purchase JOIN store ON store.id = purchase.store_id
"""


class Recorded(NamedTuple):
    """A purchase, the facts that were kept and the ruling that stands."""

    id: int
    member_id: int
    occurred_at: datetime
    purchase: Purchase
    facts: Facts
    ruling: Ruling
    wallets: dict[str, Shown]


def by_ids(terms: Programme, ids: Sequence[int]) -> dict[int, Recorded]:
    """The judged purchases of a club among some ids, in one statement."""
    rows = connection().execute(
        _COLUMNS + " WHERE purchase.id = ANY(%s) AND purchase.club_id = %s", [list(ids), terms.club_id]
    )
    return {recorded.id: recorded for recorded in _read(terms, rows)}


def _read(terms: Programme, rows: Iterable[tuple[Any, ...]]) -> Iterable[Recorded]:
    for id_, member_id, receipt, store, occurred_at, gross, net, lines, extra, version, kept in rows:
        purchase = stored_purchase(receipt, store, occurred_at, terms.currency, gross, net, lines, extra)
        yield Recorded(
            id_,
            member_id,
            occurred_at,
            purchase,
            facts_again(terms.version(version), purchase, kept["facts"]),
            Ruling.from_kept(version, kept),
            {wallet: Shown(*figures) for wallet, figures in kept["wallets"].items()},
        )
