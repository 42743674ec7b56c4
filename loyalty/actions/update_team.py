"""Call a team otherwise, or name another captain."""

from __future__ import annotations

from loyalty.db import retried, transaction
from loyalty.errors import Conflict, Fault, Invalid
from loyalty.gamification import teams
from loyalty.playing import team_of
from loyalty.rules import MemberRef
from loyalty.values import Text
from loyalty.whose import named


@retried
def update_team(club_id: int, team_id: int, name: str | None, captain: MemberRef | None) -> None:
    """Change a team's name, its captain, or both.

    Raises:
        NotFound: there is no such team or member.
        Conflict: another team of that name plays.
        Invalid: the new captain is not in the team.
    """
    with transaction() as conn:
        team = team_of(conn, club_id, team_id)
        if name is not None and not teams.rename(conn, team, name):
            taken = Text("A team of this name plays already.", "تیمی با این نام هم‌اکنون بازی می‌کند.")
            raise Conflict(taken, [Fault("/name", taken)])
        if captain is not None:
            member_id = named(conn, club_id, captain, "/captain")
            if all(member_id != other for other, _ in teams.members(conn, team.id)):
                raise Invalid.at("/captain", Text("The captain must be in the team.", "کاپیتان باید در تیم باشد."))
            teams.lead(conn, team, member_id)
