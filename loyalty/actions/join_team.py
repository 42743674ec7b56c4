"""Join a team: whoever wants where it is open, who is invited, or whom the club puts there."""

from __future__ import annotations

from datetime import datetime

from loyalty import outbox
from loyalty.db import retried, transaction
from loyalty.errors import Conflict, LimitReached
from loyalty.formats import number
from loyalty.gamification import teams
from loyalty.playing import player, team_of, tell, terms_of, today
from loyalty.rules import MemberRef
from loyalty.values import Text
from loyalty.whose import named


def join_team(club_id: int, team_id: int, ref: MemberRef, now: datetime, *, by_club: bool = False) -> int:
    """Let a member join a team; answers the member's id. `by_club` says that it is not the member's own wish.

    Raises:
        NotFound: there is no such team or member.
        Conflict: the club has no teams; the member is gone, not active, in a team, or not invited to this one; members
            do not join by themselves here.
        LimitReached: the team is full.
    """
    found = _join(club_id, team_id, ref, now, by_club)
    outbox.wake()
    return found


@retried
def _join(club_id: int, team_id: int, ref: MemberRef, now: datetime, by_club: bool) -> int:
    with transaction() as conn:
        terms, its = terms_of(conn, club_id, now)
        member_id = named(conn, club_id, ref, "/member")
        player(conn, club_id, member_id)
        team = team_of(conn, club_id, team_id)
        invited = teams.uninvite(conn, team.id, member_id)
        if its.join == "invited" and not invited:
            raise Conflict(Text("The team has not invited this member.", "تیم این عضو را دعوت نکرده است."))
        if its.join == "assigned" and not by_club:
            raise Conflict(Text("The club puts members into teams.", "باشگاه اعضا را در تیم‌ها جای می‌دهد."))
        if teams.size(conn, team.id) >= its.most:
            full = Text("A team has at most {n} members.", "هر تیم حداکثر {n} عضو دارد.")
            raise LimitReached(full.with_(n=Text(str(its.most), number(its.most, "fa"))))
        if not teams.join(conn, team, member_id, today(terms, now), now):
            raise Conflict(Text("The member is in a team already.", "عضو هم‌اکنون در تیمی هست."))
        tell(club_id, team.id, now)
        return member_id
