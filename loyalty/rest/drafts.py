"""The draft of the bylaws: saved, checked, tried on a purchase and published."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from flask import Response

from loyalty.actions.end_pilot import go_back
from loyalty.actions.publish_bylaws import Published
from loyalty.actions.publish_draft import Asked, publish_draft
from loyalty.actions.publish_pilot import publish_pilot as widen
from loyalty.actions.save_draft import draft_of_version, save_draft
from loyalty.acts import By
from loyalty.config import now
from loyalty.documents import parse
from loyalty.queries import drafts
from loyalty.queries.answer import answer, named
from loyalty.queries.filling import filling
from loyalty.queries.pilot import pilot as piloted
from loyalty.queries.trial import Tried
from loyalty.queries.trial import trial as tried
from loyalty.rest.access import caller
from loyalty.rest.answers_bylaws import (
    CheckedSchema,
    DraftSchema,
    PilotEndedSchema,
    PilotSchema,
    PublishedSchema,
    TrialSchema,
)
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.reply import lang, reply
from loyalty.rest.sales import articles
from loyalty.schemas.bylaws import DraftBody, PublishBody, TrialBody
from loyalty.schemas.moments import not_ahead
from loyalty.values import Text

blp = Blueprint(
    Text("Drafts", "پیش‌نویس"),
    __name__,
    Text(
        "The one draft of the club's bylaws: it may have faults, and nobody is judged by it before it is published.",
        "تنها پیش‌نویس آیین‌نامهٔ باشگاه: می‌تواند ایراد داشته باشد و تا منتشر نشود کسی با آن سنجیده نمی‌شود.",
    ),
)


@blp.operation(
    "PUT",
    "/bylaws/draft",
    Text("Save the draft", "ثبت پیش‌نویس"),
    Text(
        "A document in place of the draft before, also with faults; or `version`, to begin from a published one.",
        "سندی به جای پیش‌نویس پیشین، هرچند ایراد داشته باشد؛ یا `version` برای آغاز از یک نسخهٔ منتشرشده.",
    ),
    {200: DraftSchema},
    body=DraftBody,
)
def save(body: dict[str, Any]) -> Response:
    """Save a document as the draft, also with faults."""
    club_id, by = caller().club_id, By(key=caller().key_id)
    if "version" in body:
        draft_of_version(club_id, body["version"], by, now())
    else:
        save_draft(club_id, body["document"] if "document" in body else parse(body["text"]), by, now())
    return _shown()


@blp.operation(
    "GET",
    "/bylaws/draft",
    Text("The draft", "پیش‌نویس"),
    Text("The draft as it was saved last.", "پیش‌نویس، همان‌گونه که آخرین بار ثبت شد."),
    {200: DraftSchema},
)
def one() -> Response:
    """The draft as it was saved last."""
    return _shown()


def _shown() -> Response:
    found = drafts.draft(caller().club_id)
    return reply({"document": found.document, "based_on": found.based_on, "saved_at": found.saved_at})


@blp.operation(
    "POST",
    "/bylaws/draft/check",
    Text("Check the draft", "بررسی پیش‌نویس"),
    Text(
        "Every fault that keeps it from being published, and what is odd about it: unreachable tiers, articles that"
        " overlap, have no limit or are over, badges that nobody can earn, a story that is missing or endless. Each"
        " with its place and a sentence.",
        "هر ایرادی که مانع انتشار است، و هر چیز نامعمول: سطح‌های دست‌نیافتنی، ماده‌های همپوش، بی‌سقف یا پایان‌یافته،"
        " نشان‌هایی که کسی به آن‌ها نمی‌رسد، داستانی که نیست یا پایان ندارد. هر یک با جایش و یک جمله.",
    ),
    {200: CheckedSchema},
)
def check() -> Response:
    """Every fault of the draft, and what is odd about it."""
    found = drafts.check(caller().club_id, drafts.draft(caller().club_id).document, now())
    return reply({"errors": found.errors, "warnings": found.warnings, "publishable": found.publishable})


@blp.operation(
    "POST",
    "/bylaws/draft/judge",
    Text("Try the draft on a purchase or event", "آزمودن پیش‌نویس با یک خرید یا رویداد"),
    Text(
        "What a purchase or another event would give under the draft, each condition with what it saw, beside the"
        " version in force. What the draft counts anew is counted from the member's history. Nothing is written.",
        "یک خرید یا رویداد دیگر با پیش‌نویس چه می‌دهد، هر شرط با آنچه دید، در کنار نسخهٔ جاری. آنچه پیش‌نویس تازه"
        " می‌شمارد از سابقهٔ عضو شمرده می‌شود. چیزی ثبت نمی‌شود.",
    ),
    {200: TrialSchema},
    body=TrialBody,
)
def judge(body: dict[str, Any]) -> Response:
    """What a purchase or another event would give under the draft, beside the version in force."""
    what = "purchase" if "purchase" in body else "event"
    event = body[what]
    if event.member is None and body.get("member"):
        event = replace(event, member=body["member"])
    not_ahead(event.occurred_at, now(), f"/{what}/occurred_at")
    document = drafts.draft(caller().club_id).document
    found = tried(caller().club_id, event, document)
    return reply({"draft": _tried(found.draft) | {"bylaws": None}, "in_force": _tried(found.in_force)})


def _tried(one: Tried) -> dict[str, Any]:
    whole: dict[str, Any] = answer(one.judged, lang())
    body = {name: its for name, its in whole.items() if name not in named(one.judged.facts.event)}
    return body | {"articles": articles(one.articles)}


@blp.operation(
    "POST",
    "/bylaws/draft/publish",
    Text("Publish the draft", "انتشار پیش‌نویس"),
    Text(
        "The draft becomes the next version, in force from an instant, and there is no draft any more. What it counts"
        " anew is filled from history first (`filling`), while sales go on. Where the club wants a second person for"
        " it, it is `asked`.",
        "پیش‌نویس نسخهٔ بعدی می‌شود و از زمانی جاری است؛ دیگر پیش‌نویسی نمی‌ماند. آنچه تازه می‌شمارد نخست از گذشته پر"
        " می‌شود (`filling`) و فروش ادامه دارد. اگر باشگاه نفر دوم بخواهد، درخواست می‌شود (`asked`).",
    ),
    {200: PublishedSchema, 202: (PublishedSchema, Text("Waits for a second person", "در انتظار نفر دوم"))},
    body=PublishBody,
)
def publish(body: dict[str, Any]) -> Response:
    """Publish the draft, or ask a second person for it."""
    club_id, at = caller().club_id, now()
    by, note = By(key=caller().key_id), body.get("note", "")
    done = publish_draft(club_id, by, at, from_at=body.get("since"), note=note, pilot=body.get("share"))
    return _published(done, at, pilot=bool(body.get("share")))


def _published(done: Published | Asked, at: datetime, *, pilot: bool) -> Response:
    if isinstance(done, Asked):
        waits = {"status": "asked", "version": None, "from": None, "request": done.request, "filling": None}
        return reply(waits, 202)
    status = "filling" if done.filling else "scheduled" if done.from_at > at else "pilot" if pilot else "in_force"
    left = filling(caller().club_id) if done.filling else None
    return reply({"status": status, "version": done.version, "from": done.from_at, "request": None, "filling": left})


@blp.operation(
    "GET",
    "/bylaws/pilot",
    Text("The pilot", "آزمایش"),
    Text(
        "The pilot that goes on, or the latest: its group beside the rest of the members, over the same time.",
        "آزمایش جاری، یا آخرین آزمایش: گروهش در کنار دیگر اعضا، در همان مدت.",
    ),
    {200: PilotSchema},
)
def pilot() -> Response:
    """The pilot that goes on, or the latest: its group beside the rest."""
    found = piloted(caller().club_id, now())
    return reply(
        {
            "version": found.version,
            "share": found.percent,
            "from": found.from_at,
            "until": found.until,
            "entered": found.entered,
            "pilot": found.pilot,
            "rest": found.rest,
        }
    )


@blp.operation(
    "POST",
    "/bylaws/pilot/publish",
    Text("Publish the pilot to everyone", "انتشار آزمایش برای همه"),
    Text(
        "What the pilot tried becomes the next version for everybody, now, and the pilot ends; a draft stays as it is."
        " Where the club wants a second person for it, it is `asked`.",
        "آنچه آزموده شد، هم‌اکنون نسخهٔ بعدی برای همه می‌شود و آزمایش پایان می‌یابد؛ پیش‌نویس همان می‌ماند."
        " اگر باشگاه نفر دوم بخواهد، درخواست می‌شود (`asked`).",
    ),
    {200: PublishedSchema, 202: (PublishedSchema, Text("Waits for a second person", "در انتظار نفر دوم"))},
)
def publish_pilot() -> Response:
    """Publish what the pilot tried to everybody."""
    at = now()
    return _published(widen(caller().club_id, By(key=caller().key_id), at), at, pilot=False)


@blp.operation(
    "POST",
    "/bylaws/pilot/end",
    Text("End the pilot", "پایان آزمایش"),
    Text(
        "Its group goes on under the version of everybody else; what was given stays. Publishing to everyone"
        " ends it, too.",
        "گروهش با نسخهٔ دیگران ادامه می‌دهد؛ آنچه داده شده می‌ماند. انتشار برای همه نیز آن را پایان می‌دهد.",
    ),
    {200: PilotEndedSchema},
)
def end_pilot() -> Response:
    """End the pilot now."""
    return reply({"version": go_back(caller().club_id, By(key=caller().key_id), now())})
