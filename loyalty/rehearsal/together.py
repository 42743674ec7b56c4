"""Members whose histories hang together are folded as one stream: of shared limits, and of those who were merged."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime
from heapq import merge
from typing import Any, Final

from loyalty.rehearsal.events import Granted, Judged, Merged, Moved, Step, really_gave
from loyalty.rehearsal.families import Families
from loyalty.rehearsal.life import Life
from loyalty.rehearsal.reading import (
    BY_NUMBER,
    EVENTS_BY_NUMBER,
    FOLLOWING_BY_TIME,
    GRANTS_BY_NUMBER,
    MEMBERS,
    MOVES_BY_NUMBER,
    RETURNS_BY_NUMBER,
    RUNS,
    ByMember,
    Range,
    back,
    bought,
    member,
    move,
    stream,
    told,
)
from loyalty.rehearsal.shared import Budgets
from loyalty.rehearsal.stage import Stage
from loyalty.rehearsal.tries import Tries
from loyalty.versions import Connection

OFTEN: Final = 500
"""Members, or as many steps of one stream, between two words about progress."""
_HOW_MANY: Final = """
    SELECT (SELECT count(*) FROM purchase WHERE club_id = %s) + (SELECT count(*) FROM event WHERE club_id = %s)
"""
LAST: Final = datetime.max.replace(tzinfo=UTC)

Progress = Callable[[int], None]
"""Told how many members are done."""
Lived = tuple[int, Life, Iterable[str]]
"""A member, the life in which it ended, and the articles that really gave it something, each as often as it did."""
Owned = tuple[int, Step]
"""Whose step it was, when it was recorded, and the step."""


class Lives:
    """The lives of members by their ids, also of those who went on as others."""

    def __init__(self, lives: dict[int, Life], following: Iterable[Owned]) -> None:
        self._lives, self._into = lives, dict[int, int]()
        self._following = iter(following)
        self._ahead = next(self._following, None)

    def of(self, who: int) -> Life | None:
        """The life in which a member goes on."""
        while who in self._into:
            who = self._into[who]
        return self._lives.get(who)

    def live(self, who: int, step: Step) -> None:
        """One step more of a member."""
        self.follow(step.recorded_at)
        life = self.of(who)
        if life is None:
            return
        if isinstance(step, Merged):
            survivor = self.of(step.into)
            assert survivor
            self._into[who] = step.into
            survivor.absorb(self._lives.pop(who), step)
        else:
            life.live(step)

    def follow(self, upto: datetime) -> None:
        """Hand out the later steps of holds up to an instant; each life does them in its own time."""
        while self._ahead and self._ahead[1].recorded_at <= upto:
            who, step = self._ahead
            if life := self.of(who):
                assert isinstance(step, Moved)
                life.later.append(step)
            self._ahead = next(self._following, None)

    def end(self, who: int) -> Life:
        """The life in which a member ended; it is let go of, unless others ended in it too."""
        life = self.of(who)
        assert life
        if not life.merged:
            del self._lives[who]
        return life


def together(
    conn: Connection, stage: Stage, its: Range, known: Families, budgets: Budgets | None, progress: Progress
) -> Iterator[Lived]:
    """All that happened to some members in its order; of every member the state is in memory, not the events."""
    tries = tries_of(conn, stage, its)
    own = {row[0]: Life(stage, *member(stage, row), [], budgets, tries(row[0])) for row in stream(conn, MEMBERS, its)}
    members, lives = list(own), Lives(own, _owned(stream(conn, FOLLOWING_BY_TIME, its), move))
    gave: defaultdict[int, Counter[str]] = defaultdict(Counter)
    counted = conn.execute(_HOW_MANY, [its.club, its.club]).fetchone()
    total = counted[0] if counted else 0
    for count, (who, step) in enumerate(_all(conn, stage, its, own, known), start=1):
        lives.live(who, step)
        if isinstance(step, Judged):
            gave[who].update(really_gave(stage, step))
        if count % OFTEN == 0:
            progress(min(len(members) * count // max(1, total), len(members)))
    lives.follow(LAST)
    for who in members:
        yield who, lives.end(who), gave.pop(who, Counter()).elements()


def tries_of(conn: Connection, stage: Stage, its: Range) -> Callable[[int], Tries]:
    """The runs that members really had, member by member; nothing is read for a draft without challenges."""
    if not stage.draft.challenges:
        return lambda _: Tries(stage, ())
    rows = ByMember(stream(conn, RUNS, its))
    return lambda member_id: Tries(stage, rows.of(member_id))


def _all(conn: Connection, stage: Stage, its: Range, lives: Collection[int], known: Families) -> Iterator[Owned]:
    """What has a number, in the order in which it was recorded."""
    kinds: list[tuple[str, Callable[[tuple[Any, ...]], Step]]] = [
        (BY_NUMBER, lambda row: bought(stage, row)),
        (EVENTS_BY_NUMBER, lambda row: told(stage, row)),
        (RETURNS_BY_NUMBER, back),
        (MOVES_BY_NUMBER, move),
        (GRANTS_BY_NUMBER, lambda row: Granted(*row[1:])),
    ]
    streams = [_owned(stream(conn, statement, its), made) for statement, made in kinds]
    merges: list[Owned] = [(who, step) for who, step in known.merges.items() if who in lives and step.into in lives]
    return merge(*streams, sorted(merges, key=_number), key=_number)


def _owned(rows: Iterable[tuple[Any, ...]], made: Callable[[tuple[Any, ...]], Step]) -> Iterator[Owned]:
    return ((row[0], made(row)) for row in rows)


def _number(one: Owned) -> tuple[int, int]:
    step = one[1]
    return step.number, step.n if isinstance(step, Moved) else 0
