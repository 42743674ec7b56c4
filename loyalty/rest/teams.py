"""Teams."""

from __future__ import annotations

from typing import Any, Final

from flask import Response
from marshmallow import Schema, fields

from loyalty.actions.found_team import found_team
from loyalty.actions.invite_to_team import invite_to_team, turn_down
from loyalty.actions.join_team import join_team
from loyalty.actions.leave_team import leave_team
from loyalty.actions.update_team import update_team
from loyalty.config import now
from loyalty.queries import teams
from loyalty.queries.members import one as member_of
from loyalty.queries.paging import id_after
from loyalty.queries.teams import TeamRunView, TeamView
from loyalty.rest.access import caller
from loyalty.rest.answers import at, both, many, next_page, text, whole
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.challenges import RunStepSchema
from loyalty.rest.fields import PageQuery
from loyalty.rest.members import MEMBER
from loyalty.rest.once import Done
from loyalty.rest.reply import lang, reply, shown
from loyalty.schemas.fields import Base, Words
from loyalty.schemas.people import Ref
from loyalty.schemas.said import told
from loyalty.values import Text

blp = Blueprint(
    Text("Teams", "تیم‌ها"),
    __name__,
    Text(
        "Members who play together. A member is in one team at a time; what counts for it is what its members do on"
        " days on which they are in it.",
        "اعضایی که با هم بازی می‌کنند. هر عضو در هر زمان در یک تیم است؛ آنچه اعضا در روزهای عضویت در تیم انجام دهند برای"
        " تیم به حساب می‌آید.",
    ),
)

TEAM: Final = "/teams/<int:team>"
_LONGEST: Final = 40


class TeamBody(Base):
    """A team to be founded."""

    name = Words(_LONGEST, required=True)
    captain = Ref(required=True)


class TeamChange(Base):
    """What to change of a team."""

    name = Words(_LONGEST)
    captain = Ref(metadata=told("A member of the team.", "یکی از اعضای تیم."))


class WhoSchema(Base):
    """Whom."""

    member = Ref(required=True)


class TeamMemberSchema(Schema):
    """A member of a team."""

    id = whole()
    name = text()
    avatar = text(allow_none=True)
    captain = fields.Boolean(required=True)
    since = at()


class TeamRunSchema(Schema):
    """A challenge that a team has under way."""

    challenge = text()
    title = both()
    how = both()
    since = at(data_key="from", allow_none=True)
    until = at(allow_none=True)
    steps = many(RunStepSchema)
    share = whole(
        metadata=told("A floored percentage; 100 means done.", "درصد، رو به پایین گرد شده؛ ۱۰۰ یعنی انجام شده.")
    )
    completed_at = at(allow_none=True)


class TeamNameSchema(Schema):
    """A team by its name."""

    id = whole()
    name = text()
    captain = whole()
    created_at = at()


class TeamSchema(TeamNameSchema):
    """A team."""

    members = many(TeamMemberSchema)
    challenges = many(TeamRunSchema)


class TeamsSchema(Schema):
    """A page of teams."""

    items = many(TeamNameSchema)
    next = next_page()


class InvitationSchema(Schema):
    """A team that would like to have a member."""

    team = whole()
    name = text()


class OwnTeamSchema(Schema):
    """The team that a member is in, and those that would like to have them."""

    team = fields.Nested(TeamSchema, required=True, allow_none=True)
    invitations = many(InvitationSchema)


@blp.operation(
    "POST",
    "/teams",
    Text("Found a team", "ساختن تیم"),
    Text("Whoever founds it is its captain and first member.", "سازندهٔ تیم، کاپیتان و نخستین عضو آن است."),
    {201: TeamSchema},
    body=TeamBody,
    repeatable=True,
)
def create(body: dict[str, Any]) -> Done:
    """Found a team."""
    return Done(_team(found_team(caller().club_id, body["name"], body["captain"], now())))


@blp.operation(
    "GET",
    "/teams",
    Text("List teams", "فهرست تیم‌ها"),
    Text("Teams that play, in the order of their founding.", "تیم‌هایی که بازی می‌کنند، به ترتیب ساخته شدن."),
    {200: TeamsSchema},
    query=PageQuery,
)
def listed(query: dict[str, Any]) -> Response:
    """A page of teams."""
    found = teams.page(caller().club_id, query["limit"], id_after(query.get("cursor")))
    items = [
        {"id": its.id, "name": its.name, "captain": its.captain_id, "created_at": its.created_at} for its in found.items
    ]
    return reply({"items": items, "next": found.next})


