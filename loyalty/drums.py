"""Whose tickets are in a draw: by their lots, for members for whom the raffle's condition holds at its last instant."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import islice
from typing import Final

from loyalty.arrays import array
from loyalty.db import Overtaken
from loyalty.gather import LOCKED, Locked
from loyalty.merged import lines
from loyalty.models.ledger import OF_TICKETS
from loyalty.rewards.draws import Draw
from loyalty.rules.things import TICKETS
from loyalty.standing_facts import standing_facts
from loyalty.versions import Connection, Programme

BATCH: Final = 500
"""Members who are looked at together."""

_HAD: Final = f"""
    WITH had AS (
        SELECT member_id, sum(pending + available + held + expired)::bigint AS tickets, min(earned_at) AS since
        FROM lot WHERE club_id = %(club)s AND wallet = %(wallet)s AND expires_at = %(ends)s AND {OF_TICKETS}
        GROUP BY member_id
    )
    SELECT member_id, tickets + coalesce((
        SELECT sum(amount) FROM adjustment
        WHERE adjustment.member_id = had.member_id AND wallet = %(wallet)s AND kind = 'forfeit'
            AND recorded_at BETWEEN since AND %(ends)s
    ), 0)::bigint FROM had
"""  # noqa: S608 - constants
"""What had ended by itself when this is asked was there at the last instant; what was forfeited before was not."""
_LEFT: Final = f"""
    SELECT coalesce(sum(pending + available + held), 0)::bigint FROM lot
    WHERE club_id = %s AND wallet = %s AND expires_at = %s AND {OF_TICKETS}
"""  # noqa: S608 - constants
_OWN: Final = f"""
    SELECT coalesce(sum(pending + available + held), 0)::bigint FROM lot
    WHERE member_id = %s AND wallet = %s AND expires_at = %s AND {OF_TICKETS}
"""  # noqa: S608 - constants
_MEMBERS: Final = f"SELECT merged_into IS NOT NULL, {LOCKED} FROM member WHERE id = ANY(%s::bigint[])"  # noqa: S608
_ERASED: Final = "SELECT id FROM member WHERE id = ANY(%s::bigint[]) AND erased_at IS NOT NULL"


def holders(conn: Connection, terms: Programme, draw: Draw) -> dict[int, int]:
    """By member: the tickets that take part, of all that are recorded by now. Whoever was merged is the survivor.

    Raises:
        Overtaken: somebody was merged meanwhile.
    """
    asked = {"club": terms.club_id, "wallet": TICKETS + draw.raffle, "ends": draw.ends_at}
    had = [(id_, tickets) for id_, tickets in conn.execute(_HAD, asked) if tickets > 0]
    now = lines(conn, (id_ for id_, _ in had))
    whole: Counter[int] = Counter()
    for id_, tickets in had:
        whole[now[id_][-1]] += tickets
    ids = iter(sorted(whole))
    taking: dict[int, int] = {}
    while some := list(islice(ids, BATCH)):
        taking |= {id_: whole[id_] for id_ in _taking_part(conn, terms, draw, some)}
    return taking


def _taking_part(conn: Connection, terms: Programme, draw: Draw, ids: Sequence[int]) -> Iterable[int]:
    """Of some members those who may win: by their standing, and by the raffle's condition.

    Raises:
        Overtaken: one of them was merged into another since it was told who goes on for whom.
    """
    bylaws = terms.version(draw.version)
    found = conn.execute(_MEMBERS, [array(ids)]).fetchall()
    if any(merged for merged, *_ in found):
        raise Overtaken
    rows = {id_: Locked(id_, *rest) for _, id_, *rest in found}
    rows = {id_: row for id_, row in rows.items() if not row.gone and bylaws.membership[row.status].earns}
    condition = bylaws.game.raffles[draw.raffle].if_
    if condition is None or not rows:
        return rows
    facts = standing_facts(conn, terms, bylaws, rows, terms.calendar.moment(draw.ends_at))
    return [id_ for id_, its in facts.items() if condition.holds(its)]


def whose(conn: Connection, terms: Programme, draw: Draw) -> dict[int, int]:
    """Everybody whom a pseudonym may mean, and who goes on for them; whoever was erased is nobody."""
    asked = {"club": terms.club_id, "wallet": TICKETS + draw.raffle, "ends": draw.ends_at}
    found = lines(conn, (id_ for id_, _ in conn.execute(_HAD, asked)))
    last = {id_: line[-1] for line in found.values() for id_ in line}
    gone = {id_ for (id_,) in conn.execute(_ERASED, [array(set(last.values()))])}
    return {id_: who for id_, who in last.items() if who not in gone}


def in_all(conn: Connection, club_id: int, raffle: str, ends_at: datetime) -> int:
    """How many tickets there are of a draw to come."""
    row = conn.execute(_LEFT, [club_id, TICKETS + raffle, ends_at]).fetchone()
    return int(row[0]) if row else 0


def of_member(conn: Connection, member_id: int, raffle: str, ends_at: datetime) -> int:
    """How many of them a member has."""
    row = conn.execute(_OWN, [member_id, TICKETS + raffle, ends_at]).fetchone()
    return int(row[0]) if row else 0
