"""One purchase or event judged under a draft, beside what the version in force gives: with what each condition saw."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any, NamedTuple

from loyalty.budgets import NoBudgets
from loyalty.cases import Case
from loyalty.db import connection
from loyalty.errors import Invalid
from loyalty.filling import Counts, counted
from loyalty.gather import gather
from loyalty.judge import judge
from loyalty.post import post
from loyalty.queries.answer import Judged
from loyalty.queries.explanation import articles
from loyalty.queries.quote import store_and_member
from loyalty.queries.views import ArticleView
from loyalty.recall import Recall
from loyalty.rules import Bylaws, Event, Happening
from loyalty.rules.bylaws import Ask
from loyalty.rules.events import checked
from loyalty.rules.history import History
from loyalty.rules.member import MemberFacts
from loyalty.versions import Connection, Programme, drafted


class Tried(NamedTuple):
    """What a version gives for it, and why."""

    judged: Judged
    articles: tuple[ArticleView, ...]


class Trial(NamedTuple):
    """The same purchase or event under the draft and under the version in force at its time."""

    draft: Tried
    in_force: Tried


def trial(club_id: int, event: Happening, document: Mapping[str, Any]) -> Trial:
    """Judge a purchase or event under a draft; without a member, as of somebody who joins with it. Writes nothing.

    What the draft counts anew is counted from the member's recorded events.

    Raises:
        Invalid: the draft has faults, does not declare such an event, or there is no such store.
        NotFound: no such member.
        CurrencyMismatch: not the club's currency.
    """
    conn = connection()
    terms = drafted(conn, club_id, document)
    draft = terms.versions[-1]
    if isinstance(event, Event):
        event, faults = checked(draft.events, event)
        if faults:
            raise Invalid([fault._replace(path=f"/event{fault.path}") for fault in faults])
    store_id, member_id = store_and_member(conn, terms, event)
    return Trial(
        *(
            _tried(conn, terms, bylaws, event, store_id, member_id)
            for bylaws in (draft, terms.at(event.occurred_at, member_id))
        )
    )


def _tried(
    conn: Connection, terms: Programme, bylaws: Bylaws, event: Happening, store_id: int | None, member_id: int | None
) -> Tried:
    moment = terms.calendar.moment(event.occurred_at)
    sale = Case(event, store_id, member_id or 0, bylaws, moment)
    budgets = NoBudgets(conn, terms.club_id)
    if member_id is None:
        judge([sale], {0: _newcomer(bylaws, event, moment.day)}, Recall(conn, terms), budgets)
    else:
        gathered = gather(conn, terms, [sale], lock=False)
        member = gathered.members[member_id]
        behind = {} if member.counted is None else {member_id: member.counted}
        judge([sale], {member_id: _complete(conn, terms, member)}, Recall(conn, terms, behind), budgets)
        post(list(sale.whole()), gathered.chests)
    assert sale.ruling
    assert sale.facts
    judged = Judged(None, sale.ruling, sale.facts, sale.wallets_after, bylaws, sale.told)
    return Tried(judged, articles(bylaws, sale.facts, sale.ruling))


def _newcomer(bylaws: Bylaws, event: Happening, day: date) -> MemberFacts:
    """Somebody of whom nothing is known yet."""
    at = event.occurred_at
    asks = bylaws.asks(day, bylaws.since(None, at))
    nothing = dict.fromkeys([*asks, *bylaws.day_asks(day), *bylaws.label_asks(event, day, asks)], 0)
    return MemberFacts(0, "active", bylaws.first_tier(), None, at, None, {}, History(nothing))


def _complete(conn: Connection, terms: Programme, member: MemberFacts) -> MemberFacts:
    """The member with the figures of counters that do not count them yet."""
    history, known = member.history, member.counted
    if known is None:
        return member
    assert isinstance(history, History)
    recorded = history.recorded
    counts = counted(conn, terms, {member.id: known})
    fresh = {ask: _figure(terms, counts, ask) for ask in recorded if ask.place >= known}
    days = {place: dict(its) for place, its in history.by_day.items()}
    for (_, place, day, label), (events, _) in counts.items():
        of_place = days.setdefault(place, {})
        of_place[day, label] = of_place.get((day, label), 0) + events
    return replace(member, history=History({**recorded, **fresh}, by_day=days), counted=None)


def _figure(terms: Programme, counts: Counts, ask: Ask) -> int:
    days = terms.live[ask.place].measure == "days" and not ask.raw
    found = [
        (label, int(events > 0) if days else events)
        for (_, place, day, label), (events, _) in counts.items()
        if place == ask.place and ask.span.holds(day) and ask.label in (None, label)
    ]
    if not ask.distinct:
        return sum(value for _, value in found)
    things = {label: sum(value for its, value in found if its == label) for label, _ in found if label}
    return sum(value > 0 for value in things.values())
