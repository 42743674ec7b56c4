"""In which rooms of a leaderboard members are ranked: the store, tier, audience or division that they belong to."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from typing import Any, Final, NamedTuple

import psycopg

from loyalty.arrays import array
from loyalty.gamification.leaderboards import WHOLE, Board, Standing

Connection = psycopg.Connection[tuple[Any, ...]]

Audiences = Callable[[Connection, Sequence[int]], Mapping[int, Set[str]]]
"""Which audiences some members belong to now."""

_TIERS: Final = "SELECT id, tier FROM member WHERE id = ANY(%s::bigint[])"
_DIVISIONS: Final = """
    SELECT league, member_id, division FROM league_standing
    WHERE member_id = ANY(%s::bigint[]) AND league = ANY(%s::text[])
"""


class Rooms(NamedTuple):
    """Where some members belong, as far as boards ask for it."""

    tiers: Mapping[int, str | None]
    audiences: Mapping[int, Set[str]]
    divisions: Mapping[tuple[str, int], str]

    @classmethod
    def of(
        cls, conn: Connection, boards: Iterable[Board], members: Iterable[int], audiences: Audiences | None
    ) -> Rooms:
        """Read what the boards ask for, in a fixed number of statements."""
        ids, asked = sorted(members), list(boards)
        scopes = {board.scope for board in asked}
        leagues = sorted({board.league for board in asked if board.scope == "league" and board.league})
        return cls(
            dict(conn.execute(_TIERS, [array(ids)]).fetchall()) if "tier" in scopes and ids else {},
            audiences(conn, ids) if audiences and "audience" in scopes and ids else {},
            {
                (league, member_id): division
                for league, member_id, division in conn.execute(_DIVISIONS, [array(ids), array(leagues)])
            }
            if leagues and ids
            else {},
        )

    def belongs(self, board: Board, member_id: int) -> Set[str]:
        """The rooms of a board in which a member is ranked."""
        match board.scope:
            case "tier":
                own = self.tiers.get(member_id)
            case "audience":
                return self.audiences.get(member_id, frozenset())
            case "league":
                own = self.divisions.get((board.league or "", member_id))
            case _:
                return {WHOLE}
        room = own if own in board.rooms else board.beginners
        return set() if room is None else {room}

    def spread(self, board: Board, label: str, standing: Standing) -> Iterator[tuple[str, Standing]]:
        """A standing in every room: as it is where the member belongs, and as that of nobody elsewhere."""
        if board.of_stores:
            if label:
                yield label, standing
            return
        mine = self.belongs(board, standing.member_id)
        for room in board.rooms:
            yield room, standing if room in mine else standing._replace(score=None)
