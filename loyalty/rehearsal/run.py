"""Run a rehearsal over a range of members: one after the other, or, where limits are shared, all in one stream."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from loyalty.rehearsal.events import Granted, in_order, really_gave
from loyalty.rehearsal.families import families
from loyalty.rehearsal.life import Life
from loyalty.rehearsal.reading import (
    BY_MEMBER,
    EVENTS_BY_MEMBER,
    GRANTS,
    MEMBERS,
    MOVES,
    RETURNS,
    ByMember,
    Range,
    back,
    bought,
    member,
    move,
    stream,
    told,
)
from loyalty.rehearsal.recorded import Recorded
from loyalty.rehearsal.report import Form, Report
from loyalty.rehearsal.shared import Budgets
from loyalty.rehearsal.stage import Stage
from loyalty.rehearsal.tally import Side
from loyalty.rehearsal.together import OFTEN, Lived, Progress, together, tries_of
from loyalty.versions import Connection

FAMILIES: Final = 100
"""Families that are folded at a time."""


def rehearse(conn: Connection, stage: Stage, its: Range, progress: Progress) -> Form:
    """What the draft makes of some members' histories, beside what was recorded; `conn` is only read from."""
    report, known = Report(), families(conn, its)
    roots = known.of(its)
    if stage.draft.budgets():
        everybody = its._replace(without=known.apart)
        _compare(
            conn, stage, everybody, report, together(conn, stage, everybody, known, Budgets(stage.draft), progress)
        )
    else:
        alone = its._replace(without=[*known.apart, *known.members(known.whole)])
        _compare(conn, stage, alone, report, _one_by_one(conn, stage, alone, progress))
        for first in range(0, len(roots), FAMILIES):
            some = its._replace(only=known.members(roots[first : first + FAMILIES]))
            _compare(conn, stage, some, report, together(conn, stage, some, known, None, lambda _: None))
            progress(report.members)
    progress(report.members)
    return report.form()


def _compare(conn: Connection, stage: Stage, its: Range, report: Report, lived: Iterable[Lived]) -> None:
    """Put lives beside what was recorded; members come in the order of their ids, and a family counts as one."""
    recorded = Recorded(conn, stage, its)
    grown: dict[int, tuple[Life, Side]] = {}
    for who, life, gave in lived:
        side = recorded.of(who)
        side.times.update(gave)
        if not life.merged:
            _add(report, life, side)
            continue
        if who != life.member.id:
            side.ended_elsewhere()
        _, whole = grown.setdefault(life.member.id, (life, Side()))
        whole.add(side)
    for life, side in grown.values():
        _add(report, life, side)


def _add(report: Report, life: Life, recorded: Side) -> None:
    report.add(life.member.id, life.end(), recorded)
    report.purchases += life.judged
    report.refused += life.refused


def _one_by_one(conn: Connection, stage: Stage, its: Range, progress: Progress) -> Iterator[Lived]:
    sales, returns = ByMember(stream(conn, BY_MEMBER, its)), ByMember(stream(conn, RETURNS, its))
    others, events = ByMember(stream(conn, MOVES, its)), ByMember(stream(conn, EVENTS_BY_MEMBER, its))
    tries, grants = tries_of(conn, stage, its), ByMember(stream(conn, GRANTS, its))
    for done, row in enumerate(stream(conn, MEMBERS, its)):
        who = row[0]
        judged = [bought(stage, sale) for sale in sales.of(who)]
        judged += [told(stage, event) for event in events.of(who)]
        came_back, moved = [back(one) for one in returns.of(who)], [move(one) for one in others.of(who)]
        later, first = [step for step in moved if step.follows], [step for step in moved if not step.follows]
        life = Life(stage, *member(stage, row), later, None, tries(who), quiet=not (stage.ends or came_back or moved))
        given = [Granted(*rest) for _, *rest in grants.of(who)]
        for step in in_order([*judged, *came_back, *first, *given]):
            life.live(step)
        yield who, life, [article for one in judged for article in really_gave(stage, one)]
        if done % OFTEN == OFTEN - 1:
            progress(done)
