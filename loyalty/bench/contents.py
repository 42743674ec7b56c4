"""What a club's tables hold, told so that two clubs can be compared: by receipts and members' names, not by numbers."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import psycopg

from loyalty.ledger.chain import link
from loyalty.ledger.lots import PLACES

FROM: Final = """
    FROM {table} t JOIN identifier i ON i.member_id = t.member_id AND i.kind = 'external_id'
    LEFT JOIN receipt r ON r.event_id = {event} {more}
    WHERE i.club_id = %s
"""


class Told(NamedTuple):
    """What is told of a table's rows: the columns beside the member's name and the event's receipt."""

    columns: str
    figure: str = "0"
    event: str = "t.event_id"
    more: str = ""
    table: str = ""


TABLES: Final = {
    "member": Told(
        "t.status, t.joined_at, t.seq, t.tier, t.tier_since, t.latest_at, t.entries",
        event="NULL",
        table="(SELECT id AS member_id, * FROM member)",
    ),
    "receipt": Told("t.store_id IS NULL, t.digest"),
    "purchase": Told(
        "t.receipt, t.occurred_at, t.day, t.gross, t.net, t.lines, t.extra, t.version, t.ruling", "t.net", "t.id"
    ),
    "entry": Told(
        f"t.n, t.wallet, t.source, t.target, t.amount, mod(t.lot, {PLACES}), t.lot / {PLACES} = t.event_id, t.version,"
        " t.article, t.occurred_at",
        "t.amount",
    ),
    "lot": Told(
        f"mod(t.id, {PLACES}), t.wallet, t.earned_at, t.matures_at, t.expires_at, t.pending, t.available, t.held,"
        " t.expired",
        "t.available",
        f"t.id / {PLACES}",
    ),
    "balance": Told(
        "t.wallet, t.pending, t.available, t.held, t.debt, t.earned, t.spent, t.expired, t.forgiven, t.other,"
        " t.active_at, t.lapses_at",
        "t.available",
        "NULL",
    ),
    "counter_sum": Told(
        "c.digest, t.grain, t.start, t.label, t.value, t.reached_at",
        "t.value",
        "NULL",
        "JOIN counter c ON c.id = t.counter_id",
    ),
    "badge_level": Told("t.code, t.level, t.earned_at"),
    "tier_move": Told("t.at, t.from_tier, t.to_tier, t.version"),
    "outbox": Told(
        "t.type, t.data - 'event' - 'events', ARRAY(SELECT receipt FROM receipt, jsonb_array_elements_text("
        "t.data -> 'events') AS its (id) WHERE event_id = its.id::bigint ORDER BY receipt), t.attempts",
        event="(t.data ->> 'event')::bigint",
    ),
}
"""The rows that a purchase leaves, without the instants of recording and without numbers that the order decides.

Digests of entries are taken of both, and differ: that each continues its member's chain is seen by `unchained`.
"""

Held = dict[str, tuple[int, int, str]]

_CHAIN: Final = """
    SELECT member_id, n, event_id, wallet, source, target, amount, lot, version, article, occurred_at, posted_at, digest
    FROM entry WHERE club_id = %s ORDER BY member_id, n
"""


def contents(conn: psycopg.Connection[Any], club_id: int) -> Held:
    """By table: how many rows, the sum of its figure (0 where it has none), and a digest of all that they hold."""
    held: Held = {}
    for name, told in TABLES.items():
        source = FROM.format(table=told.table or name, event=told.event, more=told.more)
        row = conn.execute(
            "SELECT count(*), coalesce(sum(figure), 0)::bigint, md5(string_agg(said, chr(10) ORDER BY said))"  # noqa: S608
            f" FROM (SELECT {told.figure} AS figure, (i.value, r.receipt, {told.columns})::text AS said {source}) row",
            [club_id],
        ).fetchone()
        assert row
        held[name] = (row[0], row[1], row[2])
    return held


def unchained(conn: psycopg.Connection[Any], club_id: int) -> int:
    """How many entries do not continue their member's chain, and how many members do not have its head."""
    heads: dict[int, bytes] = {}
    wrong: list[int] = []
    for member_id, *said, digest in conn.execute(_CHAIN, [club_id]):
        if digest != link(heads.get(member_id, b""), member_id, *said):
            wrong.append(member_id)
        heads[member_id] = digest
    for member_id, head in conn.execute("SELECT id, head FROM member WHERE club_id = %s", [club_id]):
        if head != heads.get(member_id, b""):
            wrong.append(member_id)
    return len(wrong)


def differences(ours: Held, its: Held) -> list[str]:
    """The tables in which two clubs differ, with counts and sums of both."""
    return [f"{table}: {ours[table]} and {its[table]}" for table in ours if ours[table] != its[table]]
