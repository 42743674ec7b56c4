"""A member's friends, who waits for whom, and a leaderboard among them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final, NamedTuple

from loyalty.db import connection
from loyalty.errors import Invalid
from loyalty.gamification import ranking
from loyalty.gamification.leaderboards import Board, Page, Place
from loyalty.queries.called import called
from loyalty.values import Lang, Text
from loyalty.versions import Connection

_ALL: Final = """
    SELECT other.id, coalesce(greatest(mine.asked_at, theirs.asked_at), mine.asked_at, theirs.asked_at),
        mine.friend_id IS NOT NULL, theirs.member_id IS NOT NULL
    FROM (SELECT * FROM friend WHERE member_id = %(me)s) mine
    FULL JOIN (SELECT * FROM friend WHERE friend_id = %(me)s) theirs ON theirs.member_id = mine.friend_id
    JOIN member other ON other.id = coalesce(mine.friend_id, theirs.member_id)
    WHERE other.status = 'active' AND other.merged_into IS NULL
    ORDER BY 2 DESC, other.id LIMIT %(most)s
"""
_MUTUAL: Final = """
    SELECT mine.friend_id FROM friend mine
    JOIN friend theirs ON theirs.member_id = mine.friend_id AND theirs.friend_id = mine.member_id
    WHERE mine.member_id = %s
"""
_SHOWN: Final = 1000


class FriendView(NamedTuple):
    """Another member; `state` is `friends`, `asked` (by this one, and not answered) or `asking` (by the other)."""

    id: int
    name: str
    avatar: str | None
    state: str
    since: datetime


def friends(member_id: int, lang: Lang) -> list[FriendView]:
    """A member's friends and wishes, the latest first."""
    rows = connection().execute(_ALL, {"me": member_id, "most": _SHOWN}).fetchall()
    names = called([row[0] for row in rows], lang)
    return [
        FriendView(id_, *names[id_], "friends" if mine and theirs else "asked" if mine else "asking", since)
        for id_, since, mine, theirs in rows
    ]


def among_friends(conn: Connection, board: Board, start: date, member_id: int | None, size: int) -> Page:
    """The places around a member among their friends.

    Raises:
        Invalid: nobody is told whose friends.
    """
    if member_id is None:
        raise Invalid.at(
            "/around", Text("Among whose friends? Name a member.", "میان دوستان چه کسی؟ عضوی را نام ببرید.")
        )
    members = [member_id, *(row[0] for row in conn.execute(_MUTUAL, [member_id]))]
    found = [Place(its.rank, its.member_id, its.score) for its in ranking.among(conn, board, start, members)]
    at = next((n for n, place in enumerate(found) if place.member_id == member_id), None)
    offset = 0 if at is None else max(0, min(at - size // 2, len(found) - size))
    return Page(offset, len(found), found[offset : offset + size], None if at is None else found[at])
