"""What actions on teams have in common: the terms in force, the team under lock, and telling who shows it."""

from __future__ import annotations

from datetime import date, datetime

from loyalty import outbox
from loyalty.errors import Conflict, NotFound
from loyalty.gamification import teams
from loyalty.gamification.teams import Team
from loyalty.hands import locked, refuse_gone
from loyalty.rules.teams import Teams
from loyalty.values import Text
from loyalty.versions import Connection, Programme, programme


def terms_of(conn: Connection, club_id: int, now: datetime) -> tuple[Programme, Teams]:
    """The club's programme and what its bylaws in force say of teams.

    Raises:
        Conflict: they have none.
    """
    terms = programme(conn, club_id)
    found = terms.at(now).game.teams
    if found is None:
        raise Conflict(Text("This club has no teams.", "این باشگاه تیم ندارد."))
    return terms, found


def team_of(conn: Connection, club_id: int, team_id: int) -> Team:
    """A team that plays, locked.

    Raises:
        NotFound: there is none.
    """
    team = teams.locked(conn, club_id, team_id)
    if team is None or team.ended_at is not None:
        raise NotFound(Text("There is no such team.", "چنین تیمی نیست."))
    return team


def player(conn: Connection, club_id: int, member_id: int) -> None:
    """Lock a member who may play.

    Raises:
        NotFound: the club has no such member.
        Conflict: the member is gone, or not active.
    """
    [member] = locked(conn, club_id, [member_id]).values()
    refuse_gone(conn, member)
    if member.status != "active":
        raise Conflict(Text("Only active members play in teams.", "تنها اعضای فعال در تیم بازی می‌کنند."))


def today(terms: Programme, now: datetime) -> date:
    """The club's local day."""
    return terms.calendar.moment(now).day


def tell(club_id: int, team_id: int, now: datetime) -> None:
    """Let boards follow a change of who is in a team."""
    outbox.send("team.changed", club_id, [(None, {"team": team_id})], now)


def leaves_club(conn: Connection, club_id: int, member_id: int, now: datetime) -> None:
    """Let a locked member who is no longer of the club leave the team they are in, if any."""
    found = teams.of_member(conn, member_id)
    team = teams.locked(conn, club_id, found.id) if found else None
    if team and teams.leave(conn, team, member_id, today(programme(conn, club_id), now), now):
        tell(club_id, team.id, now)
