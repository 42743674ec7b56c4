"""After returns under `returns: at_review`: look at the badges of those who returned something, at the day's end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from loyalty import outbox
from loyalty.arrays import array, columns
from loyalty.config import settings
from loyalty.gather import heads, lock
from loyalty.handing import hand_out
from loyalty.ledger import purses
from loyalty.merged import lines
from loyalty.sold import read_sold, write_states
from loyalty.stand_anew import Anew, stand_anew
from loyalty.tiers import Moved, message
from loyalty.versions import Connection, Programme

_OWN: Final = """
    SELECT returned.id, returned.member_id, returned.purchase_id, returned.occurred_at
    FROM unnest(%s::bigint[], %s::timestamptz[]) AS asked (member_id, upto)
    JOIN purchase_return returned ON returned.club_id = %s AND returned.member_id = asked.member_id
        AND NOT returned.settled AND returned.occurred_at < asked.upto
"""
_SETTLED: Final = "UPDATE purchase_return SET settled = true WHERE id = ANY(%s::bigint[])"


def settle_returns(
    conn: Connection, terms: Programme, uptos: Mapping[int, datetime], now: datetime
) -> list[Moved] | None:
    """Settle the returns of members before a midnight each, in an open transaction; None if there are none.

    Answers how tiers moved: what follows from that is left to the caller.
    """
    found = conn.execute(_OWN, [*columns(list(uptos.items())), terms.club_id]).fetchall()
    if not found:
        return None
    line_of = lines(conn, uptos)
    sold = read_sold(conn, terms, {purchase_id for _, _, purchase_id, _ in found})
    asked: dict[int, Anew] = {}
    for _, member_id, purchase_id, at in found:
        midnight = _midnight_after(terms, at)
        anew = asked.setdefault(line_of[member_id][-1], Anew(midnight, None))
        anew.at = max(anew.at, midnight)
        anew.returned.append(sold[purchase_id])
    members = lock(conn, terms.club_id, asked)
    events = {(id_, its.id) for id_, anew in asked.items() for its in anew.returned}
    chests = purses.open_purses(conn, {id_: its.at for id_, its in asked.items()}, heads(members), events)
    for id_, chest in chests.items():
        chest.settle(asked[id_].at)
    before = {its.id: its.awards for its in sold.values()}
    looked_at = stand_anew(conn, terms, members, chests, asked, sold)
    hand_out(conn, terms, chests, now, settings().secret_key)
    changed = [its for its in sold.values() if its.awards != before.get(its.id, its.given)]
    with conn.pipeline():
        purses.write(conn, terms.club_id, chests.values(), now)
        purses.write_heads(conn, chests.values())
        conn.execute(_SETTLED, [array(id_ for id_, _, _, _ in found)])
        write_states(conn, changed)
    _send(terms, asked, now)
    return looked_at


def _midnight_after(terms: Programme, at: datetime) -> datetime:
    """The end of an instant's local day, when its review was due."""
    return terms.calendar.instant(terms.calendar.next_start("day", terms.calendar.moment(at).day))


def _send(terms: Programme, asked: Mapping[int, Anew], now: datetime) -> None:
    lost = [
        (id_, {"wallet": wallet, "amount": amount})
        for id_, anew in asked.items()
        for wallet, amount in anew.taken.reversed.items()
    ]
    moved = [
        (id_, message(terms.at(its.at, id_), *its.tier, its.at, None))
        for id_, its in asked.items()
        if its.tier[0] != its.tier[1]
    ]
    for type_, told in (("points.reversed", lost), ("tier.changed", moved)):
        if told:
            outbox.send(type_, terms.club_id, told, now)
