"""Teams as they are kept: who is in which, who was, and whom a team has invited."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any, Final, NamedTuple

import psycopg

from loyalty.arrays import array

Connection = psycopg.Connection[tuple[Any, ...]]

_COLUMNS: Final = "team.id, team.club_id, team.name, team.captain_id, team.created_at, team.ended_at"
_LOCK: Final = f"SELECT {_COLUMNS} FROM team WHERE club_id = %s AND id = %s FOR UPDATE"  # noqa: S608 - constants
_ONE: Final = f"SELECT {_COLUMNS} FROM team WHERE club_id = %s AND id = %s"  # noqa: S608 - constants
_PAGE: Final = f"""
    SELECT {_COLUMNS} FROM team WHERE club_id = %s AND ended_at IS NULL AND id > %s ORDER BY id LIMIT %s
"""  # noqa: S608 - constants
_OF: Final = f"""
    SELECT {_COLUMNS} FROM team JOIN team_member its ON its.team_id = team.id
    WHERE its.member_id = %s AND its.left_at IS NULL
"""  # noqa: S608 - constants
_FOUND: Final = f"""
    INSERT INTO team (club_id, name, captain_id, created_at) VALUES (%s, %s, %s, %s)
    ON CONFLICT DO NOTHING RETURNING {_COLUMNS}
"""  # noqa: S608 - constants
_JOIN: Final = """
    INSERT INTO team_member (member_id, joined_at, team_id, joined_on) VALUES (%s, %s, %s, %s)
    ON CONFLICT (member_id) WHERE left_at IS NULL DO NOTHING
"""
_LEAVE: Final = """
    UPDATE team_member SET left_at = greatest(%s, joined_at), left_on = greatest(%s, joined_on)
    WHERE member_id = %s AND team_id = %s AND left_at IS NULL
"""
_MEMBERS: Final = """
    SELECT its.member_id, its.joined_at FROM team_member its
    WHERE team_id = %s AND left_at IS NULL ORDER BY joined_at, its.member_id
"""
_COUNT: Final = "SELECT count(*) FROM team_member WHERE team_id = %s AND left_at IS NULL"
_INVITE: Final = """
    INSERT INTO team_invitation (member_id, team_id, invited_at) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING
"""
_INVITED: Final = "DELETE FROM team_invitation WHERE member_id = %s AND team_id = %s"
_INVITATIONS: Final = f"""
    SELECT {_COLUMNS} FROM team JOIN team_invitation its ON its.team_id = team.id
    WHERE its.member_id = %s AND team.ended_at IS NULL ORDER BY its.invited_at DESC, team.id
"""  # noqa: S608 - constants
_END: Final = "UPDATE team SET ended_at = %s WHERE id = %s"
_FORGET: Final = "DELETE FROM team_invitation WHERE team_id = %s"
_CAPTAIN: Final = "UPDATE team SET captain_id = %s WHERE id = %s"
_RENAME: Final = """
    UPDATE team SET name = %(name)s WHERE id = %(team)s AND NOT EXISTS (
        SELECT FROM team other WHERE other.club_id = %(club)s AND lower(other.name) = lower(%(name)s)
            AND other.ended_at IS NULL AND other.id <> %(team)s
    )
"""
_NAMES: Final = "SELECT id, name FROM team WHERE id = ANY(%s::bigint[])"
_HEIR: Final = """
    SELECT its.member_id FROM team_member its JOIN member ON member.id = its.member_id
    WHERE team_id = %s AND left_at IS NULL AND its.member_id <> %s
    ORDER BY (member.status = 'active') DESC, its.joined_at, its.member_id LIMIT 1
"""
_AT: Final = """
    SELECT its.team_id, its.member_id FROM team_member its JOIN member ON member.id = its.member_id
    WHERE its.team_id = ANY(%s::bigint[]) AND its.joined_at <= %s AND (its.left_at IS NULL OR its.left_at > %s)
        AND member.status = 'active' AND member.merged_into IS NULL
    ORDER BY its.team_id, its.member_id
