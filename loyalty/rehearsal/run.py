"""Run a rehearsal over a range of members: one after the other, or, where limits are shared, all in one stream."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from heapq import merge
from typing import Any, Final

from loyalty.rehearsal.events import Back, Granted, Judged, Moved, Step, in_order
from loyalty.rehearsal.life import Life
from loyalty.rehearsal.reading import (
    BY_MEMBER,
    BY_NUMBER,
    EVENTS_BY_MEMBER,
    EVENTS_BY_NUMBER,
    GRANTS,
    MEMBERS,
    MOVES,
    RETURNS,
    RUNS,
    ByMember,
    Range,
    back,
    bought,
    member,
    moves,
    stream,
    told,
)
from loyalty.rehearsal.recorded import Recorded
from loyalty.rehearsal.report import Form, Report
from loyalty.rehearsal.shared import Budgets
from loyalty.rehearsal.stage import Stage
from loyalty.rehearsal.tries import Tries
from loyalty.rules.ruling import giver
from loyalty.versions import Connection

OFTEN: Final = 500
"""Members, or as many purchases of one stream, between two words about progress."""

_HOW_MANY: Final = """
    SELECT (SELECT count(*) FROM purchase WHERE club_id = %s) + (SELECT count(*) FROM event WHERE club_id = %s)
"""

Progress = Callable[[int], None]
"""Told how many members are done."""


def rehearse(conn: Connection, stage: Stage, its: Range, progress: Progress) -> Form:
    """What the draft makes of some members' histories, beside what was recorded; `conn` is only read from."""
    report = Report()
    fold = _together if stage.draft.budgets() else _one_by_one
    recorded = Recorded(conn, stage, its)
    for done, (life, gave) in enumerate(fold(conn, stage, its, progress), start=1):
        side = recorded.of(life.member.id)
        side.times.update(gave)
        report.add(life.member.id, life.end(), side)
        report.purchases += life.judged
        report.refused += life.refused
        if done % OFTEN == 0 and fold is _one_by_one:
            progress(done)
    progress(report.members)
    return report.form()


def _one_by_one(conn: Connection, stage: Stage, its: Range, _: Progress) -> Iterator[tuple[Life, list[str]]]:
    sales, returns = ByMember(stream(conn, BY_MEMBER, its)), ByMember(stream(conn, RETURNS, its))
    others, events = ByMember(stream(conn, MOVES, its)), ByMember(stream(conn, EVENTS_BY_MEMBER, its))
    tries = _tries(conn, stage, its)
    grants = ByMember(stream(conn, GRANTS, its))
    for row in stream(conn, MEMBERS, its):
        who = row[0]
        sold = [bought(stage, sale) for sale in sales.of(who)]
        judged = [*sold, *(told(stage, event) for event in events.of(who))]
        moved = list(moves(others.of(who)))
        life = Life(stage, member(stage, row), [step for step in moved if step.follows], None, tries(who))
        first = [step for step in moved if not step.follows]
        back = _placed(returns.of(who), {sale.id: sale.number for sale in sold})
        given = [Granted(*rest) for _, *rest in grants.of(who)]
        for step in in_order([*judged, *back, *first, *given]):
            life.live(step)
        yield life, [article for one in judged for article in _gave(stage, one)]


def _together(conn: Connection, stage: Stage, its: Range, progress: Progress) -> Iterator[tuple[Life, list[str]]]:
    """All that happened in a club in its order; of every member the state is in memory, not the events."""
    budgets, lives, gave = Budgets(stage.draft), dict[int, Life](), defaultdict[int, list[str]](list)
    others: list[tuple[int, Step]] = []
    rows, tries = ByMember(stream(conn, MOVES, its)), _tries(conn, stage, its)
    for row in stream(conn, MEMBERS, its):
        moved = list(moves(rows.of(row[0])))
        later = [step for step in moved if step.follows]
        lives[row[0]] = Life(stage, member(stage, row), later, budgets, tries(row[0]))
        others += [(row[0], step) for step in moved if not step.follows]
    counted = conn.execute(_HOW_MANY, [its.club, its.club]).fetchone()
    total = counted[0] if counted else 0
    claimed = conn.execute(
        "SELECT id, claimed_as FROM purchase WHERE club_id = %s AND claimed_as IS NOT NULL", [its.club]
    )
    numbers: dict[int, int] = dict(claimed.fetchall())
    others += [(row[0], _back(row, numbers)) for row in stream(conn, RETURNS, its)]
    others += [(who, Granted(*rest)) for who, *rest in stream(conn, GRANTS, its)]
    others.sort(key=_number)
    sales = ((row[0], bought(stage, row)) for row in stream(conn, BY_NUMBER, its))
    events = ((row[0], told(stage, row)) for row in stream(conn, EVENTS_BY_NUMBER, its))
    for count, (who, step) in enumerate(merge(sales, events, others, key=_number), start=1):
        if life := lives.get(who):
            life.live(step)
            if isinstance(step, Judged):
                gave[who] += _gave(stage, step)
        if count % OFTEN == 0:
            progress(min(len(lives) * count // max(1, total), len(lives)))
    for who in list(lives):
        yield lives.pop(who), gave.pop(who, [])


def _tries(conn: Connection, stage: Stage, its: Range) -> Callable[[int], Tries]:
    """The runs that members really had, member by member; nothing is read for a draft without challenges."""
    if not stage.draft.challenges:
        return lambda _: Tries(stage, ())
    rows = ByMember(stream(conn, RUNS, its))
    return lambda member_id: Tries(stage, rows.of(member_id))


def _number(one: tuple[int, Step]) -> tuple[int, int]:
    step = one[1]
    return step.number, step.n if isinstance(step, Moved) else 0


def _placed(rows: Iterable[tuple[Any, ...]], numbers: dict[int, int]) -> Iterator[Back]:
    return (_back(row, numbers) for row in rows)


def _back(row: tuple[Any, ...], numbers: dict[int, int]) -> Back:
    """A return; one that came before its purchase was claimed came back when that was."""
    found = back(row)
    return found._replace(number=max(found.number, numbers.get(found.purchase_id, 0)))


def _gave(stage: Stage, one: Judged) -> list[str]:
    """The articles that really gave something for an event of the span."""
    return list({giver(article) for article in one.gave}) if stage.holds(one.event.occurred_at) else []
