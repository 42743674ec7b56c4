"""How far a member has come: the tier, badges, and how the club is shown."""

from __future__ import annotations

from typing import Any

from flask import Response
from marshmallow import Schema, fields

from loyalty.config import now
from loyalty.queries import standing
from loyalty.queries.mode import mode_of
from loyalty.rest.answers import BadgesSchema, TierSchema, text
from loyalty.rest.members import MEMBER, blp, named
from loyalty.rest.reply import reply, shown
from loyalty.rules.modes import MODES
from loyalty.schemas.fields import Base
from loyalty.schemas.said import told
from loyalty.values import Text


@blp.operation(
    "GET",
    f"{MEMBER}/tier",
    Text("A member's tier", "سطح عضو"),
    Text(
        "Where a member stands on the ladder, how far the next step is, and what keeps this one.",
        "عضو کجای نردبان است، تا پلهٔ بعد چه‌قدر مانده و چه چیزی این پله را نگه می‌دارد.",
    ),
    {200: TierSchema},
)
def tier(member_id: int) -> Response:
    """Where a member stands, and how far the next step is."""
    view = standing.tier(*named(member_id), now())
    ladder = [{"code": code, "title": title} for code, title in view.ladder]
    answer = shown(view) | {"ladder": shown(ladder)}
    return reply({"tier": answer.pop("code"), **answer})


class ModeSchema(Schema):
    """How a member is shown the club."""

    mode = text(metadata={"enum": list(MODES)})


@blp.operation(
    "GET",
    f"{MEMBER}/mode",
    Text("Playful or plain", "بازی‌گون یا ساده"),
    Text(
        "How the member is shown the club: as they chose, else as the bylaws say for their audiences.",
        "باشگاه به عضو چگونه نشان داده می‌شود: چنان‌که خودش برگزیده، وگرنه چنان‌که آیین‌نامه برای گروه او می‌گوید.",
    ),
    {200: ModeSchema},
)
def mode(member_id: int) -> Response:
    """How the member is shown the club."""
    return reply({"mode": mode_of(*named(member_id), now())})


class BadgesQuery(Base):
    """Which badges."""

    near = fields.Boolean(
        load_default=False,
        metadata=told(
            "Only those whose next level has begun, the nearest first.",
            "تنها آن‌ها که مرتبهٔ بعدشان آغاز شده، از نزدیک‌ترین.",
        ),
    )


@blp.operation(
    "GET",
    f"{MEMBER}/badges",
    Text("A member's badges", "نشان‌های عضو"),
    Text(
        "Every badge, with its level and how far the next one is; a secret badge only once it is earned.",
        "همهٔ نشان‌ها با مرتبه و فاصله تا مرتبهٔ بعد؛ نشان پنهان تنها پس از گرفتن دیده می‌شود.",
    ),
    {200: BadgesSchema},
    query=BadgesQuery,
)
def badges(query: dict[str, Any], member_id: int) -> Response:
    """Every badge, with its level and how far the next one is; or those that are near."""
    found = standing.badges(*named(member_id), now())
    return reply({"items": standing.nearest(found) if query["near"] else found})
