"""Segments that a club keeps, the audiences that its bylaws name, and who belongs to them now."""

from __future__ import annotations

from typing import Any, Final

from flask import Response

from loyalty.actions.create_segment import create_segment
from loyalty.actions.delete_segment import delete_segment
from loyalty.actions.update_segment import update_segment
from loyalty.acts import By
from loyalty.config import now
from loyalty.db import connection
from loyalty.queries import belonging, segments
from loyalty.rest.access import caller
from loyalty.rest.answers import MembersSchema
from loyalty.rest.answers_segment import CountSchema, SegmentSchema, SegmentsSchema
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.fields import PageQuery
from loyalty.rest.members import shown_member
from loyalty.rest.reply import reply
from loyalty.rules.selection import Selection
from loyalty.schemas.segment import SegmentBody, SegmentChange
from loyalty.values import Text

blp = Blueprint(
    Text("Segments", "بخش‌ها"),
    __name__,
    Text(
        "Parts of the members: audiences, which the bylaws name, and segments, which are kept outside of them.",
        "بخش‌هایی از اعضا: گروه‌های مخاطب، که در آیین‌نامه آمده‌اند، و بخش‌ها، که بیرون از آن نگه داشته می‌شوند.",
    ),
)

SEGMENT: Final = "/segments/<code>"
AUDIENCE: Final = "/audiences/<code>"
_BELONGS: Final = Text(
    "The active members for whom it holds now, in the order of their ids. A page looks at 2,000 members at most: it"
    " may hold fewer than asked for and still have a `next`.",
    "اعضای فعالی که اکنون در آن‌اند، به ترتیب شناسه. هر صفحه حداکثر ۲٬۰۰۰ عضو را می‌سنجد؛ پس شاید کمتر از درخواست باشد"
    " و باز `next` داشته باشد.",
)
_COUNTED: Final = Text(
    "How many active members it holds for now. All of them are looked at: ask seldom in a large club.",
    "اکنون برای چند عضو فعال برقرار است. همهٔ اعضا سنجیده می‌شوند؛ در باشگاه بزرگ کم بپرسید.",
)


@blp.operation(
    "POST",
    "/segments",
    Text("Keep a segment", "ساختن بخش"),
    Text(
        "Keeps a filter of members under a code. It is read with the names of the version in force.",
        "شرطی بر اعضا را با یک کد نگه می‌دارد. نام‌ها از نسخهٔ جاری خوانده می‌شوند.",
    ),
    {201: SegmentSchema},
    body=SegmentBody,
)
def create(body: dict[str, Any]) -> Response:
    """Keep a filter of members under a code."""
    create_segment(caller().club_id, body["code"], body["title"], body["filter"], _by(), now())
    return reply(segments.one(caller().club_id, body["code"], now()), 201)


@blp.operation(
    "GET",
    "/segments",
    Text("List segments", "فهرست بخش‌ها"),
    Text("Segments in the order of their codes.", "بخش‌ها به ترتیب کد."),
    {200: SegmentsSchema},
    query=PageQuery,
)
def listed(query: dict[str, Any]) -> Response:
    """A page of segments."""
    page = segments.page(caller().club_id, now(), query["limit"], query.get("cursor"))
    return reply({"items": page.items, "next": page.next})


@blp.operation(
    "GET",
    SEGMENT,
    Text("A segment", "یک بخش"),
    Text("A segment, with its filter as a sentence.", "یک بخش، با شرطش به زبان جمله."),
    {200: SegmentSchema},
)
def one(code: str) -> Response:
    """A segment."""
    return reply(segments.one(caller().club_id, code, now()))


@blp.operation(
    "PATCH",
    SEGMENT,
    Text("Change a segment", "تغییر بخش"),
    Text("Another title, another filter, or both.", "عنوانی دیگر، شرطی دیگر، یا هر دو."),
    {200: SegmentSchema},
    body=SegmentChange,
)
def update(body: dict[str, Any], code: str) -> Response:
    """Change a segment."""
    update_segment(caller().club_id, code, _by(), now(), title=body.get("title"), tree=body.get("filter"))
    return reply(segments.one(caller().club_id, code, now()))


@blp.operation(
    "DELETE",
    SEGMENT,
    Text("Delete a segment", "حذف بخش"),
    Text("The filter is forgotten; its members stay as they are.", "شرط فراموش می‌شود؛ اعضا همان می‌مانند که هستند."),
    {204: None},
)
def delete(code: str) -> Response:
    """Delete a segment."""
    delete_segment(caller().club_id, code, _by(), now())
    return Response(status=204)


@blp.operation(
    "GET",
    f"{SEGMENT}/members",
    Text("Who belongs to a segment", "اعضای یک بخش"),
    _BELONGS,
    {200: MembersSchema},
    query=PageQuery,
)
def members(query: dict[str, Any], code: str) -> Response:
    """A page of those for whom a segment holds now."""
    return _page(segments.chosen(caller().club_id, code, now()), query)


@blp.operation(
    "GET",
    f"{SEGMENT}/count",
    Text("How many belong to a segment", "شمار اعضای یک بخش"),
    _COUNTED,
    {200: CountSchema},
)
def count(code: str) -> Response:
    """How many a segment holds for now."""
    return _count(segments.chosen(caller().club_id, code, now()))


@blp.operation(
    "GET",
    f"{AUDIENCE}/members",
    Text("Who belongs to an audience", "اعضای یک گروه مخاطب"),
    _BELONGS,
    {200: MembersSchema},
    query=PageQuery,
)
def audience_members(query: dict[str, Any], code: str) -> Response:
    """A page of those who are in an audience of the version in force now."""
    return _page(belonging.of_audience(connection(), caller().club_id, code, now()), query)


@blp.operation(
    "GET",
    f"{AUDIENCE}/count",
    Text("How many belong to an audience", "شمار اعضای یک گروه مخاطب"),
    _COUNTED,
    {200: CountSchema},
)
def audience_count(code: str) -> Response:
    """How many are in an audience of the version in force now."""
    return _count(belonging.of_audience(connection(), caller().club_id, code, now()))


def _by() -> By:
    return By(key=caller().key_id)


def _page(chosen: Selection, query: dict[str, Any]) -> Response:
    page = belonging.page(caller().club_id, chosen, now(), query["limit"], query.get("cursor"))
    return reply({"items": [shown_member(its) for its in page.items], "next": page.next})


def _count(chosen: Selection) -> Response:
    return reply({"members": belonging.count(caller().club_id, chosen, now())})
