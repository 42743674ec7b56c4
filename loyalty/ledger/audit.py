"""The audit: members' chains verified step by step and against seals, seals against each other and a copy outside.

Each entry is proven from the digest kept before it. Where no step differs, the whole chain is the one reckoned from its
first entry. Figures are another matter: `loyalty.ledger.recount` proves those.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from loyalty.calendars import Calendar
from loyalty.ledger.flaws import Flaw
from loyalty.ledger.outside import Line, outside_flaws
from loyalty.ledger.seals import seal_flaws, seals_of
from loyalty.versions import Connection

BATCH: Final = 1000
"""Members whose chains are verified by one statement: what it sorts, and what is read of it, is bounded by them."""

SAID: Final = """convert_to(concat_ws('|', member_id, n, event_id, wallet, source, target, amount,
        coalesce(lot::text, ''), coalesce(version::text, ''), coalesce(article, ''),
        (extract(epoch FROM occurred_at) * 1000000)::bigint,
        (extract(epoch FROM posted_at) * 1000000)::bigint), 'UTF8')"""
"""What an entry's digest is taken of, after the digest before it: the text of `loyalty.ledger.chain.link`."""

_MEMBERS: Final = "SELECT id, entries FROM member WHERE club_id = %s AND id > %s ORDER BY id LIMIT %s"
_ENTRIES: Final = f"""
    SELECT what, is_kept, is_proven, member_id, place
    FROM (
        SELECT member_id, n, club_id, digest, lag(n, 1, 0::bigint) OVER chain + 1 AS next,
            sha256(lag(digest, 1, ''::bytea) OVER chain || {SAID}) AS proven
        FROM entry WHERE member_id = ANY(%(members)s)
        WINDOW chain AS (PARTITION BY member_id ORDER BY n)
    ) stepped
    CROSS JOIN LATERAL (VALUES
        ('gap', next, n::text, next::text, n <> next),
        ('digest', n, encode(digest, 'hex'), encode(proven, 'hex'), n = next AND digest <> proven),
        ('club', n, club_id::text, %(club)s::text, club_id <> %(club)s)
    ) AS flaw (what, place, is_kept, is_proven, found)
    WHERE (n <> next OR digest <> proven OR club_id <> %(club)s) AND found
    ORDER BY member_id, place
"""  # noqa: S608 - constants
"""After a gap an entry can't be proven: what it was reckoned from is missing."""
_ENDS: Final = """
    SELECT flaw.what, flaw.kept, flaw.proven, member.id, member.entries
    FROM member
    LEFT JOIN LATERAL (SELECT n, digest FROM entry WHERE member_id = member.id ORDER BY n DESC LIMIT 1) latest ON true
    CROSS JOIN LATERAL (VALUES
        ('entries', member.entries::text, coalesce(latest.n, 0)::text, member.entries <> coalesce(latest.n, 0)),
        ('head', encode(member.head, 'hex'), coalesce(encode(latest.digest, 'hex'), ''),
            member.head <> coalesce(latest.digest, ''))
    ) AS flaw (what, kept, proven, found)
    WHERE member.id = ANY(%(members)s) AND flaw.found
    ORDER BY member.id, flaw.what
"""
_SEALED: Final = """
    SELECT 'sealed', coalesce(encode(found.digest, 'hex'), ''), encode(head, 'hex'), member_id, n, seal
    FROM sealed_head
    LEFT JOIN LATERAL (
        SELECT digest FROM entry WHERE member_id = sealed_head.member_id AND n = sealed_head.n LIMIT 1
    ) found ON true
    WHERE member_id = ANY(%(members)s) AND found.digest IS DISTINCT FROM head
    ORDER BY member_id, seal
"""
"""Here the seal is the proof, and the entry what is kept. LIMIT has each looked up instead of all entries hashed."""


@dataclass(slots=True)
class Audited:
    """How much an audit has looked at so far."""

    chains: int = 0
    """Members who have entries."""
    entries: int = 0
    seals: int = 0
    outside: int = 0
    """Lines kept outside that were compared."""


def audit(
    conn: Connection, club_id: int, calendar: Calendar, done: Audited, outside: Sequence[Line] = ()
) -> Iterator[Flaw]:
    """Every difference in a club's chains and seals, while `done` grows. Reads only; memory doesn't grow with the club.

    Purchases may go on meanwhile: each statement sees members' heads and entries together, as they are written.
    """
    for members in _batches(conn, club_id, done):
        for query in (_ENTRIES, _ENDS, _SEALED):
            for row in conn.execute(query, {"club": club_id, "members": members}):
                yield Flaw(*row)
    seals = seals_of(conn, club_id)
    done.seals, done.outside = len(seals), len(outside)
    yield from seal_flaws(conn, club_id, seals)
    yield from outside_flaws(calendar, seals, outside)


def _batches(conn: Connection, club_id: int, done: Audited) -> Iterator[list[int]]:
    last = 0
    while rows := conn.execute(_MEMBERS, [club_id, last, BATCH]).fetchall():
        _count(done, rows)
        last = rows[-1][0]
        yield [row[0] for row in rows]


def _count(done: Audited, rows: list[tuple[Any, ...]]) -> None:
    lengths = [entries for _, entries in rows if entries]
    done.chains += len(lengths)
    done.entries += sum(lengths)
