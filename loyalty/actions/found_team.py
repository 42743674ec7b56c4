"""Found a team; whoever does is its captain and first member."""

from __future__ import annotations

from datetime import datetime

from loyalty import outbox
from loyalty.db import retried, transaction
from loyalty.errors import Conflict, Fault
from loyalty.gamification import teams
from loyalty.playing import player, tell, terms_of, today
from loyalty.rules import MemberRef
from loyalty.values import Text
from loyalty.whose import named


def found_team(club_id: int, name: str, captain: MemberRef, now: datetime) -> int:
    """Found a team; answers its number.

    Raises:
        NotFound: there is no such member.
        Conflict: the club has no teams; the member is gone, not active, or in a team; a team of that name plays.
    """
    found = _found(club_id, name, captain, now)
    outbox.wake()
    return found


@retried
def _found(club_id: int, name: str, captain: MemberRef, now: datetime) -> int:
    with transaction() as conn:
        terms, _ = terms_of(conn, club_id, now)
        member_id = named(conn, club_id, captain, "/captain")
        player(conn, club_id, member_id)
        team = teams.found(conn, club_id, name, member_id, now)
        if team is None:
            taken = Text("A team of this name plays already.", "تیمی با این نام هم‌اکنون بازی می‌کند.")
            raise Conflict(taken, [Fault("/name", taken)])
        if not teams.join(conn, team, member_id, today(terms, now), now):
            raise Conflict(Text("The member is in a team already.", "عضو هم‌اکنون در تیمی هست."))
        tell(club_id, team.id, now)
        return team.id
