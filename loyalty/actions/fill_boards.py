"""Fill leaderboards from PostgreSQL: all of a club, or those of audiences, to which one may come as days pass."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from loyalty.audiences import belonging
from loyalty.db import connection
from loyalty.gamification import scores
from loyalty.gamification.boards import live_boards
from loyalty.valkey import valkey
from loyalty.versions import programme


def fill_boards(club_id: int, at: datetime) -> dict[str, int]:
    """Fill every leaderboard of a club and forget what others left behind; answers how many places each has set.

    Raises:
        NotFound: nothing is published yet.
        redis.RedisError: Valkey is away, or a younger filling has begun.
    """
    terms = programme(connection(), club_id)
    return scores.rebuild_all(valkey(), terms, at, partial(belonging, terms=terms, at=at))


def fill_audiences(club_id: int, at: datetime) -> None:
    """Fill the boards of audiences.

    Raises:
        redis.RedisError: as `fill_boards`.
    """
    terms = programme(connection(), club_id)
    for board in live_boards(terms, at).values():
        if board.scope == "audience":
            scores.rebuild(valkey(), board, partial(belonging, terms=terms, at=at))
