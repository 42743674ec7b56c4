"""Teams as their members and the club see them: who is in them, and how far they have come with their challenges."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from loyalty.db import connection
from loyalty.errors import NotFound
from loyalty.gamification import teams as kept
from loyalty.gamification.teams import Team
from loyalty.queries.called import called
from loyalty.queries.challenges import StepView, how_of
from loyalty.queries.paging import Page, cut
from loyalty.rules import Bylaws
from loyalty.rules.explain import sentence
from loyalty.team_runs import TeamRun, completed, counted, windows
from loyalty.values import Lang, Text
from loyalty.versions import Connection, Programme, programme


class TeamMemberView(NamedTuple):
    """A member of a team."""

    id: int
    name: str
    avatar: str | None
    captain: bool
    since: datetime


class TeamRunView(NamedTuple):
    """A challenge that a team has under way."""

    challenge: str
    title: Text
    how: Text
    from_at: datetime | None
    until_at: datetime | None
    """Both included."""
    steps: tuple[StepView, ...]
    share: int
    completed_at: datetime | None


class TeamView(NamedTuple):
    """A team."""

    id: int
    name: str
    captain: int
    created_at: datetime
    members: list[TeamMemberView]
    challenges: list[TeamRunView]


class InvitationView(NamedTuple):
    """A team that would like to have a member."""

    team: int
    name: str


def one(club_id: int, team_id: int, now: datetime, lang: Lang) -> TeamView:
    """A team that plays.

    Raises:
        NotFound: there is none.
    """
    conn = connection()
    team = kept.one(conn, club_id, team_id)
    if team is None or team.ended_at is not None:
        raise NotFound(Text("There is no such team.", "چنین تیمی نیست."))
    return _view(conn, team, now, lang)


def of_member(member_id: int, now: datetime, lang: Lang) -> TeamView | None:
    """The team that a member is in."""
    conn = connection()
    team = kept.of_member(conn, member_id)
    return _view(conn, team, now, lang) if team else None


def invitations(member_id: int) -> list[InvitationView]:
    """The teams that would like to have a member, the latest first."""
    return [InvitationView(team.id, team.name) for team in kept.invitations(connection(), member_id)]


def page(club_id: int, limit: int, cursor: int | None) -> Page[Team]:
    """Teams that play, in the order of their founding."""
    return cut(kept.page(connection(), club_id, cursor or 0, limit + 1), limit, lambda its: str(its.id))


def _view(conn: Connection, team: Team, now: datetime, lang: Lang) -> TeamView:
    terms = programme(conn, team.club_id)
    people = kept.members(conn, team.id)
    names = called([member_id for member_id, _ in people], lang)
    return TeamView(
        team.id,
        team.name,
        team.captain_id,
        team.created_at,
        [TeamMemberView(id_, *names[id_], id_ == team.captain_id, since) for id_, since in people],
        _runs(conn, terms, team.id, now),
    )


def _runs(conn: Connection, terms: Programme, team_id: int, now: datetime) -> list[TeamRunView]:
    bylaws = terms.at(now)
    here = sorted(windows(bylaws, terms.calendar, [terms.calendar.moment(now).day]), key=lambda its: its[0])
    done = completed(conn, [team_id]) if here else {}
    found: Sequence[TeamRun] = counted(conn, terms, bylaws, [(team_id, code, window) for code, window in here])
    return [_shown(bylaws, run, done.get((team_id, run.challenge.code, run.window.key))) for run in found]


def _shown(bylaws: Bylaws, run: TeamRun, completed_at: datetime | None) -> TeamRunView:
    its, shares = run.challenge, run.shares if completed_at is None else [100] * len(run.challenge.steps)
    return TeamRunView(
        its.code,
        its.title,
        how_of(bylaws, its),
        run.window.from_at,
        run.window.until_at,
        tuple(StepView(sentence(bylaws, step), share) for step, share in zip(its.steps, shares, strict=True)),
        min(99, sum(shares) // len(shares)) if completed_at is None else 100,
        completed_at,
    )
