"""Notices: what members are told, that they have read it, and how the club wants it told."""

from __future__ import annotations

from typing import Any, Final

from flask import Response

from loyalty.actions.read_notices import read_notices
from loyalty.actions.set_notices import set_notices
from loyalty.actions.word_notice import word_notice
from loyalty.acts import By
from loyalty.config import now
from loyalty.notices.templates import Texts
from loyalty.notices.terms import Terms
from loyalty.queries import notices
from loyalty.rest.access import caller
from loyalty.rest.answers_notice import (
    NoticeSettingsSchema,
    NoticesSchema,
    TemplateSchema,
    TemplatesSchema,
    UnreadSchema,
)
from loyalty.rest.blueprint import Blueprint
from loyalty.rest.fields import PageQuery
from loyalty.rest.members import MEMBER
from loyalty.rest.reply import reply
from loyalty.schemas.notice import NoticeSettingsBody, NoticeTextsBody, ReadBody
from loyalty.values import Text

blp = Blueprint(
    Text("Notices", "پیام‌ها"),
    __name__,
    Text(
        "What a member is told happened or is near: in the feed of the member's page, and with consent by e-mail and"
        " text message.",
        "آنچه به عضو گفته می‌شود که رخ داده یا نزدیک است: در صفحهٔ عضو، و با رضایت او با ایمیل و پیامک.",
    ),
)

TEMPLATE: Final = "/notices/templates/<kind>"


@blp.operation(
    "GET",
    f"{MEMBER}/notices",
    Text("What a member was told", "پیام‌های یک عضو"),
    Text("The newest first, in the club's present words.", "تازه‌ترین در آغاز، با متن کنونی باشگاه."),
    {200: NoticesSchema},
    query=PageQuery,
)
def of_member(query: dict[str, Any], member_id: int) -> Response:
    """A page of what a member was told."""
    page = notices.feed(caller().club_id, member_id, query["limit"], query.get("cursor"))
    return reply({"items": page.items, "next": page.next})


@blp.operation(
    "POST",
    f"{MEMBER}/notices/read",
    Text("Notices are read", "خوانده شدن پیام‌ها"),
    Text(
        "Some, or all of them. What was read before, or is another's, is left as it is.",
        "چند پیام یا همه. آنچه پیش‌تر خوانده شده یا از آنِ دیگری است، همان می‌ماند.",
    ),
    {200: UnreadSchema},
    body=ReadBody,
)
def read(body: dict[str, Any], member_id: int) -> Response:
    """Note that a member has read notices."""
    read_notices(caller().club_id, member_id, body.get("ids"), now())
    return reply({"unread": notices.unread(member_id)})


@blp.operation(
    "GET",
    "/notices/settings",
    Text("How members are told", "تنظیمات پیام‌ها"),
    Text("Channels, quiet hours, and how often.", "راه‌ها، ساعت‌های بی‌پیام، و سقف‌ها."),
    {200: NoticeSettingsSchema},
)
def settings() -> Response:
    """How the club wants its members told."""
    return reply(notices.settings(caller().club_id).form())


@blp.operation(
    "PUT",
    "/notices/settings",
    Text("Say how members are told", "تعیین تنظیمات پیام‌ها"),
    Text(
        "All settings at once; what is left out is as everywhere. Nothing leaves by a channel that is not on.",
        "همهٔ تنظیمات یک‌جا؛ آنچه نیاید مقدار پیش‌فرض را دارد. از راهی که روشن نباشد چیزی نمی‌رود.",
    ),
    {200: NoticeSettingsSchema},
    body=NoticeSettingsBody,
)
def set_settings(body: Terms) -> Response:
    """Say how the club wants its members told."""
    set_notices(caller().club_id, body, _by(), now())
    return reply(notices.settings(caller().club_id).form())


@blp.operation(
    "GET",
    "/notices/templates",
    Text("The words of every kind", "متن همهٔ نوع‌ها"),
    Text(
        "Every kind of notice, what its words may name, and the club's own where it has some.",
        "همهٔ نوع‌های پیام، آنچه متنشان می‌تواند نام ببرد، و متن خود باشگاه اگر دارد.",
    ),
    {200: TemplatesSchema},
)
def templates() -> Response:
    """Every kind and its words."""
    return reply({"items": notices.all_templates(caller().club_id), "next": None})


@blp.operation(
    "GET",
    TEMPLATE,
    Text("The words of a kind", "متن یک نوع"),
    Text("A kind of notice and the words for it.", "یک نوع پیام و متن آن."),
    {200: TemplateSchema},
)
def template(kind: str) -> Response:
    """A kind and its words."""
    return reply(notices.template(caller().club_id, kind))


@blp.operation(
    "PUT",
    TEMPLATE,
    Text("Put a kind into words", "تعیین متن یک نوع"),
    Text(
        "The club's own words by channel and language, in place of all that it had. A name in braces that the kind"
        " does not have is refused.",
        "متن خود باشگاه به تفکیک راه و زبان، به جای همهٔ متن‌های پیشین. نامی در آکولاد که این نوع ندارد پذیرفته نمی‌شود.",
    ),
    {200: TemplateSchema},
    body=NoticeTextsBody,
)
def word(body: Texts, kind: str) -> Response:
    """Put a kind into the club's own words."""
    word_notice(caller().club_id, kind, body, _by(), now())
    return reply(notices.template(caller().club_id, kind))


@blp.operation(
    "DELETE",
    TEMPLATE,
    Text("Take the words back", "بازگشت به متن پیش‌فرض"),
    Text("The kind says again what it says by itself.", "این نوع باز متن پیش‌فرض را می‌گوید."),
    {204: None},
)
def unword(kind: str) -> Response:
    """Take the club's own words for a kind back."""
    word_notice(caller().club_id, kind, {}, _by(), now())
    return Response(status=204)


def _by() -> By:
    return By(key=caller().key_id)
