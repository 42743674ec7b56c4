"""What a member is told: the bell on every page, the page behind it with what may be sent, and the elements' feed."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Any, Final, NamedTuple

from flask import Response, g, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as AnyResponse

from loyalty import phones
from loyalty.actions.read_notices import read_notices
from loyalty.actions.update_member import update_member
from loyalty.config import now
from loyalty.errors import Invalid
from loyalty.notices.base import OUTWARD, Channel
from loyalty.notices.terms import Terms
from loyalty.queries import notices
from loyalty.queries.clubs import ClubView
from loyalty.queries.members import MemberView
from loyalty.queries.notices import NoticeView
from loyalty.queries.paging import MAX_LIMIT
from loyalty.schemas.fields import read as loaded
from loyalty.schemas.notice import MOST_READ, ReadBody
from loyalty.values import Text
from widgets.api import api, here
from widgets.member import for_a_member, pages

PER_PAGE: Final = 30
CHANNELS: Final[dict[Channel, Text]] = {"email": Text("E-mail", "ایمیل"), "sms": Text("Text message", "پیامک")}
_NO_LIMIT: Final = Text("Between 1 and 200.", "بین ۱ تا ۲۰۰.")


class Way(NamedTuple):
    """A channel that the club uses, and whether the member has agreed to it."""

    channel: Channel
    name: Text
    address: str | None
    """Where it would reach the member; None: the club knows none."""
    agreed: bool


class Day(NamedTuple):
    """A local day and what was told on it."""

    day: date
    called: Text | None
    """Today or yesterday."""
    notices: list[NoticeView]


@pages.context_processor
def bell() -> dict[str, Any]:
    """How many notices are unread, for the bell in the head of a page; asked only where there is one."""
    return {"unread_notices": lambda: notices.unread(g.page_member.id)}


@pages.get("/notices")
@for_a_member
def notices_page(club: ClubView, member: MemberView) -> str:
    """What the member was told, by day, and what may be sent."""
    page = notices.feed(club.id, member.id, PER_PAGE, request.args.get("cursor"))
    terms = notices.settings(club.id)
    return render_template(
        "member/notices.html",
        club=club,
        days=_by_day(club, page.items, now()),
        next=page.next,
        new=[its.id for its in page.items if its.read_at is None],
        ways=_ways(terms, member),
        quiet=terms.form()["quiet"],
        signed_in=True,
        here_is="notices",
    )


@pages.post("/notices/read")
@for_a_member
def notices_read(club: ClubView, member: MemberView) -> AnyResponse:
    """Note that what the page showed is read."""
    ids = request.form.getlist("id", type=int)[:MOST_READ]
    read_notices(club.id, member.id, ids, now())
    return redirect(url_for("member.notices_page", club_code=club.code), 303)


@pages.post("/notices/consent")
@for_a_member
def notices_consent(club: ClubView, member: MemberView) -> AnyResponse:
    """Let the member agree to a channel, or no longer."""
    channel = request.form.get("channel")
    if channel in CHANNELS:
        update_member(club.id, member.id, {"consents": {channel: request.form.get("on") == "1"}}, now())
    return redirect(url_for("member.notices_page", club_code=club.code) + "#ways", 303)


def _by_day(club: ClubView, items: list[NoticeView], at: datetime) -> list[Day]:
    """By local day, the newest first."""
    today = club.calendar.moment(at).day
    called = {today: Text("Today", "امروز"), today - timedelta(days=1): Text("Yesterday", "دیروز")}
    days = groupby(items, key=lambda its: club.calendar.moment(its.at).day)
    return [Day(day, called.get(day), list(its)) for day, its in days]


def _ways(terms: Terms, member: MemberView) -> list[Way]:
    addresses = {"email": member.email, "sms": phones.national(member.phone) if member.phone else None}
    return [
        Way(channel, CHANNELS[channel], addresses[channel], member.consents.get(channel) is True)
        for channel in OUTWARD
        if terms.rules[channel].on
    ]


# --- the elements' ---------------------------------------------------------------------------------------------------


@api.get("/notices")
def feed() -> Response:
    """What the member was told, the newest first."""
    club, member = here()
    limit = request.args.get("limit", PER_PAGE, type=int)
    if not 1 <= limit <= MAX_LIMIT:
        raise Invalid.at("/limit", _NO_LIMIT)
    page = notices.feed(club.id, member.id, limit, request.args.get("cursor"))
    items = [
        {
            "id": its.id,
            "kind": its.kind,
            "at": its.at.isoformat(),
            "title": its.title._asdict(),
            "body": its.body._asdict(),
            "about": its.about,
            "read_at": its.read_at and its.read_at.isoformat(),
        }
        for its in page.items
    ]
    return jsonify(seq=member.seq, items=items, next=page.next, unread=notices.unread(member.id))


@api.post("/notices/read")
def read() -> Response:
    """Note that the member has read some, or all."""
    club, member = here()
    body = loaded(ReadBody, request.get_json(silent=True), phones.region_of(club.calendar.zone.key))
    read_notices(club.id, member.id, body.get("ids"), now())
    return jsonify(unread=notices.unread(member.id))
