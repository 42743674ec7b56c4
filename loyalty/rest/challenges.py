"""Challenges: a member's runs, and beginning one."""

from __future__ import annotations

from typing import Any, Final

from flask import Response
from marshmallow import Schema, fields

from loyalty.actions.hand_out_run import hand_out_run
from loyalty.calendars import Calendar
from loyalty.config import now
from loyalty.handouts import end_of
from loyalty.queries import challenges as runs
from loyalty.queries import streaks as of_streaks
from loyalty.queries.challenges import RunView
from loyalty.rest.access import caller
from loyalty.rest.answers import at, both, many, text, whole
from loyalty.rest.answers_purchase import RunNameSchema
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.fields import Bound
from loyalty.rest.members import MEMBER
from loyalty.rest.once import Done
from loyalty.rest.reply import reply, shown
from loyalty.rules.streaks import EVERY
from loyalty.schemas.fields import Base
from loyalty.schemas.people import Ref
from loyalty.schemas.said import told
from loyalty.values import Text

blp = Blueprint(
    Text("Challenges", "چالش‌ها"),
    __name__,
    Text(
        "Runs of challenges, what a member is asked to do in some time and how far it has come; and streaks.",
        "دورهای چالش، آنچه از عضو در مدتی خواسته شده و این‌که تا کجا پیش رفته است؛ و زنجیره‌ها.",
    ),
)

_SHARE: Final = told("A floored percentage; 100 means done.", "درصد، رو به پایین گرد شده؛ ۱۰۰ یعنی انجام شده.")


class RunStepSchema(Schema):
    """One step, or the whole goal where there are no steps."""

    sentence = both()
    share = whole(metadata=_SHARE)


class RunSchema(RunNameSchema):
    """A run as its member sees it."""

    title = both()
    how = both()
    since = at(
        data_key="from", allow_none=True, metadata=told("Included, as is `until`.", "خود این لحظه و until هم هست.")
    )
    until = at(allow_none=True)
    steps = many(RunStepSchema)
    share = whole(metadata=_SHARE)
    completed_at = at(allow_none=True)


class RunsSchema(Schema):
    """A member's runs."""

    items = many(RunSchema)


class BegunSchema(RunSchema):
    """A run that has begun, and whose it is."""

    member = whole()


class StreakSchema(Schema):
    """A streak as it stands for a member."""

    code = text(metadata={"example": "weekly"})
    title = both()
    how = both()
    every = text(metadata={"enum": list(EVERY)})
    length = whole(metadata=told("Periods in a row.", "دوره‌های پیاپی."))
    best = whole()
    freezes_left = whole(metadata=told("Gaps that are still bridged now.", "دوره‌های خالی که اکنون هنوز بخشیده می‌شود."))
    milestone = whole(
        allow_none=True, metadata=told("The next; null after the last.", "منزل بعد؛ پس از آخرین null است.")
    )
    reached = fields.List(fields.Integer(), required=True)


class StreaksSchema(Schema):
    """A member's streaks."""

    items = many(StreakSchema)


class Window(Base):
    """When a run lasts."""

    since = Bound(
        data_key="from",
        metadata=told(
            "An instant or a day: now, if left out. What happened since then counts.",
            "یک لحظه یا روز؛ اگر نباشد، همین حالا. آنچه از آن پس رخ داده به حساب می‌آید.",
        ),
    )
    until = Bound(
        metadata=told(
            "The last instant, or day: as the challenge says, if left out.",
            "آخرین لحظه یا روز؛ اگر نباشد، همان که چالش می‌گوید.",
        )
    )


class BeginSchema(Window):
    """Whose run, and when it lasts."""

    member = Ref(required=True)


@blp.operation(
    "GET",
    f"{MEMBER}/challenges",
    Text("A member's challenges", "چالش‌های عضو"),
    Text(
        "The member's runs: those under way first, the one that ends soonest leading; then those that are over.",
        "دورهای عضو: نخست آن‌ها که در جریان‌اند، از نزدیک‌ترین پایان؛ سپس آن‌ها که تمام شده‌اند.",
    ),
    {200: RunsSchema},
)
def listed(member_id: int) -> Response:
    """The member's runs, each with its progress."""
    return reply({"items": [_shown(view) for view in runs.challenges(caller().club_id, member_id, now())]})


@blp.operation(
    "GET",
    f"{MEMBER}/streaks",
    Text("A member's streaks", "زنجیره‌های عضو"),
    Text(
        "Every streak: how long it is up to this period or the one before, the longest there was, the freezes that are"
        " left, and the next milestone.",
        "همهٔ زنجیره‌ها: طول هر یک تا این دوره یا دورهٔ پیش، بلندترین آن تاکنون، دوره‌های خالی که هنوز بخشیده می‌شود"
        " و منزل بعد.",
    ),
    {200: StreaksSchema},
)
def streaks(member_id: int) -> Response:
    """Every streak, as it stands."""
    return reply({"items": of_streaks.streaks(caller().club_id, member_id, now())})


@blp.operation(
    "POST",
    "/challenges/<code>/runs",
    Text("Begin a run of a challenge", "آغاز یک دور چالش"),
    Text(
        "Hands a challenge out to a member, or lets the member join one. It counts what happened from its beginning on,"
        " also before it was handed out, and may be complete at once. Runs that begin by themselves, and a second one"
        " of a challenge that the member has joined already, are a 409.",
        "چالش را به عضو می‌سپارد یا او را در آن شرکت می‌دهد. آنچه از آغاز دور رخ داده، حتی پیش از سپردن آن، به"
        " حساب می‌آید و شاید همان دم کامل شود. چالشی که خودبه‌خود آغاز می‌شود، یا دور دوم چالشی که عضو در آن است،"
        " ۴۰۹ می‌گیرد.",
    ),
    {201: BegunSchema},
    body=BeginSchema,
    repeatable=True,
)
def begin(body: dict[str, Any], code: str) -> Done:
    """Hand a run out, or let a member join one."""
    club_id = caller().club_id
    calendar = Calendar(caller().timezone, "gregorian")
    since, until = end_of(body.get("since"), calendar), end_of(body.get("until"), calendar, last=True)
    member_id, key = hand_out_run(club_id, code, body["member"], since, until, now())
    view = _shown(runs.run_of(club_id, member_id, code, key))
    return Done({"member": member_id, **view}, 201, member_id)


def _shown(view: RunView) -> dict[str, Any]:
    form: dict[str, Any] = shown(view)
    return form | {"from": form.pop("from_at"), "until": form.pop("until_at")}
