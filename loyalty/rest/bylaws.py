"""The bylaws in force and before, as a document and as people read them."""

from __future__ import annotations

from typing import Any, Final

from flask import Response

from loyalty.config import now
from loyalty.errors import Forbidden
from loyalty.queries import bylaws as documents
from loyalty.queries import drafts, members
from loyalty.queries import versions as published
from loyalty.queries.filling import filling
from loyalty.queries.views import BylawsView
from loyalty.rest.access import caller
from loyalty.rest.answers_bylaws import BylawsSchema, DifferencesSchema, VersionsSchema
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.reply import reply
from loyalty.rules.phrase import plain
from loyalty.schemas.fields import MAX_ID, Base, Figure
from loyalty.schemas.said import told
from loyalty.values import LANGS, Lang, Text

blp = Blueprint(
    Text("Bylaws", "اساسنامه"),
    __name__,
    Text(
        "What the club promises: the document that is executed, and the same in sentences.",
        "آنچه باشگاه وعده می‌دهد: سندی که اجرا می‌شود، و همان به زبان جمله.",
    ),
)

MAX_VERSION: Final = 2**31 - 1
_NOT_OF_MEMBERS: Final = Text(
    "A publishable key may not ask for a member's version.", "کلید منتشرشدنی نمی‌تواند نسخهٔ یک عضو را بپرسد."
)


class InForceQuery(Base):
    """For whom."""

    member = Figure(1, MAX_ID, metadata=told("A member's id; else for everybody.", "شناسهٔ عضو؛ وگرنه برای همه."))


@blp.operation(
    "GET",
    "/bylaws",
    Text("The bylaws in force", "اساسنامهٔ جاری"),
    Text(
        "The version in force: the document, and its sentences in both languages. With `member` the one for that"
        " member, which may be a pilot's. Open to publishable keys, which may not ask for a member.",
        "نسخهٔ جاری: سند، و جمله‌هایش به دو زبان. با `member` نسخه‌ای که برای آن عضو جاری است و شاید آزمایشی باشد."
        " برای کلیدهای منتشرشدنی هم باز است، اما نه برای پرسیدن از یک عضو.",
    ),
    {200: BylawsSchema},
    query=InForceQuery,
)
def in_force(query: dict[str, Any]) -> Response:
    """The version in force, for everybody or for a member."""
    club_id, member = caller().club_id, query.get("member")
    if member is not None:
        if caller().kind == "publishable":
            raise Forbidden(_NOT_OF_MEMBERS)
        member = members.present(club_id, member).id
    return reply(_shown(documents.view(club_id, now(), member)))


@blp.operation(
    "GET",
    "/bylaws/versions",
    Text("List the versions", "فهرست نسخه‌ها"),
    Text(
        "The draft, if there is one, and every version, the newest first, each with its status.",
        "پیش‌نویس، اگر باشد، و همهٔ نسخه‌ها، تازه‌ترین در آغاز، هر یک با وضعیتش.",
    ),
    {200: VersionsSchema},
)
def versions() -> Response:
    """The draft, if there is one, and every version, the newest first."""
    club_id, at = caller().club_id, now()
    views = published.versions(club_id)
    status = published.statuses(views, at)
    items: list[dict[str, Any]] = [
        {
            "version": view.version,
            "status": status[view.version],
            "from": view.from_at,
            "published_at": view.published_at,
            "note": view.note,
            "filling": filling(club_id) if view.filling else None,
        }
        for view in views
    ]
    if drafts.draft_if_any(club_id):
        draft = {"version": None, "status": "draft", "from": None, "published_at": None, "note": "", "filling": None}
        items.insert(0, draft)
    return reply({"items": items, "next": None})


@blp.operation(
    "GET",
    f"/bylaws/versions/<int(min=1, max={MAX_VERSION}):number>",
    Text("A version", "یک نسخه"),
    Text("A published version, in force or not.", "یک نسخهٔ منتشرشده، جاری یا پیشین."),
    {200: BylawsSchema},
)
def version(number: int) -> Response:
    """A published version, in force or not."""
    return reply(_shown(documents.version(caller().club_id, number)))


@blp.operation(
    "GET",
    "/bylaws/versions/<one>/diff/<other>",
    Text("What differs", "تفاوت دو نسخه"),
    Text(
        "What the other version says otherwise than the one, as sentences. Each is a version's number or `draft`.",
        "آنچه نسخهٔ دوم جز نسخهٔ نخست می‌گوید، به زبان جمله. هر یک شمارهٔ نسخه است یا `draft` (پیش‌نویس).",
    ),
    {200: DifferencesSchema},
)
def diff(one: str, other: str) -> Response:
    """What the other version says otherwise than the one, as sentences."""
    return reply({"items": drafts.difference(caller().club_id, one, other)})


def _shown(view: BylawsView) -> dict[str, Any]:
    return {
        "version": view.version,
        "from": view.from_at,
        "document": view.document,
        "text": {language: _sections(view, language) for language in LANGS},
    }


def _sections(view: BylawsView, language: Lang) -> list[dict[str, Any]]:
    return [
        {
            "code": section.code,
            "title": section.title.to(language),
            "articles": [
                {"no": article.no, "title": article.title.to(language), "text": plain(article.phrases[language])}
                for article in section.articles
            ],
        }
        for section in view.sections
    ]