"""


class Team(NamedTuple):
    """A team as it is kept."""

    id: int
    club_id: int
    name: str
    captain_id: int
    created_at: datetime
    ended_at: datetime | None


def found(conn: Connection, club_id: int, name: str, captain_id: int, now: datetime) -> Team | None:
    """A new team; None where one of that name plays already."""
    row = conn.execute(_FOUND, [club_id, name, captain_id, now]).fetchone()
    return Team(*row) if row else None


def locked(conn: Connection, club_id: int, team_id: int) -> Team | None:
    """A team, locked: whoever joins or leaves meanwhile waits."""
    row = conn.execute(_LOCK, [club_id, team_id]).fetchone()
    return Team(*row) if row else None


def one(conn: Connection, club_id: int, team_id: int) -> Team | None:
    """A team."""
    row = conn.execute(_ONE, [club_id, team_id]).fetchone()
    return Team(*row) if row else None


def page(conn: Connection, club_id: int, after: int, most: int) -> list[Team]:
    """Teams that play, in the order of their founding."""
    return [Team(*row) for row in conn.execute(_PAGE, [club_id, after, most])]


def of_member(conn: Connection, member_id: int) -> Team | None:
    """The team that a member is in."""
    row = conn.execute(_OF, [member_id]).fetchone()
    return Team(*row) if row else None


def members(conn: Connection, team_id: int) -> list[tuple[int, datetime]]:
    """Who is in a team, and since when; the longest first."""
    return [(member_id, since) for member_id, since in conn.execute(_MEMBERS, [team_id])]


def size(conn: Connection, team_id: int) -> int:
    """How many are in a team."""
    row = conn.execute(_COUNT, [team_id]).fetchone()
    assert row
    return int(row[0])


def join(conn: Connection, team: Team, member_id: int, day: date, now: datetime) -> bool:
    """Let a member be in a team from a local day on; whether they were in no other."""
    conn.execute(_INVITED, [member_id, team.id])
    return conn.execute(_JOIN, [member_id, now, team.id, day]).rowcount == 1


def leave(conn: Connection, team: Team, member_id: int, day: date, now: datetime) -> bool:
    """Let a member be in a team no more from a local day on; the captain hands on to who has been there longest, and
    the last to leave ends it. Whether the member was in it."""
    if not conn.execute(_LEAVE, [now, day, member_id, team.id]).rowcount:
        return False
    row = conn.execute(_HEIR, [team.id, member_id]).fetchone()
    if row is None:
        conn.execute(_END, [now, team.id])
        conn.execute(_FORGET, [team.id])
    elif team.captain_id == member_id:
        conn.execute(_CAPTAIN, [row[0], team.id])
    return True


def invite(conn: Connection, team: Team, member_id: int, now: datetime) -> None:
    """Note that a team would like to have a member."""
    conn.execute(_INVITE, [member_id, team.id, now])


def uninvite(conn: Connection, team_id: int, member_id: int) -> bool:
    """Forget an invitation; whether there was one."""
    return conn.execute(_INVITED, [member_id, team_id]).rowcount == 1


def invitations(conn: Connection, member_id: int) -> list[Team]:
    """The teams that would like to have a member, the latest first."""
    return [Team(*row) for row in conn.execute(_INVITATIONS, [member_id])]


def lead(conn: Connection, team: Team, member_id: int) -> None:
    """Make a member the captain."""
    conn.execute(_CAPTAIN, [member_id, team.id])


def rename(conn: Connection, team: Team, name: str) -> bool:
    """Call a team otherwise; False where another of that name plays."""
    try:
        return conn.execute(_RENAME, {"name": name, "team": team.id, "club": team.club_id}).rowcount == 1
    except psycopg.errors.UniqueViolation:  # in the same moment; the caller's transaction is over
        return False


def names(conn: Connection, team_ids: Iterable[int]) -> dict[int, str]:
    """What teams are called."""
    return dict(conn.execute(_NAMES, [array(set(team_ids))]).fetchall())


def at(conn: Connection, team_ids: Iterable[int], instant: datetime) -> dict[int, list[int]]:
    """By team, its active members at an instant."""
    there: dict[int, list[int]] = {}
    for team_id, member_id in conn.execute(_AT, [array(team_ids), instant, instant]):
        there.setdefault(team_id, []).append(member_id)
    return there


def merge(conn: Connection, survivor: int, member_id: int, day: date, now: datetime) -> int | None:
    """Let a survivor take a merged member's place, unless they are in a team; the team that is concerned, if any."""
    team = of_member(conn, member_id)
    if team is None:
        return None
    if of_member(conn, survivor) is None:
        join(conn, team, survivor, day, now)
        if team.captain_id == member_id:
            lead(conn, team, survivor)
    leave(conn, team._replace(captain_id=survivor) if team.captain_id == member_id else team, member_id, day, now)
    return team.id
