"""Which audiences of the bylaws members belong to now."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from loyalty.arrays import array
from loyalty.gather import LOCKED, Locked
from loyalty.standing_facts import standing_facts
from loyalty.versions import Connection, Programme

_MEMBERS: Final = f"SELECT {LOCKED} FROM member WHERE id = ANY(%s::bigint[])"  # noqa: S608 - constants


def belonging(conn: Connection, members: Sequence[int], *, terms: Programme, at: datetime) -> dict[int, set[str]]:
    """By member, the codes of the audiences that the version in force for everybody names; in a few statements."""
    bylaws = terms.at(at)
    rows = {row[0]: Locked(*row) for row in conn.execute(_MEMBERS, [array(members)])}
    facts = standing_facts(conn, terms, bylaws, rows, terms.calendar.moment(at)) if rows else {}
    return {
        id_: {its.code for its in bylaws.audiences.values() if its.condition.holds(known)}
        for id_, known in facts.items()
    }
