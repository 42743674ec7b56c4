"""Purses as they are kept: read for members that are locked, written back with entries that continue their chains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final, NamedTuple

import psycopg

from loyalty.arrays import Statement, array, columns
from loyalty.ledger.chain import link
from loyalty.ledger.lots import PLACES, Held, Lot, Move, Purse
from loyalty.rules.things import is_thing
from loyalty.values import Shown

Connection = psycopg.Connection[tuple[Any, ...]]
Cursor = psycopg.Cursor[tuple[Any, ...]]
Rows = list[tuple[Any, ...]]

_FIGURES: Final = "pending, available, held, debt, earned, spent, expired, forgiven, other"
_WIDTH: Final = 11
"""Columns of a purse: its figures, when it was active and when it lapses."""
_BALANCES: Final = f"""
    SELECT member_id, wallet, {_FIGURES}, active_at, lapses_at FROM balance WHERE member_id = ANY(%s::bigint[])
"""  # noqa: S608 - constants
_PARTS: Final = (
    "lot.id, lot.earned_at, lot.matures_at, lot.expires_at, lot.pending, lot.available, lot.held, lot.expired"
)
_LOT: Final = f"SELECT lot.member_id, lot.wallet, {_PARTS}"
_DUE: Final = f"""
    SELECT asked.member_id, wallet, {_FIGURES}, active_at, lapses_at, due.*
    FROM unnest(%s::bigint[], %s::timestamptz[]) AS asked (member_id, upto) JOIN balance USING (member_id)
    LEFT JOIN LATERAL (
        SELECT {_PARTS} FROM lot
        WHERE lot.member_id = balance.member_id AND lot.wallet = balance.wallet AND lot.due_at <= asked.upto
        UNION ALL
        SELECT {_PARTS} FROM lot
        WHERE lot.member_id = balance.member_id AND lot.wallet = balance.wallet AND balance.lapses_at < asked.upto
            AND lot.pending + lot.available + lot.held > 0
    ) AS due (id, since, matures, expires, waits, free, taken, gone) ON true
"""  # noqa: S608 - constants
"""Purses, each beside its lots that are due: whatever is in a lot moved into it through its purse."""
_OPEN: Final = f"""
    {_LOT} FROM lot WHERE member_id = ANY(%s::bigint[]) AND pending + available + held > 0
    UNION ALL
    {_LOT} FROM unnest(%s::bigint[], %s::bigint[]) AS made (member_id, event_id)
        JOIN lot ON lot.member_id = made.member_id
            AND lot.id BETWEEN made.event_id * {PLACES} AND made.event_id * {PLACES} + {PLACES - 1}
"""
_HOLDS: Final = """
    SELECT hold.member_id, hold.wallet, hold.id, hold.until, array_agg(moved.lot), array_agg(moved.amount)
    FROM unnest(%s::bigint[], %s::timestamptz[]) AS asked (member_id, upto)
    JOIN hold ON hold.member_id = asked.member_id AND hold.status = 'held' AND hold.until <= asked.upto
    CROSS JOIN LATERAL (
        SELECT lot, sum(CASE WHEN target = 'held' THEN amount ELSE -amount END)::bigint AS amount FROM entry
        WHERE member_id = hold.member_id AND event_id = hold.id AND wallet = hold.wallet AND 'held' IN (source, target)
        GROUP BY lot
    ) moved
    GROUP BY hold.member_id, hold.wallet, hold.id, hold.until
"""
_ENTRIES: Final = """
    INSERT INTO entry (member_id, n, club_id, event_id, wallet, source, target, amount, lot, version, article,
        occurred_at, posted_at, digest)
    SELECT member_id, n, %s, event_id, wallet, source, target, amount, lot, version, article, occurred_at, %s, digest
    FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[], %s::text[], %s::text[], %s::text[], %s::bigint[],
        %s::bigint[], %s::int[], %s::text[], %s::timestamptz[], %s::bytea[])
        AS moved (member_id, n, event_id, wallet, source, target, amount, lot, version, article, occurred_at, digest)
"""
_LOTS: Final = """
    INSERT INTO lot (member_id, id, wallet, club_id, earned_at, matures_at, expires_at, pending, available, held,
        expired)
    SELECT member_id, id, wallet, %s, earned_at, matures_at, expires_at, pending, available, held, expired
    FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::timestamptz[], %s::timestamptz[], %s::timestamptz[],
        %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[]) AS left_ (member_id, id, wallet, earned_at, matures_at,
        expires_at, pending, available, held, expired)
    ON CONFLICT (member_id, id, wallet) DO UPDATE SET pending = excluded.pending, available = excluded.available,
        held = excluded.held, expired = excluded.expired
