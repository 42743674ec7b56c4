"""Events other than purchases: recorded, one or thousands, read and explained."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from flask import Response

from loyalty import absent
from loyalty.actions.claim_event import claim_event
from loyalty.actions.record_events import record_events
from loyalty.config import now
from loyalty.errors import Problem
from loyalty.outcome import Outcome
from loyalty.queries import events
from loyalty.queries import explanation as explaining
from loyalty.queries.events import EventView
from loyalty.rest import problems
from loyalty.rest.access import caller, same_store
from loyalty.rest.answers_event import (
    EventAnswerSchema,
    EventBatchAnswerSchema,
    EventExplanationSchema,
    EventsSchema,
    ToldEventSchema,
)
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.edge import region
from loyalty.rest.fields import PageQuery, PeriodQuery, period
from loyalty.rest.once import Done
from loyalty.rest.purchases import MAX_BATCH, STATUS, Rows, lateness
from loyalty.rest.reply import lang, reply, shown
from loyalty.rest.sales import NOTHING_YET, explained, judged
from loyalty.rules.facts import Event
from loyalty.schemas.event import EventSchema, load_event
from loyalty.schemas.fields import MAX_ID, Base, Figure, Inner, OneOf, Words
from loyalty.schemas.moments import not_ahead
from loyalty.schemas.said import told
from loyalty.values import Text

blp = Blueprint(
    Text("Events", "رویدادها"),
    __name__,
    Text(
        "What members do besides buying: of types that the bylaws declare, with fields of their own. A source's key is"
        " safe to send again.",
        "آنچه اعضا جز خرید می‌کنند: از نوع‌هایی که آیین‌نامه تعریف کرده است، با فیلدهای خودشان. فرستادن دوبارهٔ کلیدِ یک"
        " منبع بی‌خطر است.",
    ),
)

ONE: Final = f"/events/<int(max={MAX_ID}):event_id>"


class EventBatchBody(Base):
    """Events, at most 5,000."""

    events = Rows(Inner(EventSchema), MAX_BATCH, required=True)


class EventsQuery(PageQuery, PeriodQuery):
    """Which events to list."""

    member = Figure(1, MAX_ID, metadata=told("A member's id.", "شناسهٔ عضو."))
    type = Words(40, metadata=told("A type of event.", "نوع رویداد."))
    status = OneOf(
        "recorded",
        "set_aside",
        load_default="recorded",
        metadata=told("Judged, or waiting for a person.", "سنجیده‌شده، یا در انتظار یک نفر."),
    )


@blp.operation(
    "POST",
    "/events",
    Text("Record an event", "ثبت رویداد"),
    Text(
        "Judges an event by the bylaws in force when it happened, and says what it gave and why not more. An unknown"
        " type, an unknown field or a wrong value is a 422. The same key and content again is answered 200 with the"
        " first answer; other content is a 409. What a till's key sends more than 30 days late is set aside (202).",
        "رویداد را با آیین‌نامه‌ای می‌سنجد که هنگام وقوع جاری بود، و می‌گوید چه داد و چرا بیشتر نداد. نوع ناشناخته، فیلد"
        " ناشناخته یا مقدار نادرست ۴۲۲ است. همان کلید با همان محتوا پاسخ نخست را با ۲۰۰ می‌گیرد؛ با محتوای دیگر ۴۰۹"
        " است. آنچه کلید صندوق با بیش از ۳۰ روز تأخیر بفرستد برای بررسی کنار می‌رود (۲۰۲).",
    ),
    {
        201: EventAnswerSchema,
        200: (EventAnswerSchema, Text("The same event again: the first answer", "همان رویداد دوباره: پاسخ نخست")),
        202: (
            EventAnswerSchema,
            Text("Too late for a till: set aside for a person", "برای صندوق دیر است: تا بررسی کنار رفت"),
        ),
    },
    body=EventSchema,
)
def record(event: Event) -> Response:
    """Judge an event by the bylaws in force when it happened, and say what it gave and why not more."""
    at = now()
    not_ahead(event.occurred_at, at, "/occurred_at")
    club_id = caller().club_id
    (outcome,) = record_events(club_id, [_of_store(event)], at, lateness=lateness())
    if outcome.problem is not None:
        raise outcome.problem
    return reply(answered(club_id, outcome), STATUS[outcome.status])


@blp.operation(
    "POST",
    "/events/batch",
    Text("Record many events", "ثبت گروهی رویدادها"),
    Text(
        "Records events in their order, at most 5,000; a bad one refuses itself alone, and sending all again"
        " completes the rest.",
        "رویدادها را به ترتیب ثبت می‌کند، حداکثر ۵٬۰۰۰ تا؛ رویداد نادرست تنها خودش رد می‌شود و فرستادن دوبارهٔ همه،"
        " بقیه را کامل می‌کند.",
    ),
    {200: EventBatchAnswerSchema},
    body=EventBatchBody,
)
def batch(body: dict[str, list[Any]]) -> Response:
    """Record events in their order; a bad one refuses itself alone, and sending all again completes the rest."""
    at = now()
    rows = [_row(data, at) for data in body["events"]]
    good = [row for row in rows if isinstance(row, Event)]
    outcomes = iter(record_events(caller().club_id, good, at, lateness=lateness()))
    results = [
        _result(row, next(outcomes)) if isinstance(row, Event) else _refused(data, row)
        for data, row in zip(body["events"], rows, strict=True)
    ]
    return reply({"results": results})


@blp.operation(
    "GET",
    "/events",
    Text("List events", "فهرست رویدادها"),
    Text(
        "Judged events, or those that wait (`status=set_aside`), the latest first; a till's key sees those of its"
        " store. Days include both ends, instants the first only.",
        "رویدادهای سنجیده‌شده، یا آن‌ها که در انتظارند (`status=set_aside`)، تازه‌ترین در آغاز؛ کلید صندوق تنها رویدادهای"
        " فروشگاه خود را می‌بیند. روزها هر دو سر را در بر می‌گیرند و زمان‌ها تنها سر نخست را.",
    ),
    {200: EventsSchema},
    query=EventsQuery,
)
def listed(query: dict[str, Any]) -> Response:
    """Judged events, or those that wait, the latest first; a till's key sees those of its store."""
    who = caller()
    since, until = period(query, who.timezone)
    page = events.page(
        who.club_id,
        member_id=query.get("member"),
        type_=query.get("type"),
        store=who.store_code,
        aside=query["status"] == "set_aside",
        since=since,
        until=until,
        limit=query["limit"],
        cursor=query.get("cursor"),
    )
    return reply({"items": [_shown(view) for view in page.items], "next": page.next})


