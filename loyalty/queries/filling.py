"""How far the counters of a version are filled from history."""

from __future__ import annotations

from typing import NamedTuple

from loyalty.db import connection


class Filling(NamedTuple):
    """Members of the club that are filled, and all of them."""

    done: int
    of: int


def filling(club_id: int) -> Filling:
    """How many members every counter counts already."""
    row = (
        connection()
        .execute(
            "SELECT count(*) FILTER (WHERE filled >= latest), count(*) FROM member,"
            " (SELECT coalesce(max(id), 0) AS latest FROM counter WHERE club_id = %(club)s) counted"
            " WHERE club_id = %(club)s",
            {"club": club_id},
        )
        .fetchone()
    )
    assert row
    return Filling(*row)


def anything_to_fill(club_id: int) -> bool:
    """Whether a version waits for its counters, or a member is not counted by all of them."""
    row = (
        connection()
        .execute(
            "SELECT EXISTS (SELECT FROM bylaws WHERE club_id = %(club)s AND filling) OR EXISTS (SELECT FROM member"
            " WHERE club_id = %(club)s AND filled < (SELECT max(id) FROM counter WHERE club_id = %(club)s))",
            {"club": club_id},
        )
        .fetchone()
    )
    assert row
    return bool(row[0])
