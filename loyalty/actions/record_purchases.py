"""Record purchases: the one write path, for a sale at the till, a batch, an import and a replay alike."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from loyalty.actions.judge_sales import Place, judge_places, turn_away
from loyalty.actions.prepare_import import prepare_import
from loyalty.arrays import array, columns
from loyalty.card_tenders import Tendered, cards_of, pay_by_cards
from loyalty.cases import as_sent, digest
from loyalty.config import settings
from loyalty.db import retried, transaction
from loyalty.errors import Conflict, CurrencyMismatch, Fault, Invalid, NotFound, Problem
from loyalty.gather import lock
from loyalty.outbox import wake
from loyalty.outcome import CHUNK, Outcome
from loyalty.presenting import cannot_wait
from loyalty.rewards.codes import put_away
from loyalty.rules import Purchase
from loyalty.values import Text
from loyalty.versions import Connection, Programme, programme
from loyalty.whose import resolved, resolving


def record_purchases(
    club_id: int,
    purchases: Sequence[Purchase],
    now: datetime,
    *,
    importing: bool = False,
    lateness: timedelta | None = None,
) -> list[Outcome]:
    """Record purchases in order, at most 500 to a transaction; one that can't be taken refuses only itself.

    `importing` creates unknown stores, and members named by an unknown external id; `lateness` sets older ones aside.
    """
    outcomes: list[Outcome] = []
    for start in range(0, len(purchases), CHUNK):
        chunk = purchases[start : start + CHUNK]
        if importing:
            prepare_import(club_id, chunk, now)
        outcomes.extend(_record(club_id, chunk, now, lateness))
    if purchases:
        wake()
    return outcomes


@retried
def _record(club_id: int, purchases: Sequence[Purchase], now: datetime, lateness: timedelta | None) -> list[Outcome]:
    with transaction() as conn:
        return record(conn, club_id, purchases, now, lateness)


def record(
    conn: Connection, club_id: int, purchases: Sequence[Purchase], now: datetime, lateness: timedelta | None = None
) -> list[Outcome]:
    """`record_purchases` inside a transaction that is open already, of at most a chunk; the caller wakes the outbox."""
    terms, places = receive(conn, club_id, purchases, now, lateness)
    judged = [place for place in places if place.outcome is None]
    if judged:
        judge_places(conn, terms, judged, now)
    return [place.outcome for place in places if place.outcome is not None]


def receive(
    conn: Connection, club_id: int, purchases: Sequence[Purchase], now: datetime, lateness: timedelta | None
) -> tuple[Programme, list[Place]]:
    """Find out whose each purchase is and take its receipt; those left without an outcome are to be judged."""
    places = [Place(purchase, digest(purchase)) for purchase in purchases]
    terms = _name(conn, club_id, places)
    _claim(conn, terms, places)
    _pay(conn, terms, places, now)
    _wait(conn, terms, places, now, lateness)
    return terms, places


_PLANS = "SET LOCAL plan_cache_mode = force_generic_plan"
"""Every statement here finds few rows by their keys: planning one anew for each batch costs more than it could save."""
_STORES = "SELECT code, id FROM store WHERE club_id = %s AND code = ANY(%s::text[])"


def _name(conn: Connection, club_id: int, places: list[Place]) -> Programme:
    """Find each purchase's store and member, or refuse it."""
    with conn.pipeline():
        conn.execute(_PLANS)
        stores = conn.execute(_STORES, [club_id, array({place.purchase.store for place in places})])
        named = resolving(conn, club_id, {place.purchase.member for place in places if place.purchase.member})
        terms = programme(conn, club_id)
    store_ids: dict[str, int] = dict(stores.fetchall())
    members = resolved(named)
    for place in places:
        purchase = place.purchase
        if purchase.store not in store_ids:
            place.refuse(Invalid.at("/store", Text("There is no such store.", "چنین فروشگاهی نیست.")))
        elif purchase.currency != terms.currency:
            place.refuse(_other_currency(terms.currency))
        elif purchase.member and purchase.member not in members:
            place.refuse(NotFound(*_NO_MEMBER))
        else:
            place.store_id = store_ids[purchase.store]
            place.key = place.store_id, purchase.receipt
            place.member_id = members[purchase.member] if purchase.member else None
    return terms


_NO_MEMBER = (
    Text("There is no such member.", "چنین عضوی نیست."),
    [Fault("/member", Text("No member is known by this.", "عضوی با این مشخصه شناخته نیست."))],
)


def _other_currency(currency: str) -> Problem:
    message = Text(f"The club keeps {currency}.", f"واحد پول باشگاه {currency} است.")
    return CurrencyMismatch(message, [Fault("/currency", message)])