"""
_KEEP: Final = """
    INSERT INTO balance (member_id, wallet, club_id, pending, available, held, debt, earned, spent, expired, forgiven,
        other, active_at, lapses_at)
    SELECT member_id, wallet, %s, pending, available, held, debt, earned, spent, expired, forgiven, other, active_at,
        lapses_at
    FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[],
        %s::bigint[], %s::bigint[], %s::bigint[], %s::bigint[], %s::timestamptz[], %s::timestamptz[])
        AS purse (member_id, wallet, pending, available, held, debt, earned, spent, expired, forgiven, other, active_at,
        lapses_at)
    ON CONFLICT (member_id, wallet) DO UPDATE SET pending = excluded.pending, available = excluded.available,
        held = excluded.held, debt = excluded.debt, earned = excluded.earned, spent = excluded.spent,
        expired = excluded.expired, forgiven = excluded.forgiven, other = excluded.other,
        active_at = excluded.active_at, lapses_at = excluded.lapses_at
"""
"""What is kept is written whole: the member is locked, and the purse was read under that lock."""
_TURNS: Final = """
    INSERT INTO lapse (member_id, wallet, posted_at, club_id, lapses_at)
    SELECT member_id, wallet, %s, %s, lapses_at
    FROM unnest(%s::bigint[], %s::text[], %s::timestamptz[]) AS turned (member_id, wallet, lapses_at)
    ON CONFLICT (member_id, wallet, posted_at) DO UPDATE SET lapses_at = excluded.lapses_at
"""
_LAPSED: Final = """
    UPDATE hold SET status = 'released' FROM unnest(%s::bigint[], %s::bigint[]) AS ended (member_id, id)
    WHERE hold.member_id = ended.member_id AND hold.id = ended.id
"""
_HEADS: Final = """
    UPDATE member SET entries = chain.n, head = chain.head
    FROM unnest(%s::bigint[], %s::bigint[], %s::bytea[]) AS chain (id, n, head) WHERE member.id = chain.id
"""


@dataclass(slots=True)
class Chest:
    """All purses of one member, and the chain that their entries continue."""

    member_id: int
    entries: int = 0
    head: bytes = b""
    purses: dict[str, Purse] = field(default_factory=dict)
    log: list[Move] = field(default_factory=list)
    """What moved in them and is not written yet."""

    def purse(self, wallet: str) -> Purse:
        """The purse of a wallet, empty where nothing was ever in it."""
        found = self.purses.get(wallet)
        if found is None:
            found = self.purses[wallet] = Purse(wallet, self.log)
        return found

    def shown(self) -> dict[str, Shown]:
        """What each wallet holds, as an answer shows it."""
        return {wallet: purse.shown() for wallet, purse in self.purses.items() if not is_thing(wallet)}

    def settle(self, upto: datetime) -> None:
        """Do in every purse what fell due by an instant."""
        for purse in self.purses.values():
            purse.settle(upto)


class Reading:
    """The statement that reads purses, on its way: in a pipeline others may travel with it."""

    def __init__(self, conn: Connection, uptos: Mapping[int, datetime]) -> None:
        self.conn, self.uptos = conn, uptos
        self.asked = columns(list(uptos.items()))
        self.found = conn.execute(_DUE, self.asked)

    def answered(self, heads: Mapping[int, tuple[int, bytes]]) -> dict[int, Chest]:
        """The purses, by member, with the lots and holds that are due; `heads` are the members' (entries, head)."""
        chests = {member_id: Chest(member_id, *head) for member_id, head in heads.items()}
        for member_id, wallet, *kept in self.found:
            chest = chests[member_id]
            figures, lot = kept[:_WIDTH], kept[_WIDTH:]
            purse = chest.purses.get(wallet)
            if purse is None:
                purse = chest.purses[wallet] = Purse(wallet, chest.log, *figures)
            if lot[0] is not None:
                purse.lots[lot[0]] = Lot(*lot)
        if any(purse.held for chest in chests.values() for purse in chest.purses.values()):
            _add_holds(self.conn, chests, self.asked, whole=False)
        return chests


def open_purses(
    conn: Connection,
    uptos: Mapping[int, datetime],
    heads: Mapping[int, tuple[int, bytes]],
    events: Iterable[tuple[int, int]] = (),
) -> dict[int, Chest]:
    """The purses of members with all of their open lots, and every lot that some (member, event) made."""
    asked = columns(list(uptos.items()))
    made = list(events)
    with conn.pipeline():
        balances = conn.execute(_BALANCES, asked[:1])
        lots = conn.execute(_OPEN, [asked[0], array(one for one, _ in made), array(event for _, event in made)])
    chests = _chests(balances, heads)
    _fill(chests, lots)
    if any(purse.held for chest in chests.values() for purse in chest.purses.values()):
        _add_holds(conn, chests, asked, whole=True)
    return chests


def add_lots(conn: Connection, chests: dict[int, Chest], events: Iterable[tuple[int, int]]) -> None:
    """Add the lots that some (member, event) made to purses that were read with their open lots alone."""
    made = list(events)
    if made:
        found = conn.execute(_OPEN, ["{}", array(one for one, _ in made), array(event for _, event in made)])
        for member_id, wallet, *lot in found:
            chests[member_id].purse(wallet).lots.setdefault(lot[0], Lot(*lot))


