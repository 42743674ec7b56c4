"""Whom a member brought to the club, and what became of it."""

from __future__ import annotations

from datetime import datetime
from typing import Final, Literal, NamedTuple

from loyalty.db import connection
from loyalty.queries.paging import Page, cut, id_after

_FRIENDS: Final = """
    SELECT friend.member_id, member.joined_at,
        (SELECT min(due_at) FROM handover WHERE handover.member_id = friend.member_id AND done_at IS NULL),
        (SELECT max(occurred_at) FROM event
            WHERE event.member_id = %(member)s AND type = 'passed'
                AND key LIKE 'referral:' || friend.member_id || ':%%')
    FROM profile friend JOIN member ON member.id = friend.member_id
    WHERE friend.referred_by = %(member)s AND friend.club_id = %(club)s
        AND (%(after)s::bigint IS NULL OR friend.member_id < %(after)s)
    ORDER BY friend.member_id DESC LIMIT %(most)s
"""


class Referral(NamedTuple):
    """A friend: `invited` who has not bought what counts, `waiting` while a purchase may come back, or `rewarded`."""

    friend: int
    joined_at: datetime
    status: Literal["invited", "waiting", "rewarded"]
    due_at: datetime | None
    """When the waiting ends."""


def referrals(club_id: int, member_id: int, limit: int, cursor: str | None) -> Page[Referral]:
    """The friends of a member, the newest first."""
    asked = {"club": club_id, "member": member_id, "after": id_after(cursor), "most": limit + 1}
    rows = [_referral(*row) for row in connection().execute(_FRIENDS, asked)]
    return cut(rows, limit, lambda row: str(row.friend))


def _referral(friend: int, joined_at: datetime, due_at: datetime | None, came: datetime | None) -> Referral:
    if came is not None:
        return Referral(friend, joined_at, "rewarded", None)
    return Referral(friend, joined_at, "waiting" if due_at else "invited", due_at)
