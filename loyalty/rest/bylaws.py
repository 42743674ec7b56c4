"""The bylaws in force and before, as a document and as people read them."""

from __future__ import annotations

from typing import Any, Final

from flask import Response
from marshmallow import Schema, fields

from loyalty.config import now
from loyalty.queries import bylaws as documents
from loyalty.queries import versions as published
from loyalty.queries.views import BylawsView
from loyalty.rest.access import caller
from loyalty.rest.answers import at, many, next_page, text, whole
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.reply import reply
from loyalty.rules.phrase import plain
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


class ArticleTextSchema(Schema):
    """A numbered article, a tier, a badge or a board, in one language."""

    no = text(metadata={"example": "2"})
    title = text()
    text = text()


class SectionSchema(Schema):
    """A part of the bylaws in one language."""

    code = text(metadata={"example": "articles"})
    title = text()
    articles = many(ArticleTextSchema)


class BothTextsSchema(Schema):
    """The bylaws as members read them."""

    fa = many(SectionSchema)
    en = many(SectionSchema)


class BylawsSchema(Schema):
    """A version of the bylaws."""

    version = whole()
    since = at(
        data_key="from",
        metadata=told(
            "In force from then; the first version since ever.", "از آن زمان جاری است؛ نخستین نسخه از همیشه."
        ),
    )
    document = fields.Dict(required=True)
    text = fields.Nested(BothTextsSchema, required=True)


class VersionSchema(Schema):
    """A published version, without its text."""

    version = whole()
    since = at(data_key="from")
    published_at = at()
    note = text()


class VersionsSchema(Schema):
    """Every version, the newest first."""

    items = many(VersionSchema)
    next = next_page()


@blp.operation(
    "GET",
    "/bylaws",
    Text("The bylaws in force", "اساسنامهٔ جاری"),
    Text(
        "The version in force: the document, and its sentences in both languages. Open to publishable keys.",
        "نسخهٔ جاری: سند، و جمله‌هایش به دو زبان. برای کلیدهای منتشرشدنی هم باز است.",
    ),
    {200: BylawsSchema},
)
def in_force() -> Response:
    """The version in force: the document, and its sentences in both languages. Open to publishable keys."""
    return reply(_shown(documents.view(caller().club_id, now())))


@blp.operation(
    "GET",
    "/bylaws/versions",
    Text("List the versions", "فهرست نسخه‌ها"),
    Text("Every published version, the newest first.", "همهٔ نسخه‌های منتشرشده، تازه‌ترین در آغاز."),
    {200: VersionsSchema},
)
def versions() -> Response:
    """Every published version."""
    items = [
        {"version": view.version, "from": view.from_at, "published_at": view.published_at, "note": view.note}
        for view in published.versions(caller().club_id)
    ]
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
