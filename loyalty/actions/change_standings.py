"""Change members' standings, and let wallets lapse as articles say, in the transaction that judged them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from loyalty import outbox
from loyalty.actions.forfeit_points import Lost, forfeit
from loyalty.cases import Case
from loyalty.gather import Locked, lock
from loyalty.playing import leaves_club
from loyalty.rules import Bylaws
from loyalty.versions import Connection, Programme


def change_standings(conn: Connection, terms: Programme, cases: Sequence[Case], now: datetime) -> None:
    """Do what the rulings of cases that are written say about standings and wallets, in their order."""
    lost: Lost = []
    for case in cases:
        ruling = case.ruling
        assert ruling
        member = lock(conn, terms.club_id, [case.member_id])[case.member_id]
        at, why = case.event.occurred_at, _why(case.bylaws, ruling.status, ruling.forfeits)
        wallets = set(ruling.forfeits)
        if ruling.status and ruling.status != member.status:
            note_standing(conn, terms.club_id, member, ruling.status, why, f"bylaws:{ruling.version}", at)
            if case.bylaws.membership[ruling.status].wallets == "forfeit":
                wallets |= case.bylaws.wallets.keys()
        if wallets:
            lost += forfeit(conn, terms.club_id, {member.id: member}, why, at, wallets, because_of=case.id)
    if lost:
        outbox.send("points.expired", terms.club_id, lost, now)


def _why(bylaws: Bylaws, status: str | None, forfeits: Sequence[str]) -> str:
    """The numbers and titles of the articles that say so."""
    articles = [its for its in bylaws.articles if status in its.statuses or set(forfeits) & set(its.forfeits)]
    return ", ".join(f"{its.no} ({its.title.fa})" for its in articles)


_PLAY_ON: Final = ("active", "suspended")
"""Standings in which a member keeps a place in a team."""


def note_standing(
    conn: Connection, club_id: int, member: Locked, status: str, reason: str | None, by: str | None, now: datetime
) -> None:
    """Put a locked member into another standing, and keep which it was until now."""
    conn.execute("UPDATE member SET status = %s WHERE id = %s", [status, member.id])
    conn.execute(
        "INSERT INTO standing_change (member_id, club_id, at, from_status, to_status, reason, by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        [member.id, club_id, now, member.status, status, reason, by],
    )
    if status not in _PLAY_ON:
        leaves_club(conn, club_id, member.id, now)
