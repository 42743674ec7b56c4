"""Ask another member to be friends, which also says yes to one who has asked; and let go again."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyalty.db import retried, transaction
from loyalty.errors import Conflict, Invalid, LimitReached
from loyalty.hands import locked, refuse_gone
from loyalty.rules import MemberRef
from loyalty.values import Text
from loyalty.whose import named

MOST: Final = 500
"""Friends, and wishes that wait, of one member."""

_WISH: Final = """
    INSERT INTO friend (member_id, friend_id, club_id, asked_at) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
"""
_COUNT: Final = "SELECT count(*) FROM friend WHERE member_id = %s"
_MUTUAL: Final = "SELECT 1 FROM friend WHERE member_id = %s AND friend_id = %s"
_PART: Final = """
    DELETE FROM friend WHERE (member_id, friend_id) IN ((%(one)s, %(other)s), (%(other)s, %(one)s))
"""


@retried
def befriend(club_id: int, member_id: int, ref: MemberRef, now: datetime) -> bool:
    """Wish to be friends with another member; whether both wish it now. Done again it changes nothing.

    Raises:
        NotFound: there is no such member.
        Invalid: a member wants to be their own friend.
        Conflict: one of them is gone.
        LimitReached: the member has as many friends and open wishes as one may have.
    """
    with transaction() as conn:
        friend_id = named(conn, club_id, ref, "/friend")
        if friend_id == member_id:
            raise Invalid.at("/friend", Text("Nobody is their own friend here.", "هر کس دوست دیگران است، نه خودش."))
        both = locked(conn, club_id, sorted((member_id, friend_id)))
        for its in both.values():
            refuse_gone(conn, its)
        if both[friend_id].status != "active":
            raise Conflict(Text("This member is not active.", "این عضو فعال نیست."))
        if conn.execute(_WISH, [member_id, friend_id, club_id, now]).rowcount:
            row = conn.execute(_COUNT, [member_id]).fetchone()
            if row and row[0] > MOST:
                raise LimitReached(
                    Text("A member has at most {n} friends.", "هر عضو حداکثر {n} دوست دارد.").with_(
                        n=Text(f"{MOST}", "۵۰۰")
                    )
                )
        return conn.execute(_MUTUAL, [friend_id, member_id]).fetchone() is not None


def unfriend(member_id: int, friend_id: int) -> None:
    """End a friendship, call off a wish, or turn one down; whether there was one or not."""
    with transaction() as conn:
        conn.execute(_PART, {"one": member_id, "other": friend_id})
