"""Friends."""

from __future__ import annotations

from typing import Any, Final

from flask import Response
from marshmallow import Schema, fields

from loyalty.actions.befriend import befriend, unfriend
from loyalty.config import now
from loyalty.queries import friends as of_friends
from loyalty.queries.members import one
from loyalty.rest.access import caller
from loyalty.rest.answers import at, many, text, whole
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.members import MEMBER
from loyalty.rest.reply import lang, reply
from loyalty.schemas.fields import Base
from loyalty.schemas.people import Ref
from loyalty.schemas.said import told
from loyalty.values import Text

blp = Blueprint(
    Text("Friends", "دوستان"),
    __name__,
    Text(
        "Members become friends when both have asked. A leaderboard among friends is for them alone.",
        "دو عضو وقتی دوست می‌شوند که هر دو خواسته باشند. جدول میان دوستان تنها برای خود آنان است.",
    ),
)

FRIENDS: Final = f"{MEMBER}/friends"


class FriendSchema(Schema):
    """Another member, and who wishes it."""

    id = whole()
    name = text()
    avatar = text(allow_none=True)
    state = text(
        metadata={"enum": ["friends", "asked", "asking"]}
        | told("`asked`: by this member; `asking`: by the other.", "asked: این عضو خواسته؛ asking: دیگری خواسته.")
    )
    since = at()


class FriendsSchema(Schema):
    """A member's friends and wishes."""

    items = many(FriendSchema)


class BefriendSchema(Base):
    """With whom."""

    friend = Ref(required=True)


class BefriendedSchema(Schema):
    """Whether both wish it now."""

    friends = fields.Boolean(required=True)


@blp.operation(
    "GET",
    FRIENDS,
    Text("A member's friends", "دوستان عضو"),
    Text("Friends and open wishes, the latest first.", "دوستان و درخواست‌های باز، از تازه‌ترین."),
    {200: FriendsSchema},
)
def listed(member_id: int) -> Response:
    """Friends and open wishes."""
    one(caller().club_id, member_id)
    return reply({"items": of_friends.friends(member_id, lang())})


@blp.operation(
    "POST",
    FRIENDS,
    Text("Ask to be friends", "درخواست دوستی"),
    Text(
        "Asks another member, or says yes to one who has asked. Done again it changes nothing.",
        "از عضوی دیگر درخواست دوستی می‌کند، یا به درخواست او پاسخ آری می‌دهد. تکرار آن چیزی را عوض نمی‌کند.",
    ),
    {200: BefriendedSchema},
    body=BefriendSchema,
)
def ask(body: dict[str, Any], member_id: int) -> Response:
    """Ask another member, or say yes."""
    return reply({"friends": befriend(caller().club_id, member_id, body["friend"], now())})


@blp.operation(
    "DELETE",
    f"{FRIENDS}/<int:friend>",
    Text("End a friendship", "پایان دوستی"),
    Text("Ends it, calls off a wish, or turns one down.", "دوستی را پایان می‌دهد، درخواستی را پس می‌گیرد یا رد می‌کند."),
    {204: None},
)
def end(member_id: int, friend: int) -> Response:
    """End it."""
    one(caller().club_id, member_id)
    unfriend(member_id, friend)
    return Response(status=204)