@blp.operation(
    "GET",
    TEAM,
    Text("A team", "یک تیم"),
    Text("A team, its members and its challenges under way.", "یک تیم، اعضایش و چالش‌های جاری‌اش."),
    {200: TeamSchema},
)
def one(team: int) -> Response:
    """A team."""
    return reply(_team(team))


@blp.operation(
    "PATCH",
    TEAM,
    Text("Change a team", "تغییر تیم"),
    Text("Another name, another captain, or both.", "نامی دیگر، کاپیتانی دیگر، یا هر دو."),
    {200: TeamSchema},
    body=TeamChange,
)
def update(body: dict[str, Any], team: int) -> Response:
    """Change a team."""
    update_team(caller().club_id, team, body.get("name"), body.get("captain"))
    return reply(_team(team))


@blp.operation(
    "POST",
    f"{TEAM}/invitations",
    Text("Invite a member", "دعوت از یک عضو"),
    Text("The member may join then.", "عضو از آن پس می‌تواند بپیوندد."),
    {204: None},
    body=WhoSchema,
)
def invite(body: dict[str, Any], team: int) -> Response:
    """Invite a member."""
    invite_to_team(caller().club_id, team, body["member"], now())
    return Response(status=204)


@blp.operation(
    "DELETE",
    f"{TEAM}/invitations/<int:member>",
    Text("Turn an invitation down", "رد دعوت"),
    Text("The invitation is forgotten.", "دعوت فراموش می‌شود."),
    {204: None},
)
def decline(team: int, member: int) -> Response:
    """Turn an invitation down."""
    member_of(caller().club_id, member)
    turn_down(team, member)
    return Response(status=204)


@blp.operation(
    "POST",
    f"{TEAM}/members",
    Text("Join a team", "پیوستن به تیم"),
    Text(
        "Lets a member join: anybody where teams are open, who is invited, or whom the club puts there, as the bylaws"
        " say. A full team is a 409.",
        "عضو را در تیم جای می‌دهد: هر کس، تنها دعوت‌شدگان، یا به انتخاب باشگاه، چنان‌که آیین‌نامه می‌گوید. تیم پر ۴۰۹"
        " می‌گیرد.",
    ),
    {201: TeamSchema},
    body=WhoSchema,
    repeatable=True,
)
def join(body: dict[str, Any], team: int) -> Done:
    """Join a team."""
    member_id = join_team(caller().club_id, team, body["member"], now(), by_club=True)
    return Done(_team(team), 201, member_id)


@blp.operation(
    "DELETE",
    f"{TEAM}/members/<int:member>",
    Text("Leave a team", "ترک تیم"),
    Text(
        "A captain hands on to who has been there longest; the last to leave ends the team.",
        "کاپیتان جایش را به باسابقه‌ترین عضو می‌دهد؛ با رفتن آخرین نفر، تیم پایان می‌یابد.",
    ),
    {204: None},
)
def leave(team: int, member: int) -> Response:
    """Leave a team."""
    leave_team(caller().club_id, team, member, now())
    return Response(status=204)


@blp.operation(
    "GET",
    f"{MEMBER}/team",
    Text("A member's team", "تیم عضو"),
    Text("The team that the member is in, and invitations.", "تیمی که عضو در آن است، و دعوت‌ها."),
    {200: OwnTeamSchema},
)
def of_member(member_id: int) -> Response:
    """The team that the member is in."""
    member_of(caller().club_id, member_id)
    view = teams.of_member(member_id, now(), lang())
    return reply({"team": view and _shown(view), "invitations": teams.invitations(member_id)})


def _team(team: int) -> dict[str, Any]:
    return _shown(teams.one(caller().club_id, team, now(), lang()))


def _shown(view: TeamView) -> dict[str, Any]:
    form: dict[str, Any] = shown(view)
    return form | {"challenges": [_run(run) for run in view.challenges]}


def _run(run: TeamRunView) -> dict[str, Any]:
    form: dict[str, Any] = shown(run)
    return form | {"from": form.pop("from_at"), "until": form.pop("until_at")}
