"""Erase a person: whatever tells who it was goes, what adds up stays under an opaque id."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyalty import absent, outbox
from loyalty.actions.change_standings import note_standing
from loyalty.actions.forfeit_points import forfeit
from loyalty.arrays import array
from loyalty.db import Overtaken, retried, transaction
from loyalty.gather import lock
from loyalty.merging import family
from loyalty.versions import Connection, programme

PERSONAL: Final = (
    "DELETE FROM profile WHERE member_id = ANY(%(who)s)",
    "DELETE FROM identifier WHERE member_id = ANY(%(who)s)",
    "DELETE FROM sign_in_code WHERE member_id = ANY(%(who)s)",
    "DELETE FROM answer WHERE member_id = ANY(%(who)s)",
    "DELETE FROM outbox WHERE member_id = ANY(%(who)s)",  # without an index: what is delivered goes, so it is short
    "DELETE FROM webhook_delivery WHERE member_id = ANY(%(who)s)",
    "DELETE FROM notice_sending WHERE member_id = ANY(%(who)s)",
    "DELETE FROM notice WHERE member_id = ANY(%(who)s)",
    "DELETE FROM team_invitation WHERE member_id = ANY(%(who)s)",
    "DELETE FROM friend WHERE member_id = ANY(%(who)s) OR friend_id = ANY(%(who)s)",
    """UPDATE set_aside SET sent = jsonb_set(sent #- '{extra,attributes}', '{member}',
        jsonb_build_array('id', member_id::text)) WHERE member_id = ANY(%(who)s)""",
    # Of an event's data numbers stay, which add up; texts and days may tell who it was, but not the club's own.
    """UPDATE set_aside SET sent = jsonb_set(sent, '{data}', (SELECT coalesce(jsonb_object_agg(key, value), '{}')
            FROM jsonb_each(sent -> 'data') WHERE jsonb_typeof(value) <> 'string'))
        WHERE member_id = ANY(%(who)s) AND type <> 'purchase'""",
    """UPDATE event SET data = (SELECT coalesce(jsonb_object_agg(key, value), '{}')
            FROM jsonb_each(data) WHERE jsonb_typeof(value) <> 'string' OR key = ANY(%(counted)s))
        WHERE member_id = ANY(%(who)s) AND data <> '{}' AND source <> ''""",
    """UPDATE purchase SET extra = extra - 'attributes' || coalesce((
            SELECT jsonb_build_object('attributes', jsonb_object_agg(key, value))
            FROM jsonb_each(extra -> 'attributes') WHERE key = ANY(%(counted)s) HAVING count(*) > 0), '{}')
        WHERE member_id = ANY(%(who)s) AND extra ? 'attributes'""",
    "UPDATE purchase_return SET content = content - 'reason' WHERE member_id = ANY(%(who)s) AND content ? 'reason'",
    # So does the code of a reward in hand.
    "UPDATE code SET sealed = NULL WHERE member_id = ANY(%(who)s) AND sealed IS NOT NULL",
    # A gift card stays good: it may have been given away. But nobody reads its code here any more.
    "UPDATE gift_card SET sealed = NULL WHERE member_id = ANY(%(who)s) AND sealed IS NOT NULL",
    "UPDATE provider_code SET sealed = '' WHERE member_id = ANY(%(who)s)",
    """UPDATE payout SET sealed = NULL, hint = '', reason = left(reason, 0),
        status = CASE WHEN ended_at IS NULL THEN 'failed' ELSE status END, ended_at = coalesce(ended_at, %(now)s)
        WHERE member_id = ANY(%(who)s)""",
    "UPDATE adjustment SET reason = '' WHERE member_id = ANY(%(who)s) OR other_id = ANY(%(who)s)",
    "UPDATE tier_grant SET reason = '' WHERE member_id = ANY(%(who)s)",
    "UPDATE standing_change SET reason = NULL WHERE member_id = ANY(%(who)s)",
    """UPDATE member_merge SET reason = '', undone_reason = left(undone_reason, 0)
        WHERE member_id = ANY(%(who)s) OR into_id = ANY(%(who)s)""",
)
"""Every statement that takes something personal away; whatever new table holds such data has its own here.

Fields that counters read (`counted`) stay with their events: without them the counters could not be proven."""


def erase_member(club_id: int, member_id: int, now: datetime) -> None:
    """Erase a member, and everybody who was merged into the same; done again it takes what has come since.

    Nobody can claim what is left in the wallets: it expires, and open holds end. The rows of members, purchases,
    entries and lots stay, with amounts and opaque ids.

    Raises:
        NotFound: the club has no such member.
    """
    _erase(club_id, member_id, now)
    outbox.wake()


@retried
def _erase(club_id: int, member_id: int, now: datetime) -> None:
    with transaction() as conn:
        whole = family(conn, _top(conn, club_id, member_id))
        locked = lock(conn, club_id, whole)
        if family(conn, _top(conn, club_id, member_id)) != whole:
            raise Overtaken
        fresh = [row[0] for row in conn.execute(_FRESH, [array(whole)])]
        for each in fresh:
            if locked[each].status != "left":
                note_standing(conn, club_id, locked[each], "left", None, None, now)
        if fresh:
            forfeit(conn, club_id, {each: locked[each] for each in fresh}, "", now)
        conn.execute("UPDATE member SET erased_at = %s WHERE id = ANY(%s::bigint[])", [now, array(fresh)])
        counted = sorted({name for its in programme(conn, club_id).live for name in its.fields})
        for statement in PERSONAL:
            conn.execute(statement, {"who": whole, "counted": counted, "now": now})
        # After the outbox was cleared: boards forget the member in every period.
        outbox.send("member.changed", club_id, [(each, {}) for each in whole], now)


_FRESH: Final = "SELECT id FROM member WHERE id = ANY(%s::bigint[]) AND erased_at IS NULL ORDER BY id"
_TOP: Final = """
    WITH RECURSIVE named AS (
        SELECT id, merged_into FROM member WHERE club_id = %s AND id = %s
        UNION ALL
        SELECT member.id, member.merged_into FROM named JOIN member ON member.id = named.merged_into
    )
    SELECT id FROM named WHERE merged_into IS NULL
"""


def _top(conn: Connection, club_id: int, member_id: int) -> int:
    """The one who goes on for a member, through any number of merges."""
    row = conn.execute(_TOP, [club_id, member_id]).fetchone()
    if row is None:
        raise absent.member()
    return int(row[0])