@blp.operation(
    "GET",
    ONE,
    Text("An event", "یک رویداد"),
    Text("An event as it was recorded.", "رویداد همان‌گونه که ثبت شد."),
    {200: ToldEventSchema},
)
def one(event_id: int) -> Response:
    """An event as it was recorded."""
    return reply(_shown(_found(event_id)))


@blp.operation(
    "GET",
    f"{ONE}/explanation",
    Text("Explain an event", "توضیح یک رویداد"),
    Text(
        "Every article for such events in the version that judged it: each condition with what it saw, and whether it"
        " held.",
        "همهٔ ماده‌های این نوع رویداد در نسخه‌ای که آن را سنجید: هر شرط با آنچه دید، و اینکه برقرار بود یا نه.",
    ),
    {200: EventExplanationSchema},
)
def explanation(event_id: int) -> Response:
    """Every article for such events in the version that judged it, each condition with what it saw."""
    return reply(explained(explaining.explanation(caller().club_id, _found(event_id).id), "event"))


@blp.operation(
    "POST",
    f"{ONE}/claim",
    Text("Let a late event be judged", "سنجش رویداد دیررسیده"),
    Text(
        "Judges an event that was set aside because it came too late, by its own time, for its own member.",
        "رویدادی را که چون دیر رسیده کنار رفته است، با زمان خودش و برای عضو خودش می‌سنجد.",
    ),
    {201: EventAnswerSchema},
    repeatable=True,
)
def claim(event_id: int) -> Done:
    """Judge an event that was set aside, by its own time."""
    club_id = caller().club_id
    outcome = claim_event(club_id, event_id, now())
    return Done(answered(club_id, outcome), 200 if outcome.status == "repeated" else 201, outcome.member_id)


def _of_store(event: Event) -> Event:
    """The event with the store of the till that tells it; another store is refused."""
    own = caller().store_code
    if own is None:
        return event
    if event.store:
        same_store(event.store)
    return replace(event, store=own)


def _row(data: Any, at: datetime) -> Event | Problem:
    try:
        return _of_store(load_event(data, now=at, region=region()))
    except Problem as problem:
        return problem


def answered(club_id: int, outcome: Outcome) -> dict[str, Any]:
    """The first answer, now or again; what waits to be judged has the same form, empty."""
    found = judged(club_id, outcome)
    if found is not None:
        return found
    assert outcome.id is not None
    view = events.one(club_id, outcome.id)
    named = {"id": view.id, "key": view.key, "source": view.source, "type": view.type, "status": view.status}
    return NOTHING_YET | named


def _result(event: Event, outcome: Outcome) -> dict[str, Any]:
    """What became of a row that was read."""
    error = problems.body(outcome.problem, lang()) if outcome.problem is not None else None
    return {"key": event.key, "source": event.source, "status": outcome.status, "id": outcome.id, "error": error}


def _refused(data: Any, problem: Problem) -> dict[str, Any]:
    """A row that could not be read."""
    sent = data if isinstance(data, dict) else {}
    named = {name: sent[name] if isinstance(sent.get(name), str) else None for name in ("key", "source")}
    return {**named, "status": "refused", "id": None, "error": problems.body(problem, lang())}


def _shown(view: EventView) -> dict[str, Any]:
    form: dict[str, Any] = shown(view)
    form["member"], form["bylaws"] = form.pop("member_id"), form.pop("version")
    return form


def _found(event_id: int) -> EventView:
    """The event of an id; a till sees those of its store."""
    view = events.one(caller().club_id, event_id)
    if caller().store_code not in (None, view.store):
        raise absent.event()
    return view
