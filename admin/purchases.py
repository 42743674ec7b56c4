"""Purchases, and why each gave what it gave."""

from __future__ import annotations

from datetime import date, timedelta

from flask import render_template, request
from flask.typing import ResponseReturnValue

from admin.blueprint import admin, club
from admin.members import nameless
from loyalty.calendars import parse_date
from loyalty.config import now
from loyalty.formats import latin_digits
from loyalty.queries import events, members, paging, purchases, stores
from loyalty.queries.attention import attention
from loyalty.queries.explanation import explanation
from loyalty.queries.names import names
from loyalty.queries.paging import MAX_LIMIT
from loyalty.values import QUANTITY_SCALE, Text

PER_PAGE = 30
NOT_A_DAY = Text("Write the day as 1405-08-21 or 2026-11-12.", "روز را این‌گونه بنویسید: ۱۴۰۵-۰۸-۲۱ یا ۲۰۲۶-۱۱-۱۲.")


@admin.route("/clubs/<club>/purchases")
def club_purchases() -> ResponseReturnValue:
    """The latest first, by store and days; those set aside on a list of their own."""
    at, here = now(), club()
    aside = request.args.get("show") == "aside"
    cursor = request.args.get("cursor")
    store = request.args.get("store") or None
    faults: dict[str, Text] = {}
    since, until = _day("from", faults), _day("until", faults)
    if aside:
        found = purchases.page_aside(here.id, limit=PER_PAGE, cursor=cursor)
    elif faults:
        found = paging.Page([], None)
    else:
        found = purchases.page(
            here.id,
            store=store,
            since=here.calendar.instant(since) if since else None,
            until=here.calendar.instant(until + timedelta(days=1)) if until else None,
            limit=PER_PAGE,
            cursor=cursor,
        )
    return render_template(
        "admin/purchases.html",
        found=found,
        told=events.page(here.id, aside=True, limit=MAX_LIMIT).items if aside and cursor is None else [],
        first=cursor is None,
        aside=aside,
        waiting=attention(here.id, at),
        stores=stores.page(here.id, MAX_LIMIT).items,
        store=store,
        faults=faults,
        narrowed=bool(store or since or until or faults),
        names=names(here.id, at) or nameless(),
    )


@admin.route("/clubs/<club>/purchases/<int:purchase_id>")
def club_purchase(purchase_id: int) -> ResponseReturnValue:
    """A receipt, and every article that judged it."""
    at, here = now(), club()
    purchase = purchases.one(here.id, purchase_id)
    return render_template(
        "admin/purchase.html",
        purchase=purchase,
        why=explanation(here.id, purchase_id) if purchase.judged else None,
        returns=purchases.returns(here.id, purchase_id),
        names=names(here.id, at) or nameless(),
        scale=QUANTITY_SCALE,
    )


@admin.route("/clubs/<club>/events/<int:event_id>")
def club_event(event_id: int) -> ResponseReturnValue:
    """An event other than a purchase, and every article that judged it."""
    at, here = now(), club()
    event = events.one(here.id, event_id)
    return render_template(
        "admin/event.html",
        event=event,
        title=events.title(here.id, event),
        member=members.one(here.id, event.member_id),
        why=explanation(here.id, event_id) if event.version else None,
        names=names(here.id, at) or nameless(),
    )


def _day(field: str, faults: dict[str, Text]) -> date | None:
    """A day written in either calendar and any digits; what can't be read is a fault."""
    written = latin_digits(request.args.get(field, "")).strip().replace("/", "-")
    if not written:
        return None
    try:
        return parse_date(written)
    except ValueError:
        faults[field] = NOT_A_DAY
        return None
