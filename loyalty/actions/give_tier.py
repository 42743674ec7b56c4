"""Give a member a tier by hand, with the reason: a floor until its date."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from loyalty import absent, acts
from loyalty.actions.forfeit_points import next_event
from loyalty.actions.judge_cases import follow_moves
from loyalty.actions.settle_returns import settle_returns
from loyalty.acts import By
from loyalty.db import retried, transaction
from loyalty.errors import Invalid
from loyalty.gather import lock
from loyalty.hands import refuse_gone
from loyalty.outbox import wake
from loyalty.recall import up_to
from loyalty.rules.member import known_tier
from loyalty.rules.reviewing import Move
from loyalty.rules.tenure import give
from loyalty.tiers import Moved, tell, write
from loyalty.values import Text
from loyalty.versions import programme

_NO_TIER: Final = Text("The bylaws have no such tier.", "اساسنامه چنین سطحی ندارد.")
_PAST: Final = Text("This end has passed already.", "این پایان پیش‌تر گذشته است.")
_GRANT: Final = """
    INSERT INTO tier_grant (member_id, id, club_id, tier, until, reason, by, recorded_at)
    VALUES (%s, %s, %s, %s, %s, %s, %s, %s)
"""


class Given(NamedTuple):
    """What was given, and where the member stands with it."""

    id: int
    floor: str
    until: datetime
    before: str | None
    after: str | None


def give_tier(club_id: int, member_id: int, tier: str, until: datetime, reason: str, now: datetime, by: By) -> Given:
    """Let a member stand on no lower tier until an instant, whatever is earned; it replaces what was given before.

    What is earned goes on moving underneath, and is what the member stands on afterwards.

    Raises:
        NotFound: the club has no such member.
        Conflict: the member was merged into another, or is erased.
        Invalid: no such tier, or an end that has passed.
    """
    given = _give(club_id, member_id, tier, until, reason, now, by)
    wake()
    return given


@retried
def _give(club_id: int, member_id: int, tier: str, until: datetime, reason: str, now: datetime, by: By) -> Given:
    with transaction() as conn:
        terms = programme(conn, club_id)
        bylaws = terms.at(now, member_id)
        if tier not in bylaws.ranks:
            raise Invalid.at("/tier", _NO_TIER)
        if until <= now:
            raise Invalid.at("/until", _PAST)
        row = lock(conn, club_id, [member_id]).get(member_id)
        if row is None:
            raise absent.member()
        refuse_gone(conn, row)
        begun = terms.calendar.instant(terms.calendar.moment(now).day)
        settled = settle_returns(conn, terms, {member_id: begun}, now)
        if settled is not None:  # what is due of earlier days comes first
            follow_moves(conn, terms, settled, now)
            row = lock(conn, club_id, [member_id])[member_id]
        member, due = up_to(conn, terms, row, now)
        after = member.on_tier(give(bylaws, member.stand, tier, until), now)
        event = next_event(conn)
        conn.execute(_GRANT, [member_id, event, club_id, tier, until, reason, str(by), now])
        was, is_ = known_tier(bylaws, member.tier), known_tier(bylaws, after.tier)
        moves = (Move(now, was, is_, bylaws.version),) if was != is_ else ()
        looked_at = [Moved(after, due), Moved(after, moves, event)]
        write(conn, club_id, looked_at)
        tell(terms, looked_at, now)
        follow_moves(conn, terms, looked_at, now)
        acts.note(conn, club_id, by, "tier.given", now, member=member_id, tier=tier, until=until.isoformat())
        return Given(event, tier, until, was, is_)
