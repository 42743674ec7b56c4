"""Invite a member to a team; the invitation ends when the member joins, or turns it down."""

from __future__ import annotations

from datetime import datetime

from loyalty.db import retried, transaction
from loyalty.errors import Conflict, Forbidden
from loyalty.gamification import teams
from loyalty.playing import player, team_of, terms_of
from loyalty.rules import MemberRef
from loyalty.values import Text
from loyalty.whose import named


@retried
def invite_to_team(club_id: int, team_id: int, ref: MemberRef, now: datetime, *, by: int | None = None) -> int:
    """Invite a member to a team, on behalf of the member `by` or of the club; answers who was invited.

    Raises:
        NotFound: there is no such team or member.
        Forbidden: only the captain invites.
        Conflict: the club has no teams, or the member is gone, not active, or in this team.
    """
    with transaction() as conn:
        terms_of(conn, club_id, now)
        member_id = named(conn, club_id, ref, "/member")
        player(conn, club_id, member_id)
        team = team_of(conn, club_id, team_id)
        if by is not None and by != team.captain_id:
            raise Forbidden(Text("Only the captain invites.", "تنها کاپیتان دعوت می‌کند."))
        if any(member_id == other for other, _ in teams.members(conn, team.id)):
            raise Conflict(Text("The member is in this team.", "عضو در همین تیم است."))
        teams.invite(conn, team, member_id, now)
        return member_id


def turn_down(team_id: int, member_id: int) -> None:
    """Forget an invitation, whether there was one or not."""
    with transaction() as conn:
        teams.uninvite(conn, team_id, member_id)
