"""What members were told, as they read it now; and how a club wants it told."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final, NamedTuple

from loyalty import absent
from loyalty.db import connection
from loyalty.merging import family
from loyalty.notices import shelf, templates
from loyalty.notices.base import Channel
from loyalty.notices.kinds import KINDS
from loyalty.notices.templates import Texts
from loyalty.notices.terms import Terms
from loyalty.queries.paging import DEFAULT_LIMIT, Page, cut, place_after, place_cursor
from loyalty.values import Text

MANY: Final = 99
"""Unread notices beyond which nobody counts."""

_FEED: Final = """
    SELECT id, kind, at, read_at, about, slots, (
        SELECT json_agg(json_build_array(channel, sent_at, due_at, because, attempts) ORDER BY channel)
        FROM notice_sending its WHERE its.member_id = notice.member_id AND its.notice_id = notice.id
    )
    FROM notice
    WHERE member_id = ANY(%(who)s::bigint[]) AND (%(at)s::timestamptz IS NULL OR (at, id) < (%(at)s, %(id)s))
    ORDER BY at DESC, id DESC LIMIT %(most)s
"""
_UNREAD: Final = """
    SELECT count(*) FROM (
        SELECT FROM notice WHERE member_id = ANY(%s::bigint[]) AND read_at IS NULL LIMIT %s
    ) unread
"""
_NAMES: Final = """
    SELECT club.name, profile.name FROM member JOIN club ON club.id = member.club_id
    LEFT JOIN profile ON profile.member_id = member.id WHERE member.club_id = %s AND member.id = %s
"""
_TEXTS: Final = "SELECT kind, texts FROM notice_template WHERE club_id = %s"


class SendingView(NamedTuple):
    """A notice on its way through a channel: sent, waiting, or withheld for a reason."""

    channel: Channel
    sent_at: datetime | None
    next_try: datetime | None
    because: str | None
    """A key of `loyalty.models.notice.WITHHELD`."""
    attempts: int


class NoticeView(NamedTuple):
    """Something that a member was told."""

    id: int
    kind: str
    at: datetime
    title: Text
    body: Text
    about: dict[str, Any]
    """What it is about, by codes and numbers."""
    read_at: datetime | None
    sendings: list[SendingView]
    """By which channels it was set on its way."""


class Said(NamedTuple):
    """Words for a notice, title and body."""

    title: Text
    body: Text


class TemplateView(NamedTuple):
    """A kind of notice and the words for it."""

    kind: str
    label: Text
    placeholders: dict[str, Text]
    """What its words may name, each with an example."""
    default: Said
    texts: Texts
    """The club's own, by channel and language."""
    example: Said
    """As the feed reads with the examples."""


def feed(club_id: int, member_id: int, limit: int = DEFAULT_LIMIT, cursor: str | None = None) -> Page[NoticeView]:
    """What a member, and whoever was merged into them, was told: the newest first.

    Raises:
        NotFound: the club has no such member.
    """
    conn, place = connection(), place_after(cursor)
    row = conn.execute(_NAMES, [club_id, member_id]).fetchone()
    if row is None:
        raise absent.member()
    club_name, called = row
    always = {"name": Text(called or "", called or ""), "club": Text(**club_name)}
    asked = {"who": family(conn, member_id), "most": limit + 1}
    rows = conn.execute(_FEED, asked | {"at": place and place.at, "id": place and place.id}).fetchall()
    texts: dict[str, Texts] = dict(conn.execute(_TEXTS, [club_id]).fetchall()) if rows else {}
    found = []
    for id_, kind, at, read_at, about, slots, sendings in rows:
        title, body = templates.say(KINDS[kind], texts.get(kind, {}), "app", slots, always)
        ways = [_sending(*its) for its in sendings or ()]
        found.append(NoticeView(id_, kind, at, title, body, about, read_at, ways))
    return cut(found, limit, lambda its: place_cursor(its.at, its.id))


def unread(member_id: int) -> int:
    """How many notices a member has not read; beyond `MANY` it is that and one more."""
    conn = connection()
    row = conn.execute(_UNREAD, [family(conn, member_id), MANY + 1]).fetchone()
    assert row
    return int(row[0])


def settings(club_id: int) -> Terms:
    """How the club wants its members told."""
    return shelf.settings_of(connection(), club_id)


def all_templates(club_id: int) -> list[TemplateView]:
    """Every kind of notice, with the club's own words where it has some."""
    texts = dict(connection().execute(_TEXTS, [club_id]).fetchall())
    return [_template(kind, texts.get(kind, {})) for kind in KINDS]


def template(club_id: int, kind: str) -> TemplateView:
    """A kind of notice, with the club's own words where it has some.

    Raises:
        NotFound: there is no such kind.
    """
    if kind not in KINDS:
        raise absent.notice_kind()
    row = connection().execute(f"{_TEXTS} AND kind = %s", [club_id, kind]).fetchone()
    return _template(kind, row[1] if row else {})


def example(kind: str, texts: Texts, channel: Channel = "app") -> Said:
    """Words for a kind with the examples in their places."""
    return Said(*templates.example(KINDS[kind], texts, channel))


def _sending(channel: Channel, sent_at: str | None, due_at: str | None, because: str | None, tried: int) -> SendingView:
    sent, due = (datetime.fromisoformat(at) if at else None for at in (sent_at, due_at))
    return SendingView(channel, sent, due, because, tried)


def _template(kind: str, texts: Texts) -> TemplateView:
    its = KINDS[kind]
    return TemplateView(kind, its.label, its.placeholders(), Said(its.title, its.body), texts, example(kind, texts))
