"""Members together: friends and teams, on a page of their own."""

from __future__ import annotations

from datetime import datetime
from typing import Final, NamedTuple

from flask import redirect, render_template, request, url_for

from loyalty import avatars, cards, web
from loyalty.actions.befriend import befriend, unfriend
from loyalty.actions.found_team import found_team
from loyalty.actions.invite_to_team import invite_to_team, turn_down
from loyalty.actions.join_team import join_team
from loyalty.actions.leave_team import leave_team
from loyalty.actions.update_member import update_member
from loyalty.actions.update_team import update_team
from loyalty.config import now
from loyalty.errors import Forbidden, Invalid, Problem
from loyalty.gamification.teams import Team
from loyalty.queries import friends, teams
from loyalty.queries.bylaws import in_force
from loyalty.queries.called import picture_of
from loyalty.queries.clubs import ClubView
from loyalty.queries.friends import FriendView
from loyalty.queries.members import MemberView
from loyalty.queries.teams import InvitationView, TeamView
from loyalty.rules import MemberRef
from loyalty.rules.explain import both
from loyalty.rules.phrase import plain
from loyalty.values import Text
from widgets.member import Page, for_a_member, pages

LONGEST: Final = 40
_BY_CLUB: Final = Text("The club puts members into teams.", "باشگاه اعضا را در تیم‌ها جای می‌دهد.")
_NOT_CAPTAIN: Final = Text("Only the captain may do this.", "این کار تنها از کاپیتان برمی‌آید.")


class Together(NamedTuple):
    """A member's friends and team."""

    friends: list[FriendView]
    plays: Text | None
    """What the bylaws say of teams; None where there are none."""
    free: bool
    """Whether members found teams and invite; else the club makes them."""
    team: TeamView | None
    captain: bool
    invitations: list[InvitationView]
    others: list[Team]
    """Teams that may be joined."""


def together_of(club: ClubView, member: MemberView, at: datetime) -> Together:
    """A member's friends and team as of an instant."""
    bylaws = in_force(club.id, at, member.id).bylaws
    its, lang = bylaws.game.teams, web.lang()
    team = teams.of_member(member.id, at, lang) if its else None
    others = teams.page(club.id, 20, None).items if its and its.join == "open" and team is None else []
    return Together(
        friends.friends(member.id, lang),
        both(bylaws, lambda voice: plain(its.phrase(voice))) if its else None,
        its is not None and its.join != "assigned",
        team,
        team is not None and team.captain == member.id,
        teams.invitations(member.id) if its and team is None else [],
        others,
    )


@pages.get("/together")
@for_a_member
def together(club: ClubView, member: MemberView) -> str:
    """The member's friends and team."""
    return _page(club, member)


@pages.post("/together/friends")
@for_a_member
def ask_friend(club: ClubView, member: MemberView) -> Page:
    """Ask another member, named by the card, or say yes to one who has asked."""
    try:
        befriend(club.id, member.id, _named(), now())
    except Problem as problem:
        return _page(club, member, problem), problem.status
    return _back(club)


@pages.post("/together/friends/<int:friend>/end")
@for_a_member
def end_friendship(club: ClubView, member: MemberView, friend: int) -> Page:
    """End a friendship, or call off or turn down a wish."""
    unfriend(member.id, friend)
    return _back(club)


@pages.post("/together/team")
@for_a_member
def make_team(club: ClubView, member: MemberView) -> Page:
    """Found a team."""
    try:
        if not together_of(club, member, now()).free:
            raise Forbidden(_BY_CLUB)
        found_team(club.id, _name(), MemberRef("id", str(member.id)), now())
    except Problem as problem:
        return _page(club, member, problem), problem.status
    return _back(club)


@pages.post("/together/team/<int:team>/<act>")
@for_a_member
def play(club: ClubView, member: MemberView, team: int, act: str) -> Page:
    """Join, leave or turn down a team; as its captain invite to it, or hand it on."""
    me = MemberRef("id", str(member.id))
    try:
        if act == "join":
            join_team(club.id, team, me, now())
        elif act == "leave":
            leave_team(club.id, team, member.id, now())
        elif act == "decline":
            turn_down(team, member.id)
        elif act == "invite":
            invite_to_team(club.id, team, _named(), now(), by=member.id)
        elif act == "captain":
            view = teams.one(club.id, team, now(), web.lang())
            if view.captain != member.id:
                raise Forbidden(_NOT_CAPTAIN)
            update_team(club.id, team, None, MemberRef("id", request.form.get("member", "")[:20]))
        else:
            return redirect(url_for("member.together", club_code=club.code), 303)
    except Problem as problem:
        return _page(club, member, problem), problem.status
    return _back(club)


@pages.post("/together/picture")
@for_a_member
def choose_picture(club: ClubView, member: MemberView) -> Page:
    """Choose a picture."""
    chosen = request.form.get("avatar", "")
    if chosen in avatars.ALL:
        update_member(club.id, member.id, {"avatar": chosen}, now())
    return _back(club)


def _named() -> MemberRef:
    """The member whom a form names: by the number on the card, or by id where a button says so."""
    if "id" in request.form:
        return MemberRef("id", request.form["id"][:20])
    return MemberRef("card", cards.normal(request.form.get("card", "")[:40]) or "")


def _name() -> str:
    name = " ".join(request.form.get("name", "").split())[:LONGEST]
    if not name:
        raise Invalid.at("/name", Text("Give the team a name.", "برای تیم نامی بگذارید."))
    return name


def _page(club: ClubView, member: MemberView, problem: Problem | None = None) -> str:
    return render_template(
        "member/together.html",
        signed_in=True,
        here_is="board",
        club=club,
        member=member,
        together=together_of(club, member, now()),
        pictures=avatars.ALL,
        picture=picture_of(member.id),
        problem=problem.detail if problem else None,
    )


def _back(club: ClubView) -> Page:
    return redirect(url_for("member.together", club_code=club.code), 303)
