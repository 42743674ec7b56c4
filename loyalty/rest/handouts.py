"""Handing challenges out to segments."""

from __future__ import annotations

from typing import Any, Final

from flask import Response
from marshmallow import Schema

from loyalty.actions.hand_out_runs import ask_handout
from loyalty.acts import By
from loyalty.calendars import Calendar
from loyalty.config import now
from loyalty.db import connection
from loyalty.errors import NotFound
from loyalty.handouts import Handout, end_of, one
from loyalty.rest.access import caller
from loyalty.rest.answers import at, text, whole
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.challenges import Window
from loyalty.rest.once import Done
from loyalty.rest.reply import reply
from loyalty.schemas.fields import MAX_ID, Words
from loyalty.schemas.said import told
from loyalty.values import Text

blp = Blueprint(
    Text("Hand-outs", "سپردن به بخش"),
    __name__,
    Text(
        "A challenge for everybody in a segment: each member gets a run of their own, all with the same window.",
        "یک چالش برای همهٔ اعضای یک بخش: هر عضو دور خودش را می‌گیرد، همه با یک بازه.",
    ),
)

HANDOUTS: Final = "/challenges/<code>/handouts"


class HandOutSchema(Window):
    """To whom, and when the runs last."""

    segment = Words(60, required=True)


class HandoutSchema(Schema):
    """A hand-out, and how far it has come."""

    id = whole(metadata=told("Also the key of everybody's run.", "کلید دور همهٔ اعضا هم هست."))
    challenge = text()
    segment = text()
    since = at(data_key="from")
    until = at(allow_none=True)
    status = text(metadata={"enum": ["running", "done"]})
    looked_at = whole(metadata=told("How many members were looked at.", "چند عضو سنجیده شده‌اند."))
    begun = whole(metadata=told("How many runs have begun.", "چند دور آغاز شده است."))
    asked_at = at()
    done_at = at(allow_none=True)


@blp.operation(
    "POST",
    HANDOUTS,
    Text("Hand a challenge out to a segment", "سپردن چالش به یک بخش"),
    Text(
        "Answers at once; the runs begin within moments, member by member. Who belongs is looked at then. Who may not"
        " earn, or has joined the challenge already, is passed over.",
        "بی‌درنگ پاسخ می‌دهد؛ دورها تا چند لحظهٔ دیگر عضو به عضو آغاز می‌شوند و عضویت در بخش همان دم سنجیده می‌شود."
        " کسی که اجازهٔ دریافت ندارد یا پیش‌تر در این چالش است، کنار گذاشته می‌شود.",
    ),
    {202: (HandoutSchema, Text("On its way", "در راه است"))},
    body=HandOutSchema,
    repeatable=True,
)
def hand_out(body: dict[str, Any], code: str) -> Done:
    """Ask for a challenge to be handed out to a segment."""
    calendar = Calendar(caller().timezone, "gregorian")
    since, until = end_of(body.get("since"), calendar), end_of(body.get("until"), calendar, last=True)
    by = By(key=caller().key_id)
    return Done(_shown(ask_handout(caller().club_id, code, body["segment"], since, until, by, now())), 202)


@blp.operation(
    "GET",
    f"{HANDOUTS}/<int:handout>",
    Text("A hand-out", "وضعیت سپردن چالش"),
    Text("How far handing a challenge out to a segment has come.", "این‌که سپردن چالش به بخش تا کجا پیش رفته است."),
    {200: HandoutSchema},
)
def shown(code: str, handout: int) -> Response:
    """How far it has come."""
    found = one(connection(), caller().club_id, code, handout) if handout <= MAX_ID else None
    if found is None:
        raise NotFound(Text("There is no such hand-out.", "چنین سپردنی نیست."))
    return reply(_shown(found))


def _shown(its: Handout) -> dict[str, Any]:
    return {
        "id": its.id,
        "challenge": its.challenge,
        "segment": its.segment,
        "from": its.from_at,
        "until": its.until_at,
        "status": "running" if its.done_at is None else "done",
        "looked_at": its.looked_at,
        "begun": its.begun,
        "asked_at": its.asked_at,
        "done_at": its.done_at,
    }