def _chests(balances: Cursor, heads: Mapping[int, tuple[int, bytes]]) -> dict[int, Chest]:
    chests = {member_id: Chest(member_id, *head) for member_id, head in heads.items()}
    for member_id, wallet, *figures in balances:
        chest = chests[member_id]
        chest.purses[wallet] = Purse(wallet, chest.log, *figures)
    return chests


def _fill(chests: dict[int, Chest], lots: Cursor) -> None:
    for member_id, wallet, *lot in lots:
        chests[member_id].purse(wallet).lots[lot[0]] = Lot(*lot)


def _add_holds(conn: Connection, chests: dict[int, Chest], asked: Sequence[str], *, whole: bool) -> None:
    """Add the holds that are due; their lots must be there too, which a purse that was not read whole may lack."""
    found = conn.execute(_HOLDS, asked).fetchall()
    if found and not whole:
        _fill(chests, conn.execute(_OPEN, [asked[0], "{}", "{}"]))
    for member_id, wallet, id_, until, lots, amounts in found:
        parts = tuple((lot, amount) for lot, amount in zip(lots, amounts, strict=True) if amount)
        chests[member_id].purse(wallet).holds.append(Held(id_, until, parts))


class Changes(NamedTuple):
    """The rows that changes in purses come to, in the columns of the statements above."""

    entries: Rows
    lots: Rows
    balances: Rows
    lapsed: Rows
    turns: Rows
    """Wallets that lapse at another time than before."""


def changes(chests: Iterable[Chest], now: datetime) -> Changes:
    """What changed in some purses, told once: continues the chests' chains and forgets their log."""
    entries, lots, kept, lapsed, turns = Changes([], [], [], [], [])
    for chest in chests:
        entries += _entries(chest, now)
        moved = {move.wallet for move in chest.log}
        changed = {(move.wallet, move.lot.id): move.lot for move in chest.log if move.lot is not None}
        lots += [_lot(chest.member_id, wallet, lot) for (wallet, _), lot in changed.items()]
        for wallet, purse in chest.purses.items():
            if wallet in moved or purse.touched:
                kept.append(_balance(chest.member_id, purse))
                lapsed += [(chest.member_id, hold) for hold in purse.lapsed]
                if purse.turned:
                    turns.append((chest.member_id, wallet, purse.lapses_at))
                purse.lapsed, purse.touched, purse.turned = [], False, False
        chest.log.clear()
    return Changes(entries, lots, kept, lapsed, turns)


def writes(club_id: int, rows: Changes, now: datetime) -> list[Statement]:
    """What writes entries, lots, balances, lapsed holds and when wallets lapse. The new heads are the caller's."""
    asked: tuple[tuple[str, list[Any], Rows], ...] = (
        (_ENTRIES, [club_id, now], rows.entries),
        (_LOTS, [club_id], rows.lots),
        (_KEEP, [club_id], rows.balances),
        (_LAPSED, [], rows.lapsed),
        (_TURNS, [now, club_id], rows.turns),
    )
    return [(text, [*first, *columns(its)]) for text, first, its in asked if its]


def write(conn: Connection, club_id: int, chests: Iterable[Chest], now: datetime) -> None:
    """Write what changed in some purses; continues the chests' chains.

    The chains' new heads are left to the caller, who may have more to write of the member.
    """
    for text, params in writes(club_id, changes(chests, now), now):
        conn.execute(text, params)


def write_heads(conn: Connection, chests: Iterable[Chest]) -> None:
    """Keep the heads of chains that have grown, where nothing else of the members is written."""
    rows = [(chest.member_id, chest.entries, chest.head) for chest in chests]
    if rows:
        conn.execute(_HEADS, columns(rows))


def _entries(chest: Chest, now: datetime) -> Rows:
    rows: Rows = []
    member_id, n, head = chest.member_id, chest.entries, chest.head
    for (event_id, at, version, article), wallet, source, target, amount, lot in chest.log:
        n += 1
        lot_id = lot.id if lot else None
        head = link(head, member_id, n, event_id, wallet, source, target, amount, lot_id, version, article, at, now)
        rows.append((member_id, n, event_id, wallet, source, target, amount, lot_id, version, article, at, head))
    chest.entries, chest.head = n, head
    return rows


def _lot(member_id: int, wallet: str, lot: Lot) -> tuple[Any, ...]:
    return (
        member_id,
        lot.id,
        wallet,
        lot.earned_at,
        lot.matures_at,
        lot.expires_at,
        lot.pending,
        lot.available,
        lot.held,
        lot.expired,
    )


def _balance(member_id: int, purse: Purse) -> tuple[Any, ...]:
    return (
        member_id,
        purse.wallet,
        purse.pending,
        purse.available,
        purse.held,
        purse.debt,
        purse.earned,
        purse.spent,
        purse.expired,
        purse.forgiven,
        purse.other,
        purse.active_at,
        purse.lapses_at,
    )
