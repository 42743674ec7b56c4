"""Look whether members have completed a set, by what came or by a trade, and give them what it gives, once."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from loyalty import outbox
from loyalty.actions.record_events import record
from loyalty.arrays import array
from loyalty.db import retried, transaction
from loyalty.gather import lock
from loyalty.rules import Event, MemberRef
from loyalty.rules.sets import Collection, set_prize
from loyalty.rules.things import PIECES
from loyalty.rules.winning import PRIZE
from loyalty.versions import Connection, programme

_HAD: Final = """
    SELECT member_id, wallet, available FROM balance
    WHERE member_id = ANY(%s::bigint[]) AND starts_with(wallet, %s) AND available > 0
"""
_DONE: Final = """
    INSERT INTO set_done (member_id, collection, club_id, completed_at) VALUES (%s, %s, %s, %s)
    ON CONFLICT DO NOTHING
"""


def complete_sets(club_id: int, members: Iterable[int], now: datetime) -> int:
    """Look at some members; answers how many sets were completed."""
    done = _complete(club_id, sorted(set(members)), now)
    if done:
        outbox.wake()
    return done


@retried
def _complete(club_id: int, members: list[int], now: datetime) -> int:
    with transaction() as conn:
        terms = programme(conn, club_id)
        sets = terms.at(now).game.sets
        whole = {member_id for member_id, had in pieces(conn, members).items() if _any(sets, had)} if sets else set()
        if not whole:
            return 0
        # Under lock it is looked at once more: a piece may have gone meanwhile.
        locked = lock(conn, club_id, sorted(whole))
        events = []
        for member_id, had in pieces(conn, sorted(locked)).items():
            bylaws = terms.at(now, member_id)
            if locked[member_id].gone or not bylaws.membership[locked[member_id].status].earns:
                continue
            for code, its in bylaws.game.sets.items():
                if its.complete(code, had) and conn.execute(_DONE, [member_id, code, club_id, now]).rowcount:
                    events.append(_won(member_id, code, bylaws.version, now))
        for outcome in record(conn, club_id, events, now) if events else ():
            if outcome.problem is not None:
                raise outcome.problem
        return len(events)


def pieces(conn: Connection, members: Iterable[int]) -> dict[int, dict[str, int]]:
    """What members have of pieces, by wallet."""
    found: dict[int, dict[str, int]] = {}
    for member_id, wallet, available in conn.execute(_HAD, [array(members), PIECES]):
        found.setdefault(member_id, {})[wallet] = available
    return found


def _any(sets: dict[str, Collection], had: dict[str, int]) -> bool:
    return any(its.complete(code, had) for code, its in sets.items())


def _won(member_id: int, code: str, version: int, now: datetime) -> Event:
    told = {"prize": set_prize(code), "version": version}
    return Event(PRIZE, now, f"{PRIZE}:set:{code}:{member_id}", member=MemberRef("id", str(member_id)), attributes=told)
