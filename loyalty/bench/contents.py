"""What a club's tables hold, told so that two clubs can be compared: by receipts and members' names, not by numbers."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

import psycopg

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
        "t.status, t.joined_at, t.seq, t.tier, t.tier_since, t.latest_at",
        event="NULL",
        table="(SELECT id AS member_id, * FROM member)",
    ),
    "receipt": Told("t.store_id IS NULL, t.digest"),
    "purchase": Told(
        "t.receipt, t.occurred_at, t.day, t.gross, t.net, t.lines, t.extra, t.version, t.ruling", "t.net", "t.id"
    ),
    "entry": Told("t.wallet, t.source, t.target, t.amount, t.version, t.article, t.occurred_at", "t.amount"),
    "balance": Told("t.wallet, t.available, t.earned", "t.available", "NULL"),
    "counter_sum": Told(
        "c.digest, t.grain, t.start, t.label, t.value, t.reached_at",
        "t.value",
        "NULL",
        "JOIN counter c ON c.id = t.counter_id",
    ),
    "badge_level": Told("t.code, t.level, t.earned_at"),
    "tier_move": Told("t.at, t.from_tier, t.to_tier, t.version"),
    "outbox": Told("t.type, t.data - '{event,events}'::text[], t.attempts", event="(t.data ->> 'event')::bigint"),
}
"""The rows that a purchase leaves, without the instants of recording and without numbers that the order decides."""

Held = dict[str, tuple[int, int, str]]


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


def differences(ours: Held, its: Held) -> list[str]:
    """The tables in which two clubs differ, with counts and sums of both."""
    return [f"{table}: {ours[table]} and {its[table]}" for table in ours if ours[table] != its[table]]
