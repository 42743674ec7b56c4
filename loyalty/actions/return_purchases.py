"""Return purchases: what is kept is judged again by the version of the sale, and the difference is posted."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import psycopg

from loyalty import outbox
from loyalty.actions.judge_cases import follow_moves
from loyalty.actions.return_unclaimed import return_unclaimed
from loyalty.apply import COUNTERS
from loyalty.arrays import array, columns
from loyalty.budgets import ClubBudgets
from loyalty.config import settings
from loyalty.db import retried, transaction
from loyalty.handing import hand_out
from loyalty.ledger import purses
from loyalty.returning import Answer, Asked, Batch, Done, gathered
from loyalty.returns import stored_return
from loyalty.rewards import code_uses, gift_cards
from loyalty.rules.limits import stock_key
from loyalty.runs import count_again
from loyalty.sold import write_states
from loyalty.stand_anew import Anew, stand_anew
from loyalty.tiers import Moved, message
from loyalty.versions import Connection, Programme, programme

_RETURNS: Final = """
    INSERT INTO purchase_return (id, club_id, member_id, purchase_id, store_id, key, digest, kind, occurred_at,
        recorded_at, gross, net, content, outcome, settled)
    SELECT id, %s, member_id, purchase_id, store_id, key, digest, kind, occurred_at, %s, gross, net, content, outcome,
        settled
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::bytea[], %s::text[],
        %s::timestamptz[], %s::bigint[], %s::bigint[], %s::jsonb[], %s::jsonb[], %s::boolean[]) AS returned (id,
        member_id, purchase_id, store_id, key, digest, kind, occurred_at, gross, net, content, outcome, settled)
    ON CONFLICT (id) DO UPDATE SET member_id = excluded.member_id, outcome = excluded.outcome,
        settled = excluded.settled
"""
"""One that came before the purchase was claimed stands here already, without a member."""
_WAITING: Final = """
    SELECT id, key, kind, occurred_at, content FROM purchase_return
    WHERE purchase_id = %s AND club_id = %s AND member_id IS NULL ORDER BY id
"""
_RESTORED: Final = """
    UPDATE hold SET restored = paid.restored FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[])
        AS paid (member_id, id, restored)
    WHERE hold.member_id = paid.member_id AND hold.id = paid.id
"""
_FREE: Final = "DELETE FROM receipt WHERE event_id = ANY(%s::bigint[]) AND club_id = %s"

_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def return_purchases(club_id: int, asked: Sequence[Asked], now: datetime) -> list[Answer]:
    """Record returns in order, in one transaction; one that can't be taken refuses only itself."""
    answers = _return(club_id, asked, now)
    outbox.wake()
    return answers


@retried
def _return(club_id: int, asked: Sequence[Asked], now: datetime) -> list[Answer]:
    try:
        with transaction() as conn:
            return take_back(conn, club_id, asked, now)
    except psycopg.errors.UniqueViolation as error:  # the same key at once for another member's purchase: look again
        raise psycopg.errors.SerializationFailure from error


def take_back(
    conn: Connection, club_id: int, asked: Sequence[Asked], now: datetime, *, cards: bool = True
) -> list[Answer]:
    """`return_purchases` inside a transaction that is open already; the caller wakes the outbox.

    Without `cards` what gift cards paid stays paid: the sale goes on under its receipt.
    """
    terms = programme(conn, club_id)
    batch = gathered(conn, terms, asked, now)
    if not cards:
        for its in batch.sold.values():
            its.cards.clear()
    answers = [
        batch.answer(number, *one) if one[0] in batch.sold else return_unclaimed(conn, club_id, *one, now)
        for number, one in zip(batch.numbers, asked, strict=True)
    ]
    write(conn, batch, now)
    return answers


def again(conn: Connection, club_id: int, purchase_id: int, now: datetime) -> None:
    """Take what came back of a purchase before it was claimed, in an open transaction."""
    waiting = conn.execute(_WAITING, [purchase_id, club_id]).fetchall()
    if not waiting:
        return
    asked = [(purchase_id, stored_return(*its)._replace(debt="allow")) for _, *its in waiting]
    batch = gathered(conn, programme(conn, club_id), asked, now)
    for (number, *_), one in zip(waiting, asked, strict=True):
        batch.apply(number, *one)
    write(conn, batch, now)


