"""Judge events of members and let them have what these give: the one way in which anything is given by the bylaws."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Final

from loyalty.actions.change_standings import change_standings
from loyalty.actions.settle_returns import settle_returns
from loyalty.apply import apply
from loyalty.budgets import ClubBudgets
from loyalty.cases import Case
from loyalty.config import settings
from loyalty.gather import gather
from loyalty.handing import hand_out
from loyalty.judge import from_moves, judge
from loyalty.outcome import CHUNK
from loyalty.post import post
from loyalty.recall import Recall
from loyalty.tiers import Moved
from loyalty.versions import Connection, Programme

_NUMBERS: Final = "SELECT nextval('event_id') FROM generate_series(1, %s)"


def judge_cases(conn: Connection, terms: Programme, cases: Sequence[Case], now: datetime) -> None:
    """Judge events of members in their order, in an open transaction; each case then knows what came of it."""
    gathered = gather(conn, terms, cases)
    if gathered.unsettled:
        moves = settle_returns(conn, terms, _midnights(terms, cases, gathered.unsettled), now)
        if moves is not None:
            follow_moves(conn, terms, moves, now)
            gathered = gather(conn, terms, cases)
    members = judge(cases, gathered.members, Recall(conn, terms), ClubBudgets(conn, terms.club_id))
    everything = [its for case in cases for its in case.whole()]
    _number(conn, [its for its in everything if its.root is not None])
    post(everything, gathered.chests)
    hand_out(conn, terms, gathered.chests, now, settings().secret_key)
    apply(conn, terms, everything, members, gathered.chests, now)
    drastic = [case for case in everything if case.ruling and (case.ruling.status or case.ruling.forfeits)]
    if drastic:
        change_standings(conn, terms, drastic, now)


def follow_moves(conn: Connection, terms: Programme, looked_at: Iterable[Moved], now: datetime) -> None:
    """Judge what follows from tiers that moved without an event, once the moves are written."""
    cases = [case for its in looked_at for case in from_moves(its.moves, its.member.id, None, terms)]
    for start in range(0, len(cases), CHUNK):
        judge_cases(conn, terms, cases[start : start + CHUNK], now)


def _number(conn: Connection, followed: Sequence[Case]) -> None:
    """Give numbers to events that follow, in the order in which they were judged."""
    if followed:
        for case, (number,) in zip(followed, conn.execute(_NUMBERS, [len(followed)]), strict=True):
            case.id = number


def _midnights(terms: Programme, cases: Sequence[Case], members: frozenset[int]) -> dict[int, datetime]:
    """When the local day began on which something happened first to each of some members in this chunk."""
    days: dict[int, date] = {}
    for case in cases:
        if case.member_id in members:
            days[case.member_id] = min(case.moment.day, days.get(case.member_id, case.moment.day))
    return {member_id: terms.calendar.instant(day) for member_id, day in days.items()}
