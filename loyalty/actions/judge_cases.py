"""Judge events of members and let them have what these give: the one way in which anything is given by the bylaws."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from loyalty.actions.change_standings import change_standings
from loyalty.actions.settle_returns import settle_returns
from loyalty.apply import apply
from loyalty.budgets import ClubBudgets
from loyalty.cases import Case
from loyalty.gather import gather
from loyalty.judge import judge
from loyalty.post import post
from loyalty.recall import Recall
from loyalty.versions import Connection, Programme


def judge_cases(conn: Connection, terms: Programme, cases: Sequence[Case], now: datetime) -> None:
    """Judge events of members in their order, in an open transaction; each case then knows what came of it."""
    gathered = gather(conn, terms, cases)
    if gathered.unsettled and settle_returns(conn, terms, _midnights(terms, cases, gathered.unsettled), now):
        gathered = gather(conn, terms, cases)
    members = judge(cases, gathered.members, Recall(conn, terms), ClubBudgets(conn, terms.club_id))
    post(cases, gathered.chests)
    apply(conn, terms, cases, members, gathered.chests, now)
    drastic = [case for case in cases if case.ruling and (case.ruling.status or case.ruling.forfeits)]
    if drastic:
        change_standings(conn, terms, drastic, now)


def _midnights(terms: Programme, cases: Sequence[Case], members: frozenset[int]) -> dict[int, datetime]:
    """When the local day began on which something happened first to each of some members in this chunk."""
    days: dict[int, date] = {}
    for case in cases:
        if case.member_id in members:
            days[case.member_id] = min(case.moment.day, days.get(case.member_id, case.moment.day))
    return {member_id: terms.calendar.instant(day) for member_id, day in days.items()}