def write(conn: Connection, batch: Batch, now: datetime) -> None:
    """Write what a batch of returns changed, in a fixed number of statements."""
    if not batch.done:
        return
    club_id, terms = batch.terms.club_id, batch.terms
    if batch.counters:
        conn.execute(COUNTERS, columns(batch.counters))
    limits = {key: -change for key, change in batch.uses.items() if change and stock_key(key[0]) is None}
    ClubBudgets(conn, club_id).release(limits)  # stocks go back with the rewards that are taken back
    _count_runs(conn, batch)
    at_once, moved = _at_once(batch), list[Moved]()
    if at_once:
        moved = stand_anew(conn, terms, batch.members, batch.chests, at_once, batch.sold)
        _tell(batch, at_once)
    hand_out(conn, terms, batch.chests, now, settings().secret_key)
    changed = {its.sold.id: its.sold for its in batch.done} | {
        its.id: its for its in batch.sold.values() if its.awards != its.given
    }
    rows = [_row(terms, its) for its in batch.done]
    paid = {its.id: its for one in batch.done for its in one.sold.payments}
    with conn.pipeline():
        purses.write(conn, club_id, batch.chests.values(), now)
        purses.write_heads(conn, batch.chests.values())
        conn.execute(_RETURNS, [club_id, now, *columns(rows)])
        write_states(conn, changed.values())
        if paid:
            conn.execute(_RESTORED, columns([(its.member_id, its.id, its.restored) for its in paid.values()]))
        code_uses.release(
            conn, [(its.sold.store_id, its.sold.purchase.receipt) for its in batch.done if not its.sold.kept], now
        )
        gift_cards.write(
            conn, club_id, {its.card.id: its.card for one in batch.done for its in one.sold.cards}.values(), now
        )
        voided = [its.sold.id for its in batch.done if its.asked.kind == "void"]
        if voided:
            conn.execute(_FREE, [array(voided), club_id])
    _send(batch, at_once, now)
    follow_moves(conn, terms, moved, now)


def _count_runs(conn: Connection, batch: Batch) -> None:
    """Let the runs that hold what was sold count what is left of it."""
    instants: dict[int, list[datetime]] = {}
    for its in batch.done:
        for member_id in batch.lines[its.sold.owner]:
            instants.setdefault(member_id, []).append(its.sold.at)
    count_again(conn, batch.terms, instants, {its.id: its.present() for its in batch.sold.values()})


def _at_once(batch: Batch) -> dict[int, Anew]:
    """The members whose standing is looked at now, as of the latest of their returns."""
    found: dict[int, Anew] = {}
    for its in sorted(batch.done, key=lambda done: done.asked.occurred_at):
        if batch.terms.at(its.asked.occurred_at).returns == "at_once":
            anew = found.setdefault(its.member_id, Anew(its.asked.occurred_at, its.id))
            anew.at, anew.event_id = its.asked.occurred_at, its.id
            anew.returned.append(its.sold)
    return found


def _tell(batch: Batch, at_once: Mapping[int, Anew]) -> None:
    """Let the last return of each member say what the member's standing lost."""
    last = {its.member_id: its for its in batch.done}
    for member_id, anew in at_once.items():
        taken = last[member_id].taken
        taken.tier, taken.badges, taken.challenges = anew.tier, anew.lost, anew.undone
        for ours, more in ((taken.reversed, anew.taken.reversed), (taken.owed, anew.taken.owed)):
            for wallet, amount in more.items():
                ours[wallet] = ours.get(wallet, 0) + amount
        taken.wallets |= batch.chests[member_id].shown()


def _row(terms: Programme, its: Done) -> tuple[Any, ...]:
    asked, sold = its.asked, its.sold
    return (
        its.id,
        its.member_id,
        sold.id,
        sold.store_id,
        asked.key,
        asked.digest(sold.id),
        asked.kind,
        asked.occurred_at,
        its.taken.gross,
        its.taken.net,
        _json(asked.content()),
        _json(its.taken.stored()),
        terms.at(asked.occurred_at).returns != "at_review",
    )


def _send(batch: Batch, at_once: Mapping[int, Anew], now: datetime) -> None:
    """Tell boards and whoever listens what changed."""
    club_id = batch.terms.club_id
    days: dict[int, dict[str, None]] = {}
    events: dict[int, list[int]] = {}
    for its in batch.done:
        for member_id in batch.lines[its.sold.owner]:
            days.setdefault(member_id, {})[its.sold.facts.moment.day.isoformat()] = None
        events.setdefault(its.member_id, []).append(its.id)
    changed = [(id_, {"days": list(its), "events": events.get(id_, [])}) for id_, its in days.items()]
    outbox.send("member.changed", club_id, changed, now)
    reversed_ = [
        (its.member_id, {"wallet": wallet, "amount": amount, "event": its.id, "purchase": its.sold.id})
        for its in batch.done
        for wallet, amount in its.taken.reversed.items()
    ]
    if reversed_:
        outbox.send("points.reversed", club_id, reversed_, now)
    moved = [
        (id_, message(batch.terms.at(its.at, id_), *its.tier, its.at, its.event_id))
        for id_, its in at_once.items()
        if its.tier[0] != its.tier[1]
    ]
    if moved:
        outbox.send("tier.changed", club_id, moved, now)
