"""Rehearsals: what a change of the bylaws would have given, asked for, looked at and cancelled."""

from __future__ import annotations

from typing import Any, Final

from flask import Response
from marshmallow import fields

from loyalty.actions.ask_rehearsal import ask_rehearsal
from loyalty.actions.cancel_rehearsal import cancel_rehearsal
from loyalty.acts import By
from loyalty.config import now
from loyalty.errors import Fault, Invalid
from loyalty.queries import drafts, rehearsals
from loyalty.queries.rehearsals import RehearsalView
from loyalty.rest.access import caller
from loyalty.rest.answers_rehearsal import AskedSchema, RehearsalSchema, RehearsalsSchema
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.fields import PageQuery, PeriodQuery, period
from loyalty.rest.reply import reply
from loyalty.schemas.fields import MAX_ID, says
from loyalty.schemas.said import Said, told
from loyalty.values import Text

blp = Blueprint(
    Text("Rehearsals", "اجراهای آزمایشی"),
    __name__,
    Text(
        "A draft tried over the club's real history, before it is a promise. Nothing of the club changes.",
        "پیش‌نویسی که پیش از آنکه وعده شود، روی تاریخ واقعی باشگاه آزموده می‌شود. چیزی از باشگاه تغییر نمی‌کند.",
    ),
)

REHEARSAL: Final = f"/rehearsals/<int(min=1, max={MAX_ID}):rehearsal_id>"


class RehearsalBody(PeriodQuery):
    """A document and a span; an end that is left out is open."""

    document = fields.Dict(
        error_messages=says(invalid=Said("This must be an object.", "این باید یک شیء باشد.")),
        metadata=told(
            "Bylaws, as they would be published; the draft, if left out.",
            "اساسنامه، همان‌گونه که منتشر می‌شد؛ بدون آن، پیش‌نویس.",
        ),
    )


@blp.operation(
    "POST",
    "/bylaws/draft/rehearsals",
    Text("Rehearse a draft", "اجرای آزمایشی پیش‌نویس"),
    Text(
        "Judges what really happened in the span by a draft, on the workers; ask for the report under the id."
        " What happened before the span is taken as it was judged then.",
        "آنچه را در این بازه واقعاً رخ داده با پیش‌نویس داوری می‌کند؛ کار را workerها انجام می‌دهند و گزارش با شناسه"
        " گرفته می‌شود. آنچه پیش از بازه رخ داده همان‌گونه می‌ماند که آن زمان داوری شد.",
    ),
    {202: (AskedSchema, Text("On its way", "در راه است"))},
    body=RehearsalBody,
)
def ask(body: dict[str, Any]) -> Response:
    """Rehearse a draft over a span."""
    since, until = period(body, caller().timezone)
    club_id = caller().club_id
    document = body["document"] if "document" in body else drafts.draft(club_id).document
    try:
        id_ = ask_rehearsal(club_id, document, since, until, now(), by=By(key=caller().key_id))
    except Invalid as problem:
        raise Invalid([_in_document(fault) for fault in problem.faults]) from None
    return reply({"id": id_}, 202)


@blp.operation(
    "GET",
    "/rehearsals",
    Text("All rehearsals", "همهٔ اجراهای آزمایشی"),
    Text(
        "Who asked for which, and how far each is, the newest first; a report is asked for by its id.",
        "اینکه هر کدام را چه کسی خواسته و تا کجا رسیده است، تازه‌ترین در آغاز؛ گزارش هر یک با شناسه‌اش گرفته می‌شود.",
    ),
    {200: RehearsalsSchema},
    query=PageQuery,
)
def every(query: dict[str, Any]) -> Response:
    """A page of the club's rehearsals."""
    page = rehearsals.page(caller().club_id, query["limit"], query.get("cursor"))
    items = [_shown(view) for view in page.items]
    for item in items:
        del item["report"]
    return reply({"items": items, "next": page.next})


@blp.operation(
    "GET",
    REHEARSAL,
    Text("A rehearsal", "یک اجرای آزمایشی"),
    Text(
        "How far it is, in members; once it is done, the report.", "اینکه تا کدام عضو رسیده است؛ و پس از پایان، گزارش."
    ),
    {200: RehearsalSchema},
)
def one(rehearsal_id: int) -> Response:
    """How far a rehearsal is, and what it found."""
    return reply(_shown(rehearsals.one(caller().club_id, rehearsal_id)))


@blp.operation(
    "POST",
    f"{REHEARSAL}/cancel",
    Text("Cancel a rehearsal", "لغو اجرای آزمایشی"),
    Text("Stops it; one that has ended stays as it is.", "آن را متوقف می‌کند؛ اگر پایان یافته باشد همان‌گونه می‌ماند."),
    {200: RehearsalSchema},
)
def cancel(rehearsal_id: int) -> Response:
    """Stop a rehearsal."""
    cancel_rehearsal(caller().club_id, rehearsal_id, now())
    return reply(_shown(rehearsals.one(caller().club_id, rehearsal_id)))


def _shown(view: RehearsalView) -> dict[str, Any]:
    form = view._asdict()
    return form | {"from": form.pop("since")}


def _in_document(fault: Fault) -> Fault:
    """A fault of the document, under the place that it has in the request."""
    return fault if fault.path == "/from" else fault._replace(path=f"/document{fault.path}")
