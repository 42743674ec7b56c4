"""Leave a team; the captain hands on to who has been there longest, and the last to leave ends it."""

from __future__ import annotations

from datetime import datetime

from loyalty import outbox
from loyalty.db import retried, transaction
from loyalty.errors import NotFound
from loyalty.gamification import teams
from loyalty.hands import locked
from loyalty.playing import team_of, tell, today
from loyalty.values import Text
from loyalty.versions import programme


def leave_team(club_id: int, team_id: int, member_id: int, now: datetime) -> None:
    """Let a member leave a team.

    Raises:
        NotFound: there is no such team, or the member is not in it.
    """
    _leave(club_id, team_id, member_id, now)
    outbox.wake()


@retried
def _leave(club_id: int, team_id: int, member_id: int, now: datetime) -> None:
    with transaction() as conn:
        locked(conn, club_id, [member_id])
        team = team_of(conn, club_id, team_id)
        if not teams.leave(conn, team, member_id, today(programme(conn, club_id), now), now):
            raise NotFound(Text("The member is not in this team.", "عضو در این تیم نیست."))
        tell(club_id, team.id, now)