_CLAIM = """
    INSERT INTO receipt (store_id, receipt, club_id, event_id, member_id, digest)
    SELECT store_id, receipt, %s, id, member_id, digest
    FROM (
        SELECT nextval('event_id') AS id, asked.*
        FROM (SELECT * FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bytea[], %s::int[])
            AS asked (store_id, receipt, member_id, digest, place) ORDER BY place) asked
    ) numbered
    ORDER BY store_id, receipt
    ON CONFLICT DO NOTHING
    RETURNING store_id, receipt, event_id
"""
"""Numbers follow the batch. Receipts are taken in their own order, lest two batches that share some lock each other."""
_KNOWN = """
    SELECT store_id, receipt, event_id, member_id, digest
    FROM receipt JOIN unnest(%s::bigint[], %s::text[]) AS asked (store_id, receipt) USING (store_id, receipt)
"""


def _claim(conn: Connection, terms: Programme, places: list[Place]) -> None:
    """Take each receipt's number once; a repeat answers as before, another sale under the same number is a conflict."""
    first: dict[tuple[int, str], Place] = {}
    again: list[Place] = []
    for place in places:
        if place.outcome is None:
            if place.key in first:
                again.append(place)
            else:
                first[place.key] = place
    if not first:
        return
    rows = [(*key, place.member_id, place.digest, n) for n, (key, place) in enumerate(first.items())]
    claimed = conn.execute(_CLAIM, [terms.club_id, *columns(rows)])
    for store_id, receipt, event_id in claimed:
        first.pop((store_id, receipt)).id = event_id
    known = [*first.values(), *again]
    if known:
        keys = columns([place.key for place in known])
        found = {(row[0], row[1]): row[2:] for row in conn.execute(_KNOWN, keys)}
        for place in known:
            event_id, member_id, its = found[place.key]
            if its == place.digest:
                place.outcome = Outcome("repeated", place.purchase.receipt, event_id, member_id)
            else:
                place.refuse(_taken(claimable=member_id is None and place.member_id is not None))


def _taken(*, claimable: bool) -> Problem:
    if claimable:
        detail = Text(
            "This receipt is recorded without a member; claim it with POST /purchases/{id}/claim.",
            "این رسید بدون عضو ثبت شده است؛ آن را با POST ‎/purchases/{id}/claim به عضو بدهید.",
        )
    else:
        detail = Text("Another purchase is recorded under this receipt.", "با این شمارهٔ رسید خرید دیگری ثبت شده است.")
    return Conflict(detail, [Fault("/receipt", detail)])


def _pay(conn: Connection, terms: Programme, places: list[Place], now: datetime) -> None:
    """Charge the gift cards that pay, members locked first; who redeems as well pays where that may be refused."""
    fresh = [place for place in places if place.outcome is None]
    paying = [place for place in fresh if cards_of(place.purchase) and not place.purchase.redeem]
    if not paying:
        return
    lock(conn, terms.club_id, {place.member_id for place in fresh if place.member_id is not None})
    refused = pay_by_cards(conn, terms.club_id, [Tendered(place.purchase, place.store_id) for place in paying], now)
    turn_away(conn, terms, places, {paying[number].id: problem for number, problem in refused.items()})


_SET_ASIDE = """
    INSERT INTO set_aside (id, club_id, type, store_id, receipt, member_id, because, occurred_at, recorded_at, sent)
    SELECT id, %s, 'purchase', store_id, receipt, member_id, because, occurred_at, %s, sent
    FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[], %s::text[], %s::timestamptz[], %s::jsonb[])
        AS waiting (id, store_id, receipt, member_id, because, occurred_at, sent)
"""


def _wait(conn: Connection, terms: Programme, places: list[Place], now: datetime, lateness: timedelta | None) -> None:
    """Set aside what nobody claims yet, and what a till sends too late to be judged without a person."""
    rows = []
    refused: dict[int, Problem] = {}
    for place in places:
        purchase = place.purchase
        if place.outcome is not None:
            continue
        late = lateness is not None and now - purchase.occurred_at > lateness
        if place.member_id is not None and not late:
            continue
        if purchase.redeem:
            refused[place.id] = cannot_wait()
            continue
        because, status = ("late", "set_aside") if late else ("unclaimed", "unclaimed")
        place.outcome = Outcome(status, purchase.receipt, place.id, place.member_id)  # type: ignore[arg-type]
        kept = replace(purchase, codes=put_away(purchase.codes, terms.club_id, settings().secret_key))
        sent = json.dumps(as_sent(kept), ensure_ascii=False)
        rows.append((place.id, *place.key, place.member_id, because, purchase.occurred_at, sent))
    if rows:
        conn.execute(_SET_ASIDE, [terms.club_id, now, *columns(rows)])
    turn_away(conn, terms, places, refused)
