"""Let an event that came too late be judged after all: a person of the club decides so."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyalty import absent, outbox
from loyalty.actions.record_events import Place, judge_places
from loyalty.cases import event_from_sent
from loyalty.db import retried, transaction
from loyalty.outcome import Outcome
from loyalty.rules import MemberRef
from loyalty.versions import programme
from loyalty.whose import resolve

_ASIDE: Final = """
    DELETE FROM set_aside WHERE id = %s AND club_id = %s AND type <> 'purchase' RETURNING store_id, member_id, sent
"""
_JUDGED: Final = "SELECT member_id, key FROM event WHERE id = %s AND club_id = %s"
_CLAIMED: Final = "UPDATE event SET claimed_as = nextval('event_id') WHERE member_id = %s AND id = %s"


def claim_event(club_id: int, event_id: int, now: datetime) -> Outcome:
    """Judge an event that waits by its own time, for its member, or for whom these were merged into since.

    Raises:
        NotFound: no such event, or its member is no more.
    """
    outcome = _claim(club_id, event_id, now)
    outbox.wake()
    return outcome


@retried
def _claim(club_id: int, event_id: int, now: datetime) -> Outcome:
    with transaction() as conn:
        row = conn.execute(_ASIDE, [event_id, club_id]).fetchone()
        if row is None:
            judged = conn.execute(_JUDGED, [event_id, club_id]).fetchone()
            if judged is None:
                raise absent.event()
            return Outcome("repeated", judged[1], event_id, judged[0])
        store_id, own, form = row
        ref = MemberRef("id", str(own))
        member_id = resolve(conn, club_id, {ref}).get(ref)
        if member_id is None:
            raise absent.member()
        place = Place(event_from_sent(form, ref), store_id, member_id, event_id)
        judge_places(conn, programme(conn, club_id), [place], now)
        conn.execute(_CLAIMED, [member_id, event_id])
        assert place.outcome
        return place.outcome
