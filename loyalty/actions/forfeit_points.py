"""Let all that members have go: what is pending or available expires, at once and by an event of its own."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import UTC, datetime
from typing import Final

from loyalty.arrays import columns
from loyalty.gather import Locked, heads
from loyalty.hands import expired
from loyalty.ledger import purses
from loyalty.ledger.lots import Cause
from loyalty.ledger.purses import open_purses
from loyalty.versions import Connection

_LAST: Final = datetime(9999, 1, 1, tzinfo=UTC)
"""Every open hold lapses before it."""
_ADJUSTMENTS: Final = """
    INSERT INTO adjustment (member_id, id, club_id, kind, wallet, amount, reason, recorded_at, because_of)
    SELECT member_id, id, %s, 'forfeit', wallet, amount, %s, %s, %s
    FROM unnest(%s::bigint[], %s::bigint[], %s::text[], %s::bigint[]) AS lost (member_id, id, wallet, amount)
"""

Lost = list[tuple[int, dict[str, object]]]
"""What members lose, each by wallet and event, as messages tell it."""


def forfeit(
    conn: Connection,
    club_id: int,
    locked: Mapping[int, Locked],
    reason: str,
    now: datetime,
    only: Collection[str] | None = None,
    because_of: int | None = None,
) -> Lost:
    """Let every open lot of locked members expire at an instant, inside a transaction that is open already.

    What fell due by then is done first, and open holds are released. Answers all that expired; `only` names wallets,
    `because_of` is the event whose articles say so.
    """
    chests = open_purses(conn, dict.fromkeys(locked, _LAST), heads(locked))
    lost: Lost = []
    rows: list[tuple[int, int, str, int]] = []
    for member_id, chest in chests.items():
        chest.settle(now)
        event = next_event(conn)
        for wallet, purse in chest.purses.items():
            if only is not None and wallet not in only:
                continue
            before = purse.expired
            purse.forfeit(Cause(event, now))
            if gone := purse.expired - before:
                rows.append((member_id, event, wallet, -gone))
        lost += [(member_id, said) for said in expired(chest)]
    with conn.pipeline():
        purses.write(conn, club_id, chests.values(), now)
        purses.write_heads(conn, chests.values())
        if rows:
            conn.execute(_ADJUSTMENTS, [club_id, reason, now, because_of, *columns(rows)])
    return lost


def next_event(conn: Connection) -> int:
    """The number of an event that is no purchase."""
    row = conn.execute("SELECT nextval('event_id')").fetchone()
    assert row
    number: int = row[0]
    return number
