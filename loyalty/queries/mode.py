"""How a member is shown the club: as they chose, else as the bylaws say for their audiences."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from loyalty.audiences import belonging
from loyalty.db import connection
from loyalty.rules.modes import Mode
from loyalty.versions import programme

_CHOSEN: Final = "SELECT mode FROM profile WHERE member_id = %s"


def mode_of(club_id: int, member_id: int, now: datetime) -> str:
    """`playful` or `plain`."""
    conn = connection()
    row = conn.execute(_CHOSEN, [member_id]).fetchone()
    if row and row[0]:
        return str(row[0])
    terms = programme(conn, club_id)
    its = terms.at(now).game.mode or Mode()
    audiences = belonging(conn, [member_id], terms=terms, at=now).get(member_id, set()) if its.otherwise else set()
    return its.of(audiences)
